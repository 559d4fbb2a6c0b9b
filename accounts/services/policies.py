"""Policies: write, change, set in force. Each change is a revision that stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Policy, PolicyStatus, User
from accounts.services.audit import record
from accounts.services.changes import lock_access
from accounts.services.lock_out import no_lock_out
from accounts.services.policy_gates import (
    locked,
    locked_at_revision,
    refuse_deletion,
    refuse_direct_change,
    refuse_unapproved,
)
from accounts.services.policy_revisions import fill, keep_next_revision, keep_revision, save
from accounts.services.refusals import Refused
from accounts.services.rule_checks import check_policy
from accounts.services.versions import bump_policy_version

MAX_POLICIES = 10_000
_IN_FORCE = frozenset({PolicyStatus.ACTIVE, PolicyStatus.SHADOW})


@transaction.atomic
def create_policy(tenant_id: UUID, document: Mapping[str, Any], *, user: User, note: str = "") -> Policy:
    """A draft, which decides nothing yet. Raises `Refused` for its faults, `Conflict` for a taken key."""
    lock_access(tenant_id)
    if Policy.objects.filter(tenant=tenant_id).count() >= MAX_POLICIES:
        raise Refused.at("key", f"There are {MAX_POLICIES} policies already. Delete one first.", "too_many")
    policy = Policy(tenant_id=tenant_id, created_by=user, updated_by=user, status=PolicyStatus.DRAFT)
    fill(policy, document)
    check_policy(tenant_id, policy.as_document())
    save(policy)
    keep_revision(policy, user, note)
    record("policy.create", policy, by=user, after=policy.as_document(), reason=note)
    return policy


@transaction.atomic
def change_policy(
    policy: Policy, changes: Mapping[str, Any], *, user: User, revision: int, note: str = ""
) -> Policy:
    """The next revision, in force at once where the policy is.

    Raises `RevisionChanged`, `Refused`, and for a policy in force what `set_policy_status` raises, or
    `Conflict` where the workspace has such changes approved.
    """
    policy = locked_at_revision(policy, revision)
    refuse_direct_change(policy)
    before = policy.as_document()
    fill(policy, changes)
    check_policy(policy.tenant_id, policy.as_document())
    record("policy.change", policy, by=user, before=before, after=policy.as_document(), reason=note)
    return keep_next_revision(policy, user, note)


@transaction.atomic
def set_policy_status(policy: Policy, status: str, *, user: User, revision: int, note: str = "") -> Policy:
    """Sets it in force, in shadow, or out of force.

    Raises `RevisionChanged`, `Conflict` when one of its test cases fails or when it is not approved where
    that is wanted, `LockOut` when nobody could change policies afterwards.
    """
    policy = locked_at_revision(policy, revision)
    refuse_unapproved(policy, status)
    if status in _IN_FORCE:
        check_policy(policy.tenant_id, policy.as_document())
    before = {"status": policy.status}
    policy.status = status
    record("policy.activate", policy, by=user, before=before, after={"status": status}, reason=note)
    return keep_next_revision(policy, user, note)


@transaction.atomic
def delete_policy(policy: Policy) -> None:
    """With its revisions and test cases.

    Raises `LockOut` when nobody could change policies without it, and `Conflict` for one that is in force
    where the workspace has such changes approved.
    """
    policy = locked(policy)
    refuse_deletion(policy)
    with no_lock_out(policy.tenant_id):
        record("policy.delete", policy, before=policy.as_document())
        policy.delete()
        bump_policy_version(policy.tenant_id)
