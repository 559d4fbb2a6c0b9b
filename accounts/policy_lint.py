"""What is odd about a policy of a tenant, beside those in force and with the people who are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from accounts.access import Finding, Severity, expand_actions, lint
from accounts.models import Policy, PolicyStatus
from accounts.services.lock_out import ACTION, locks_out
from accounts.services.refusals import Refused
from accounts.tried import tried_policies
from accounts.vocabulary import vocabulary_of


def lint_policy(
    tenant_id: UUID, document: Mapping[str, Any], *, instead_of: str | None = None
) -> list[Finding]:
    """The findings, the worst first. `instead_of` is the key of the policy that the document changes."""
    words = vocabulary_of(tenant_id)
    rows = Policy.objects.filter(tenant=tenant_id, status=PolicyStatus.ACTIVE).exclude(key=instead_of)
    others = [row.as_document() for row in rows]
    found = lint(document, levels=words.levels, attributes=words.attributes, others=others)
    if _may_lock_out(tenant_id, document, instead_of):
        text = "With this nobody could change policies any more: it cannot be set in force."
        found.insert(0, Finding("lock_out", Severity.ERROR, "", text))
    return found


def _may_lock_out(tenant_id: UUID, document: Mapping[str, Any], instead_of: str | None) -> bool:
    """Asked only where it could be: everybody who might manage policies is asked about, hour by hour."""
    before = Policy.objects.filter(tenant=tenant_id, key=instead_of, status=PolicyStatus.ACTIVE).first()
    allowed_before = before is not None and before.effect == "allow" and _governs(before.as_document())
    if not allowed_before and not (document.get("effect") == "deny" and _governs(document)):
        return False
    try:
        return locks_out(tenant_id, tried_policies(tenant_id, document, instead_of=instead_of))
    except Refused:  # what cannot be read cannot be set in force either
        return False


def _governs(document: Mapping[str, Any]) -> bool:
    try:
        return ACTION in expand_actions(document["actions"], document["resource_type"])
    except KeyError:
        return False
