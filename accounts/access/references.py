"""Which attributes the conditions of documents name, also where nobody could decide by them any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from accounts.access.paths import Kinds, Path, is_known, read_path


def paths_in(condition: Any) -> set[str]:
    """The paths of a condition, as it is written, that can be read."""
    return {str(path) for path in _paths(condition)}


def unknown_paths(condition: Any, kinds: Kinds) -> list[str]:
    """Those that lead to attributes of people or things that are not defined."""
    return sorted({str(path) for path in _paths(condition) if not is_known(path, kinds)})


def _paths(condition: Any) -> Iterator[Path]:
    waiting = [condition]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list | tuple):
            waiting.extend(part)
        elif isinstance(part, Mapping):
            for key, value in part.items():
                if key in ("attribute_path", "value_path"):
                    yield from _read(value)
                elif key != "value":
                    waiting.append(value)


def _read(text: Any) -> Iterator[Path]:
    try:
        yield read_path(text)
    except ValueError:
        return
