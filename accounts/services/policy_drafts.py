"""Drafts of policies: what the next revision is to say, while the one before goes on deciding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Policy, User
from accounts.services.audit import record
from accounts.services.policy_gates import (
    DraftChanged,
    RevisionChanged,
    author_of,
    forget_approval,
    locked,
    locked_at_revision,
    refuse_other_draft,
    refuse_unapproved,
)
from accounts.services.policy_revisions import DOCUMENT, fill, keep_next_revision
from accounts.services.refusals import Conflict
from accounts.services.rule_checks import check_policy


@transaction.atomic
def save_draft(policy: Policy, document: Mapping[str, Any], *, user: User, version: int) -> Policy:
    """Keeps what the next revision is to say; what approved an earlier draft does not count for it.

    Raises `DraftChanged` when somebody saved another one since `version`, `Refused` for its faults.
    """
    policy = locked(policy)
    refuse_other_draft(policy, version)
    check_policy(policy.tenant_id, document)
    before = policy.draft
    draft = {name: document[name] for name in DOCUMENT if name in document}
    policy.draft = {**draft, "label": draft.get("label") or draft["key"]}
    policy.draft_by, policy.draft_at = user, timezone.now()
    _save_draft(policy)
    record("policy.draft", policy, by=user, before=before or {}, after=policy.draft)
    return policy


@transaction.atomic
def discard_draft(policy: Policy, *, user: User, version: int) -> Policy:
    """There is no draft any more. Raises `DraftChanged`."""
    policy = locked(policy)
    refuse_other_draft(policy, version)
    if policy.draft is not None:
        record("policy.discard_draft", policy, by=user, before=policy.draft)
        _forget_draft(policy)
        _save_draft(policy)
    return policy


@transaction.atomic
def approve_policy(
    policy: Policy, *, user: User, draft_version: int | None = None, revision: int | None = None
) -> Policy:
    """Says that exactly this draft, or without one this revision, may be set in force.

    Raises `DraftChanged` or `RevisionChanged` for what is not there any more, and `Conflict` for one's own.
    """
    policy = locked(policy)
    if draft_version is not None:
        refuse_other_draft(policy, draft_version)
    elif policy.revision != revision:
        raise RevisionChanged(policy.revision)
    if (policy.draft is None) is not (draft_version is None):
        raise DraftChanged(policy)
    if author_of(policy) == user:
        raise Conflict("own_work", "You wrote this yourself: another person has to approve it.")
    policy.approved_by, policy.approved_at = user, timezone.now()
    policy.save(update_fields=["approved_by", "approved_at"])
    what = {"draft": policy.draft_version} if policy.draft is not None else {"revision": policy.revision}
    record("policy.approve", policy, by=user, after=what)
    return policy


@transaction.atomic
def activate_draft(
    policy: Policy, status: str, *, user: User, revision: int, draft_version: int, note: str = ""
) -> Policy:
    """The draft becomes the next revision, with this status.

    Raises what `set_policy_status` raises, and `DraftChanged`.
    """
    policy = locked_at_revision(policy, revision)
    refuse_other_draft(policy, draft_version)
    if policy.draft is None:
        raise Conflict("no_draft", "There is no draft to set in force.")
    refuse_unapproved(policy, status)
    before = policy.as_document()
    fill(policy, policy.draft)
    policy.status = status
    check_policy(policy.tenant_id, policy.as_document())
    _forget_draft(policy)
    record("policy.activate", policy, by=user, before=before, after=policy.as_document(), reason=note)
    return keep_next_revision(policy, user, note)


def _forget_draft(policy: Policy) -> None:
    policy.draft, policy.draft_by, policy.draft_at = None, None, None
    policy.draft_version += 1
    forget_approval(policy)


def _save_draft(policy: Policy) -> None:
    """`updated_at` stays: what is in force did not change."""
    if policy.draft is not None:
        policy.draft_version += 1
    forget_approval(policy)
    policy.save(
        update_fields=["draft", "draft_by", "draft_at", "draft_version", "approved_by", "approved_at"]
    )
