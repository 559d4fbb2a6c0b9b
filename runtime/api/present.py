"""Runs as bodies."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.authorization import Subject, allowed_actions
from runtime.api.people import person_body
from runtime.api.run_bodies import RunBrief, RunItem, RunStarted
from runtime.api.run_terms import RunError, RunMode, RunTrigger, TriggerReference, WorkflowReference
from runtime.disclosure import bare_error, sees_data
from runtime.engine.state import RunStatus
from runtime.masking.readers import reader_of
from runtime.models import Run

MASKED_HERE = "Some values of this run are masked for you. Its page says why it failed."
RUN_ACTIONS = ("run.data", "run.cancel", "run.pause", "run.decide")


def started_body(run: Run) -> RunStarted:
    """What starting or cancelling answers."""
    return RunStarted(id=run.pk, number=run.number, status=RunStatus(run.status))


def brief_body(run: Run) -> RunBrief:
    """A run in the row of its workflow."""
    return RunBrief(
        id=run.pk, status=RunStatus(run.status), duration_ms=_duration_ms(run), created_at=run.created_at
    )


def run_item(run: Run, subject: Subject) -> RunItem:
    """A run in a list. Expects `workflow`, `version`, `requested_by` and `trigger_ref` loaded."""
    return RunItem(
        id=run.pk,
        number=run.number,
        workflow=WorkflowReference(id=run.workflow_id, name=run.workflow.name),
        version=run.version.number,
        status=RunStatus(run.status),
        mode=RunMode(run.mode),
        trigger=RunTrigger(run.trigger),
        created_at=run.created_at,
        started_at=run.started_at,
        finished_at=run.finished_at,
        duration_ms=_duration_ms(run),
        wake_at=run.wake_at,
        requested_by=person_body(run.requested_by),
        counts=run.counts,
        error=error_body(listed_error(subject, run)),
        trigger_ref=_trigger_body(run),
        can=allowed_actions(subject, run, RUN_ACTIONS),
    )


def listed_error(subject: Subject, run: Run) -> Mapping[str, Any] | None:
    """Why a run failed, for a list: where something in it is masked, only the run's own page says more."""
    if run.error is None:
        return None
    if not sees_data(subject, run):
        return bare_error(run.error)
    return bare_error(run.error, MASKED_HERE) if reader_of(subject, run).is_restricted else run.error


def _trigger_body(run: Run) -> TriggerReference | None:
    trigger = run.trigger_ref
    return None if trigger is None else TriggerReference(id=trigger.pk, kind=trigger.kind, name=trigger.name)


def error_body(error: Mapping[str, Any] | None, *, node: str | None = None) -> RunError | None:
    """An error of the engine as people are shown it: no value of theirs, no traceback of ours."""
    if error is None:
        return None
    return RunError(
        code=str(error.get("code", "node_failed")),
        message=str(error.get("message", "")),
        node=error.get("node") or node,
        line=error.get("line"),
        inner=error.get("inner"),
    )


def _duration_ms(run: Run) -> float | None:
    return milliseconds_between(run.started_at, run.finished_at)


def milliseconds_between(start: datetime | None, end: datetime | None) -> float | None:
    """Null unless both are known."""
    return None if start is None or end is None else round((end - start).total_seconds() * 1000, 3)
