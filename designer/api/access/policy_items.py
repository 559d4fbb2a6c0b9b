"""Policies as bodies: what they say, what is being changed, and how they do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.access import unknown_paths
from accounts.api import AuthorizedView
from accounts.authorization import Subject, allowed_actions, visible
from accounts.models import Policy, PolicyStatus
from accounts.policy_facts import hits_since
from accounts.services.policy_cases import count_cases
from accounts.services.policy_gates import author_of, wants_approval
from accounts.vocabulary import vocabulary_of
from designer.api.access.policy_bodies import CaseCount, PolicyApprovalState, PolicyDraft, PolicyItem
from runtime.api.people import person_body

DAY = timedelta(hours=24)


def policy_rows(subject: Subject) -> QuerySet[Policy]:
    """Those that the subject may see, with everybody whom bodies name."""
    rows = Policy.objects.select_related("updated_by", "draft_by", "approved_by")
    return visible(rows, subject, "policy.view")


def find_policy(view: AuthorizedView, policy_id: UUID, action: str = "policy.view") -> Policy:
    """The policy, checked for `action`. Raises `Http404`, the same for none and for another tenant's."""
    policy = policy_rows(view.subject).filter(pk=policy_id).first()
    if policy is None:
        raise Http404
    view.require(action, policy)
    return policy


def policy_body(policy: Policy, subject: Subject) -> PolicyItem:
    return policy_bodies([policy], subject)[0]


def policy_bodies(policies: Sequence[Policy], subject: Subject) -> list[PolicyItem]:
    """The policies of one tenant: in as many queries for many as for one."""
    if not policies:
        return []
    tenant_id = policies[0].tenant_id
    kinds = vocabulary_of(tenant_id).attributes
    hits = hits_since(tenant_id, [each.key for each in policies], timezone.now() - DAY)
    counts = count_cases(tenant_id, policies)
    wanted = wants_approval(policies[0])
    found = []
    for policy in policies:
        can = allowed_actions(subject, policy, ["policy.manage"])
        count = counts[policy.pk]
        item = PolicyItem(
            id=policy.pk,
            created_at=policy.created_at,
            updated_at=policy.updated_at,
            updated_by=person_body(policy.updated_by),
            revision=policy.revision,
            in_force=policy.status == PolicyStatus.ACTIVE,
            draft=draft_body(policy),
            draft_version=policy.draft_version,
            approval=_approval(policy, subject, needed=wanted, manages=bool(can)),
            hits_24h=hits.get(policy.key, 0),
            tests=CaseCount(passed=count.passed, failed=count.failed),
            referenced_unknown=_unknown(policy, kinds),
            can=can,
            **policy.as_document(),
        )
        found.append(item)
    return found


def draft_body(policy: Policy) -> PolicyDraft | None:
    if policy.draft is None or policy.draft_at is None:
        return None
    return PolicyDraft(
        document=policy.draft,
        by=person_body(policy.draft_by),
        at=policy.draft_at,
        version=policy.draft_version,
        approved_by=person_body(policy.approved_by),
    )


def _approval(policy: Policy, subject: Subject, *, needed: bool, manages: bool) -> PolicyApprovalState:
    return PolicyApprovalState(
        needed=needed and policy.approved_by_id is None,
        by=person_body(policy.approved_by),
        at=policy.approved_at,
        may_approve=manages and author_of(policy) != subject,
    )


def _unknown(policy: Policy, kinds: Any) -> list[str]:
    documents = [policy.as_document(), *([] if policy.draft is None else [policy.draft])]
    return sorted({path for each in documents for path in unknown_paths(each.get("condition"), kinds)})
