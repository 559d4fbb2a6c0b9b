"""What evidence is asked for: a workspace or one workflow of it, over a period."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from runtime.reports.evidence import SAMPLES, Fact, Sample

_DAYS = """
SELECT (at AT TIME ZONE 'UTC')::date, count(*), count(*) FILTER (WHERE action = 'audit.verify'),
    count(*) FILTER (WHERE action = 'audit.verify' AND after ->> 'ok' = 'false'),
    count(*) FILTER (WHERE action = 'audit.export')
FROM audit_entry WHERE tenant_id = %s AND at >= %s AND at < %s GROUP BY 1
"""


@dataclass(frozen=True, slots=True)
class AuditTotals:
    """What the audit has of the period."""

    days: int
    entries: int
    verifications: int
    bad: int
    exports: int


@dataclass(frozen=True)
class Scope:
    """`workflow_id` None: all of the workspace. `sealing_key_id` None: there is no key for credentials."""

    tenant_id: UUID
    since: datetime
    until: datetime
    now: datetime
    workflow_id: UUID | None = None
    sealing_key_id: str | None = None

    @cached_property
    def audit(self) -> AuditTotals:
        """Read once for all controls that need it: this table is the largest."""
        with connection.cursor() as cursor:
            cursor.execute(_DAYS, [self.tenant_id, self.since, self.until])
            rows = cursor.fetchall()
        return AuditTotals(len(rows), *(sum(row[place] for row in rows) for place in range(1, 5)))

    def of_workflow(self, path: str = "workflow") -> dict[str, Any]:
        """The filter to the workflow that is asked about, if it is one; `path` leads to it."""
        return {} if self.workflow_id is None else {path: self.workflow_id}


Collector = Callable[[Scope], Fact | None]
Collectors = Mapping[str, Collector]


def share(total: QuerySet[Any], bad: QuerySet[Any], *, names: tuple[str, str], kind: str) -> Fact:
    """How many there are, and how many of them are bad, with the ids of some that are."""
    all_of_them, wanting = names
    count = bad.count()
    samples = sample(kind, bad.order_by("pk")) if count else ()
    return Fact({all_of_them: total.count(), wanting: count}, samples)


def sample(kind: str, rows: QuerySet[Any]) -> tuple[Sample, ...]:
    """The ids of the first few."""
    return samples_of(kind, rows.values_list("pk", flat=True)[:SAMPLES])


def samples_of(kind: str, ids: Iterable[object]) -> tuple[Sample, ...]:
    """Of these ids."""
    return tuple(Sample(kind, str(each)) for each in ids)


def numbers(sql: str, parameters: Mapping[str, Any]) -> tuple[int, ...]:
    """One row of counts."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return tuple(cursor.fetchone())


def ids(sql: str, parameters: Mapping[str, Any]) -> list[Any]:
    """The first column of the first few rows."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [row[0] for row in cursor.fetchmany(SAMPLES)]
