"""What stands before a change of policies: that nobody else changed it, and a second person's approval."""

from __future__ import annotations

from accounts.models import Effect, Policy, PolicyStatus, Tenant, User
from accounts.services.changes import lock_access
from accounts.services.refusals import Conflict


class RevisionChanged(Conflict):
    """Somebody changed it meanwhile."""

    def __init__(self, current: int) -> None:
        super().__init__(
            "revision_changed", f"It is at revision {current} by now. Read it again before you change it."
        )
        self.current = current


class DraftChanged(Conflict):
    """Somebody changed the draft meanwhile, or there is none any more. `policy` has what is there."""

    def __init__(self, policy: Policy) -> None:
        who = "somebody" if policy.draft_by is None else policy.draft_by.get_full_name()
        said = f"{who} changed the draft" if policy.draft is not None else "the draft is gone"
        super().__init__("draft_changed", f"Meanwhile {said}. Read it again before you go on.")
        self.policy = policy


def locked_at_revision(policy: Policy, revision: int) -> Policy:
    """The policy, which nobody else changes until the commit. Raises `RevisionChanged`."""
    current = locked(policy)
    if current.revision != revision:
        raise RevisionChanged(current.revision)
    return current


def locked(policy: Policy) -> Policy:
    """The policy as it is now, which nobody else changes until the commit."""
    lock_access(policy.tenant_id)
    rows = Policy.objects.select_for_update(of=("self",)).select_related("draft_by", "updated_by")
    current = rows.filter(pk=policy.pk).first()
    if current is None:
        raise Conflict("policy_gone", "Somebody deleted it meanwhile.")
    return current


def refuse_other_draft(policy: Policy, version: int) -> None:
    """Raises `DraftChanged` unless the draft is at this version."""
    if policy.draft_version != version:
        raise DraftChanged(policy)


def wants_approval(policy: Policy) -> bool:
    """Whether the workspace has a second person approve what is set in force."""
    return Tenant.objects.filter(pk=policy.tenant_id, approve_policies=True).exists()


def needs_approval(policy: Policy, status: str) -> bool:
    """Whether what is asked for could allow or deny something: so does the end of what denies."""
    ends_denial = policy.effect == Effect.DENY and policy.status == PolicyStatus.ACTIVE
    return status == PolicyStatus.ACTIVE or ends_denial


def refuse_unapproved(policy: Policy, status: str) -> None:
    """Raises `Conflict` where the workspace wants approval, and nobody gave it to what is there now."""
    if needs_approval(policy, status) and policy.approved_by_id is None and wants_approval(policy):
        raise Conflict(
            "needs_approval",
            "This workspace has a second person approve what changes decisions. Ask somebody who may change "
            "policies to approve it.",
        )


def refuse_direct_change(policy: Policy) -> None:
    """Raises `Conflict` where it is in force and the workspace wants approval."""
    if policy.status == PolicyStatus.ACTIVE and wants_approval(policy):
        raise Conflict(
            "needs_draft",
            "It is in force, and this workspace has changes approved. Save the change as a draft instead.",
        )


def refuse_deletion(policy: Policy) -> None:
    """Raises `Conflict` where it is in force and the workspace wants approval."""
    if policy.status == PolicyStatus.ACTIVE and wants_approval(policy):
        raise Conflict(
            "needs_approval",
            "It is in force, and this workspace has changes approved. Take it out of force first.",
        )


def author_of(policy: Policy) -> User | None:
    """Who wrote what would be approved: the draft, or without one the revision."""
    return policy.draft_by if policy.draft is not None else policy.updated_by


def forget_approval(policy: Policy) -> None:
    """Approval is of exactly what was there. Does not save."""
    policy.approved_by, policy.approved_at = None, None
