"""Data to try a masking rule on, as whoever tries it may see it, beside what somebody else would see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from accounts.access import Resource
from accounts.access.masks import REDACTED
from accounts.authorization import Subject
from runtime.engine.errors import GraphError
from runtime.masking.dataset_files import shown_rows
from runtime.masking.readers import node_of, reader_of
from runtime.masking.shown import MaskedField
from runtime.models import Dataset, Run
from runtime.queries.datasets import rows_of
from runtime.queries.nodes import outputs_of

if TYPE_CHECKING:
    from accounts.access import Masker

MAX_PAIRS = 50
ROWS = 50
_GONE = object()


@dataclass(frozen=True, slots=True)
class Sample:
    """`value` as the one who tries sees it; `masked` are the fields of it that they do not see as stored."""

    value: Any
    resource: Resource
    masked: tuple[MaskedField, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """One value of the field. `row` names its record; `hidden`: who tries does not see what is stored."""

    path: str
    row: str
    stored: Any
    seen: Any
    dropped: bool
    hidden: bool


def dataset_sample(subject: Subject, dataset: Dataset) -> Sample:
    """The first rows. Raises `DatasetChanged`."""
    shown = shown_rows(subject, dataset, rows_of(dataset, offset=0, limit=ROWS))
    return Sample(shown.value, dataset.as_resource(), shown.masked)


def node_sample(subject: Subject, run: Run, path: str) -> Sample | None:
    """What a node of the run gave; None for no such node, and for one that gave nothing that they may see."""
    try:
        found = node_of(run, path)
        outputs = None if found is None else outputs_of(run, path, reader_of(subject, run))
    except GraphError:
        return None
    if found is None or outputs is None or outputs.values is None:
        return None
    return Sample(outputs.values, found[1], outputs.masked)


def pairs(sample: Sample, everywhere: Masker | None, viewer: Masker | None) -> list[Pair]:
    """The first values of the field that `everywhere` redacts, each as `viewer` leaves it."""
    if everywhere is None:
        return []
    marked = everywhere.apply(sample.value).value
    seen = sample.value if viewer is None else viewer.apply(sample.value).value
    own = frozenset(field.path for field in sample.masked)
    return list(islice(_walk(sample.value, marked, seen, "", "", own), MAX_PAIRS))


def _walk(value: Any, marked: Any, seen: Any, path: str, row: str, own: frozenset[str]) -> Iterator[Pair]:
    if isinstance(value, Mapping) and isinstance(marked, Mapping):
        row = _row_of(value, marked) or row
        for key, item in value.items():
            inner = f"{path}.{key}" if path else str(key)
            theirs = seen.get(key, _GONE) if isinstance(seen, Mapping) else seen
            yield from _walk(item, marked.get(key), theirs, inner, row, own)
    elif isinstance(value, list | tuple) and isinstance(marked, list):
        for at, item in enumerate(value):
            is_alike = isinstance(seen, list | tuple) and len(seen) == len(value)
            theirs = seen[at] if is_alike else seen
            yield from _walk(item, marked[at], theirs, f"{path}[*]", row or str(at + 1), own)
    elif marked == REDACTED:
        hidden = path.removeprefix("[*].") in own
        is_gone = seen is _GONE
        yield Pair(path, row, None if hidden else value, None if is_gone else seen, is_gone, hidden)


def _row_of(record: Mapping[str, Any], marked: Mapping[str, Any]) -> str:
    """What names the record: its first plain value that is not the field itself."""
    for key, value in record.items():
        is_plain = isinstance(value, str | int) and not isinstance(value, bool)
        if is_plain and marked.get(key) != REDACTED and value not in ("", REDACTED):
            return str(value)[:60]
    return ""
