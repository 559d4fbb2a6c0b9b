"""Firing schedules: each time once, in one transaction with its run, whoever looks first."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from accounts.services.audit import record
from runtime.host.fault_points import reach
from runtime.models import ACTIVE, Run, TriggerFire, WorkflowTrigger
from runtime.services.runs import cancel_run
from runtime.services.triggers.saving import schedule_of
from runtime.services.triggers.starting import FiringRefused, Start, principal_of, start, version_of
from runtime.triggers.catching_up import Due, plan_fires
from runtime.triggers.configs import ScheduleConfig
from runtime.triggers.kinds import FireCause, FireOutcome

# The job waits for a time that is this close, so that it fires when it is due and not a look later.
AHEAD = timedelta(seconds=1.5)
# Saving a schedule wakes the job; a word that was lost costs no more than this.
LOOK_EVERY = timedelta(seconds=10)


def fire_schedules() -> datetime:
    """Fires what is due, and what is due within a moment; when to look again. A job of upkeep."""
    now = _database_now()
    fire_due(now)
    next_at = _next_time()
    if next_at is not None and next_at - now <= AHEAD:
        time.sleep(max(0.0, (next_at - _database_now()).total_seconds()))
        fire_due(max(next_at, _database_now()))
        next_at = _next_time()
    latest = now + LOOK_EVERY
    return latest if next_at is None else min(latest, next_at - AHEAD)


def _next_time() -> datetime | None:
    found: datetime | None = _on_duty().aggregate(first=Min("next_at"))["first"]
    return found


def fire_due(now: datetime) -> int:
    """Acts on all times up to `now`, one trigger a transaction; how many triggers."""
    fired = 0
    while True:
        reach("fire.before")
        with transaction.atomic():
            due = _on_duty().filter(next_at__lte=now).order_by("next_at", "id")
            trigger = due.select_for_update(skip_locked=True, of=("self",)).first()
            if trigger is None:
                return fired
            _fire(trigger, now)
        reach("fire.after")
        fired += 1


def fire_now(trigger: WorkflowTrigger) -> Run:
    """A run at once, because a person asks; the schedule goes on as it was. Raises `FiringRefused`."""
    now = timezone.now()
    with transaction.atomic():
        locked = _triggers().select_for_update(of=("self",)).get(pk=trigger.pk)
        fire = _act(locked, now, now, FireCause.PERSON)
        record("trigger.fire", locked, after={"run": fire.run_id})
    if fire.run is None:
        raise FiringRefused(fire.reason, fire.message)
    return fire.run


def _triggers() -> QuerySet[WorkflowTrigger]:
    return WorkflowTrigger.objects.select_related("workflow", "run_as")


def _on_duty() -> QuerySet[WorkflowTrigger]:
    return _triggers().filter(enabled=True, next_at__isnull=False, workflow__deleted_at=None)


def _database_now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (now,) = cursor.fetchone()
    assert isinstance(now, datetime)  # noqa: S101
    return now


def _fire(trigger: WorkflowTrigger, now: datetime) -> None:
    config = ScheduleConfig.model_validate(trigger.config)
    assert trigger.next_at is not None  # noqa: S101
    plan = plan_fires(
        schedule_of(config),
        first=trigger.next_at,
        now=now,
        missed=config.missed,
        catch_up_limit=config.catch_up_limit,
    )
    for due in plan.due:
        # A clock that was set back brings a time again; the lock on the trigger makes the look certain.
        if not trigger.fires.filter(cause=FireCause.SCHEDULE, fire_at=due.fire_at).exists():
            _note(trigger, due, now)
    trigger.next_at = plan.next_at
    trigger.save(update_fields=["next_at", "last_fired_at", "last_problem"])


def _note(trigger: WorkflowTrigger, due: Due, now: datetime) -> None:
    if due.starts:
        _act(trigger, due.fire_at, now, FireCause.SCHEDULE, missed=due.missed)
        return
    fire = _new_fire(trigger, due.fire_at, now, FireCause.SCHEDULE, due.missed)
    _skip(fire, "missed", "Nobody was there to fire it in time.")


def _act(
    trigger: WorkflowTrigger, fire_at: datetime, now: datetime, cause: FireCause, *, missed: int = 0
) -> TriggerFire:
    """Starts a run, or notes why there is none."""
    fire = _new_fire(trigger, fire_at, now, cause, missed)
    config = ScheduleConfig.model_validate(trigger.config)
    under_way = _under_way(trigger)
    if config.overlap == "skip" and under_way:
        return _skip(fire, "overlap", f"Run {under_way[0].number} was still under way.")
    try:
        values = {"scheduled_for": fire_at.isoformat(), "fired_at": now.isoformat()}
        wanted = Start(version_of(trigger), principal_of(trigger), values)
        run = start(trigger, wanted, key=f"schedule:{trigger.pk}" if config.overlap == "queue" else "")
    except FiringRefused as refused:
        fire.outcome, fire.reason, fire.message = FireOutcome.REFUSED, refused.code, refused.message
        trigger.last_problem = {"code": refused.code, "message": refused.message, "at": now.isoformat()}
    else:
        if config.overlap == "cancel_previous":
            for previous in under_way:
                cancel_run(previous)
        fire.outcome, fire.run = FireOutcome.STARTED, run
        trigger.last_fired_at, trigger.last_problem = now, None
    fire.save()
    trigger.save(update_fields=["last_fired_at", "last_problem"])
    return fire


def _new_fire(
    trigger: WorkflowTrigger, fire_at: datetime, now: datetime, cause: FireCause, missed: int
) -> TriggerFire:
    return TriggerFire(trigger=trigger, cause=cause, fire_at=fire_at, created_at=now, missed=missed)


def _skip(fire: TriggerFire, reason: str, message: str) -> TriggerFire:
    fire.outcome, fire.reason, fire.message = FireOutcome.SKIPPED, reason, message
    fire.save()
    return fire


def _under_way(trigger: WorkflowTrigger) -> list[Run]:
    return list(Run.objects.filter(trigger_ref=trigger, status__in=sorted(ACTIVE)).order_by("created_at"))
