"""What is told of credentials beside their rows: how many workflows name them, runs of those, and holders."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F
from django.db.models.functions import Now

from runtime.models import (
    ACTIVE,
    Credential,
    CredentialLease,
    CredentialVersion,
    Run,
    WorkflowVersion,
)
from runtime.queries.credential_users import names_in

# Whatever names a credential has this in the text of its graph.
_MARK = '"credential'


@dataclass(frozen=True, slots=True)
class Facts:
    """`since`: from when its version in force is there. `held`: runs that have a value of it in hand now."""

    since: datetime
    workflows: int
    running: int
    held: int


def facts_of(credentials: Sequence[Credential]) -> Mapping[UUID, Facts]:
    """By the id of each. All are of one tenant."""
    if not credentials:
        return {}
    tenant_id = credentials[0].tenant_id
    since = dict(
        CredentialVersion.objects.filter(
            credential__in=credentials, number=F("credential__version")
        ).values_list("credential_id", "created_at")
    )
    workflows, running = _workflows(tenant_id), _running(tenant_id)
    held = dict(
        CredentialLease.objects.filter(credential__in=credentials, until__gt=Now())
        .filter(run__isnull=False)
        .values("credential_id")
        .annotate(runs=Count("run_id", distinct=True))
        .values_list("credential_id", "runs")
    )
    return {
        row.pk: Facts(
            since.get(row.pk, row.updated_at), workflows[row.name], running[row.name], held.get(row.pk, 0)
        )
        for row in credentials
    }


def _workflows(tenant_id: UUID) -> Counter[str]:
    """How many published workflows name each."""
    published = WorkflowVersion.objects.filter(
        tenant_id=tenant_id,
        workflow__deleted_at=None,
        number=F("workflow__published_number"),
        graph__contains=_MARK,
    )
    return Counter(name for text in published.values_list("graph", flat=True) for name in _names(text))


def _running(tenant_id: UUID) -> Counter[str]:
    """How many runs under way have a step that names each."""
    counts = dict(
        Run.objects.filter(tenant_id=tenant_id, status__in=ACTIVE, version__graph__contains=_MARK)
        .values("version_id")
        .annotate(runs=Count("*"))
        .values_list("version_id", "runs")
    )
    found: Counter[str] = Counter()
    texts = WorkflowVersion.objects.filter(pk__in=list(counts)).values_list("id", "graph")
    for version_id, text in texts:
        for name in _names(text):
            found[name] += counts[version_id]
    return found


def _names(text: str) -> set[str]:
    nodes: Iterable[Mapping[str, Any]] = json.loads(text)["logic"]["nodes"]
    return {name for node in nodes for name in names_in(node.get("config") or {})}
