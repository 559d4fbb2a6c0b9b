"""Parts of a script that no step stands for: kept with the graph as they were written, and written again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

KIND = "python"
AT_START = ""
AT_END = "\n"
"""Stands after everything that is drawn; no step has such an id."""


@dataclass(frozen=True, slots=True)
class Region:
    """`text` is whole lines. `after` is the id of the step that it follows, or `AT_START` or `AT_END`."""

    text: str
    after: str

    def to_annotation(self) -> dict[str, Any]:
        return {"kind": KIND, "text": self.text, "after": self.after}


def joined(regions: Iterable[Region]) -> list[Region]:
    """Regions after the same step are one."""
    return [
        Region("\n\n".join(region.text for region in together), after)
        for after, together in groupby(regions, key=lambda region: region.after)
    ]


def regions_of(annotations: Iterable[Mapping[str, Any]]) -> list[Region]:
    """The regions among a graph's annotations, in their order."""
    return [Region(each["text"], each["after"]) for each in annotations if is_region(each)]


def is_region(annotation: Mapping[str, Any]) -> bool:
    return (
        set(annotation) == {"kind", "text", "after"}
        and annotation["kind"] == KIND
        and isinstance(annotation["text"], str)
        and isinstance(annotation["after"], str)
    )
