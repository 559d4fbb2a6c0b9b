"""What a run did, as OpenLineage 2-0-2 tells it: START and an end for the run and for each of its steps.

A step is a run of its own with the workflow's as its parent. What it gave is a dataset, so that steps hang
together where nothing is stored between them. There is no value in any event.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from runtime.lineage.terms import WHOLE

PRODUCER = "https://lockgate.invalid/runtime"
SPEC = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
_FACETS: Mapping[str, str] = {
    "schema": "1-2-0/SchemaDatasetFacet",
    "columnLineage": "1-2-0/ColumnLineageDatasetFacet",
    "inputStatistics": "1-0-0/InputStatisticsInputDatasetFacet",
    "outputStatistics": "1-0-2/OutputStatisticsOutputDatasetFacet",
    "version": "1-0-1/DatasetVersionDatasetFacet",
    "errorMessage": "1-0-1/ErrorMessageRunFacet",
    "parent": "1-2-0/ParentRunFacet",
    "sql": "1-1-0/SQLJobFacet",
    "processing_engine": "1-1-1/ProcessingEngineRunFacet",
    "nominalTime": "1-0-1/NominalTimeRunFacet",
    "jobType": "2-0-4/JobTypeJobFacet",
}
_ENDS = {"succeeded": "COMPLETE", "failed": "FAIL"}
_TIERS = {"exact": "DIRECT", "inferred": "DIRECT", "unknown": "INDIRECT"}

ColumnOf = tuple[int, str]
"""A place, by its id, and a column of it."""


@dataclass(frozen=True, slots=True)
class ToldPlace:
    """A dataset as others know it. `columns` are `(name, type)`."""

    namespace: str
    name: str
    columns: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class ToldEdge:
    """`masked`: the target is hidden by a rule."""

    source: ColumnOf
    target: ColumnOf
    tier: str
    how: str
    masked: bool = False


@dataclass(frozen=True, slots=True)
class ToldStep:
    """A step that ran. `place` is its output's, where it gave any.

    `counts` and `versions` are of places, by their ids.
    """

    path: str
    type: str
    status: str
    started: str | None
    finished: str | None
    place: int | None
    edges: Sequence[ToldEdge] = ()
    reads: Sequence[int] = ()
    writes: Sequence[int] = ()
    counts: Mapping[int, int] = field(default_factory=dict)
    versions: Mapping[int, str] = field(default_factory=dict)
    error: str | None = None
    query: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ToldRun:
    """A run that has ended, with all that its events need. Times are ISO 8601."""

    id: UUID
    namespace: str
    workflow: str
    status: str
    started: str
    finished: str
    engine_version: str
    places: Mapping[int, ToldPlace]
    steps: Sequence[ToldStep]
    nominal: str | None = None
    error: str | None = None


def events_of(run: ToldRun) -> list[dict[str, Any]]:
    """All events of the run in the order of their times."""
    found = [
        _event(run, "START", run.started, str(run.id), _run_facets(run, None), _job(run)),
        *(event for step in run.steps for event in _step_events(run, step)),
        _event(run, _end(run.status), run.finished, str(run.id), _run_facets(run, run.error), _job(run)),
    ]
    return [found[0], *sorted(found[1:-1], key=lambda event: str(event["eventTime"])), found[-1]]


def step_run_id(run_id: UUID, path: str) -> str:
    """The same for the same step of the same run, always."""
    return str(uuid.uuid5(run_id, path))


def _step_events(run: ToldRun, step: ToldStep) -> Iterator[dict[str, Any]]:
    run_id, job = step_run_id(run.id, step.path), _step_job(run, step)
    facets = {"parent": _parent(run), **_engine(run)}
    started = step.started or step.finished or run.started
    yield _event(run, "START", started, run_id, facets, job)
    if step.error is not None:
        facets = {**facets, **_error(step.error)}
    event = _event(run, _end(step.status), step.finished or run.finished, run_id, facets, job)
    inputs = list(dict.fromkeys([*(edge.source[0] for edge in step.edges), *step.reads]))
    outputs = list(dict.fromkeys([*([] if step.place is None else [step.place]), *step.writes]))
    event["inputs"] = [
        _input(run, step, place) for place in inputs if place in run.places and place != step.place
    ]
    event["outputs"] = [_output(run, step, place) for place in outputs if place in run.places]
    yield event


def _event(
    run: ToldRun, kind: str, at: str, run_id: str, facets: Mapping[str, Any], job: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "eventType": kind,
        "eventTime": at,
        "producer": PRODUCER,
        "schemaURL": f"{SPEC}#/$defs/RunEvent",
        "run": {"runId": run_id, "facets": dict(facets)},
        "job": dict(job),
        "inputs": [],
        "outputs": [],
    }


def _end(status: str) -> str:
    return _ENDS.get(status, "ABORT")


def _facet(kind: str, /, **facts: Any) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": _schema(kind), **facts}


def _schema(name: str) -> str:
    path = _FACETS[name]
    return f"https://openlineage.io/spec/facets/{path}.json#/$defs/{path.partition('/')[2]}"


def _run_facets(run: ToldRun, error: str | None) -> dict[str, Any]:
    facets = _engine(run)
    if run.nominal is not None:
        facets["nominalTime"] = _facet("nominalTime", nominalStartTime=run.nominal)
    return facets if error is None else {**facets, **_error(error)}


def _engine(run: ToldRun) -> dict[str, Any]:
    return {"processing_engine": _facet("processing_engine", version=run.engine_version, name="Lockgate")}


def _error(message: str) -> dict[str, Any]:
    return {"errorMessage": _facet("errorMessage", message=message, programmingLanguage="Python")}


def _parent(run: ToldRun) -> dict[str, Any]:
    return _facet(
        "parent", run={"runId": str(run.id)}, job={"namespace": run.namespace, "name": run.workflow}
    )


def _job(run: ToldRun) -> dict[str, Any]:
    return {
        "namespace": run.namespace,
        "name": run.workflow,
        "facets": {"jobType": _job_type("WORKFLOW")},
    }


def _step_job(run: ToldRun, step: ToldStep) -> dict[str, Any]:
    facets = {"jobType": _job_type("STEP")}
    if step.query is not None:
        facets["sql"] = _facet("sql", query=step.query[0], dialect=step.query[1])
    return {"namespace": run.namespace, "name": f"{run.workflow}.{step.path}", "facets": facets}


def _job_type(kind: str) -> dict[str, Any]:
    return _facet("jobType", processingType="BATCH", integration="LOCKGATE", jobType=kind)


def _input(run: ToldRun, step: ToldStep, place: int) -> dict[str, Any]:
    dataset = _dataset(run, step, place)
    if place in step.counts:
        statistics = _facet("inputStatistics", rowCount=step.counts[place])
        dataset["inputFacets"] = {"inputStatistics": statistics}
    return dataset


def _output(run: ToldRun, step: ToldStep, place: int) -> dict[str, Any]:
    dataset = _dataset(run, step, place)
    if place in step.counts:
        statistics = _facet("outputStatistics", rowCount=step.counts[place])
        dataset["outputFacets"] = {"outputStatistics": statistics}
    fields = _fields(run, step, place)
    if fields:
        dataset["facets"]["columnLineage"] = _facet("columnLineage", fields=fields)
    return dataset


def _dataset(run: ToldRun, step: ToldStep, place: int) -> dict[str, Any]:
    told = run.places[place]
    facets: dict[str, Any] = {}
    if told.columns:
        columns = [{"name": name, "type": column_type} for name, column_type in told.columns]
        facets["schema"] = _facet("schema", fields=columns)
    if step.versions.get(place):
        facets["version"] = _facet("version", datasetVersion=step.versions[place])
    return {"namespace": told.namespace, "name": told.name, "facets": facets}


def _fields(run: ToldRun, step: ToldStep, place: int) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for edge in _whole_opened(step.edges, place):
        told = run.places.get(edge.source[0])
        if told is None:
            continue
        transformation = {
            "type": _TIERS[edge.tier],
            "subtype": edge.tier.upper(),
            "description": edge.how,
            "masking": edge.masked,
        }
        source = {
            "namespace": told.namespace,
            "name": told.name,
            "field": edge.source[1],
            "transformations": [transformation],
        }
        fields.setdefault(edge.target[1], {"inputFields": []})["inputFields"].append(source)
    return fields


def _whole_opened(edges: Iterable[ToldEdge], place: int) -> Iterator[ToldEdge]:
    """Edges into a place's columns. What leads to all of it leads to each column that is made from that."""
    into = [edge for edge in edges if edge.target[0] == place]
    whole = [edge for edge in into if edge.target[1] == WHOLE]
    for edge in into:
        if edge.target[1] == WHOLE:
            continue
        if edge.source == (place, WHOLE):
            for one in whole:
                yield ToldEdge(one.source, edge.target, one.tier, one.how, edge.masked)
        elif edge.source[1] != WHOLE:
            yield edge
