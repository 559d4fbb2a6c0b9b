"""Jobs of upkeep: one worker at a time, woken when there is something to do, tried again when they fail."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from runtime.maintenance import schedule
from runtime.maintenance.job import Job
from runtime.maintenance.jobs import JOBS
from runtime.maintenance.worker import MaintenanceWorker
from runtime.models import MaintenanceJob
from tests.services.runtime.conftest import wait_for

pytestmark = pytest.mark.django_db(transaction=True)
SELDOM_S = 3600.0


class Counting:
    """A job that counts its calls; `then` happens in each."""

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        self.calls = 0
        self._then = then

    def __call__(self) -> object:
        self.calls += 1
        return self._then()

    @property
    def job(self) -> Job:
        return Job("test", SELDOM_S, self)


@pytest.fixture
def run_jobs() -> Callable[..., MaintenanceWorker]:
    started: list[MaintenanceWorker] = []

    def start(*jobs: Job) -> MaintenanceWorker:
        worker = MaintenanceWorker(jobs, look_every_s=0.05)
        worker.start()
        started.append(worker)
        return worker

    yield start  # type: ignore[misc]
    for worker in started:
        worker.stop()


Start = Callable[..., MaintenanceWorker]


def test_a_new_job_runs_at_once_and_then_when_it_is_due(run_jobs: Start) -> None:
    count = Counting()

    run_jobs(count.job)
    wait_for(lambda: MaintenanceJob.objects.filter(finished_at__isnull=False).exists(), "the first time")
    row = MaintenanceJob.objects.get()
    MaintenanceJob.objects.update(next_at=timezone.now())
    wait_for(lambda: count.calls == 2, "the second time")

    assert timedelta(minutes=59) < row.next_at - timezone.now() < timedelta(minutes=61)


def test_a_job_that_is_woken_runs_at_once(run_jobs: Start) -> None:
    count = Counting()
    worker = run_jobs(count.job)
    wait_for(lambda: MaintenanceJob.objects.filter(finished_at__isnull=False).exists(), "the first time")

    worker.wake("test")
    worker.wake("no such job")

    wait_for(lambda: count.calls == 2, "the second time")


def test_a_job_that_is_woken_while_it_runs_runs_once_more(run_jobs: Start) -> None:
    is_inside, may_end = threading.Event(), threading.Event()

    def stay() -> None:
        is_inside.set()
        may_end.wait(10)

    count = Counting(stay)
    worker = run_jobs(count.job)
    assert is_inside.wait(10)

    worker.wake("test")
    may_end.set()

    wait_for(lambda: count.calls == 2, "the second time")


def test_two_workers_never_run_the_same_job_at_once(run_jobs: Start) -> None:
    lock, most, inside = threading.Lock(), [0], [0]

    def work() -> None:
        with lock:
            inside[0] += 1
            most[0] = max(most[0], inside[0])
        threading.Event().wait(0.02)
        with lock:
            inside[0] -= 1

    count = Counting(work)
    workers = [run_jobs(count.job) for _ in range(3)]
    for _ in range(10):
        calls = count.calls
        for worker in workers:
            worker.wake("test")
        wait_for(lambda calls=calls: count.calls > calls, "a turn")  # type: ignore[misc]

    assert most == [1]


def test_a_job_that_fails_is_kept_in_mind_and_comes_again(run_jobs: Start) -> None:
    def fail() -> None:
        raise ValueError("no good")

    run_jobs(Counting(fail).job)
    wait_for(lambda: MaintenanceJob.objects.filter(failures=1).exists(), "the failure")
    row = MaintenanceJob.objects.get()

    assert row.last_error == "ValueError: no good"
    assert row.next_at - timezone.now() < timedelta(seconds=schedule.RETRY_S)


def test_a_job_may_say_when_it_is_due_next(run_jobs: Start) -> None:
    then = timezone.now() + timedelta(minutes=7)

    run_jobs(Counting(lambda: then).job)
    wait_for(lambda: MaintenanceJob.objects.filter(finished_at__isnull=False).exists(), "the end")

    assert MaintenanceJob.objects.get().next_at == then


def test_the_lock_of_a_job_ends_with_the_connection_that_held_it() -> None:
    """So a killed worker keeps a job from nobody."""
    from runtime.host.connection import open_connection

    dead = open_connection("test")
    dead.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", (schedule._LOCKS, "test"))
    with schedule.held("test") as before:
        pass
    dead.close()

    def is_free() -> bool:
        with schedule.held("test") as is_held:
            return is_held

    wait_for(is_free, "the lock")
    assert before is False


def test_no_lock_outlives_its_job() -> None:
    with schedule.held("test") as is_held, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [0x10CA])
        during = cursor.fetchone()[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [0x10CA])
        after = cursor.fetchone()[0]

    assert (is_held, during, after) == (True, 1, 0)


def test_jobs_have_names_of_their_own() -> None:
    names = [job.name for job in JOBS]

    assert len(set(names)) == len(names)
    assert all(len(name) <= 60 for name in names)
