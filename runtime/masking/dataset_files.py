"""A dataset's rows and its file, as a reader sees them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from accounts.authorization import Subject
from runtime.masking.readers import eyes_of
from runtime.masking.shown import MaskedField, Shown, unique_fields
from runtime.models import Dataset
from runtime.queries.datasets import Spool
from runtime.tabular import write_rows

if TYPE_CHECKING:
    from accounts.access import Masker

BATCH_ROWS = 1000


def shown_rows(subject: Subject, dataset: Dataset, rows: list[dict[str, Any]]) -> Shown:
    """The rows as this person sees them; the paths of masked fields count from a row."""
    masker = eyes_of(subject).masker(dataset.as_resource())
    return Shown(rows) if masker is None else _masked(masker, rows)


def shown_content(subject: Subject, dataset: Dataset, spool: Spool) -> bytes:
    """The file as this person sees it: as it was stored, or written anew with masked rows."""
    masker = eyes_of(subject).masker(dataset.as_resource())
    if masker is None:
        return spool.path.read_bytes()
    target = io.BytesIO()
    rows = _masked_rows(masker, spool.rows())
    if spool.format == "parquet":
        write_rows(target, _of_one_kind(list(rows)), spool.format)
    elif spool.format == "csv":
        write_rows(target, (row for row, _ in rows), spool.format, columns=spool.columns)
    else:
        write_rows(target, (row for row, _ in rows), spool.format)
    return target.getvalue()


def _masked(masker: Masker, rows: list[dict[str, Any]]) -> Shown:
    masked = masker.apply(rows)
    fields = (
        MaskedField(
            hit.path.removeprefix("[*]").removeprefix("."), hit.rule, hit.label or hit.rule, hit.mask_type
        )
        for hit in masked.hits
    )
    return Shown(masked.value, unique_fields(fields))


def _masked_rows(
    masker: Masker, rows: Iterable[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Each row with the columns that are masked among those read with it."""
    source = iter(rows)
    while batch := list(islice(source, BATCH_ROWS)):
        shown = _masked(masker, batch)
        columns = frozenset(field.path.partition(".")[0].partition("[")[0] for field in shown.masked)
        for row in shown.value:
            yield row, columns


def _of_one_kind(rows: list[tuple[dict[str, Any], frozenset[str]]]) -> list[Mapping[str, Any]]:
    """Parquet has one type for a column: what is masked in some rows is text in all of them."""
    masked = frozenset[str]().union(*(columns for _, columns in rows))
    return [
        {name: _as_text(value) if name in masked else value for name, value in row.items()} for row, _ in rows
    ]


def _as_text(value: Any) -> Any:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
