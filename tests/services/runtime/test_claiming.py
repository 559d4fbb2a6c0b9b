"""Which runs a host takes, and which it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from runtime.engine.state import RunStatus
from runtime.host import claims
from runtime.host.claims import Claim
from runtime.host.connection import open_connection
from runtime.host.database import Connection
from runtime.host.lease import HostLease
from runtime.models import Host, Run
from tests.services.runtime import nodes
from tests.services.runtime.conftest import (
    DeadLease,
    HostMaker,
    RunMaker,
    expire_lease,
    types_of,
    wait_for_status,
)


@pytest.fixture
def connection(transactional_db: None) -> Iterator[Connection]:
    with open_connection("test") as opened:
        yield opened


def test_the_oldest_runs_are_claimed_first(make_run: RunMaker, connection: Connection) -> None:
    runs = [make_run(("a", "TestEcho", {})) for _ in range(3)]

    found = claims.claim_runs(connection, uuid4(), 2)

    assert [claim.run_id for claim in found] == [run.id for run in runs[:2]]
    assert [claim.fence for claim in found] == [1, 1]


def test_a_claimed_run_is_left_to_a_living_host(make_run: RunMaker, connection: Connection) -> None:
    make_run(("a", "TestEcho", {}))
    owner = uuid4()
    lease = HostLease(owner, slots=1)
    lease.start()

    first = claims.claim_runs(connection, owner, 5)
    by_another = claims.claim_runs(connection, uuid4(), 5)
    by_itself = claims.claim_runs(connection, owner, 5)

    lease.stop()
    assert (len(first), by_another, by_itself) == (1, [], [])


def test_the_runs_of_a_dead_host_are_orphans(make_run: RunMaker, connection: Connection) -> None:
    run = make_run(("a", "TestEcho", {}))
    owner = uuid4()
    lease = HostLease(owner, slots=1, beat_s=60)
    lease.start()
    claims.claim_runs(connection, owner, 5)

    expire_lease(owner)
    (claim,) = claims.claim_runs(connection, uuid4(), 5)

    lease.stop()
    assert (claim.run_id, claim.fence, claim.is_orphan) == (run.id, 2, True)


def test_a_stopped_host_leaves_its_runs_at_once(make_run: RunMaker, connection: Connection) -> None:
    make_run(("a", "TestEcho", {}))
    owner = uuid4()
    lease = HostLease(owner, slots=1)
    lease.start()
    claims.claim_runs(connection, owner, 5)

    lease.stop()

    assert len(claims.claim_runs(connection, uuid4(), 5)) == 1


@pytest.mark.parametrize(("due_in_s", "claimed"), [(-1, 1), (60, 0)])
def test_a_waiting_run_is_claimed_when_it_is_due(
    make_run: RunMaker, connection: Connection, due_in_s: int, claimed: int
) -> None:
    run = make_run(("a", "TestEcho", {}))
    wake_at = timezone.now() + timedelta(seconds=due_in_s)
    Run.objects.filter(pk=run.pk).update(status="waiting", wake_at=wake_at)

    assert len(claims.claim_runs(connection, uuid4(), 5)) == claimed


def test_a_waiting_run_that_shall_end_is_claimed_before_it_is_due(
    make_run: RunMaker, connection: Connection
) -> None:
    run = make_run(("a", "TestEcho", {}))
    Run.objects.filter(pk=run.pk).update(
        status="waiting", wake_at=None, cancel_requested_at=timezone.now(), signalled_at=timezone.now()
    )

    (claim,) = claims.claim_runs(connection, uuid4(), 5)

    assert claim.is_cancelled


def test_a_row_that_another_host_is_claiming_is_skipped(make_run: RunMaker, connection: Connection) -> None:
    make_run(("a", "TestEcho", {}))

    with open_connection("other") as other, other.transaction():
        taken = claims.claim_runs(other, uuid4(), 5)
        found = claims.claim_runs(connection, uuid4(), 5)

    assert (len(taken), found) == (1, [])


def test_many_hosts_at_once_claim_each_run_once(make_run: RunMaker) -> None:
    """A claim whose snapshot is older than another host's claim must see that the run is taken by now."""
    runs = {make_run(("a", "TestEcho", {})).id for _ in range(60)}

    taken = claimed_by_many(hosts=6)

    assert sorted(claim.run_id for claim in taken) == sorted(runs)


