"""What steps leave open outside of their run when they end in another way, by a timeout around them, say."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from runtime.host.fault_points import reach
from runtime.models import (
    STEP_EVENT,
    TERMINAL,
    Approval,
    ApprovalStatus,
    DeliveryStatus,
    Outbox,
    Run,
)
from runtime.queries.waiting import ended_steps
from runtime.services.run_control import cancel_run


def withdraw_left(run_id: UUID) -> int:
    """Cancels the questions, the runs and the messages of steps of this run that have ended; how many.

    It goes by the events that are stored, so it may be called at any time, and any number of times.
    """
    questions = Approval.objects.filter(run_id=run_id, status=ApprovalStatus.PENDING)
    children = Run.objects.filter(parent_run_id=run_id).exclude(status__in=sorted(TERMINAL))
    messages = Outbox.objects.filter(
        run_id=run_id, status=DeliveryStatus.PENDING, event=STEP_EVENT, payload__awaited=True
    )
    asked, started = dict(questions.values_list("pk", "node")), list(children.order_by("pk"))
    sent = dict(messages.values_list("pk", "payload__node"))
    paths = {*asked.values(), *sent.values(), *(child.parent_path for child in started)}
    if not paths:
        return 0
    reach("withdraw.before")
    over = paths if _is_over(run_id) else ended_steps(run_id, paths)
    left = [child for child in started if child.parent_path in over]
    for child in left:
        cancel_run(child)
    withdrawn = questions.filter(pk__in=[key for key, path in asked.items() if path in over]).update(
        status=ApprovalStatus.CANCELLED, ended_at=timezone.now()
    )
    given_up = messages.filter(pk__in=[key for key, path in sent.items() if path in over]).update(
        status=DeliveryStatus.DEAD, last_error="The step that sent it has ended."
    )
    return len(left) + withdrawn + given_up


def is_left(run_id: UUID, path: str) -> bool:
    """Whether nobody waits at this step any more: it has ended, or its run has."""
    return _is_over(run_id) or bool(ended_steps(run_id, {path}))


def _is_over(run_id: UUID) -> bool:
    return Run.objects.filter(pk=run_id, status__in=sorted(TERMINAL)).exists()
