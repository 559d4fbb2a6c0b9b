"""The graph of lineage as one reader may see it: which places, which edges, as of now or of a run.

Who may not see a workflow sees neither its steps nor what it did. A dataset is seen by who may see that. A
table, a file or an address belongs to nobody: it is seen by who sees a workflow that reads or writes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from accounts.authorization import Subject, may_somewhere, visible
from runtime.lineage.flows.places import DATASETS
from runtime.lineage.terms import WHOLE
from runtime.models import (
    Dataset,
    LineageColumn,
    LineageColumnEdge,
    LineageDataset,
    LineageRun,
    LineageRunIO,
    PlaceKind,
    Run,
    Workflow,
)

_Row = TypeVar("_Row", bound=Model)
MAX_PLACES = 150
MAX_EDGES = 1500
_OWNED = (PlaceKind.STEP, PlaceKind.PORT)
_REACHED = """
WITH RECURSIVE reached(id) AS (
    SELECT unnest(%(start)s::bigint[])
    UNION
    SELECT next.id FROM reached r CROSS JOIN LATERAL (
        SELECT e.to_column_id AS id FROM lineage_column_edge e
        WHERE e.from_column_id = r.id AND e.until IS NULL
            AND (%(all)s OR e.workflow_id = ANY(%(seen)s::uuid[]))
        UNION ALL
        SELECT other.id FROM lineage_column c JOIN lineage_column other ON other.dataset_id = c.dataset_id
        WHERE c.id = r.id AND c.name = '*' AND other.id <> c.id
    ) AS next
)
SELECT c.dataset_id, count(*) FROM reached r JOIN lineage_column c ON c.id = r.id
WHERE r.id <> ALL(%(start)s::bigint[]) GROUP BY c.dataset_id
"""


class Sight:
    """What one reader may see."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        if subject.tenant_id is None:
            raise ValueError("a reader of lineage belongs to a workspace")
        self.tenant_id: UUID = subject.tenant_id
        rows = Workflow.objects.filter(deleted_at=None)
        seen = _seen(rows, subject, "workflow.view").values_list("pk", flat=True)
        self.workflows = frozenset(seen)
        self.sees_all = not Workflow.objects.filter(tenant_id=self.tenant_id).exclude(pk__in=seen).exists()
        self._datasets: dict[str, Dataset | None] = {}
        self._hidden: dict[str, bool] = {}

    def places(self) -> QuerySet[LineageDataset]:
        """The places of the workspace that the reader may see."""
        used = LineageRunIO.objects.filter(dataset=OuterRef("pk"), workflow__in=self.workflows)
        stored = Dataset.objects.filter(tenant_id=self.tenant_id)
        hidden = stored.exclude(pk__in=self._visible_datasets(stored).values("pk")).values("name")
        return LineageDataset.objects.filter(tenant_id=self.tenant_id).filter(
            Q(kind__in=_OWNED, workflow__in=self.workflows)
            & (Q(owner_id=None) | Q(owner_id__in=self.workflows))
            | Q(kind=PlaceKind.DATASET)
            & ~Q(name__in=hidden)
            & (Exists(used) | Q(name__in=stored.values("name")))
            | ~Q(kind__in=(*_OWNED, PlaceKind.DATASET)) & Exists(used)
        )

    def edges(self) -> QuerySet[LineageColumnEdge]:
        """What workflows did that the reader may see; of the places at their ends see `may_see`."""
        rows = LineageColumnEdge.objects.filter(from_dataset__tenant_id=self.tenant_id)
        return rows if self.sees_all else rows.filter(workflow_id__in=self.workflows)

    def may_see(self, place: LineageDataset) -> bool:
        """Of a place that an edge of a visible workflow leads to."""
        if place.kind in _OWNED:
            return place.workflow_id in self.workflows and (
                place.owner_id is None or place.owner_id in self.workflows
            )
        if place.kind == PlaceKind.DATASET and place.namespace == DATASETS:
            self.learn_datasets([place.name])
            return not self._hidden[place.name]
        return True

    def dataset(self, place: LineageDataset) -> Dataset | None:
        """The dataset that the place is, if it is there and the reader may see it."""
        if place.kind != PlaceKind.DATASET:
            return None
        self.learn_datasets([place.name])
        return self._datasets[place.name]

    def learn_datasets(self, names: Iterable[str]) -> None:
        """Asks about many at once."""
        new = [name for name in names if name not in self._hidden]
        if not new:
            return
        stored = Dataset.objects.filter(tenant_id=self.tenant_id, name__in=new)
        seen = {row.name: row for row in self._visible_datasets(stored)}
        there = set(stored.values_list("name", flat=True))
        for name in new:
            self._datasets[name] = seen.get(name)
            self._hidden[name] = name in there and name not in seen

    def _visible_datasets(self, rows: QuerySet[Dataset]) -> QuerySet[Dataset]:
        return _seen(rows, self.subject, "dataset.view")