def claimed_by_many(*, hosts: int) -> list[Claim]:
    """What so many living hosts claim, all at once and one by one."""
    ids = [uuid4() for _ in range(hosts)]
    leases = [HostLease(host, slots=1) for host in ids]
    for lease in leases:
        lease.start()
    together = Barrier(hosts)

    def claim_all(host: UUID) -> list[Claim]:
        taken: list[Claim] = []
        with open_connection(f"claims-{host}") as connection:
            together.wait()
            while found := claims.claim_runs(connection, host, 1):
                taken += found
        return taken

    with ThreadPoolExecutor(hosts) as threads:
        taken = [claim for each in threads.map(claim_all, ids) for claim in each]
    for lease in leases:
        lease.stop()
    return taken


def test_many_hosts_at_once_take_over_each_run_of_a_dead_host_once(make_run: RunMaker) -> None:
    runs = {make_run(("a", "TestEcho", {})).id for _ in range(40)}
    dead = uuid4()
    lease = DeadLease(dead, slots=40)
    lease.start()
    with open_connection("dead") as connection:
        assert len(claims.claim_runs(connection, dead, 40)) == 40
    expire_lease(dead)

    taken = claimed_by_many(hosts=4)

    lease.stop()
    assert sorted(claim.run_id for claim in taken) == sorted(runs)
    assert {(claim.fence, claim.is_orphan) for claim in taken} == {(2, True)}


def test_a_look_reads_nothing_of_the_runs_that_are_parked_or_driven(
    make_run: RunMaker, connection: Connection
) -> None:
    """Ten thousand runs that wait for months must not cost each look of each host."""
    run = make_run(("a", "TestEcho", {}))
    living = HostLease(uuid4(), slots=1)
    living.start()
    fill_with(run, 1000, status="waiting", wake_at=timezone.now() + timedelta(days=30))
    fill_with(run, 1000, status="running", owner_id=living.id)
    connection.execute("ANALYZE run")

    row = connection.execute(
        "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + claims.CLAIM,
        {"host": uuid4(), "slots": 10, "now": timezone.now()},
    ).fetchone()

    living.stop()
    assert row is not None
    assert sum(rows_read(row[0][0]["Plan"])) == 2  # the new run, when it is found and when it is taken


def rows_read(plan: dict[str, Any]) -> Iterator[int]:
    """How many rows of `run` each part of a plan looked at."""
    if plan.get("Relation Name") == "run" and plan["Node Type"] != "ModifyTable":
        yield round((plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"])
    for part in plan.get("Plans", ()):
        yield from rows_read(part)


def fill_with(run: Run, number: int, **facts: Any) -> None:
    """So many more runs like this one."""
    like = {name: getattr(run, name) for name in ("tenant_id", "workflow_id", "version_id", "created_at")}
    first = Run.objects.count() + 1
    Run.objects.bulk_create(
        Run(number=first + n, admitted_at=run.created_at, **like, **facts) for n in range(number)
    )


def test_a_dead_host_is_remembered_while_a_paused_run_names_it(
    make_run: RunMaker, connection: Connection
) -> None:
    """It died after it had claimed the run that was to go on; then nothing ran for a day."""
    run = make_run(("a", "TestEcho", {}))
    dead, idle, newer = (HostLease(uuid4(), slots=1) for _ in range(3))
    for lease in (dead, idle):
        lease.start()
        lease.stop()
    Run.objects.filter(pk=run.pk).update(status="paused", owner_id=dead.id)
    Host.objects.update(lease_until=timezone.now() - timedelta(days=2))

    newer.start()

    newer.stop()
    assert set(Host.objects.values_list("pk", flat=True)) == {dead.id, newer.id}
    assert [claim.run_id for claim in claims.claim_runs(connection, newer.id, 5)] == [run.pk]


def test_two_hosts_share_runs_and_drive_each_once(make_run: RunMaker, make_host: HostMaker) -> None:
    runs = [make_run(("a", "TestEcho", {}), ("b", "TestEcho", {})) for _ in range(30)]

    make_host(slots=4)
    make_host(slots=4)

    for run in runs:
        wait_for_status(run, RunStatus.SUCCEEDED)
        assert run.fence == 1
        assert len(types_of(run)) == 7
    assert nodes.calls == {"a": 30, "b": 30}


def test_a_host_drives_no_more_runs_than_it_has_slots(make_run: RunMaker, make_host: HostMaker) -> None:
    runs = [make_run(("a", "TestGate", {})) for _ in range(3)]

    make_host(slots=2)

    wait_for_status(runs[0], RunStatus.RUNNING)
    wait_for_status(runs[1], RunStatus.RUNNING)
    runs[2].refresh_from_db()
    assert (runs[2].status, runs[2].owner_id) == ("queued", None)
    nodes.open_gate("gate")
    for run in runs:
        wait_for_status(run, RunStatus.SUCCEEDED)
