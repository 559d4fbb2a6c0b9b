"""Chunks go out as Celery tasks: real Celery workers are killed between bell and work, and no record is lost.

The other tests of batches have hosts that look for work by themselves. Here nobody does: what a second worker
does, it does because it was rung for.
"""

from __future__ import annotations

import random
import time

import pytest

from accounts.models import User
from runtime.models import BatchChunk, Run
from tests.chaos.conftest import RunMaker
from tests.chaos.hosts import Worker, Workers, until
from tests.chaos.invariants import check_run, wait_until_ended
from tests.chaos.test_batch_kills import batches, check_batches, ended_batches


def worked_by(run: Run) -> set[str]:
    """The hosts that have ended a chunk of the run."""
    found = BatchChunk.objects.filter(batch__run=run).exclude(worked_by=None)
    return {str(host) for host in found.values_list("worked_by", flat=True).distinct()}


def hosts_of(crew: list[Worker]) -> set[str]:
    return {str(worker.host_id) for worker in crew}


def test_bells_alone_bring_workers_to_a_batch_and_a_killed_ones_chunks_are_done(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    crew = [workers.start(celery=True, asks=False, waits=False) for _ in range(2)]
    for worker in crew:
        until(worker.has_started, "the start of a worker", said=worker.said, timeout_s=60)
    run = make_run(batches(300, size=10, seconds=0.1))
    until(lambda: worked_by(run) == hosts_of(crew), "work by both", said=crew[0].said)

    run.refresh_from_db()
    rung = next(worker for worker in crew if worker.host_id != str(run.owner_id))
    rung.kill()
    workers.start(celery=True, waits=False)
    wait_until_ended(timeout_s=40, said=crew[0].said)

    check_run(run, user, extra_crashes=1)
    assert run.status == "succeeded", run.error
    check_batches(run, 300)


@pytest.mark.chaos
def test_twenty_random_kills_of_celery_workers_lose_no_record(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    """A bell that a dying worker took is rung by nobody again: then it is the sweep that finds the chunk."""
    chance = random.Random(11)
    rows = 4000
    product = {"RUN_SWEEP_S": 3}
    crew = [workers.start(celery=True, settings=product) for _ in range(3)]
    run = make_run(batches(rows, size=10, seconds=0.2))
    until(lambda: ended_batches(run) > 0, "a first batch", said=crew[0].said)

    for _ in range(20):
        time.sleep(chance.uniform(0.2, 1.0))
        place = chance.randrange(len(crew))
        crew[place].kill()
        crew[place] = workers.start(celery=True, settings=product, waits=False)
    assert not Run.objects.filter(pk=run.pk, finished_at__isnull=False).exists()
    wait_until_ended(timeout_s=180, said=crew[0].said)

    check_run(run, user, extra_crashes=20)
    assert run.status == "succeeded", run.error
    check_batches(run, rows)
