"""Two workers share runs; one is killed or stopped in the middle. Nothing is lost, nothing is done twice."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from runtime.models import Run, RunEvent, Workflow
from runtime.queries.runs import state_of
from runtime.services.runs import start_run
from runtime.services.workflows import create_workflow, snapshot_version
from tests.chaos.workers import WorkerProcess
from tests.people import make_tenant, make_user

STEP = "import time\ntime.sleep(0.4)\nresult = {'step': 1}"
LENGTH = 4


@pytest.fixture
def user(transactional_db: None) -> User:
    return make_user(make_tenant(), "owner")


@pytest.fixture
def workflow(user: User) -> Workflow:
    return create_workflow(tenant=user.tenant, user=user, name="Chain")


def start_chains(workflow: Workflow, user: User, count: int) -> list[Run]:
    nodes: list[dict[str, Any]] = [
        {"id": f"n{place}", "type": "PythonCodeNode", "config": {"code": STEP}} for place in range(LENGTH)
    ]
    connections = [
        {"source": f"n{place}", "output": "result", "target": f"n{place + 1}", "input": "before"}
        for place in range(LENGTH - 1)
    ]
    version = snapshot_version(workflow, {"schema": 1, "nodes": nodes, "connections": connections}, user=user)
    return [start_run(user, version) for _ in range(count)]


def wait_until(condition: Any, timeout_s: float) -> None:
    until = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until, list(
            Run.objects.values("number", "status", "counts", "error", "fence")
        )
        time.sleep(0.1)


def completions() -> int:
    return RunEvent.objects.filter(type="node.succeeded").count()


def all_ended() -> bool:
    return not Run.objects.exclude(status__in=["succeeded", "failed", "cancelled"]).exists()


def assert_whole(run: Run) -> None:
    run.refresh_from_db()
    events = list(RunEvent.objects.filter(run=run).order_by("seq"))
    done = Counter(event.node for event in events if event.type == "node.succeeded")
    state = state_of(run.id)

    assert run.status == "succeeded", (run.error, [event.type for event in events])
    assert [event.seq for event in events] == list(range(1, run.last_seq + 1))
    assert done == {f"n{place}": 1 for place in range(LENGTH)}
    assert (state.run_status, state.seq) == (run.status, run.last_seq)
    assert run.owner_id is None


def test_a_killed_workers_runs_are_finished_by_another(
    workflow: Workflow, user: User, tmp_path: Path
) -> None:
    with WorkerProcess(tmp_path / "a.log") as first, WorkerProcess(tmp_path / "b.log"):
        runs = start_chains(workflow, user, 10)
        wait_until(lambda: completions() >= 10, 60)
        assert first.process is not None
        lost = Run.objects.filter(status="running", owner__name__endswith=f":{first.process.pid}").count()

        first.kill()
        killed_at = time.monotonic()
        wait_until(all_ended, 60)
        took_s = time.monotonic() - killed_at

    for run in runs:
        assert_whole(run)
    assert sum(Run.objects.values_list("restarts", flat=True)) == lost
    assert took_s < 30


def test_a_stopped_workers_runs_move_on_at_once(workflow: Workflow, user: User, tmp_path: Path) -> None:
    with WorkerProcess(tmp_path / "a.log") as first, WorkerProcess(tmp_path / "b.log"):
        runs = start_chains(workflow, user, 6)
        wait_until(lambda: completions() >= 6, 60)

        first.__exit__()
        assert first.process is not None
        assert first.process.returncode == 0
        wait_until(all_ended, 60)

    for run in runs:
        assert_whole(run)
    assert set(Run.objects.values_list("restarts", flat=True)) == {0}
