"""Revisions of policies: each change is one, stays for good, and can be gone back to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import Policy, PolicyRevision, PolicyStatus, User
from accounts.services.audit import record
from accounts.services.lock_out import no_lock_out
from accounts.services.policy_cases import refuse_failing_cases
from accounts.services.policy_gates import forget_approval, locked_at_revision, refuse_direct_change
from accounts.services.refusals import Conflict, Refused
from accounts.services.rule_checks import check_policy
from accounts.services.versions import bump_policy_version

DOCUMENT = ("key", "label", "effect", "resource_type", "resources", "actions", "condition")
"""What a policy says, its status apart."""


@transaction.atomic
def roll_back(policy: Policy, number: int, *, user: User, revision: int, note: str = "") -> Policy:
    """What revision `number` said becomes the next revision, in force where the policy is.

    Raises `RevisionChanged`, `Refused` when it cannot be decided by any more, and what activation raises.
    """
    policy = locked_at_revision(policy, revision)
    refuse_direct_change(policy)
    old = PolicyRevision.objects.filter(policy=policy, number=number).first()
    if old is None:
        raise Refused.at("number", f"There is no revision {number}.", "unknown")
    before = policy.as_document()
    fill(policy, old.document)
    check_policy(policy.tenant_id, policy.as_document())
    note = note or f"Back to revision {number}"
    record("policy.roll_back", policy, by=user, before=before, after=policy.as_document(), reason=note)
    return keep_next_revision(policy, user, note)


def fill(policy: Policy, document: Mapping[str, Any]) -> None:
    """What the document says of it. Does not save."""
    for name in DOCUMENT:
        if name in document:
            setattr(policy, name, document[name])
    policy.label = policy.label or policy.key


def keep_next_revision(policy: Policy, user: User, note: str) -> Policy:
    """Saves what is changed, and everything that has to hold where it is in force.

    Raises `Conflict` for a taken key, `CasesFail`, and `LockOut`.
    """
    policy.revision += 1
    policy.updated_by = user
    if policy.draft is None:
        forget_approval(policy)
    with no_lock_out(policy.tenant_id):
        save(policy)
        keep_revision(policy, user, note)
        bump_policy_version(policy.tenant_id)
        if policy.status == PolicyStatus.ACTIVE:
            refuse_failing_cases(policy)
    return policy


def save(policy: Policy) -> None:
    """Raises `Conflict` for a taken key."""
    try:
        with transaction.atomic():
            policy.save()
    except IntegrityError as error:
        message = f"There is a policy with the key “{policy.key}” already."
        raise Conflict("policy_taken", message) from error


def keep_revision(policy: Policy, user: User, note: str) -> None:
    PolicyRevision.objects.create(
        policy=policy, number=policy.revision, document=policy.as_document(), note=note, by=user
    )
