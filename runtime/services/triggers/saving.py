"""Making, changing and deleting triggers, and the addresses of webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.access import Decision, Reason
from accounts.authorization import AccessDenied, is_allowed
from accounts.models import User
from accounts.services.audit import record
from runtime.maintenance.waking import wake
from runtime.models import WorkflowTrigger
from runtime.services.triggers.checking import Wanted, checked_config
from runtime.triggers.addresses import Purpose, digest_of, path_of
from runtime.triggers.configs import Config, FollowConfig, ScheduleConfig
from runtime.triggers.kinds import TriggerKind
from runtime.triggers.problems import invalid
from runtime.triggers.schedule import Schedule

JOB = "fire_schedules"


@transaction.atomic
def create_trigger(wanted: Wanted, *, user: User) -> WorkflowTrigger:
    """A new trigger. Raises `InvalidTrigger` with all that is wrong, `AccessDenied` for another's name."""
    _refuse_anothers_name(wanted.run_as, user)
    config = checked_config(wanted, user)
    trigger = WorkflowTrigger(
        tenant_id=wanted.workflow.tenant_id, workflow=wanted.workflow, kind=wanted.kind, created_by=user
    )
    _fill(trigger, wanted, config)
    if wanted.kind is TriggerKind.WEBHOOK:
        _set_digests(trigger)
    if wanted.enabled:
        _begin(trigger, config)
    trigger.save()
    record("trigger.create", trigger, by=user, after=_told(trigger))
    return trigger


@transaction.atomic
def update_trigger(trigger: WorkflowTrigger, changes: Mapping[str, Any], *, user: User) -> WorkflowTrigger:
    """Changes what is named among the fields of `Wanted`. Raises as `create_trigger`.

    A trigger acts for somebody: only that person changes it, or who manages people, or who takes it over.
    """
    locked = (
        WorkflowTrigger.objects.select_for_update(of=("self",))
        .select_related("workflow", "run_as")
        .get(pk=trigger.pk)
    )
    before = _told(locked)
    wanted = replace(_as_it_is(locked), **changes)
    if set(changes) != {"enabled"} or wanted.enabled:
        _refuse_anothers_name(wanted.run_as, user)
    config = checked_config(wanted, user, locked)
    was = (locked.enabled, locked.config)
    _fill(locked, wanted, config)
    if not wanted.enabled:
        locked.next_at = None
    elif was != (locked.enabled, locked.config):
        _begin(locked, config)
    locked.save()
    record("trigger.change", locked, by=user, before=before, after=_told(locked))
    return locked


@transaction.atomic
def delete_trigger(trigger: WorkflowTrigger) -> None:
    """It fires no more. Runs that it started stay, without its name."""
    record("trigger.delete", trigger, before=_told(trigger))
    trigger.delete()


def _told(trigger: WorkflowTrigger) -> dict[str, Any]:
    """What the audit keeps of a trigger. Its inputs can hold data, so their names alone."""
    return {
        "workflow": trigger.workflow_id,
        "kind": str(trigger.kind),
        "name": trigger.name,
        "enabled": trigger.enabled,
        "version": trigger.version,
        "run_as": trigger.run_as and trigger.run_as.email,
        "inputs": sorted(trigger.inputs or ()),
        "config": trigger.config,
    }


def _refuse_anothers_name(run_as: User | None, user: User) -> None:
    if run_as is None or run_as.pk == user.pk or is_allowed(user, "user.manage", run_as):
        return
    who = run_as.name or run_as.email
    text = (
        f"This trigger runs as {who}. Choose yourself as the one it runs as to take it over, "
        "or ask somebody who manages people."
    )
    raise AccessDenied(Decision(False, "trigger.manage", Reason.NOT_OWNER, text))


def _as_it_is(trigger: WorkflowTrigger) -> Wanted:
    return Wanted(
        workflow=trigger.workflow,
        kind=TriggerKind(trigger.kind),
        name=trigger.name,
        enabled=trigger.enabled,
        version=trigger.version,
        inputs=trigger.inputs,
        concurrency_key=trigger.concurrency_key,
        config=trigger.config,
        run_as=trigger.run_as,
    )


def _fill(trigger: WorkflowTrigger, wanted: Wanted, config: Config) -> None:
    trigger.name = wanted.name.strip()
    trigger.enabled = wanted.enabled
    trigger.version = wanted.version
    trigger.inputs = None if wanted.inputs is None else dict(wanted.inputs)
    trigger.concurrency_key = wanted.concurrency_key.strip()
    trigger.config = config.model_dump(mode="json")
    trigger.run_as = wanted.run_as
    trigger.source_id = config.source if isinstance(config, FollowConfig) else None


def _begin(trigger: WorkflowTrigger, config: Config) -> None:
    """From now on it fires; what a schedule missed while it was off stays missed."""
    trigger.last_problem = None
    if isinstance(config, ScheduleConfig):
        trigger.next_at = schedule_of(config).next_after(timezone.now())
        wake(JOB)


def schedule_of(config: ScheduleConfig) -> Schedule:
    """Its times. Expects a config that was checked."""
    return Schedule(config.cron, ZoneInfo(config.zone))


# --- addresses of webhooks ----------------------------------------------------------------------------------


def address_path(trigger: WorkflowTrigger, purpose: Purpose) -> str:
    """The secret part of a webhook's address.

    Raises `InvalidTrigger` when the server's key has changed since: only a new address can be shown then.
    """
    path = _path(trigger.pk, trigger.address_number, purpose)
    stored = trigger.address_digest if purpose == "live" else trigger.test_digest
    if stored != digest_of(path):
        message = "The address cannot be shown, because SECRET_KEY has changed since. Make a new one."
        raise invalid("address_lost", message, "address")
    return path


@transaction.atomic
def rotate_address(trigger: WorkflowTrigger) -> WorkflowTrigger:
    """New addresses, live and test; the old ones answer 404 from now on."""
    locked = WorkflowTrigger.objects.select_for_update(of=("self",)).get(pk=trigger.pk)
    locked.address_number += 1
    _set_digests(locked)
    locked.save(update_fields=["address_number", "address_digest", "test_digest", "updated_at"])
    record("trigger.address", locked, after={"number": locked.address_number})
    return locked


def _set_digests(trigger: WorkflowTrigger) -> None:
    trigger.address_digest = digest_of(_path(trigger.pk, trigger.address_number, "live"))
    trigger.test_digest = digest_of(_path(trigger.pk, trigger.address_number, "test"))


def _path(trigger_id: UUID, number: int, purpose: Purpose) -> str:
    return path_of(settings.SECRET_KEY, trigger_id, number, purpose)


def note_problem(trigger: WorkflowTrigger, code: str, message: str, at: datetime) -> None:
    """Keeps why the last firing came to nothing, for the people who look after the trigger."""
    problem = {"code": code, "message": message[:1000], "at": at.isoformat()}
    WorkflowTrigger.objects.filter(pk=trigger.pk).update(last_problem=problem)
