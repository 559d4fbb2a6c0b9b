"""Schedules fire each of their times once, and say what they did."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from runtime.engine.state import RunStatus
from runtime.models import Run, TriggerFire, Workflow, WorkflowTrigger
from runtime.services.triggers import schedules
from runtime.services.triggers.schedules import fire_due, fire_now, fire_schedules
from runtime.services.triggers.starting import FiringRefused
from runtime.services.workflows import delete_workflow
from tests.services.triggers.conftest import TriggerMaker

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def due_at(trigger: WorkflowTrigger, at: datetime) -> WorkflowTrigger:
    WorkflowTrigger.objects.filter(pk=trigger.pk).update(next_at=at)
    trigger.refresh_from_db()
    return trigger


def fires(trigger: WorkflowTrigger) -> list[tuple[datetime, str, str]]:
    rows = TriggerFire.objects.filter(trigger=trigger).order_by("fire_at", "id")
    return [(row.fire_at, row.outcome, row.reason) for row in rows]


def test_a_new_schedule_is_due_at_its_next_time(make_trigger: TriggerMaker) -> None:
    before = datetime.now(UTC)
    trigger = make_trigger()

    assert trigger.next_at is not None
    assert timedelta(0) < trigger.next_at - before <= HOUR
    assert trigger.next_at.minute == 0


def test_a_time_that_is_due_starts_a_run_as_its_person(make_trigger: TriggerMaker, user: User) -> None:
    trigger = due_at(make_trigger(inputs={"region": "scheduled_for"}), NOON)

    assert fire_due(NOON + timedelta(seconds=1)) == 1

    run = Run.objects.get()
    assert (run.trigger, run.trigger_ref, run.requested_by, run.status) == (
        "schedule",
        trigger,
        user,
        RunStatus.QUEUED,
    )
    assert run.parameters == {"region": NOON.isoformat()}
    assert run.version.number == 1
    trigger.refresh_from_db()
    assert (trigger.next_at, trigger.last_problem) == (NOON + HOUR, None)
    assert fires(trigger) == [(NOON, "started", "")]


def test_a_time_fires_once_however_often_it_is_looked_at(make_trigger: TriggerMaker) -> None:
    trigger = due_at(make_trigger(), NOON)

    for _ in range(3):
        fire_due(NOON + timedelta(seconds=1))

    assert Run.objects.count() == 1
    assert len(fires(trigger)) == 1


def test_a_clock_that_is_set_back_fires_nothing_again(make_trigger: TriggerMaker) -> None:
    trigger = due_at(make_trigger(), NOON)
    fire_due(NOON)

    due_at(trigger, NOON)
    fire_due(NOON + timedelta(seconds=5))

    assert Run.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_workers_that_look_at_once_start_one_run(make_trigger: TriggerMaker) -> None:
    trigger = due_at(make_trigger(), NOON)
    ready = threading.Barrier(4)

    def look() -> None:
        ready.wait(10)
        try:
            fire_due(NOON + timedelta(seconds=1))
        finally:
            connection.close()

    workers = [threading.Thread(target=look) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert Run.objects.count() == 1
    assert fires(trigger) == [(NOON, "started", "")]


@pytest.mark.django_db(transaction=True)
def test_a_process_that_dies_before_its_commit_leaves_the_time_to_the_next(
    make_trigger: TriggerMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger = due_at(make_trigger(), NOON)

    def die(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch, pytest.raises(SystemExit):
        patch.setattr(schedules.TriggerFire, "save", die)
        fire_due(NOON)
    assert Run.objects.count() == 0
    fire_due(NOON)

    assert Run.objects.count() == 1
    assert fires(trigger) == [(NOON, "started", "")]


@pytest.mark.parametrize(
    ("missed", "outcomes"),
    [
        ("skip", [("skipped", "missed", 3)]),
        ("run_once", [("started", "", 3)]),
        ("run_all", [("started", "", 0)] * 4),
    ],
)
def test_times_missed_while_nothing_ran_are_handled_by_policy(
    make_trigger: TriggerMaker, missed: str, outcomes: list[tuple[str, str, int]]
) -> None:
    trigger = due_at(make_trigger(missed=missed), NOON)

    fire_due(NOON + 3 * HOUR + timedelta(minutes=20))

    rows = TriggerFire.objects.filter(trigger=trigger).order_by("fire_at")
    assert [(row.outcome, row.reason, row.missed) for row in rows] == outcomes
    assert Run.objects.count() == sum(outcome == "started" for outcome, _, _ in outcomes)
    trigger.refresh_from_db()
    assert trigger.next_at == NOON + 4 * HOUR


def test_run_all_starts_no_more_than_its_limit(make_trigger: TriggerMaker) -> None:
    trigger = due_at(make_trigger(missed="run_all", catch_up_limit=2), NOON)

    fire_due(NOON + 5 * HOUR + timedelta(minutes=20))

    assert [outcome for _, outcome, _ in fires(trigger)] == ["skipped", "started", "started"]


def test_overlap_queue_lets_runs_wait_for_each_other(make_trigger: TriggerMaker) -> None:
    trigger = due_at(make_trigger(overlap="queue"), NOON)

    fire_due(NOON)
    fire_due(NOON + HOUR)

    first, second = Run.objects.order_by("number")
    assert first.concurrency_key == second.concurrency_key == f"schedule:{trigger.pk}"
    assert second.status == RunStatus.QUEUED


def test_overlap_skip_starts_nothing_while_a_run_is_under_way(make_trigger: TriggerMaker) -> None:
    trigger = due_at(make_trigger(overlap="skip"), NOON)
    fire_due(NOON)
    fire_due(NOON + HOUR)
    Run.objects.update(status=RunStatus.SUCCEEDED, finished_at=NOON)
    fire_due(NOON + 2 * HOUR)

    assert [(outcome, reason) for _, outcome, reason in fires(trigger)] == [
        ("started", ""),
        ("skipped", "overlap"),
        ("started", ""),
    ]


def test_overlap_cancel_previous_cancels_the_run_under_way(make_trigger: TriggerMaker) -> None:
    due_at(make_trigger(overlap="cancel_previous"), NOON)
    fire_due(NOON)
    fire_due(NOON + HOUR)

    first, second = Run.objects.order_by("number")
    assert (first.status, second.status) == (RunStatus.CANCELLED, RunStatus.QUEUED)


def test_cancel_previous_cancels_nothing_when_no_new_run_can_start(
    make_trigger: TriggerMaker, user: User
) -> None:
    due_at(make_trigger(overlap="cancel_previous"), NOON)
    fire_due(NOON)
    User.objects.filter(pk=user.pk).update(is_active=False)
    fire_due(NOON + HOUR)

    assert Run.objects.get().status == RunStatus.QUEUED


def test_somebody_who_is_no_longer_active_starts_nothing(make_trigger: TriggerMaker, user: User) -> None:
    trigger = due_at(make_trigger(), NOON)
    User.objects.filter(pk=user.pk).update(is_active=False)

    fire_due(NOON)

    trigger.refresh_from_db()
    assert Run.objects.count() == 0
    assert fires(trigger) == [(NOON, "refused", "run_as_inactive")]
    assert trigger.last_problem["code"] == "run_as_inactive"
    assert trigger.next_at == NOON + HOUR


def test_somebody_who_may_no_longer_run_workflows_starts_nothing(
    make_trigger: TriggerMaker, user: User
) -> None:
    trigger = due_at(make_trigger(), NOON)
    user.groups.clear()

    fire_due(NOON)

    assert fires(trigger) == [(NOON, "refused", "run_as_denied")]
    assert Run.objects.count() == 0


def test_parameters_that_the_workflow_refuses_are_noted(make_trigger: TriggerMaker) -> None:
    trigger = due_at(make_trigger(inputs={"region": "1"}), NOON)

    fire_due(NOON)

    trigger.refresh_from_db()
    assert fires(trigger) == [(NOON, "refused", "cannot_start")]
    assert "region" in trigger.last_problem["message"]


def test_the_workflow_of_a_deleted_one_fires_no_more(make_trigger: TriggerMaker, workflow: Workflow) -> None:
    trigger = due_at(make_trigger(), NOON)
    delete_workflow(workflow)

    assert fire_due(NOON) == 0
    assert fires(trigger) == []


def test_a_disabled_schedule_does_not_fire(make_trigger: TriggerMaker) -> None:
    due_at(make_trigger(enabled=False), NOON)

    assert fire_due(NOON) == 0


def test_a_schedule_can_be_fired_by_hand(make_trigger: TriggerMaker) -> None:
    trigger = make_trigger(overlap="skip")

    run = fire_now(trigger)
    with pytest.raises(FiringRefused) as caught:
        fire_now(trigger)

    assert run.trigger_ref == trigger
    assert caught.value.code == "overlap"
    assert [fire.cause for fire in trigger.fires.all()] == ["person", "person"]


def test_the_job_waits_for_a_time_that_is_near_and_says_when_to_look_again(
    make_trigger: TriggerMaker,
) -> None:
    now = datetime.now(UTC)
    soon = due_at(make_trigger(cron="0 0 1 1 *"), now + timedelta(seconds=0.3))

    again = fire_schedules()

    [(at, outcome, _)] = fires(soon)
    assert outcome == "started"
    assert datetime.now(UTC) - at < timedelta(seconds=1)
    assert timedelta(seconds=5) < again - now <= schedules.LOOK_EVERY + timedelta(seconds=1)
