"""Ended runs are deleted when their time has come, with all they stored, and the space is used again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Tenant, User
from runtime.engine.state import RunStatus
from runtime.host.connection import open_connection
from runtime.host.host import RunHost
from runtime.models import (
    Approval,
    ApprovalVote,
    Blob,
    BlobUse,
    FreedStorage,
    Run,
    RunEvent,
    RunInput,
    RunLog,
    Workflow,
)
from runtime.services.blobs import delete_unused_values
from runtime.services.reruns import rerun
from runtime.services.retention import apply_retention, delete_runs
from runtime.services.run_ends import follow_up
from tests.services.runtime.conftest import HostMaker, RunMaker, wait_for_status

LARGE = "x" * 20_000


@pytest.fixture
def host(make_host: HostMaker) -> RunHost:
    return make_host()


@pytest.fixture
def ended(make_run: RunMaker, host: RunHost) -> Any:
    """A run that ended so many days ago."""

    def make(days: float, value: Any = LARGE) -> Run:
        run = wait_for_status(make_run(("a", "TestEcho", {"value": value})), RunStatus.SUCCEEDED)
        return made_older(run, days)

    return make


def made_older(run: Run, days: float) -> Run:
    follow_up()
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now() - timedelta(days=days))
    return run


def make_values_old() -> None:
    Blob.objects.update(created_at=timezone.now() - timedelta(hours=2))


def left() -> list[int]:
    return sorted(Run.objects.values_list("number", flat=True))


def test_runs_go_after_the_operator_s_days_with_all_that_is_theirs(ended: Any, settings: Any) -> None:
    settings.RUN_RETENTION_DAYS = 30
    old, young = ended(31), ended(29, value="y" * 20_000)
    make_values_old()

    assert apply_retention() == 1

    assert left() == [young.number]
    for model in (RunEvent, RunLog, BlobUse, RunInput):
        assert not model.objects.filter(run_id=old.pk).exists()
    assert Blob.objects.count() == 1


@pytest.mark.parametrize(("keep_days", "gone"), [(3, True), (5, False), (0, False), (None, False)])
def test_a_workflow_s_own_days_come_first(
    ended: Any, workflow: Workflow, keep_days: int | None, gone: bool
) -> None:
    run = ended(4)
    Workflow.objects.filter(pk=workflow.pk).update(keep_days=keep_days)

    apply_retention()

    assert (left() == []) == gone, run


def test_without_an_operator_s_limit_runs_are_kept_for_ever(ended: Any, settings: Any) -> None:
    settings.RUN_RETENTION_DAYS = 0
    ended(10_000)

    assert apply_retention() == 0


def test_questions_and_their_answers_go_with_their_run(ended: Any, user: User) -> None:
    old, young = ended(91), ended(1)
    for run in (old, young):
        asked = Approval.objects.create(
            tenant_id=run.tenant_id, run=run, node="a", key=str(run.pk), title="?", created_at=timezone.now()
        )
        ApprovalVote.objects.create(
            approval=asked, user=user, user_name=user.email, decision="approve", at=timezone.now()
        )

    assert apply_retention() == 1

    assert [approval.run_id for approval in Approval.objects.all()] == [young.pk]
    assert ApprovalVote.objects.count() == 1


def test_a_workflow_keeps_its_newest_runs(ended: Any, workflow: Workflow) -> None:
    runs = [ended(days) for days in (3, 1, 2)]
    Workflow.objects.filter(pk=workflow.pk).update(keep_runs=2)

    apply_retention()

    assert left() == sorted([runs[1].number, runs[2].number])


def test_runs_under_way_are_never_deleted(make_run: RunMaker, workflow: Workflow) -> None:
    run = make_run(("a", "TestEcho", {}))
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=900))
    Workflow.objects.filter(pk=workflow.pk).update(keep_runs=0, keep_days=1)

    assert apply_retention() == 0


def test_what_is_freed_is_counted_for_the_workflow(ended: Any, workflow: Workflow) -> None:
    run = ended(91)
    run.refresh_from_db()

    apply_retention()

    freed = FreedStorage.objects.get(workflow=workflow)
    assert (freed.runs, freed.bytes) == (1, run.stored_bytes)


def test_a_value_that_another_run_uses_stays_and_is_not_counted(ended: Any, workflow: Workflow) -> None:
    run, other = ended(91), ended(1)
    run.refresh_from_db()
    make_values_old()

    apply_retention()

    assert BlobUse.objects.get().run_id == other.pk
    assert Blob.objects.count() == 1
    assert FreedStorage.objects.get().bytes == run.event_bytes + run.log_bytes


def test_a_run_that_another_takes_results_from_stays_until_that_one_has_ended(
    make_run: RunMaker, host: RunHost
) -> None:
    steps = (("a", "TestEcho", {"value": LARGE}), ("b", "TestFail", {}))
    source = made_older(wait_for_status(make_run(*steps), RunStatus.FAILED), 91)
    host.stop_claiming()
    again = rerun(source.requested_by, source, mode="failed")

    assert apply_retention() == 0
    Run.objects.filter(pk=again.pk).update(status="cancelled", finished_at=timezone.now())
    assert apply_retention() == 1
    again.refresh_from_db()
    assert again.source_run_id is None


def test_taking_results_over_from_a_run_that_was_deleted_meanwhile_is_refused(
    make_run: RunMaker, host: RunHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runtime.engine.errors import GraphError
    from runtime.services import reruns

    steps = (("a", "TestEcho", {"value": LARGE}), ("b", "TestFail", {}))
    source = made_older(wait_for_status(make_run(*steps), RunStatus.FAILED), 91)
    judge = reruns.judge

    def judge_and_lose(request: Any) -> Any:
        contents = judge(request)
        delete_runs([source.pk])
        return contents

    monkeypatch.setattr(reruns, "judge", judge_and_lose)
    with pytest.raises(GraphError, match="deleted"):
        rerun(source.requested_by, source, mode="failed")
    assert left() == []


def test_the_space_of_deleted_runs_is_used_again(tenant: Tenant, workflow: Workflow, user: User) -> None:
    sizes = []
    for _ in range(3):
        fill(workflow, user)
        sizes.append(database_bytes())
        assert apply_retention() == 40
        assert RunEvent.objects.count() == 0

    # Without the space of those before it would be two and three times as much.
    assert max(sizes) <= sizes[0] * 1.15


def fill(workflow: Workflow, user: User) -> None:
    """40 old runs with about 20 MB of events and values, as a host would have written them."""
    from runtime.services.workflows import snapshot_version
    from tests.services.runtime.conftest import chain

    version = snapshot_version(workflow, chain(("a", "TestEcho", {})), user=user)
    then = timezone.now() - timedelta(days=91)
    first = Run.objects.count() + 1
    runs = [
        Run(
            tenant=workflow.tenant, number=first + n, workflow=workflow, version=version, status="succeeded",
            created_at=then, finished_at=then, last_seq=500, followed_up=True, event_bytes=250_000,
        )
        for n in range(40)
    ]  # fmt: skip
    Run.objects.bulk_create(runs)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO run_event (run_id, seq, at, type, attempt, data, payload)"
            " SELECT id, n, now(), 'node.succeeded', 1, '{}',"
            " convert_to(repeat(md5(id::text || n), 15), 'UTF8')"
            " FROM run, generate_series(1, 500) AS n"
        )
        cursor.execute(
            "WITH made AS (INSERT INTO blob (tenant_id, hash, size, data, created_at)"
            " SELECT tenant_id, md5(id::text) || md5(n::text), 100000, convert_to((SELECT"
            " string_agg(md5(id::text || n || x), '') FROM generate_series(1, 3200) AS x), 'UTF8'),"
            " now() - interval '2 hours' FROM run, generate_series(1, 2) AS n RETURNING tenant_id, hash)"
            " INSERT INTO blob_use (run_id, hash, tenant_id) SELECT run.id, made.hash, made.tenant_id"
            " FROM made JOIN run ON md5(run.id::text) = left(made.hash, 32)"
        )


def database_bytes() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(name)) FROM unnest(%s::regclass[]) AS name",
            [["run", "run_event", "blob", "blob_use"]],
        )
        return int(cursor.fetchone()[0])


# --- values and hosts that name them at the same moment -----------------------------------------------------


@pytest.fixture
def old_value(tenant: Tenant) -> tuple[UUID, str]:
    """A value that nothing uses."""
    Blob.objects.create(
        tenant=tenant, hash="a" * 64, size=3, data=b"old", created_at=timezone.now() - timedelta(hours=2)
    )
    return tenant.pk, "a" * 64


@pytest.fixture
def beside(transactional_db: None) -> Iterator[Any]:
    """Another connection, with a transaction of its own."""
    with open_connection("test") as other:
        yield other


NAME_IT = """
INSERT INTO blob AS kept (tenant_id, hash, size, data, created_at) VALUES (%s, %s, 3, 'new', now())
ON CONFLICT (tenant_id, hash) DO UPDATE SET created_at = clock_timestamp()
    WHERE kept.created_at < clock_timestamp() - interval '10 minutes'
