"""Policies: write, change, set in force. Each change is a revision that stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import Policy, PolicyRevision, PolicyStatus, User
from accounts.services.audit import record
from accounts.services.changes import lock_access
from accounts.services.lock_out import no_lock_out
from accounts.services.policy_cases import refuse_failing_cases
from accounts.services.refusals import Conflict, Refused
from accounts.services.rule_checks import check_policy
from accounts.services.versions import bump_policy_version

MAX_POLICIES = 10_000
FIELDS = ("key", "label", "effect", "resource_type", "resources", "actions", "condition")
_IN_FORCE = frozenset({PolicyStatus.ACTIVE, PolicyStatus.SHADOW})


class RevisionChanged(Conflict):
    """Somebody changed it meanwhile."""

    def __init__(self, current: int) -> None:
        super().__init__(
            "revision_changed", f"It is at revision {current} by now. Read it again before you change it."
        )
        self.current = current


@transaction.atomic
def create_policy(tenant_id: UUID, document: Mapping[str, Any], *, user: User, note: str = "") -> Policy:
    """A draft, which decides nothing yet. Raises `Refused` for its faults, `Conflict` for a taken key."""
    lock_access(tenant_id)
    if Policy.objects.filter(tenant=tenant_id).count() >= MAX_POLICIES:
        raise Refused.at("key", f"There are {MAX_POLICIES} policies already. Delete one first.", "too_many")
    policy = Policy(tenant_id=tenant_id, created_by=user, updated_by=user, status=PolicyStatus.DRAFT)
    _fill(policy, document)
    check_policy(tenant_id, policy.as_document())
    try:
        with transaction.atomic():
            policy.save(force_insert=True)
    except IntegrityError as error:
        raise _taken(policy.key) from error
    _keep_revision(policy, user, note)
    record("policy.create", policy, by=user, after=policy.as_document(), reason=note)
    return policy


@transaction.atomic
def change_policy(
    policy: Policy, changes: Mapping[str, Any], *, user: User, revision: int, note: str = ""
) -> Policy:
    """The next revision, in force at once where the policy is.

    Raises `RevisionChanged`, `Refused`, and for a policy in force what `set_policy_status` raises.
    """
    policy = _locked(policy, revision)
    before = policy.as_document()
    _fill(policy, changes)
    check_policy(policy.tenant_id, policy.as_document())
    record("policy.change", policy, by=user, before=before, after=policy.as_document(), reason=note)
    return _next_revision(policy, user, note)


@transaction.atomic
def set_policy_status(policy: Policy, status: str, *, user: User, revision: int, note: str = "") -> Policy:
    """Sets it in force, in shadow, or out of force.

    Raises `RevisionChanged`, `Conflict` when one of its test cases fails, `LockOut` when nobody could
    change policies afterwards.
    """
    policy = _locked(policy, revision)
    if status in _IN_FORCE:
        check_policy(policy.tenant_id, policy.as_document())
    before = {"status": policy.status}
    policy.status = status
    record("policy.activate", policy, by=user, before=before, after={"status": status}, reason=note)
    return _next_revision(policy, user, note)


@transaction.atomic
def delete_policy(policy: Policy) -> None:
    """With its revisions and test cases. Raises `LockOut` when nobody could change policies without it."""
    lock_access(policy.tenant_id)
    with no_lock_out(policy.tenant_id):
        record("policy.delete", policy, before=policy.as_document())
        policy.delete()
        bump_policy_version(policy.tenant_id)


def _next_revision(policy: Policy, user: User, note: str) -> Policy:
    policy.revision += 1
    policy.updated_by = user
    with no_lock_out(policy.tenant_id):
        try:
            with transaction.atomic():
                policy.save()
        except IntegrityError as error:
            raise _taken(policy.key) from error
        _keep_revision(policy, user, note)
        bump_policy_version(policy.tenant_id)
        if policy.status == PolicyStatus.ACTIVE:
            refuse_failing_cases(policy)
    return policy


def _locked(policy: Policy, revision: int) -> Policy:
    lock_access(policy.tenant_id)
    current = Policy.objects.select_for_update().get(pk=policy.pk)
    if current.revision != revision:
        raise RevisionChanged(current.revision)
    return current


def _fill(policy: Policy, document: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in document:
            setattr(policy, name, document[name])
    policy.label = policy.label or policy.key


def _keep_revision(policy: Policy, user: User, note: str) -> None:
    PolicyRevision.objects.create(
        policy=policy, number=policy.revision, document=policy.as_document(), note=note, by=user
    )


def _taken(key: str) -> Conflict:
    return Conflict("policy_taken", f"There is a policy with the key “{key}” already.")
