"""Questions that runs put to people: asked by a step, answered by those whom it names, ended by time."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.authorization import AccessDenied, Hidden
from accounts.environment import note
from accounts.models import User
from accounts.services.audit import record
from runtime.credentials.redactor import Redactor
from runtime.engine.errors import WorkflowError
from runtime.host.fault_points import reach
from runtime.models import TERMINAL, Approval, ApprovalStatus, ApprovalVote, Run, VoteDecision
from runtime.queries.approvals import decide_about, has_ended_waiting, is_overdue
from runtime.services.in_thread import patiently
from runtime.services.notices import approval_requested
from runtime.services.signals import signal_run
from runtime.services.withdrawing import is_left, withdraw_left
from runtime.services_protocol import Answer, Question

MAX_TITLE = 300
MAX_COMMENT = 4_000


class ApprovalRefused(WorkflowError):
    """An answer that comes too late, or twice."""

    code = "approval_refused"


# --- what a step does -------------------------------------------------------------------------------------


class RunApprovals:
    """`runtime.services_protocol.ApprovalDesk` of one run."""

    def __init__(self, run_id: UUID, tenant_id: UUID, redactor: Redactor) -> None:
        self._run_id = run_id
        self._tenant_id = tenant_id
        self._redactor = redactor

    async def ask(self, key: str, question: Question) -> Answer:
        return await patiently(self._ask, _digest(key), question)

    async def look(self, key: str) -> Answer | None:
        return await patiently(self._look, _digest(key))

    def _ask(self, key: str, question: Question) -> Answer:
        found = self._look(key)
        if found is not None:
            return found
        try:
            with transaction.atomic():
                approval = self._create(key, question)
                approval_requested(approval)
        except IntegrityError:  # another claim of the run asked at the same moment
            found = self._look(key)
            if found is None:
                raise
            return found
        reach("ask.after")
        if is_left(self._run_id, question.node):  # it ended while the question was on its way
            withdraw_left(self._run_id)
        return _answer(approval)

    def _create(self, key: str, question: Question) -> Approval:
        text = self._redactor.text
        return Approval.objects.create(
            tenant_id=self._tenant_id,
            run_id=self._run_id,
            node=question.node,
            key=key,
            title=text(question.title)[:MAX_TITLE],
            message=text(question.message),
            roles=list(question.roles),
            users=[user.lower() for user in question.users],
            required=question.required,
            allow_requester=question.allow_requester,
            needs_comment=question.needs_comment,
            created_at=timezone.now(),
            expires_at=question.expires_at,
        )

    @transaction.atomic
    def _look(self, key: str) -> Answer | None:
        approval = Approval.objects.select_for_update().filter(run_id=self._run_id, key=key).first()
        if approval is None:
            return None
        if is_overdue(approval, timezone.now()):
            _end(approval, ApprovalStatus.EXPIRED)
        return _answer(approval)


def _digest(key: str) -> str:
    """Of one length: paths of steps can be longer than an index takes."""
    return hashlib.sha256(key.encode()).hexdigest()


def _answer(approval: Approval) -> Answer:
    votes = ApprovalVote.objects.filter(approval=approval).order_by("at", "id")
    told = [
        {
            "user": vote.user_name,
            "decision": vote.decision,
            "comment": vote.comment,
            "at": vote.at.isoformat(),
        }
        for vote in votes
    ]
    return Answer(approval.status, approval.expires_at, approval.ended_at, told)  # type: ignore[arg-type]


# --- what people do ---------------------------------------------------------------------------------------


def answer(subject: User, approval: Approval, decision: VoteDecision, comment: str = "") -> Approval:
    """One person's answer. One rejection rejects; as many approvals as it asks for approve.

    Raises `AccessDenied` with the reason for the wrong person, and `ApprovalRefused` (`comment_missing`,
    `approval_ended`, `already_voted`).
    """
    _authorize(subject, approval)
    comment = comment.strip()
    if approval.needs_comment and not comment:
        raise ApprovalRefused("Say why: this approval asks for a comment.", code="comment_missing")
    reach("vote.before")
    with transaction.atomic():
        locked = Approval.objects.select_for_update(of=("self",)).select_related("run").get(pk=approval.pk)
        refusal = _why_too_late(locked)
        if refusal is None:
            _vote(subject, locked, decision, comment)
            after = {"node": locked.node, "decision": str(decision), "status": str(locked.status)}
            record("approval.answer", locked, by=subject, label=locked.title, after=after)
    reach("vote.after")
    if refusal is not None:
        raise refusal
    return locked


def _authorize(subject: User, approval: Approval) -> None:
    decision = decide_about(subject, approval)
    if not decision.allowed:
        note(subject, decision, approval.as_resource())
        raise Hidden(decision) if decision.hidden else AccessDenied(decision)


def _why_too_late(approval: Approval) -> ApprovalRefused | None:
    """Why the question takes no more answers; ends one whose step waits no longer."""
    now = timezone.now()
    if approval.status != ApprovalStatus.PENDING:
        status = ApprovalStatus(approval.status).label.lower()
        when = "" if approval.ended_at is None else f" at {approval.ended_at:%Y-%m-%d %H:%M} UTC"
        return ApprovalRefused(f"This was {status}{when}. It takes no more answers.", code="approval_ended")
    if is_overdue(approval, now):
        message = f"This expired at {approval.expires_at:%Y-%m-%d %H:%M} UTC. It takes no more answers."
        return ApprovalRefused(message, code="approval_ended")
    if approval.run.status in TERMINAL or has_ended_waiting(approval):
        _end(approval, ApprovalStatus.CANCELLED)
        return ApprovalRefused("The step that asked waits no longer.", code="approval_ended")
    return None


def _vote(subject: User, approval: Approval, decision: VoteDecision, comment: str) -> None:
    if ApprovalVote.objects.filter(approval=approval, user=subject).exists():
        raise ApprovalRefused("You have answered this already.", code="already_voted")
    ApprovalVote.objects.create(
        approval=approval,
        user=subject,
        user_name=subject.email,
        decision=decision,
        comment=comment,
        at=timezone.now(),
    )
    if decision == VoteDecision.REJECT:
        _end(approval, ApprovalStatus.REJECTED)
    elif _approvals(approval) >= approval.required:
        _end(approval, ApprovalStatus.APPROVED)
    else:
        return
    signal_run(approval.run_id)


def _approvals(approval: Approval) -> int:
    return ApprovalVote.objects.filter(approval=approval, decision=VoteDecision.APPROVE).count()


# --- what time and runs do --------------------------------------------------------------------------------


def cancel_approvals(run: Run) -> None:
    """After the end of a run: what it still asks needs no answer."""
    Approval.objects.filter(run=run, status=ApprovalStatus.PENDING).update(
        status=ApprovalStatus.CANCELLED, ended_at=timezone.now()
    )


def _end(approval: Approval, status: ApprovalStatus) -> None:
    approval.status = status
    approval.ended_at = timezone.now()
    approval.save(update_fields=["status", "ended_at"])
