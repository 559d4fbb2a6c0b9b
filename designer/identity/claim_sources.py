"""Which attributes of people follow a provider's claims."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from accounts.models import IdentityProvider
from designer.identity.mapping import AttributeRule, read_rules


def claim_sources(tenant_id: UUID) -> Mapping[str, Sequence[tuple[str, str]]]:
    """For each attribute that has any: provider's label and claim, of the providers that are switched on."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for provider in IdentityProvider.objects.filter(tenant=tenant_id, enabled=True):
        for rule in read_rules(provider.mapping):
            if isinstance(rule, AttributeRule):
                found[rule.attribute].append((provider.label, rule.claim))
    return found
