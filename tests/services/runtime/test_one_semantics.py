"""Random workflows mean the same to the server's host and to the reference interpreter."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, seed, settings

from accounts.models import User
from runtime.engine.events import Event, EventType
from runtime.engine.state import fold
from runtime.models import Run, RunEvent, Workflow, WorkflowVersion
from runtime.payloads import decode_outputs
from runtime.queries import plans
from runtime.queries.runs import fetch, state_of
from runtime.story import read_story
from tests.services.runtime.conftest import HostMaker, wait_for
from tests.unit.engine.random_graphs import RANDOM_REGISTRY, Case, cases, compare, observe
from tests.unit.engine.reference import End, interpret

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


def wait_for_all() -> None:
    wait_for(lambda: not Run.objects.exclude(status__in=FINAL).exists(), "the end of all", timeout_s=180)


@pytest.mark.parametrize("part", PARTS)
def test_the_server_does_what_the_reference_does(
    part: int, workflow: Workflow, user: User, make_host: HostMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plans, "node_registry", lambda: RANDOM_REGISTRY)
    drawn = draw(part)
    runs = queue(drawn, workflow, user)

    make_host(slots=50)
    wait_for_all()

    told = events_by_run(workflow)
    different = [
        (case.document, differences)
        for case, run in zip(drawn, runs, strict=True)
        if (differences := compare(interpret(case.graph, case.graphs), observe(told[run.pk], decode)))
    ]
    assert len(drawn) >= GRAPHS
    assert different == []


def test_a_run_cut_anywhere_goes_on_to_the_same_end(
    workflow: Workflow, user: User, make_host: HostMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a crash between any two events. What readers are told there is the fold of all events."""
    monkeypatch.setattr(plans, "node_registry", lambda: RANDOM_REGISTRY)
    drawn = [case for case in draw(99) if not counts_attempts(case)]
    runs = queue(drawn, workflow, user)
    host = make_host(slots=50)
    wait_for_all()
    host.stop()
    told = events_by_run(workflow)
    random = Random(99)
    for run in runs:
        events = told[run.pk]
        seq = random.randrange(1, len(events))
        assert read_story(fetch, run.pk, upto=seq).to_state() == fold(events[:seq])
        cut(run, events[:seq])

    make_host(slots=50)
    wait_for_all()

    told = events_by_run(workflow)
    different = [
        (case.document, differences)
        for case, run in zip(drawn, runs, strict=True)
        if (differences := compare(without_attempts(case), observe(told[run.pk], decode)))
    ]
    assert len(drawn) > GRAPHS / 10
    assert different == []
    for run in runs:
        events = told[run.pk]
        done = Counter(event.node for event in events if event.type is EventType.NODE_SUCCEEDED)
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        assert set(done.values()) <= {1}
        assert state_of(run.pk) == fold(events)


def counts_attempts(case: Case) -> bool:
    """Whether a node acts by the number of its attempt, which a crash adds to."""
    documents = [case.document, *case.workflows.values()]
    return any(node.get("config", {}).get("failures") for document in documents for node in document["nodes"])


def without_attempts(case: Case) -> dict[str, End]:
    return {path: replace(end, attempts=None) for path, end in interpret(case.graph, case.graphs).items()}


def cut(run: Run, events: list[Event]) -> None:
    """As if nothing after these events had come to be stored."""
    state = fold(events)
    RunEvent.objects.filter(run=run, seq__gt=state.seq).delete()
    Run.objects.filter(pk=run.pk).update(
        status=state.run_status, last_seq=state.seq, owner=None, finished_at=None, error=None
    )
