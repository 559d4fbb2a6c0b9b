"""A worker dies at every point at which it could: whatever it had done, nothing is lost or done twice."""

from __future__ import annotations

import signal
from itertools import count
from typing import Any

import pytest

from accounts.models import User
from runtime.engine.state import FINAL_RUN
from runtime.models import Run
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import ENDS, SHAPES
from tests.chaos.hosts import Worker, Workers, until
from tests.chaos.invariants import check_run, wait_until_ended
from tests.chaos.report import report

POINTS = (
    *("claim.before", "claim.after", "load.before", "load.after", "commit.before", "commit.after"),
    *("blobs.before", "blobs.after", "doorbell.before", "doorbell.after", "drive.after"),
)


def killed_at(fault: str, document: dict[str, Any], make_run: RunMaker, workers: Workers) -> Run | None:
    """A run whose first worker died at this point, finished by a second; None when it got to its end."""
    run = make_run(document)
    first = workers.start(fault)
    until(lambda: not first.is_alive() or has_ended(run), f"a death at {fault}", said=first.said)
    if first.is_alive() and not dies_soon(first):
        first.kill()
        report().kills -= 1
        return None
    assert first.exit_code() == -signal.SIGKILL, first.said()
    report().kills += 1
    first.expire()
    second = workers.start()
    wait_until_ended(timeout_s=30, every_s=0.01, said=second.said)
    second.signal(signal.SIGKILL)
    return run


def has_ended(run: Run) -> bool:
    return Run.objects.filter(pk=run.pk, status__in=list(FINAL_RUN)).exists()


def dies_soon(worker: Worker) -> bool:
    """The end of the run is durable; what follows in the process takes some milliseconds yet."""
    try:
        until(lambda: not worker.is_alive(), "", timeout_s=0.15)
    except AssertionError:
        return False
    return True


@pytest.mark.chaos
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_run_survives_a_kill_each_time_this_point_is_reached(
    shape: str, point: str, make_run: RunMaker, workers: Workers, user: User
) -> None:
    deaths = 0
    for nth in count(1):
        run = killed_at(f"{point}:{nth}=kill", SHAPES[shape](), make_run, workers)
        if run is None:
            break
        deaths += 1
        check_run(run, user)
        assert (run.status, run.counts) == ("succeeded", ENDS[shape]), (nth, run.error)

    assert deaths, f"{point} is never reached"