"""


def in_thread(act: Any) -> threading.Thread:
    def work() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    return thread


def wait_until_blocked() -> None:
    from tests.services.runtime.conftest import wait_for

    def is_blocked() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
            )
            return bool(cursor.fetchone()[0])

    wait_for(is_blocked, "somebody who waits for a lock")


def test_unused_values_go_when_they_are_old(old_value: tuple[UUID, str]) -> None:
    assert delete_unused_values() == 3
    assert not Blob.objects.exists()


def test_a_young_value_stays_although_nothing_uses_it_yet(old_value: tuple[UUID, str]) -> None:
    Blob.objects.update(created_at=timezone.now())

    assert delete_unused_values() == 0


def test_a_host_that_names_a_value_first_keeps_it(old_value: tuple[UUID, str], beside: Any) -> None:
    with beside.transaction():
        beside.execute(NAME_IT, old_value)
        beside.execute(
            "INSERT INTO blob_use (run_id, hash, tenant_id) VALUES (%s, %s, %s)",
            (uuid4(), old_value[1], old_value[0]),
        )
        deletion = in_thread(delete_unused_values)
        wait_until_blocked()
    deletion.join(10)

    assert bytes(Blob.objects.get().data) == b"old"


def test_a_host_that_names_a_value_during_its_deletion_stores_it_again(
    old_value: tuple[UUID, str], beside: Any
) -> None:
    def name_it() -> None:
        with connection.cursor() as cursor:
            cursor.execute(NAME_IT, old_value)

    with beside.transaction():
        beside.execute("DELETE FROM blob")
        naming = in_thread(name_it)
        wait_until_blocked()
    naming.join(10)

    assert bytes(Blob.objects.get().data) == b"new"
