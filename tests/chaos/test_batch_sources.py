"""Workers are killed while they read databases and services in batches, and while workflows work on them."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from runtime.models import BatchChunk, Blob, Run, RunEvent
from runtime.payloads import decode_outputs
from runtime.services.workflows import create_workflow, publish_version
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import graph
from tests.chaos.hosts import Workers, until
from tests.chaos.invariants import check_run, wait_until_ended
from tests.chaos.peer import Peer
from tests.chaos.report import report
from tests.paged_service import PagedService
from tests.postgres_door import postgres_door
from tests.services.runtime.test_sql_queries import make_credential

BATCH, ROWS, SIZE = "batch", 2400, 30
SLOW = {"kind": "code", "code": "import time\ntime.sleep(0.03)\nresult = [r['id'] for r in records]"}


@pytest.fixture
def paged() -> Iterator[dict[str, Any]]:
    service = PagedService(ROWS)
    yield service.source
    service.close()


@pytest.fixture
def table(transactional_db: None, user: User) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE trial_item AS SELECT n AS id FROM generate_series(1, %s) n", [ROWS])
    with postgres_door() as port:
        make_credential(user, port)
        statement = "SELECT id FROM trial_item ORDER BY id"
        yield {"kind": "sql", "credential": "shop", "statement": statement}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE trial_item")


def batches(source: dict[str, Any], processing: dict[str, Any], **config: Any) -> dict[str, Any]:
    settings = {
        "batch_size": SIZE,
        "max_concurrent_batches": 4,
        "source": source,
        "processing": processing,
        **config,
    }
    return graph([{"id": BATCH, "type": "BatchProcessorNode", "config": settings}], [])


def result_of(run: Run) -> dict[str, Any]:
    event = RunEvent.objects.get(run=run, node=BATCH, type="node.succeeded")
    blobs = dict(Blob.objects.filter(tenant_id=run.tenant_id).values_list("hash", "data"))
    found: dict[str, Any] = decode_outputs(bytes(event.payload or b""), lambda name: bytes(blobs[name]))
    return dict(found["result"])


def ended(run: Run) -> int:
    return BatchChunk.objects.filter(batch__run=run, status="done").count()


def moved(run: Run, seen: int) -> bool:
    """Another batch has ended since, or nothing is left to do."""
    return ended(run) > seen or Run.objects.filter(pk=run.pk, finished_at__isnull=False).exists()


def kill_and_go_on(run: Run, workers: Workers, kills: int, *, seed: int = 7) -> None:
    """Kills one of two workers so many times, each time after batches have ended."""
    chance = random.Random(seed)
    crew = [workers.start() for _ in range(2)]
    for _ in range(kills):
        seen = ended(run)
        until(lambda seen=seen: moved(run, seen), "a batch", timeout_s=60, said=crew[0].said)  # type: ignore[misc]
        time.sleep(chance.uniform(0.0, 0.1))
        place = chance.randrange(2)
        crew[place].kill()
        crew[place] = workers.start()
    wait_until_ended(timeout_s=60, said=crew[0].said)


def check_whole(run: Run, user: User, kills: int) -> None:
    check_run(run, user, extra_crashes=kills)
    assert run.status == "succeeded", run.error
    found = result_of(run)
    assert found["results"] == list(range(1, ROWS + 1))
    assert (found["ok"], found["failed"], found["skipped"]) == (ROWS, 0, 0)
    report().held("records of sources are read once, in order")


@pytest.mark.parametrize("source", ["paged", "table"])
def test_a_kill_between_pages_loses_no_record_and_reads_none_twice(
    source: str, request: pytest.FixtureRequest, make_run: RunMaker, workers: Workers, user: User
) -> None:
    run = make_run(batches(request.getfixturevalue(source), SLOW))

    kill_and_go_on(run, workers, 2)

    check_whole(run, user, 2)


@pytest.mark.chaos
@pytest.mark.parametrize("source", ["paged", "table"])
def test_many_kills_between_pages_lose_no_record(
    source: str, request: pytest.FixtureRequest, make_run: RunMaker, workers: Workers, user: User
) -> None:
    run = make_run(batches(request.getfixturevalue(source), SLOW))

    kill_and_go_on(run, workers, 10, seed=11)

    check_whole(run, user, 10)


def test_what_a_workflow_of_a_batch_does_again_after_a_kill_has_the_key_that_it_had(
    make_run: RunMaker, workers: Workers, user: User
) -> None:
    with Peer() as peer:
        enrich = create_workflow(tenant=user.tenant, user=user, name="Enrich")  # type: ignore[arg-type]
        publish_version(enrich, posting(f"{peer.url}/?then=slow:0.05,ok"), user=user)
        processing = {"kind": "workflow", "workflow": str(enrich.pk), "output": "rows.result"}
        document = batches({"kind": "items"}, processing)
        run = make_run(with_rows(document, 600))

        kill_and_go_on(run, workers, 2)
        seen = peer.seen()

    check_run(run, user, extra_crashes=2)
    found = result_of(run)
    assert [row["value"] for row in found["results"]] == list(range(600))
    firsts = range(1, 601, SIZE)
    assert set(seen) == {f"{run.pk}/{BATCH}/{first}/post+{SIZE}" for first in firsts}
    report().held("effects of workflows of batches have one key each")


def posting(url: str) -> dict[str, Any]:
    """A workflow that posts the records of a batch."""
    return {
        "schema": 1,
        "parameters": [{"name": "records", "schema": {"type": "array"}}],
        "nodes": [
            {"id": "rows", "type": "ValueNode", "config": {"value": "${records}"}},
            {"id": "post", "type": "HTTPRequestNode", "config": {"method": "POST", "url": url}},
        ],
        "connections": [{"source": "rows", "output": "result", "target": "post", "input": "body"}],
    }


def with_rows(document: dict[str, Any], count: int) -> dict[str, Any]:
    rows = {"id": "rows", "type": "ValueNode", "config": {"value": [{"value": n} for n in range(count)]}}
    wire = {"source": "rows", "output": "result", "target": BATCH, "input": "items"}
    return {**document, "nodes": [rows, *document["nodes"]], "connections": [wire]}
