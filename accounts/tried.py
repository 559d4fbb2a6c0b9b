"""Policies that are not in force, as if they were: for simulations, and for what they would have changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.access import PolicySet
from accounts.compiled import levels_of, policy_set_of
from accounts.models import PolicyStatus
from accounts.services.rule_checks import check_policy


def tried_policies(
    tenant_id: UUID, document: Mapping[str, Any] | None, *, instead_of: str | None = None
) -> PolicySet:
    """Those in force, and this one in the place of the one with its key, or with the key `instead_of`.

    Without a document those in force but for that one. Raises `Refused` with the faults of the document.
    """
    base = policy_set_of(tenant_id)
    gone = [] if instead_of is None else [instead_of]
    if document is None:
        return base.with_one(PolicySet(levels=base.levels), instead_of=gone)
    check_policy(tenant_id, document)
    active = {**document, "status": PolicyStatus.ACTIVE.value}
    return base.with_one(PolicySet.compile([active], levels=levels_of(tenant_id)), instead_of=gone)