def _seen(rows: QuerySet[_Row], subject: Subject, action: str) -> QuerySet[_Row]:
    """Those that the subject may see: none, where that is so of all."""
    return visible(rows, subject, action) if may_somewhere(subject, action) else rows.none()


@dataclass(frozen=True, slots=True)
class AsOf:
    """What is in force: now, or when a run ended, whose own workflow is as that run found it."""

    at: datetime | None = None
    workflow_id: UUID | None = None
    mappings: tuple[int, ...] = ()

    @classmethod
    def run(cls, row: LineageRun) -> AsOf:
        return cls(row.at, row.workflow_id, tuple(row.mappings))

    def of(self, edges: QuerySet[LineageColumnEdge]) -> QuerySet[LineageColumnEdge]:
        if self.at is None:
            return edges.filter(until=None)
        then = (
            Q(since__lte=self.at) & (Q(until=None) | Q(until__gt=self.at)) & ~Q(workflow_id=self.workflow_id)
        )
        return edges.filter(then | Q(mapping_id__in=self.mappings))


@dataclass(slots=True)
class Found:
    """A part of the graph. `truncated`: there is more than was asked for or is shown at once."""

    places: dict[int, LineageDataset] = field(default_factory=dict)
    edges: dict[int, LineageColumnEdge] = field(default_factory=dict)
    truncated: bool = False


def graph_around(
    sight: Sight, place: LineageDataset, column: str | None, *, up: bool, down: bool, depth: int, as_of: AsOf
) -> Found:
    """What a column, or all of a place, comes from and goes to, so many places far."""
    found = Found({place.pk: place})
    own = LineageColumn.objects.filter(dataset=place)
    start = set(
        (own if column is None else own.filter(name__in=(column, WHOLE))).values_list("pk", flat=True)
    )
    for is_up in (side for side, wanted in ((True, up), (False, down)) if wanted):
        _walk(sight, found, start, is_up=is_up, depth=depth, as_of=as_of)
    return found


def graph_of_workflow(sight: Sight, workflow: Workflow, as_of: AsOf) -> Found:
    """All that a workflow's steps read, make and write."""
    found = Found()
    rows = as_of.of(sight.edges().filter(workflow=workflow)).select_related(*_RELATED)
    _take(sight, found, list(rows[: MAX_EDGES + 1]))
    return found


_RELATED = ("from_dataset__workflow", "to_dataset__workflow", "from_column", "to_column")


def _walk(
    sight: Sight, found: Found, start: Collection[int], *, is_up: bool, depth: int, as_of: AsOf
) -> None:
    frontier, seen = set(start), set(start)
    near, far = ("to_column_id", "from_column_id") if is_up else ("from_column_id", "to_column_id")
    for level in range(depth + 1):
        frontier |= _same_place(frontier, is_up=is_up)
        seen |= frontier
        rows = as_of.of(sight.edges().filter(**{f"{near}__in": frontier})).select_related(*_RELATED)
        if level == depth:
            found.truncated |= rows.exclude(**{f"{far}__in": seen}).exists()
            return
        taken = _take(sight, found, list(rows[: MAX_EDGES + 1]))
        frontier = {getattr(edge, far) for edge in taken} - seen
        if not frontier:
            return


