"""What people confirmed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from runtime.models import ComplianceConfirmation
from runtime.queries.evidence.scope import Collectors, Scope
from runtime.reports.catalogue.people import CONTROLS
from runtime.reports.evidence import Fact

HOLDS_FOR = timedelta(days=365)


def _confirmed(control: str) -> Callable[[Scope], Fact]:
    def collect(scope: Scope) -> Fact:
        rows = ComplianceConfirmation.objects.filter(
            tenant=scope.tenant_id, control=control, at__gte=scope.now - HOLDS_FOR
        )
        last = rows.order_by("-at").first()
        if last is None:
            return Fact({"confirmations": 0})
        return Fact(
            {"confirmations": rows.count()}, note=f"On {last.at:%d %B %Y}, by {last.by_name}: {last.note}"
        )

    return collect


FACTS: Collectors = {control.key: _confirmed(control.key) for control in CONTROLS}
