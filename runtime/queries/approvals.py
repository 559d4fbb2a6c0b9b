"""Reads of questions to people: lists, the inbox of one person, and whether a step still waits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.access import Decision
from accounts.access.approvers import ACT, Asked, decide_approver
from accounts.authorization import NotSignedIn, decision_about, may_somewhere, visible
from accounts.models import User
from accounts.subjects import facts_of
from runtime.models import Approval, ApprovalStatus, Run
from runtime.queries.waiting import ended_steps


def approvals_for(subject: User) -> QuerySet[Approval]:
    """Those that the subject may see, with what a list shows of them. Raises as `visible`."""
    return with_shown(visible(Approval.objects.all(), subject, "approval.view"))


def with_shown(rows: QuerySet[Approval]) -> QuerySet[Approval]:
    """With what is shown of them."""
    return rows.select_related("run", "run__workflow", "run__requested_by").prefetch_related("votes__user")


def waiting_for(rows: QuerySet[Approval], subject: User) -> QuerySet[Approval]:
    """Of these, the ones that wait for an answer of this person."""
    return rows.filter(_is_open(), _is_asked(subject)).exclude(votes__user=subject.pk)


def count_waiting_for(subject: User) -> int:
    """How many questions wait for this person; none for who may not answer any."""
    if subject.tenant_id is None or not may_somewhere(subject, ACT):
        return 0
    return waiting_for(visible(Approval.objects.all(), subject, ACT), subject).count()


def pending_of_run(run: Run) -> dict[str, UUID]:
    """The open questions of a run, by the path of the step that asks."""
    rows = Approval.objects.filter(run=run, status=ApprovalStatus.PENDING)
    return dict(rows.values_list("node", "pk"))


def decide_about(subject: User, approval: Approval) -> Decision:
    """Whether the subject is among those who may answer; says why or why not."""
    facts, general = facts_of(subject), decision_about(subject, ACT, approval)
    if facts is None or general is None:
        raise NotSignedIn
    asked = Asked(approval.roles, approval.users, approval.run.requested_by_id, approval.allow_requester)
    return decide_approver(facts, subject.email, asked, approval.as_resource(), general=general)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a person stands with a question. `is_asked`: it is put to them, answered or not."""

    is_asked: bool
    may_act: bool
    why: str


def standing_of(approval: Approval, subject: User) -> Standing:
    """Expects `run` and `votes` to be loaded."""
    decision = decide_about(subject, approval)
    if not decision.allowed:
        return Standing(False, False, decision.reason)
    if approval.status != ApprovalStatus.PENDING:
        return Standing(True, False, f"This was {ApprovalStatus(approval.status).label.lower()}.")
    if is_overdue(approval, timezone.now()):
        return Standing(True, False, "This has expired.")
    if any(vote.user_id == subject.pk for vote in approval.votes.all()):
        return Standing(True, False, "You have answered this.")
    return Standing(True, True, decision.reason)


def is_overdue(approval: Approval, now: datetime) -> bool:
    """Whether the time for answers is over and nobody has noted it yet."""
    is_pending = approval.status == ApprovalStatus.PENDING
    return is_pending and approval.expires_at is not None and approval.expires_at <= now


def has_ended_waiting(approval: Approval) -> bool:
    """Whether the step has ended in another way, such as by the timeout of a loop around it."""
    return bool(ended_steps(approval.run_id, [approval.node]))


def _is_open() -> Q:
    in_time = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    return Q(status=ApprovalStatus.PENDING) & in_time


def _is_asked(subject: User) -> Q:
    named = Q(users__contains=[subject.email.lower()])
    for role in _roles(subject):
        named |= Q(roles__contains=[role])
    return named & (Q(allow_requester=True) | ~Q(run__requested_by=subject.pk) | Q(run__requested_by=None))


def _roles(subject: User) -> Iterable[str]:
    facts = facts_of(subject)
    return () if facts is None else sorted(facts.roles)