def _take(sight: Sight, found: Found, rows: list[LineageColumnEdge]) -> list[LineageColumnEdge]:
    """Those whose both ends may be seen and for which there is room."""
    ends = [place for edge in rows for place in (edge.from_dataset, edge.to_dataset)]
    sight.learn_datasets({place.name for place in ends if place.kind == PlaceKind.DATASET})
    taken = []
    for edge in rows:
        if not (sight.may_see(edge.from_dataset) and sight.may_see(edge.to_dataset)):
            continue
        new = {place.pk for place in (edge.from_dataset, edge.to_dataset)} - found.places.keys()
        if len(found.places) + len(new) > MAX_PLACES or len(found.edges) >= MAX_EDGES:
            found.truncated = True
            continue
        found.edges[edge.pk] = edge
        for place in (edge.from_dataset, edge.to_dataset):
            found.places.setdefault(place.pk, place)
        taken.append(edge)
    return taken


def _same_place(columns: Collection[int], *, is_up: bool) -> set[int]:
    """Upwards a column may come from its place as a whole; downwards the whole may be in any column."""
    rows = LineageColumn.objects.filter(pk__in=columns)
    if is_up:
        places = rows.values("dataset_id")
        return set(
            LineageColumn.objects.filter(dataset_id__in=places, name=WHOLE).values_list("pk", flat=True)
        )
    places = rows.filter(name=WHOLE).values("dataset_id")
    return set(LineageColumn.objects.filter(dataset_id__in=places).values_list("pk", flat=True))


def impact_of(sight: Sight, columns: Collection[int]) -> dict[int, int]:
    """Everything that is made from these columns, however far: how many columns of which places."""
    with connection.cursor() as cursor:
        cursor.execute(
            _REACHED,
            {
                "start": list(columns),
                "all": sight.sees_all,
                "seen": [] if sight.sees_all else list(sight.workflows),
            },
        )
        return dict(cursor.fetchall())


def column_ids(place: LineageDataset, column: str) -> list[int]:
    """The column and what stands for all of its place."""
    rows = LineageColumn.objects.filter(dataset=place, name__in=(column, WHOLE))
    return list(rows.values_list("pk", flat=True))


@dataclass(slots=True)
class Moment:
    """That a run touched a place."""

    run_id: UUID
    number: int
    workflow_id: UUID
    at: datetime
    directions: set[str]


def moments_of(sight: Sight, place: LineageDataset, most: int) -> list[Moment]:
    """The runs that read or wrote the place, or whose step it is, newest first."""
    if place.workflow_id is not None:
        rows = LineageRun.objects.filter(workflow_id=place.workflow_id, state="done").defer("facts")
        return [
            Moment(row.run_id, row.run_number, row.workflow_id, row.at, {"write"})
            for row in rows.order_by("-at", "-run_id")[:most]
        ]
    found: dict[UUID, Moment] = {}
    ios = LineageRunIO.objects.filter(dataset=place, workflow__in=sight.workflows).order_by("-at", "-id")
    for io in ios[: most * 4]:
        moment = Moment(io.run_id, io.run_number, io.workflow_id, io.at, set())
        found.setdefault(io.run_id, moment).directions.add(io.direction)
    return list(found.values())[:most]


def runs_of(sight: Sight, place: LineageDataset) -> int:
    """How many runs touched the place."""
    if place.workflow_id is not None:
        return LineageRun.objects.filter(workflow_id=place.workflow_id, state="done").count()
    rows = LineageRunIO.objects.filter(dataset=place, workflow__in=sight.workflows)
    return rows.values("run_id").distinct().count()


def statuses_of(run_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Of those runs that are still there."""
    return dict(Run.objects.filter(pk__in=list(run_ids)).values_list("pk", "status"))
