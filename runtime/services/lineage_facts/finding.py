"""The job: takes runs that have ended, and keeps what each did."""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from runtime.engine.errors import WorkflowError
from runtime.kept import Kept as KeptValues
from runtime.lineage.steps import Ran, RunGraph
from runtime.lineage.terms import Touch
from runtime.masking.resources import PlacedNodes, sub_workflows_of
from runtime.models import FactsState, LineageRun, LineageRunIO, Run, Sending
from runtime.queries.inputs import inputs_at
from runtime.queries.plans import plan_of_run
from runtime.services.lineage_facts.keeping import StepOf, keep
from runtime.services.lineage_facts.reading import (
    RunFacts,
    StepFacts,
    layout_of,
    lineage_key,
    read_facts,
    templated_in,
)

log = logging.getLogger(__name__)

JOB = "lineage"
BATCH = 4
# Runs go on in the same process: of each second no more than a tenth is taken from them. What is left when a
# call ends is there for the next.
REST, LONGEST_REST_S, BUSY_S = 9, 0.5, 3.0
_TAKE = """
SELECT run_id FROM lineage_run WHERE state = 'due' ORDER BY at LIMIT %s FOR UPDATE SKIP LOCKED
"""
_SEEN = """
UPDATE lineage_dataset d SET last_run_id = given.run, last_run_number = given.number, last_at = given.at
FROM unnest(%s::bigint[], %s::uuid[], %s::bigint[], %s::timestamptz[]) AS given(id, run, number, at)
WHERE d.id = given.id AND (d.last_at IS NULL OR d.last_at <= given.at)
"""

_Key = tuple[Any, ...]


class _Alike:
    """What runs of one version have in common that gave the same columns: nothing new is kept for them."""

    def __init__(self, key: _Key, mappings: Mapping[str, int], touches: list[tuple[str, int, Touch]]) -> None:
        self.key = key
        self.mappings = mappings
        self.touches = touches


_alike: KeptValues[_Key, _Alike] = KeptValues(512)
_Fresh = dict[_Key, _Alike]
"""What this transaction has kept, which nobody else knows yet."""


def find_facts() -> int:
    """Finds out what the runs did that have ended meanwhile; how many. A job of upkeep."""
    until, done = time.monotonic() + BUSY_S, 0
    while time.monotonic() < until:
        began = time.monotonic()
        with transaction.atomic():
            found = _some()
        done += found
        if found < BATCH:
            break
        time.sleep(min(REST * (time.monotonic() - began), LONGEST_REST_S))
    return done


def _some() -> int:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [BATCH])
        ids = [run_id for (run_id,) in cursor.fetchall()]
    runs = Run.objects.select_related("workflow", "version").defer("version__graph").in_bulk(ids)
    rows = LineageRun.objects.in_bulk(ids)
    seen: dict[int, Run] = {}
    touched: list[LineageRunIO] = []
    fresh: _Fresh = {}
    for run_id in ids:
        row, run = rows[run_id], runs.get(run_id)
        if run is None:
            row.state, row.error = FactsState.FAILED, "The run was deleted before."
            continue
        for io in _find(row, run, fresh):
            touched.append(io)
            seen[io.dataset_id] = run
    LineageRunIO.objects.bulk_create(touched)
    LineageRun.objects.bulk_update(
        rows.values(), ["state", "error", "facts", "mappings", "sending", "next_at"], batch_size=100
    )
    if seen:
        numbers = [(place, run.pk, run.number, run.finished_at) for place, run in sorted(seen.items())]
        with connection.cursor() as cursor:
            cursor.execute(_SEEN, [list(values) for values in zip(*numbers, strict=True)])
    return len(ids)


def _find(row: LineageRun, run: Run, fresh: _Fresh) -> list[LineageRunIO]:
    """Fills the row. What goes wrong with one run is kept with it, for people."""
    try:
        with transaction.atomic():
            facts, alike, touched = _facts(run, fresh)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("what run %s did to data could not be found out", run.pk)
        row.state, row.error = FactsState.FAILED, f"{type(error).__name__}"
        return []
    fresh[alike.key] = alike
    row.state, row.facts, row.mappings = FactsState.DONE, facts, sorted(set(alike.mappings.values()))
    if settings.OPENLINEAGE_URL:
        row.sending, row.next_at = Sending.PENDING, timezone.now()
    return touched


def _facts(run: Run, fresh: _Fresh) -> tuple[dict[str, Any], _Alike, list[LineageRunIO]]:
    plan = plan_of_run(run)
    facts = read_facts(run, plan)
    alike = _kept(run, plan, facts, fresh)
    steps = {path: _told(step, alike.mappings.get(path)) for path, step in facts.steps.items()}
    told = {"steps": steps, "truncated": facts.truncated, "version": run.version.number, "status": run.status}
    return told, alike, list(_touched(run, facts, alike))


