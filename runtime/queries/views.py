"""Who saw data, and who took it out: what `runtime.services.data_views` counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db.models import QuerySet

from runtime.models import DataView
from runtime.models.views import ViewedKind

How = Literal["unmasked", "masked"]


@dataclass(frozen=True, slots=True)
class Sight:
    """How often one reader was shown a field, plain or masked; None is somebody outside."""

    reader: UUID | None
    how: How
    count: int


@dataclass(frozen=True, slots=True)
class DayOfViews:
    """What one reader was shown of one thing on one day (UTC)."""

    day: date
    reader: UUID | None
    kind: str
    place: UUID
    node: str
    count: int
    exported: int
    unmasked: tuple[str, ...]
    masked: tuple[str, ...]


def who_saw(
    tenant_id: UUID,
    *,
    workflow: UUID | None = None,
    dataset: UUID | None = None,
    step: str | None = None,
    column: str | None = None,
    days: int = 30,
) -> list[Sight]:
    """Readers of the last days, those who saw it plain first, then by how often.

    `step` is a path without numbers of iterations; None is every step. A `column` that no rule masks for
    anybody is plain for all who were shown the thing; so is everything where no column is named.
    """
    rows = _rows(tenant_id, _today() - timedelta(days=days - 1), _today())
    if workflow is not None:
        rows = rows.filter(kind=ViewedKind.WORKFLOW, place=workflow)
    if dataset is not None:
        rows = rows.filter(kind=ViewedKind.DATASET, place=dataset)
    if step is not None:
        rows = rows.filter(node=step)
    counts: dict[tuple[UUID | None, How], int] = {}
    is_ruled = column is not None and rows.filter(fields__has_key=column).exists()
    for reader, count, fields in rows.values_list("reader", "count", "fields"):
        plain, masked = _times(count, fields, column if is_ruled else None)
        for how, times in (("unmasked", plain), ("masked", masked)):
            if times:
                counts[reader, how] = counts.get((reader, how), 0) + times  # type: ignore[index, arg-type]
    found = [Sight(reader, how, count) for (reader, how), count in counts.items()]
    return sorted(found, key=lambda one: (one.how == "masked", -one.count, str(one.reader)))


def views_by_day(tenant_id: UUID, since: date | datetime, until: date | datetime) -> Iterator[DayOfViews]:
    """Every row of the days from `since` to `until`, both included, the earliest day first."""
    rows = _rows(tenant_id, _day(since), _day(until)).order_by("day", "reader", "kind", "place", "node")
    for row in rows.iterator():
        yield DayOfViews(
            day=row.day,
            reader=row.reader_id,
            kind=row.kind,
            place=row.place,
            node=row.node,
            count=row.count,
            exported=row.exported,
            unmasked=tuple(row.unmasked),
            masked=tuple(row.masked),
        )


def _rows(tenant_id: UUID, since: date, until: date) -> QuerySet[DataView]:
    return DataView.objects.filter(tenant=tenant_id, day__gte=since, day__lte=until).order_by()


def _times(count: int, fields: Mapping[str, list[int]], column: str | None) -> tuple[int, int]:
    if column is None:
        return count, 0
    plain, masked = fields.get(column, (0, 0))
    return plain, masked


def _day(moment: date | datetime) -> date:
    return moment.astimezone(UTC).date() if isinstance(moment, datetime) else moment


def _today() -> date:
    return datetime.now(UTC).date()
