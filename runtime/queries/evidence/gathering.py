"""All evidence of a scope."""

from __future__ import annotations

from collections.abc import Callable, Collection

from accounts.models import AuditSeal
from runtime.queries.evidence import (
    access,
    audit,
    credentials,
    data_protection,
    identity,
    lineage,
    operations,
    people,
)
from runtime.queries.evidence.scope import Collectors, Scope
from runtime.reports.evidence import Evidence, Fact, Seal

COLLECTORS: Collectors = {
    **data_protection.FACTS,
    **access.FACTS,
    **identity.FACTS,
    **credentials.FACTS,
    **lineage.FACTS,
    **audit.FACTS,
    **operations.FACTS,
    **people.FACTS,
}
"""What counts for each control, by its key."""


def gather(
    scope: Scope, keys: Collection[str] | None = None, *, told: Callable[[float], None] | None = None
) -> Evidence:
    """The facts of these controls; None: of all. `told` hears which share is done."""
    wanted = [key for key in COLLECTORS if keys is None or key in keys]
    facts: dict[str, Fact] = {}
    for number, key in enumerate(wanted, 1):
        fact = COLLECTORS[key](scope)
        if fact is not None:
            facts[key] = fact
        if told is not None:
            told(number / len(wanted))
    return Evidence(scope.since, scope.until, facts, newest_seal(scope))


def newest_seal(scope: Scope) -> Seal | None:
    """What the evidence is bound to."""
    row = AuditSeal.objects.filter(tenant=scope.tenant_id).order_by("-number").first()
    return None if row is None else Seal(row.number, row.at, bytes(row.hash).hex(), row.total)
