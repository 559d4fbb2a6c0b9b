"""Workers are killed while they work on batches: every record counts once, and results keep their order."""

from __future__ import annotations

import random
import signal
import time
from typing import Any

import pytest

from accounts.models import User
from runtime.models import BatchChunk, Blob, Dataset, Run, RunEvent
from runtime.payloads import decode_outputs
from runtime.queries.batches import batches_of
from runtime.queries.datasets import spooled
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import graph, step, wire
from tests.chaos.hosts import Workers, until
from tests.chaos.invariants import check_run, wait_until_ended
from tests.chaos.report import report

BATCH, LETTERS = "batch", "left_over"
# Of every hundred records one is poison, and each batch takes its time.
CODE = """
import time
time.sleep(SECONDS)
result = [{"n": record["value"] * 2 // (record["value"] % 100 != 7)} for record in records]
"""


def batches(rows: int, *, size: int, seconds: float, **config: Any) -> dict[str, Any]:
    """A step that counts to `rows`, and one that works on the numbers in batches."""
    code = CODE.replace("SECONDS", str(seconds))
    settings = {
        "batch_size": size,
        "max_concurrent_batches": 6,
        "processing": {"kind": "code", "code": code},
        "error_handling": "dead_letter",
        "dead_letter_dataset": LETTERS,
        "max_retry_attempts": 0,
        **config,
    }
    worker = {"id": BATCH, "type": "BatchProcessorNode", "config": settings}
    source = step("rows", effect="pure", items=rows)
    return graph([source, worker], [wire("rows", "result", BATCH, "items")])


def ended_batches(run: Run) -> int:
    return BatchChunk.objects.filter(batch__run=run, status="done").count()


def check_batches(run: Run, rows: int) -> None:
    """Accounting, order and dead letters."""
    event = RunEvent.objects.get(run=run, node=BATCH, type="node.succeeded")
    blobs = dict(Blob.objects.filter(tenant_id=run.tenant_id).values_list("hash", "data"))
    found = decode_outputs(bytes(event.payload or b""), lambda name: bytes(blobs[name]))["result"]
    bad = [number for number in range(rows) if number % 100 == 7]
    assert found["ok"] + found["failed"] + found["skipped"] == found["total_records"] == rows
    assert (found["failed"], found["skipped"]) == (len(bad), 0)
    assert [row["n"] for row in found["results"]] == [n * 2 for n in range(rows) if n % 100 != 7]
    assert letters_of(run) == bad
    [told] = batches_of(run)
    assert (told.ok, told.failed, told.status) == (rows - len(bad), len(bad), "done")
    report().held("records of batches are counted once, in order")


def letters_of(run: Run) -> list[int]:
    dataset = Dataset.objects.get(tenant_id=run.tenant_id, name=LETTERS)
    with spooled(dataset.pk) as content:
        return [row["record"]["value"] for row in content.rows()]


def test_a_killed_chunk_workers_batches_are_done_by_another(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    run = make_run(batches(300, size=10, seconds=0.05))
    crew = [workers.start() for _ in range(2)]
    until(lambda: ended_batches(run) >= 5, "five batches", said=crew[0].said)

    for place in (0, 1):
        crew[place].kill()
        crew[place] = workers.start()
        seen = ended_batches(run)
        until(lambda seen=seen: ended_batches(run) > min(29, seen), "another batch", said=crew[0].said)  # type: ignore[misc]
    wait_until_ended(timeout_s=30, said=crew[1].said)

    check_run(run, user, extra_crashes=2)
    assert run.status == "succeeded", run.error
    check_batches(run, 300)


def test_a_kill_while_chunks_are_cleared_away_leaves_the_sums(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    run = make_run(batches(30, size=10, seconds=0.0))
    worker = workers.start()
    wait_until_ended(said=worker.said)
    worker.stop()

    assert workers.call("clear_batches", fault="chunk.clear=kill") == -signal.SIGKILL
    [before] = batches_of(run)
    assert workers.call("clear_batches") == 0

    [after] = batches_of(run)
    assert not BatchChunk.objects.filter(batch__run=run).exists()
    assert (after.ok, after.failed) == (before.ok, before.failed) == (29, 1)


@pytest.mark.chaos
def test_twenty_random_kills_lose_no_record_and_keep_the_order(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    chance = random.Random(7)
    rows = 6000
    run = make_run(batches(rows, size=10, seconds=0.1))
    crew = [workers.start() for _ in range(3)]
    until(lambda: ended_batches(run) > 0, "a first batch", said=crew[0].said)

    for _ in range(20):
        time.sleep(chance.uniform(0.2, 0.8))
        place = chance.randrange(len(crew))
        crew[place].kill()
        crew[place] = workers.start(waits=False)
    assert not Run.objects.filter(pk=run.pk, finished_at__isnull=False).exists()
    wait_until_ended(timeout_s=120, said=crew[0].said)

    check_run(run, user, extra_crashes=20)
    assert run.status == "succeeded", run.error
    check_batches(run, rows)


POINTS = (
    *("chunk.submit.before", "chunk.submit.after", "chunk.claim.after"),
    *("chunk.end.before", "chunk.end.after"),
)


@pytest.mark.chaos
@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_point_of_a_batch_loses_nothing(
    point: str, nth: int, make_run: RunMaker, workers: Workers, user: User
) -> None:
    run = make_run(batches(120, size=10, seconds=0.01))
    first = workers.start(f"{point}:{nth}=kill")
    until(lambda: not first.is_alive() or has_ended(run), f"a death at {point}", said=first.said)
    is_dead = not first.is_alive()
    if is_dead:
        report().kills += 1
        first.expire()
    second = workers.start()
    wait_until_ended(timeout_s=30, said=second.said)

    check_run(run, user, extra_crashes=1)
    assert run.status == "succeeded", run.error
    check_batches(run, 120)
    assert is_dead or point == "chunk.claim.after", point


def has_ended(run: Run) -> bool:
    return Run.objects.filter(pk=run.pk, finished_at__isnull=False).exists()
