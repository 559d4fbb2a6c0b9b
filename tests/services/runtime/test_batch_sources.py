"""Databases and paged services as sources of batches on the server, while hosts die and sources change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from runtime.engine.state import RunStatus
from runtime.models import BatchChunk, Run
from runtime.nodes.python_code import PythonCodeNode
from runtime.queries.runs import state_of
from runtime.services.registry import node_registry
from tests.paged_service import PagedService
from tests.postgres_door import postgres_door
from tests.services.runtime.batching import STEP, batch_host, know_the_step, step
from tests.services.runtime.conftest import (
    DeadLease,
    HostMaker,
    RunMaker,
    expire_lease,
    wait_for,
    wait_for_status,
)
from tests.services.runtime.test_batches import output_of
from tests.services.runtime.test_sql_queries import make_credential

ROWS = 2500
SLOW = {"kind": "code", "code": "import time\ntime.sleep(0.02)\nresult = [r['id'] for r in records]"}
QUERY = {"kind": "sql", "credential": "shop", "statement": "SELECT * FROM trial_item ORDER BY id"}


@pytest.fixture(autouse=True)
def step_types() -> None:
    know_the_step()
    node_registry().add(PythonCodeNode)


@pytest.fixture
def shop(transactional_db: None, user: User, settings: Any) -> Iterator[None]:
    sql("CREATE TABLE trial_item (id int PRIMARY KEY, city text)")
    sql("INSERT INTO trial_item SELECT n, 'Oslo' FROM generate_series(1, %s) n", ROWS)
    with postgres_door() as port:
        settings.EGRESS_ALLOW = f"127.0.0.1:{port}"
        make_credential(user, port)
        yield
    sql("DROP TABLE trial_item")


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.fixture
def service(settings: Any) -> Iterator[PagedService]:
    made = PagedService(ROWS)
    settings.EGRESS_ALLOW = "127.0.0.1"
    yield made
    made.close()


def document(source: dict[str, Any], **config: Any) -> dict[str, Any]:
    given = {"batch_size": 75, "max_concurrent_batches": 2, "processing": SLOW, **config}
    return {"schema": 1, "nodes": [step(source=source, **given)], "connections": []}


def after_a_death(
    make_run: RunMaker, make_host: HostMaker, source: dict[str, Any], meanwhile: Callable[[], None]
) -> Run:
    """A run whose coordinator dies after some batches; `meanwhile` happens before another goes on."""
    run = make_run(document=document(source))
    dying = batch_host(make_host, lease=DeadLease, grace_s=0.05)
    wait_for(lambda: BatchChunk.objects.filter(status="done").count() >= 4, "four batches")
    dying.stop()
    expire_lease(dying.id)
    meanwhile()
    batch_host(make_host)
    return run


def nothing() -> None:
    return None


def check_whole(run: Run) -> None:
    found = output_of(run)
    assert found["results"] == list(range(1, ROWS + 1))
    assert (found["ok"], found["failed"], found["skipped"]) == (ROWS, 0, 0)
    assert found["batch_count"] == -(-ROWS // 75)


def check_changed(run: Run) -> dict[str, Any]:
    """It failed for the source, and every record that it had read is accounted for."""
    error = state_of(run.pk).nodes[STEP].error or {}
    assert error["code"] == "source_changed", error
    rows = BatchChunk.objects.filter(batch__run=run)
    assert error["record"] == sum(row.size for row in rows)
    assert error["ok"] + error["failed"] + error["skipped"] == error["total_records"] == error["record"]
    return error


def test_a_query_is_gone_on_with_and_no_record_comes_twice(
    shop: None, make_run: RunMaker, make_host: HostMaker
) -> None:
    run = after_a_death(make_run, make_host, QUERY, nothing)
    wait_for_status(run, RunStatus.SUCCEEDED)

    check_whole(run)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM trial_item WHERE id = 3",
        "DELETE FROM trial_item WHERE id > 20",
        "ALTER TABLE trial_item ADD COLUMN price int",
    ],
)
def test_a_table_that_shrinks_or_changes_between_two_pages_is_told(
    statement: str, shop: None, make_run: RunMaker, make_host: HostMaker
) -> None:
    run = after_a_death(make_run, make_host, QUERY, lambda: sql(statement))
    wait_for_status(run, RunStatus.FAILED)

    check_changed(run)


def test_pages_of_a_service_are_gone_on_with_from_the_page_that_was_not_done_with(
    service: PagedService, make_run: RunMaker, make_host: HostMaker
) -> None:
    run = after_a_death(make_run, make_host, service.source, nothing)
    wait_for_status(run, RunStatus.SUCCEEDED)

    check_whole(run)
    assert service.asked[1] == 1
    assert set(service.asked.values()) <= {1, 2}


@pytest.mark.parametrize("gone", [1, ROWS - 5])
def test_a_service_that_lost_records_between_two_pages_is_told(
    gone: int, service: PagedService, make_run: RunMaker, make_host: HostMaker
) -> None:
    def shrink() -> None:
        del service.numbers[:gone]

    run = after_a_death(make_run, make_host, service.source, shrink)
    wait_for_status(run, RunStatus.FAILED)

    error = check_changed(run)
    assert "lost or read twice" in error["message"]
