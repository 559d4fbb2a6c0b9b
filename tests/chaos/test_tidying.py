"""Kills while old runs and unused values are deleted: what is used stays, and the rest goes the next time."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from runtime.models import Blob, BlobUse, FreedStorage, Run, RunEvent, RunInput, RunLog, Workflow
from runtime.services.run_ends import follow_up
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import SHAPES
from tests.chaos.hosts import Worker, Workers, until
from tests.chaos.invariants import check_run, wait_until_ended
from tests.chaos.test_control import BOTH, dies, wake_jobs

pytestmark = pytest.mark.chaos
LONG_AGO = timedelta(days=400)


@pytest.fixture
def used(make_run: RunMaker, workers: Workers) -> Run:
    """A run that has ended and stores a large value. What follows from its end is arranged."""
    run = make_run(SHAPES["chain"]())
    worker = workers.start()
    wait_until_ended(said=worker.said)
    worker.kill()
    follow_up()
    Blob.objects.update(created_at=timezone.now() - LONG_AGO)
    return run


def unused_value(user: User) -> str:
    """The hash of a large value that no run uses any more."""
    data = b'"nobody uses me"'
    name = hashlib.sha256(data).hexdigest()
    tenant = user.tenant
    assert tenant is not None
    Blob.objects.create(
        tenant=tenant, hash=name, data=data, size=len(data), created_at=timezone.now() - LONG_AGO
    )
    return name


def tidies_up(workers: Workers) -> Worker:
    worker = workers.start()
    wake_jobs()
    return worker


@pytest.mark.parametrize("when", BOTH)
def test_a_kill_while_unused_values_are_collected(when: str, used: Run, workers: Workers, user: User) -> None:
    unused = unused_value(user)
    wake_jobs()

    dies(workers, f"gc.{when}:1=kill")
    assert Blob.objects.filter(hash=unused).exists() == (when == "before")
    survivor = tidies_up(workers)
    until(lambda: not Blob.objects.filter(hash=unused).exists(), "a collection", said=survivor.said)

    check_run(used, user)
    assert Blob.objects.exists()


@pytest.mark.parametrize("when", BOTH)
def test_a_kill_while_old_runs_are_deleted(
    when: str, used: Run, make_run: RunMaker, workers: Workers, workflow: Workflow, user: User
) -> None:
    old = make_run(SHAPES["fan"]())
    worker = workers.start()
    wait_until_ended(said=worker.said)
    worker.kill()
    follow_up()
    Blob.objects.update(created_at=timezone.now() - LONG_AGO)
    Run.objects.filter(pk=old.pk).update(finished_at=timezone.now() - LONG_AGO)
    shared = set(BlobUse.objects.filter(run=used).values_list("hash", flat=True))
    wake_jobs()

    dies(workers, f"retention.{when}:1=kill")
    assert Run.objects.filter(pk=old.pk).exists() == (when == "before")
    survivor = tidies_up(workers)
    until(lambda: not Run.objects.filter(pk=old.pk).exists(), "retention", said=survivor.said)
    until(lambda: set(Blob.objects.values_list("hash", flat=True)) == shared, "space", said=survivor.said)

    check_run(used, user)
    for model in (RunEvent, RunLog, RunInput, BlobUse):
        assert not model.objects.filter(run_id=old.pk).exists()
    assert FreedStorage.objects.get(workflow=workflow).runs == 1
