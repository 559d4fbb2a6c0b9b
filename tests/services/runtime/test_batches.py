"""Batch steps on the server: over several hosts, through deaths, cancelled, and tried again."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import pytest

from runtime.engine.state import RunStatus
from runtime.host.batches.chunk_host import MAX_DEATHS
from runtime.host.batches.texts import from_bytes
from runtime.host.connection import open_connection
from runtime.host.host import RunHost
from runtime.models import BatchChunk, BatchSample, BatchStep, Blob, Run, RunEvent, RunLog
from runtime.payloads import decode_outputs
from runtime.queries.batches import batches_of
from runtime.queries.runs import state_of
from runtime.services.batches import clear_ended
from runtime.services.retention import delete_runs
from runtime.services.run_ends import follow_up
from runtime.services.runs import cancel_run
from tests.services.runtime.batching import (
    STEP,
    batch_host,
    fed,
    know_the_step,
    opened,
    records,
    submit,
)
from tests.services.runtime.conftest import (
    DeadLease,
    HostMaker,
    RunMaker,
    expire_lease,
    wait_for,
    wait_for_status,
)

DOUBLE = {"kind": "expression", "expression": "n * 2"}


@pytest.fixture(autouse=True)
def batch_steps() -> None:
    know_the_step()


def output_of(run: Run) -> dict[str, Any]:
    """What the batch step gave."""
    event = RunEvent.objects.get(run=run, node=STEP, type="node.succeeded")
    blobs = dict(Blob.objects.filter(tenant_id=run.tenant_id).values_list("hash", "data"))
    found: dict[str, Any] = decode_outputs(bytes(event.payload or b""), lambda name: bytes(blobs[name]))[
        "result"
    ]
    return found


def code(text: str) -> dict[str, Any]:
    return {"kind": "code", "code": text}


def test_results_are_in_the_order_of_the_records_and_every_record_is_counted(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(document=fed(records(1050), batch_size=100, processing=DOUBLE))

    batch_host(make_host)
    wait_for_status(run, RunStatus.SUCCEEDED)

    found = output_of(run)
    assert found["results"] == [2 * number for number in range(1050)]
    assert (found["batch_count"], found["total_records"], found["ok"]) == (11, 1050, 1050)
    assert (found["failed"], found["skipped"]) == (0, 0)


def test_author_code_works_on_batches_in_the_sandbox_and_what_it_prints_is_in_the_runs_log(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    text = "print('batch', batch_index, len(records))\nresult = [{'n': r['n'] + 1} for r in records]"
    run = make_run(document=fed(records(25), batch_size=10, processing=code(text)))

    batch_host(make_host)
    wait_for_status(run, RunStatus.SUCCEEDED)

    assert [row["n"] for row in output_of(run)["results"]] == list(range(1, 26))
    said = RunLog.objects.filter(run=run, node=STEP).values_list("text", flat=True)
    assert {"batch 0 10", "batch 1 10", "batch 2 5"} <= set(said)


def test_poison_records_are_found_and_the_others_are_done(make_run: RunMaker, make_host: HostMaker) -> None:
    text = "result = [1 // (r['n'] - 17) for r in records]"
    config = {"processing": code(text), "error_handling": "continue_with_logging", "max_retry_attempts": 0}
    run = make_run(document=fed(records(40), batch_size=10, **config))

    batch_host(make_host)
    wait_for_status(run, RunStatus.SUCCEEDED)

    found = output_of(run)
    assert (found["ok"], found["failed"], found["skipped"], len(found["results"])) == (39, 1, 0, 39)
    [error] = found["errors"]
    assert "ZeroDivisionError" in error["message"] or "division" in error["message"]


def test_two_hosts_share_the_work(
    make_run: RunMaker, make_host: HostMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "import time\ntime.sleep(0.05)\nresult = records"
    config = {"processing": code(text), "max_concurrent_batches": 8}
    hosts: list[RunHost] = []

    def send(task: str, chunk: str) -> None:
        for host in hosts:
            host.ring_chunks()

    monkeypatch.setattr("runtime.services.ringing.send_task", send)  # Celery's part
    hosts += [batch_host(make_host), batch_host(make_host)]

    run = make_run(document=fed(records(400), batch_size=10, **config))
    wait_for_status(run, RunStatus.SUCCEEDED)

    [step] = batches_of(run)
    assert (step.workers, step.ok) == (2, 400)
    assert [row["n"] for row in output_of(run)["results"]] == list(range(400))


def test_when_the_host_dies_another_goes_on_and_does_no_finished_batch_again(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    text = "import time\ntime.sleep(0.1)\nprint('did', batch_index)\nresult = records"
    config = {"processing": code(text), "max_concurrent_batches": 2}
    run = make_run(document=fed(records(200), batch_size=10, **config))
    dying = batch_host(make_host, lease=DeadLease)
    wait_for(lambda: BatchChunk.objects.filter(status="done").count() >= 4, "four batches")

    finished = claims_of_finished(run)
    expire_lease(dying.id)
    batch_host(make_host)
    wait_for_status(run, RunStatus.SUCCEEDED)

    assert [row["n"] for row in output_of(run)["results"]] == list(range(200))
    assert output_of(run)["total_records"] == 200
    later = claims_of_finished(run)
    assert {index: later[index] for index in finished} == finished


def test_a_batch_that_kills_its_workers_is_given_up_and_its_records_are_kept(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run((STEP, "TestGate", {}))
    with open_connection("test") as connection:
        found = opened(connection, run)
        submit(connection, found, 0, owner=uuid4())
    BatchChunk.objects.update(deaths=MAX_DEATHS, owner_id=None, status="pending")

    batch_host(make_host)
    wait_for(lambda: BatchChunk.objects.filter(status="done").exists(), "its end")

    row = BatchChunk.objects.get()
    assert (row.ok, row.failed, row.skipped) == (0, 2, 0)
    letters = from_bytes(bytes(row.failures or b""))
    assert [(position, record, code) for position, record, code, _ in letters] == [
        (0, {"n": 0}, "worker_died"),
        (1, {"n": 1}, "worker_died"),
    ]


def claims_of_finished(run: Run) -> dict[int, Any]:
    rows = BatchChunk.objects.filter(batch__run=run, status="done")
    return {row.index: (row.claim, row.ended_at) for row in rows}


def test_cancelling_the_run_ends_what_is_under_way(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(document=fed(records(20), batch_size=10, processing=code("while True: pass\nresult = []")))
    host: RunHost = batch_host(make_host)
    wait_for(lambda: BatchChunk.objects.filter(status="working").count() == 2, "two batches")

    cancel_run(run)
    host.ring()
    wait_for_status(run, RunStatus.CANCELLED)

    wait_for(lambda: not BatchChunk.objects.filter(status="working").exists(), "the end of the batches")
    assert not BatchChunk.objects.filter(status="done").exists()


def test_a_step_that_runs_out_of_time_ends_its_batches(make_run: RunMaker, make_host: HostMaker) -> None:
    document = fed(records(20), batch_size=10, processing=code("while True: pass\nresult = []"))
    document["nodes"][1]["options"] = {"timeout": 0.5}
    run = make_run(document=document)

    batch_host(make_host)
    wait_for_status(run, RunStatus.FAILED)

    assert (state_of(run.pk).nodes[STEP].error or {})["code"] == "timeout"
    wait_for(lambda: not BatchChunk.objects.filter(status="working").exists(), "the end of the batches")
    assert not BatchChunk.objects.filter(status="done", ok__gt=0).exists()


def test_a_worker_that_stops_gives_its_batches_to_others(make_run: RunMaker, make_host: HostMaker) -> None:
    text = "import time\ntime.sleep(0.1)\nresult = records"
    run = make_run(document=fed(records(200), batch_size=10, processing=code(text)))
    first: RunHost = batch_host(make_host, grace_s=0.1)
    wait_for(lambda: BatchChunk.objects.filter(status="done").exists(), "a batch")

    first.stop()
    assert not BatchChunk.objects.filter(status="working").exists()
    batch_host(make_host)
    wait_for_status(run, RunStatus.SUCCEEDED)

    assert [row["n"] for row in output_of(run)["results"]] == list(range(200))
    assert not BatchChunk.objects.filter(deaths__gt=0).exists()


def test_a_step_that_stops_says_where_and_another_attempt_begins_with_what_failed(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    text = "result = [1 // (5 - r['n']) for r in records]"
    document = fed(
        records(40), batch_size=2, processing=code(text), max_retry_attempts=0, max_concurrent_batches=1
    )
    document["nodes"][1]["options"] = {"retry": {"max_retries": 1, "initial_delay": 0.01}}
    run = make_run(document=document)

    batch_host(make_host)
    wait_for_status(run, RunStatus.FAILED)

    error = state_of(run.pk).nodes[STEP].error or {}
    assert (error["code"], error["record"]) == ("batch_failed", 6)
    claims = dict(BatchChunk.objects.filter(batch__run=run).values_list("index", "claim"))
    assert (claims[0], claims[1], claims[2]) == (1, 1, 2)
    assert error["ok"] + error["failed"] + error["skipped"] == error["total_records"] == 40


def test_a_rate_holds_over_two_hosts(make_run: RunMaker, make_host: HostMaker) -> None:
    batch_host(make_host)
    batch_host(make_host)
    config = {"rate_limit_per_second": 20, "max_concurrent_batches": 8, "processing": DOUBLE}
    started = time.monotonic()

    run = make_run(document=fed(records(20), batch_size=1, **config))
    wait_for_status(run, RunStatus.SUCCEEDED)

    assert time.monotonic() - started >= 19 / 20 - 0.02


def test_ended_steps_are_cleared_and_deleted_with_their_run(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(document=fed(records(30), batch_size=10, processing=DOUBLE))
    batch_host(make_host)
    wait_for_status(run, RunStatus.SUCCEEDED)

    clear_ended()

    [step] = batches_of(run)
    assert (step.status, step.ok, step.chunks, step.workers) == ("done", 30, 3, None)
    assert step.ended_at is not None
    assert not BatchChunk.objects.exists()
    follow_up()
    delete_runs([run.pk])
    assert not BatchStep.objects.exists() and not BatchSample.objects.exists()


def test_a_point_a_second_tells_how_it_fares(make_run: RunMaker, make_host: HostMaker) -> None:
    text = "import time\ntime.sleep(0.2)\nresult = records"
    config = {"processing": code(text), "max_concurrent_batches": 1}
    run = make_run(document=fed(records(12), batch_size=1, **config))

    batch_host(make_host)
    wait_for_status(run, RunStatus.SUCCEEDED)

    [step] = batches_of(run)
    assert len(step.samples) >= 2
    dones = [sample.done for sample in step.samples]
    assert dones == sorted(set(dones)) and 0 <= dones[0] < dones[-1] <= 12
    assert all(sample.concurrency == 1 and sample.size == 1 for sample in step.samples)
    assert [sample.seq for sample in batches_of(run, after=1)[0].samples] == [
        sample.seq for sample in step.samples[1:]
    ]
