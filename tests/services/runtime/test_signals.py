"""What happens outside of a run reaches the steps that wait for it, in whatever state the run is."""

from __future__ import annotations

from runtime.engine.state import RunStatus
from runtime.models import Run
from runtime.services.runs import signal_run
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


def test_a_run_that_has_ended_is_not_signalled(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(("a", "TestEcho", {}))
    make_host()
    wait_for_status(run, RunStatus.SUCCEEDED)

    signal_run(run.pk)

    run.refresh_from_db()
    assert run.signalled_at is None
