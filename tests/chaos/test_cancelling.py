"""Cancelled at every point, and just as it ends: a run has one end, and what it says it did."""

from __future__ import annotations

import random
import signal
import time
from itertools import count
from pathlib import Path

import pytest

from accounts.models import User
from runtime.services.runs import cancel_run
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import SHAPES, in_a_row, step
from tests.chaos.hosts import Workers, until
from tests.chaos.invariants import check_run, wait_until_ended
from tests.chaos.test_kills import has_ended


@pytest.mark.chaos
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("point", ["claim.after", "load.after", "commit.before", "commit.after"])
def test_a_run_is_cancelled_at_every_point(
    point: str, shape: str, make_run: RunMaker, workers: Workers, user: User, tmp_path: Path
) -> None:
    flag = tmp_path / "here"
    ends = []
    for nth in count(1):
        run = make_run(SHAPES[shape]())
        worker = workers.start(f"{point}:{nth}=wait:{flag}")
        until(lambda run=run: flag.exists() or has_ended(run), f"point {nth}", said=worker.said)
        if not flag.exists():
            worker.signal(signal.SIGKILL)
            break
        cancel_run(run)
        flag.unlink()
        wait_until_ended(timeout_s=20, every_s=0.01, said=worker.said)
        worker.signal(signal.SIGKILL)
        check_run(run, user)
        ends.append(run.status)

    # A host looks for what people ask once a second: a short run may end before.
    assert ends
    assert set(ends) <= {"cancelled", "succeeded"}


@pytest.mark.parametrize("victim", ["nobody", "worker"])
def test_cancelling_races_with_the_end(victim: str, make_run: RunMaker, workers: Workers, user: User) -> None:
    chance = random.Random(11)
    runs = [make_run(in_a_row([step(name, seconds=0.05) for name in "abc"])) for _ in range(16)]
    worker = workers.start()

    for run in runs:
        time.sleep(chance.uniform(0.0, 0.02))
        cancel_run(run)
        cancel_run(run)
    if victim == "worker":
        worker.kill()
        worker.expire()
        worker = workers.start()
    wait_until_ended(said=worker.said)

    for run in runs:
        check_run(run, user)
    assert {run.status for run in runs} <= {"cancelled", "succeeded"}