def _told(step: StepFacts, mapping: int | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "status": step.status,
        "started": None if step.started_at is None else step.started_at.isoformat(),
        "finished": None if step.finished_at is None else step.finished_at.isoformat(),
        "mapping": mapping,
        "counts": step.counts,
        "versions": step.versions,
    }
    if step.times > 1:
        told["times"] = step.times
    if step.error is not None:
        told["error"] = step.error
    return told


def _kept(run: Run, plan: Any, facts: RunFacts, fresh: _Fresh) -> _Alike:
    gave = {path: step for path, step in facts.steps.items() if step.columns}
    values = _values(run, plan, gave)
    shape = tuple(
        (path, tuple((port, tuple(columns.items())) for port, columns in step.columns.items()))
        for path, step in gave.items()
    )
    own = {name: given for name, given in run.parameters.items() if isinstance(given, Mapping)}
    given = json.dumps(own, sort_keys=True, default=str)
    key = (
        run.version_id,
        run.part,
        run.node,
        json.dumps(run.sub_versions, sort_keys=True),
        values,
        given,
        shape,
    )
    found = fresh.get(key) or _alike.find(key)
    if found is None:
        found = _keep(run, plan, gave, dict(values), key)
        # It is true once the transaction is: a run whose row is not stored is found out again.
        transaction.on_commit(partial(_alike.get, key, partial(_itself, found)))
    return found


def _itself(alike: _Alike) -> _Alike:
    return alike


def _keep(run: Run, plan: Any, gave: Mapping[str, StepFacts], values: Mapping[str, str], key: _Key) -> _Alike:
    scopes = layout_of(plan)
    placed = PlacedNodes(plan, run.workflow, sub_workflows_of(run)).all()
    declared = [item.name for item in plan.graph.parameters]
    graph = RunGraph(str(run.workflow_id), declared, run.parameters)
    ran = [
        Ran(path, *scopes[path], step.columns, json.loads(values.get(path, "{}")))
        for path, step in gave.items()
    ]
    traced = graph.trace(ran)
    steps = [
        StepOf(
            one,
            None if placed[one.path].workflow.pk == run.workflow_id else placed[one.path].workflow.pk,
            placed[one.path].node.spec.access.classification,
            gave[one.path].columns,
        )
        for one in traced
    ]
    at = run.finished_at or timezone.now()
    kept = keep(run, steps, graph.parameters, declared, at)
    touches = [
        (one.path, kept.places[touch.place.namespace, touch.place.name], touch)
        for one in traced
        for touch in one.flow.touches
    ]
    return _Alike(key, kept.mappings, touches)


def _values(run: Run, plan: Any, gave: Mapping[str, StepFacts]) -> tuple[tuple[str, str], ...]:
    """What stands for `${}` in steps whose places are named by it, as JSON by path."""
    found: list[tuple[str, str]] = []
    scopes, templated = layout_of(plan), templated_in(plan)
    for path in gave:
        if path in templated:
            scope, _ = scopes[path]
            graph = scope.plans[-1].graph
            defaults = {item.name: item.default for item in graph.parameters if item.has_default}
            texts = {**defaults, **_parameters(run, plan, path, scope)}
            plain = {
                name: value
                for name, value in texts.items()
                if isinstance(value, str | int) and len(str(value)) < 400
            }
            found.append((path, json.dumps(plain, sort_keys=True)))
    return tuple(found)


def _parameters(run: Run, plan: Any, path: str, scope: Any) -> Mapping[str, Any]:
    if scope.plans[-1].graph is plan.graph:
        return dict(run.parameters)
    try:
        return inputs_at(run, plan, path.rpartition("/")[0])
    except (WorkflowError, KeyError):
        return {}


def _touched(run: Run, facts: RunFacts, alike: _Alike) -> Iterator[LineageRunIO]:
    key = lineage_key(run.tenant_id)
    for path, place, touch in alike.touches:
        step = facts.steps[path]
        counted = step.counts.get("result") if touch.direction == "read" else step.written
        versions = json.dumps(step.versions, sort_keys=True).encode()
        yield LineageRunIO(
            tenant_id=run.tenant_id,
            workflow_id=run.workflow_id,
            dataset_id=place,
            run_id=run.pk,
            run_number=run.number,
            step=path,
            direction=touch.direction,
            count=counted,
            data_version=hmac.new(key, versions, hashlib.sha256).hexdigest()[:32],
            at=run.finished_at or timezone.now(),
        )
