"""What happens outside of a run reaches the steps that wait for it, in whatever state the run is."""

from __future__ import annotations

import psycopg
import pytest

from runtime.engine.state import RunStatus
from runtime.host import driving
from runtime.host.claims import Claim, claim_runs, release_runs
from runtime.host.connection import open_connection
from runtime.host.database import Connection
from runtime.host.loading import Loaded, load_run
from runtime.models import Run
from runtime.services.runs import pause_run, resume_run, signal_run
from tests.services.runtime import nodes
from tests.services.runtime.conftest import HostMaker, RunMaker, types_of, wait_for, wait_for_status


def test_a_signal_wakes_a_parked_run(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestOutside", {}), ("b", "TestEcho", {"value": 1}))
    host = make_host()
    wait_for_status(run, RunStatus.WAITING)
    parked = (run.owner_id, run.wake_at)
    nodes.open_gate("gate")

    signal_run(run.pk)
    host.ring()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert parked == (None, None)
    assert (nodes.calls["a"], nodes.calls["b"]) == (1, 1)


def test_a_signal_before_it_is_time_leaves_the_run_parked(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestOutside", {}))
    host = make_host()
    wait_for_status(run, RunStatus.WAITING)

    signal_run(run.pk)
    host.ring()
    wait_for(lambda: nodes.calls["a asked"] == 1, "the question")

    wait_for(lambda: types_of(run).count("run.waiting") == 2, "the second wait")
    wait_for_status(run, RunStatus.WAITING)
    assert (run.owner_id, run.signalled_at) == (None, None)


def test_a_driven_run_hears_of_a_signal(make_run: RunMaker, make_host: HostMaker) -> None:
    """One step waits outside while another is under way, so that the run is not parked."""
    document = {
        "schema": 1,
        "nodes": [
            {"id": "outside", "type": "TestOutside", "config": {"gate": "outside"}},
            {"id": "under_way", "type": "TestGate", "config": {}},
        ],
    }
    run = make_run(document=document)
    host = make_host()
    wait_for(lambda: nodes.calls == {"outside": 1, "under_way": 1}, "both")
    nodes.open_gate("outside")

    signal_run(run.pk)
    host.ring()

    wait_for(lambda: "node.succeeded outside" in types_of(run), "the answer")
    nodes.open_gate("gate")
    wait_for_status(run, RunStatus.SUCCEEDED)


def test_a_signal_between_the_last_look_and_the_parking_is_not_lost(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    """The mark is on the row when the run parks: it is claimed once more."""
    run = make_run(("a", "TestOutside", {}))
    host = make_host()
    wait_for_status(run, RunStatus.WAITING)
    nodes.open_gate("gate")

    Run.objects.filter(pk=run.pk).update(signalled_at="2026-01-01T00:00:00Z")
    host.ring()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert run.signalled_at is None


@pytest.mark.parametrize("is_paused", [False, True])
def test_a_signal_is_not_lost_when_the_run_that_it_woke_cannot_be_read(
    make_run: RunMaker, make_host: HostMaker, monkeypatch: pytest.MonkeyPatch, is_paused: bool
) -> None:
    """The claim took the mark from the row, and then the database was away for a moment."""
    run = make_run(("a", "TestOutside", {}))
    host = make_host()
    wait_for_status(run, RunStatus.WAITING)
    if is_paused:
        pause_run(run)
    nodes.open_gate("gate")
    failures = [psycopg.OperationalError("the database is away")]

    def load(connection: Connection, claim: Claim) -> Loaded:
        if failures:
            raise failures.pop()
        return load_run(connection, claim)

    monkeypatch.setattr(driving, "load_run", load)

    if is_paused:
        resume_run(run)
    else:
        signal_run(run.pk)
    host.ring()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert failures == []


def test_a_signal_is_not_lost_when_the_host_that_took_it_stops(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(("a", "TestOutside", {}))
    host = make_host()
    wait_for_status(run, RunStatus.WAITING)
    host.stop()
    nodes.open_gate("gate")

    signal_run(run.pk)
    with open_connection("test") as connection:
        claim_runs(connection, host.id, 1)
        release_runs(connection, host.id, keeping=[])
    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)


def test_a_run_that_has_ended_is_not_signalled(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestEcho", {}))
    make_host()
    wait_for_status(run, RunStatus.SUCCEEDED)

    signal_run(run.pk)

    run.refresh_from_db()
    assert run.signalled_at is None
