"""A run's OpenLineage events, from what is kept of it, as one reader may see them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol

from runtime.engine.errors import GraphError
from runtime.lineage.openlineage import ToldEdge, ToldPlace, ToldRun, ToldStep, events_of
from runtime.lineage.steps import scopes_of
from runtime.masking.shown import Denial
from runtime.models import (
    LineageColumnEdge,
    LineageDataset,
    LineageMapping,
    LineageRun,
    LineageRunIO,
    PlaceKind,
    Run,
    Tier,
    Trigger,
    TriggerFire,
)
from runtime.queries.plans import plan_of_run
from runtime.triggers.kinds import FireCause

NAMESPACE = "lockgate"
_SQL = {"postgresql": "postgres", "sqlite": "sqlite"}


MaySee = Callable[[LineageDataset], bool]


class Reads(Protocol):
    """What is asked about a reader: `runtime.masking.reader.RunReader` answers it."""

    def denial(self, path: str, part: str) -> Denial | None: ...
    def error(self, path: str | None, error: Mapping[str, Any] | None) -> dict[str, Any] | None: ...


class CodesAlone:
    """Somebody outside of whom nothing is known: messages of errors may quote values, codes never do."""

    def __init__(self, reader: Reads) -> None:
        self._reader = reader

    def denial(self, path: str, part: str) -> Denial | None:
        return self._reader.denial(path, part)

    def error(self, path: str | None, error: Mapping[str, Any] | None) -> dict[str, Any] | None:
        return None if error is None else {"code": error.get("code", "failed")}


def told_events(
    row: LineageRun, run: Run, reader: Reads, may_see: MaySee | None = None
) -> list[dict[str, Any]]:
    """Errors and statements as the reader may see them; without the places that `may_see` keeps back."""
    return events_of(_Telling(row, run, reader, may_see or (lambda place: True)).run())


class _Telling:
    def __init__(self, row: LineageRun, run: Run, reader: Reads, may_see: MaySee) -> None:
        self._row = row
        self._run = run
        self._reader = reader
        self._facts: dict[str, Any] = (row.facts or {}).get("steps", {})
        mappings = [step["mapping"] for step in self._facts.values() if step.get("mapping")]
        steps = LineageMapping.objects.filter(pk__in=mappings).select_related("step")
        self._steps = {mapping.pk: mapping.step for mapping in steps if may_see(mapping.step)}
        self._may_see = may_see
        self._edges: dict[int, list[LineageColumnEdge]] = {}
        rows = LineageColumnEdge.objects.filter(mapping_id__in=self._steps)
        for edge in rows.select_related("from_dataset", "to_dataset", "from_column", "to_column"):
            self._edges.setdefault(edge.mapping_id, []).append(edge)
        self._ios: dict[str, list[LineageRunIO]] = {}
        for io in LineageRunIO.objects.filter(run_id=row.run_id).select_related("dataset"):
            self._ios.setdefault(io.step, []).append(io)
        try:
            self._specs = {path: node.spec for path, (_, node) in scopes_of(plan_of_run(run)).items()}
        except GraphError:
            self._specs = {}

    def run(self) -> ToldRun:
        run = self._run
        error = self._reader.error(None, run.error)
        steps = [
            self._step(path, step)
            for path, step in self._facts.items()
            if not step.get("mapping") or step["mapping"] in self._steps
        ]
        ended = run.finished_at or self._row.at
        return ToldRun(
            id=run.pk,
            namespace=NAMESPACE,
            workflow=f"{run.workflow.name} ({run.workflow_id})",
            status=run.status,
            started=(run.started_at or run.created_at).isoformat(),
            finished=ended.isoformat(),
            engine_version=_version(),
            places=self._places(),
            steps=steps,
            nominal=_nominal(run),
            error=None if error is None else str(error.get("message") or error.get("code") or "failed"),
        )

    def _places(self) -> dict[int, ToldPlace]:
        found: dict[int, LineageDataset] = {place.pk: place for place in self._steps.values()}
        for edges in self._edges.values():
            for edge in edges:
                found[edge.from_dataset_id], found[edge.to_dataset_id] = edge.from_dataset, edge.to_dataset
        for ios in self._ios.values():
            found.update((io.dataset_id, io.dataset) for io in ios)
        return {key: _told_place(place) for key, place in found.items() if self._may_see(place)}

    def _step(self, path: str, step: dict[str, Any]) -> ToldStep:
        place = self._steps.get(step.get("mapping") or 0)
        spec = self._specs.get(path)
        ios = self._ios.get(path, ())
        counts: dict[int, int] = {io.dataset_id: io.count for io in ios if io.count is not None}
        versions = {io.dataset_id: io.data_version for io in ios}
        if place is not None:
            counts[place.pk] = sum(step["counts"].values())
            versions[place.pk] = "".join(step["versions"].values())[:64]
        failed = step.get("error")
        return ToldStep(
            path=path,
            type="" if spec is None else spec.type,
            status=step["status"],
            started=step["started"],
            finished=step["finished"],
            place=None if place is None else place.pk,
            edges=[_told_edge(edge) for edge in self._edges.get(step.get("mapping") or 0, ())],
            reads=[io.dataset_id for io in ios if io.direction == "read"],
            writes=[io.dataset_id for io in ios if io.direction == "write"],
            counts=counts,
            versions=versions,
            error=None if failed is None else self._error_of(path, str(failed)),
            query=self._query(path, spec),
        )

    def _error_of(self, path: str, code: str) -> str:
        error = self._run.error or {}
        if error.get("node") == path:
            shown = self._reader.error(path, error)
            return code if shown is None else str(shown.get("message") or code)
        return code

    def _query(self, path: str, spec: Any) -> tuple[str, str] | None:
        """The statement of a SQL step, for who may see its configuration."""
        if spec is None or spec.type != "SQLQueryNode" or self._reader.denial(path, "config") is not None:
            return None
        return str(spec.config.get("query", "")), _SQL.get(spec.config.get("database", "postgresql"), "")


def _nominal(run: Run) -> str | None:
    """The time of the schedule that started the run, however late that was."""
    if run.trigger != Trigger.SCHEDULE:
        return None
    fires = TriggerFire.objects.filter(run=run, cause=FireCause.SCHEDULE)
    fire_at = fires.values_list("fire_at", flat=True).first()
    return None if fire_at is None else fire_at.isoformat()


def _told_place(place: LineageDataset) -> ToldPlace:
    columns = [(str(column["name"]), str(column["type"])) for column in place.columns]
    namespace = NAMESPACE if place.kind in (PlaceKind.DATASET,) else place.namespace
    return ToldPlace(namespace, place.name, columns)


def _told_edge(edge: LineageColumnEdge) -> ToldEdge:
    masked = any(
        column["name"] == edge.to_column.name and column.get("masked") for column in edge.to_dataset.columns
    )
    return ToldEdge(
        (edge.from_dataset_id, edge.from_column.name),
        (edge.to_dataset_id, edge.to_column.name),
        Tier(edge.tier).name.lower(),
        edge.how,
        masked,
    )


def _version() -> str:
    try:
        return version("lockgate")
    except PackageNotFoundError:
        return "0"
