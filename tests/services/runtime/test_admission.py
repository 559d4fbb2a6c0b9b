"""Limits of runs at once: places are given to the oldest first, and never to more than allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection as database
from django.db import transaction

from accounts.models import User
from runtime.engine.errors import GraphError
from runtime.engine.state import RunStatus
from runtime.host.admission import admit_runs
from runtime.host.claims import look_ahead
from runtime.host.connection import open_connection
from runtime.host.database import Connection
from runtime.models import Run, Workflow
from runtime.queries.places import queue_place
from runtime.services.runs import ParentStep, cancel_run, pause_run, resume_run
from runtime.services.workflows import create_workflow, snapshot_version
from tests.services.runtime import nodes
from tests.services.runtime.conftest import HostMaker, RunMaker, chain, look, wait_for, wait_for_status

ECHO: tuple[str, str, dict[str, object]] = ("a", "TestEcho", {})
GATE: tuple[str, str, dict[str, object]] = ("a", "TestGate", {})


@pytest.fixture
def connection(transactional_db: None) -> Iterator[Connection]:
    opened = open_connection("test")
    yield opened
    opened.close()


def limit(workflow: Workflow, **limits: object) -> None:
    Workflow.objects.filter(pk=workflow.pk).update(**limits)
    workflow.refresh_from_db()


def admitted(*runs: Run) -> list[int]:
    known = dict(Run.objects.filter(pk__in=[run.pk for run in runs]).values_list("pk", "admitted_at"))
    return [index for index, run in enumerate(runs) if known[run.pk] is not None]


def test_without_limits_a_run_has_its_place_at_once(make_run: RunMaker, connection: Connection) -> None:
    run = make_run(ECHO)

    assert run.admitted_at is not None
    assert not look_ahead(connection).is_queue


def test_no_more_runs_of_a_workflow_than_allowed_are_under_way(
    workflow: Workflow, make_run: RunMaker, make_host: HostMaker
) -> None:
    limit(workflow, max_running=2)
    runs = [make_run(GATE) for _ in range(4)]
    make_host()
    wait_for(lambda: nodes.calls["a"] == 2, "two of them")
    first = admitted(*runs)
    places = [queue_place(Run.objects.get(pk=run.pk)) for run in runs]

    nodes.open_gate("gate")

    for run in runs:
        wait_for_status(run, RunStatus.SUCCEEDED)
    assert first == [0, 1]
    assert places[:2] == [None, None]
    assert [(place.position, place.limit, place.running, place.allowed) for place in places[2:] if place] == [
        (1, "workflow", 2, 2),
        (2, "workflow", 2, 2),
    ]


def test_the_oldest_gets_the_place_that_gets_free(
    workflow: Workflow, make_run: RunMaker, connection: Connection
) -> None:
    limit(workflow, max_running=1)
    runs = [make_run(ECHO) for _ in range(3)]
    assert look_ahead(connection).is_queue

    admit_runs(connection, per_tenant=0)
    first = admitted(*runs)
    admit_runs(connection, per_tenant=0)
    again = admitted(*runs)
    cancel_run(runs[0])
    admit_runs(connection, per_tenant=0)

    assert (first, again) == ([0], [0])
    assert admitted(*runs) == [0, 1]


def test_runs_with_the_same_key_wait_for_each_other(
    workflow: Workflow, make_run: RunMaker, connection: Connection
) -> None:
    runs = [make_run(ECHO, concurrency_key=key) for key in ("x", "x", "y", "", "x")]

    admit_runs(connection, per_tenant=0)

    assert admitted(*runs) == [0, 2, 3]
    place = queue_place(Run.objects.get(pk=runs[4].pk))
    assert place is not None
    assert (place.position, place.limit, place.running, place.allowed) == (2, "key", 1, 1)


def test_the_key_comes_from_the_parameters(
    workflow: Workflow, user: User, connection: Connection, make_run: RunMaker
) -> None:
    limit(workflow, concurrency_key="customer ${customer}", max_running_per_key=2)
    document = chain(("a", "TestEcho", {"value": "${customer}"}))

    runs = [make_run(document=document, parameters={"customer": name}) for name in ("A", "A", "B", "A")]
    admit_runs(connection, per_tenant=0)

    assert [run.concurrency_key for run in runs] == [f"customer {name}" for name in ("A", "A", "B", "A")]
    assert admitted(*runs) == [0, 1, 2]


def test_a_key_made_of_what_the_run_has_not_is_refused(workflow: Workflow, make_run: RunMaker) -> None:
    limit(workflow, concurrency_key="${customer}")

    with pytest.raises(GraphError) as refusal:
        make_run(ECHO)

    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [
        ("missing_parameter", "parameters.customer")
    ]
    assert not Run.objects.exists()


def test_long_keys_stay_apart(make_run: RunMaker) -> None:
    one, other = (make_run(ECHO, concurrency_key="k" * 5000 + end) for end in ("1", "2"))

    assert one.concurrency_key != other.concurrency_key
    assert len(one.concurrency_key) == 200


def test_all_workflows_of_a_tenant_share_its_places(
    workflow: Workflow,
    user: User,
    make_run: RunMaker,
    connection: Connection,
    settings: pytest.FixtureRequest,
) -> None:
    settings.RUNS_PER_TENANT = 3  # type: ignore[attr-defined]
    from runtime.services.runs import start_run

    other = create_workflow(tenant=workflow.tenant, user=user, name="Other")
    limit(workflow, max_running=1)
    version = snapshot_version(other, chain(ECHO), user=user)
    runs = [make_run(ECHO), make_run(ECHO), *(start_run(user, version) for _ in range(3))]

    admit_runs(connection, per_tenant=3)

    assert admitted(*runs) == [0, 2, 3]


def test_a_workflow_without_room_keeps_no_other_waiting(
    workflow: Workflow, user: User, make_run: RunMaker, connection: Connection
) -> None:
    from runtime.services.runs import start_run

    other = create_workflow(tenant=workflow.tenant, user=user, name="Other")
    limit(workflow, max_running=1)
    limit(other, max_running=1)
    runs = [make_run(ECHO) for _ in range(3)]
    late = start_run(user, snapshot_version(other, chain(ECHO), user=user))

    admit_runs(connection, per_tenant=0)

    assert admitted(*runs, late) == [0, 3]


def test_a_limit_of_none_keeps_all_waiting_until_it_is_raised(
    workflow: Workflow, make_run: RunMaker, connection: Connection
) -> None:
    limit(workflow, max_running=0)
    run = make_run(ECHO)

    admit_runs(connection, per_tenant=0)
    before = admitted(run)
    limit(workflow, max_running=None)
    admit_runs(connection, per_tenant=0)

    assert (before, admitted(run)) == ([], [0])


def test_two_hosts_that_admit_at_once_give_no_place_twice(
    workflow: Workflow, make_run: RunMaker, transactional_db: None
) -> None:
    limit(workflow, max_running=5)
    runs = [make_run(ECHO) for _ in range(12)]

    def admit(_: int) -> int:
        own = open_connection("test")
        try:
            return admit_runs(own, per_tenant=0)
        finally:
            own.close()

    with ThreadPoolExecutor(4) as pool:
        given = list(pool.map(admit, range(8)))

    assert sum(given) == 5
    assert admitted(*runs) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("stop", [pause_run, cancel_run])
def test_a_run_that_is_stopped_while_it_gets_its_place_gets_none(
    workflow: Workflow, make_run: RunMaker, connection: Connection, stop: Callable[[Run], Run]
) -> None:
    limit(workflow, max_running=1)
    first, second = make_run(ECHO), make_run(ECHO)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            stop(first)
            giving = pool.submit(admit_runs, connection, per_tenant=0)
            wait_for(lambda: waits_for_a_row(connection), "the wait for the row")
        assert giving.result() == 0

    assert admitted(first, second) == []
    assert admit_runs(connection, per_tenant=0) == 1
    assert admitted(first, second) == [1]


def waits_for_a_row(waiting: Connection) -> bool:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [waiting.info.backend_pid]
        )
        return bool(cursor.fetchone()[0])


def test_a_limit_that_is_lowered_takes_no_place_away_and_gives_none_until_there_is_room(
    workflow: Workflow, make_run: RunMaker, connection: Connection
) -> None:
    limit(workflow, max_running=3)
    runs = [make_run(ECHO) for _ in range(5)]
    admit_runs(connection, per_tenant=0)
    limit(workflow, max_running=1)
    seen = []

    for run in runs[:3]:
        admit_runs(connection, per_tenant=0)
        seen.append(admitted(*runs))
        cancel_run(run)
    admit_runs(connection, per_tenant=0)

    assert seen == [[0, 1, 2]] * 3
    assert admitted(*runs) == [0, 1, 2, 3]


def test_a_child_run_waits_for_no_place(workflow: Workflow, make_run: RunMaker) -> None:
    """Its parent holds one and waits for it."""
    limit(workflow, max_running=1)
    parent = make_run(ECHO)

    child = make_run(ECHO, parent=ParentStep(parent.pk, "call"))

    assert (child.admitted_at is not None, child.parent_run_id, child.parent_path) == (
        True,
        parent.pk,
        "call",
    )


def test_a_run_that_was_paused_in_the_queue_queues_again(
    workflow: Workflow, make_run: RunMaker, make_host: HostMaker
) -> None:
    limit(workflow, max_running=1)
    first, second = make_run(GATE), make_run(("b", "TestEcho", {}))
    second = pause_run(second)
    host = make_host()
    wait_for(lambda: nodes.calls["a"] == 1, "the first")
    assert queue_place(second) is None

    resume_run(second)
    look(host)
    second.refresh_from_db()
    waiting = (second.status, second.admitted_at)
    place = queue_place(second)
    assert place is not None
    assert (place.position, place.limit) == (1, "workflow")
    nodes.open_gate("gate")

    wait_for_status(first, RunStatus.SUCCEEDED)
    wait_for_status(second, RunStatus.SUCCEEDED)
    assert waiting == ("paused", None)


def test_parked_and_paused_runs_keep_their_places(
    workflow: Workflow, make_run: RunMaker, make_host: HostMaker
) -> None:
    limit(workflow, max_running=2)
    parked, paused, third = (
        make_run(("p", "TestOutside", {})),
        make_run(("q", "TestOutside", {})),
        make_run(ECHO),
    )
    host = make_host()
    wait_for_status(parked, RunStatus.WAITING)
    wait_for_status(paused, RunStatus.WAITING)
    pause_run(paused)

    look(host)

    assert admitted(parked, paused, third) == [0, 1]
