"""Random workflows mean the same to the server's host and to the reference interpreter."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings

from accounts.models import User
from runtime.engine.events import Event, EventType
from runtime.models import Run, RunEvent, Workflow, WorkflowVersion
from runtime.payloads import decode_outputs
from runtime.queries import plans
from tests.services.runtime.conftest import HostMaker, wait_for
from tests.unit.engine.random_graphs import RANDOM_REGISTRY, Case, cases, compare, observe
from tests.unit.engine.reference import interpret

GRAPHS = 500
PARTS = range(4)
FINAL = ("succeeded", "failed", "cancelled")


def draw(part: int) -> list[Case]:
    """The same graphs for the same part."""
    drawn: list[Case] = []

    @seed(1000 + part)
    @settings(
        max_examples=GRAPHS,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def take(case: Case) -> None:
        drawn.append(case)

    take()
    return drawn


def queue(drawn: list[Case], workflow: Workflow, user: User) -> list[Run]:
    """A queued run of each, as `start_run` stores it."""
    now = timezone.now()
    runs = []
    versions: list[WorkflowVersion] = []
    for number, case in enumerate(drawn, start=1):
        version = version_of(case.graph.to_text(), workflow)
        children = {name: version_of(graph.to_text(), workflow) for name, graph in case.graphs.items()}
        versions += [version, *children.values()]
        runs.append(
            Run(
                tenant_id=workflow.tenant_id,
                number=number,
                workflow=workflow,
                version=version,
                requested_by=user,
                created_at=now,
                last_seq=1,
                sub_versions={
                    f"{name}@latest": {"version": str(child.pk), "number": 1, "name": name}
                    for name, child in children.items()
                },
            )
        )
    WorkflowVersion.objects.bulk_create(versions)
    Run.objects.bulk_create(runs)
    RunEvent.objects.bulk_create(
        [RunEvent(run=run, seq=1, at=now, type=EventType.RUN_QUEUED, data={}) for run in runs]
    )
    return runs


def version_of(text: str, workflow: Workflow) -> WorkflowVersion:
    return WorkflowVersion(tenant_id=workflow.tenant_id, workflow=workflow, graph=text, hash="")


def decode(payload: Any) -> dict[str, Any]:
    return decode_outputs(payload, no_blob)


def no_blob(name: str) -> bytes:
    raise AssertionError(f"{name} is stored apart, though the outputs are small")


def events_by_run(workflow: Workflow) -> dict[Any, list[Event]]:
    found: dict[Any, list[Event]] = {}
    rows = RunEvent.objects.filter(run__workflow=workflow).order_by("run_id", "seq")
    for row in rows.iterator(chunk_size=5000):
        payload = None if row.payload is None else bytes(row.payload)
        event = Event(row.seq, row.at, EventType(row.type), row.node, row.attempt, row.data, payload)
        found.setdefault(row.run_id, []).append(event)
    return found


@pytest.mark.parametrize("part", PARTS)
def test_the_server_does_what_the_reference_does(
    part: int, workflow: Workflow, user: User, make_host: HostMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "node_registry", lambda: RANDOM_REGISTRY)
    drawn = draw(part)
    runs = queue(drawn, workflow, user)

    make_host(slots=50)
    wait_for(lambda: not Run.objects.exclude(status__in=FINAL).exists(), "the end of all", timeout_s=180)

    told = events_by_run(workflow)
    different = [
        (case.document, differences)
        for case, run in zip(drawn, runs, strict=True)
        if (differences := compare(interpret(case.graph, case.graphs), observe(told[run.pk], decode)))
    ]
    assert len(drawn) >= GRAPHS
    assert different == []
