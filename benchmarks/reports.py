"""How long a report on all controls takes in a workspace with a million entries of the audit, all sealed."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

from benchmarks.figure import Figure
from benchmarks.stack import stack

ENTRIES = 1_000_000
# A year of work by two hundred people, one entry in twenty a denial.
_FILL = """
INSERT INTO audit_entry (tenant_id, at, actor_id, actor_email, via, token, action, object_type,
    object_id, object_label, decision, rule, reason, request_id)
SELECT %s, now() - interval '2 hours' - (n * interval '31 seconds'), NULL,
    'person' || n %% 200 || '@example.org', 'session', '', 'workflow.edit', 'workflow', '', 'Bench',
    CASE WHEN n %% 20 = 0 THEN 'denied' ELSE 'allowed' END, '', '', ''
FROM generate_series(1, %s) AS n
"""
_SEAL = """
WITH made AS (
    INSERT INTO audit_seal (tenant_id, number, at, size, total, last_id, cluster, horizon, upper, root,
        previous, hash, key_id, signature)
    SELECT %(tenant)s, coalesce((SELECT max(number) FROM audit_seal WHERE tenant_id = %(tenant)s), 0) + 1,
        now(), count(*), count(*), max(id), 1, 1, 1, '', '', '', '', ''
    FROM audit_entry WHERE tenant_id = %(tenant)s RETURNING id
)
INSERT INTO audit_sealed_entry (entry_id, seal_id, position, leaf)
SELECT e.id, made.id, row_number() OVER (), '' FROM audit_entry e, made WHERE e.tenant_id = %(tenant)s
AND NOT EXISTS (SELECT FROM audit_sealed_entry s WHERE s.entry_id = e.id)
"""


def figures() -> Iterator[Figure]:
    with stack():
        owner = _workspace()
        _fill(owner.tenant_id)
        took, steps, status = _report(owner)
        note = f"{ENTRIES:,} entries of a year; progress told {steps} times; {status}"
        yield Figure("a report on all controls", took, "s", limit=10, note=note)
        yield from _alerts(owner)


def _workspace() -> Any:
    from accounts.services import create_tenant, create_user

    return create_user(create_tenant("Bench"), "owner@example.com", name="Owner", roles=["owner"])


def _fill(tenant_id: UUID) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(_FILL, [tenant_id, ENTRIES])
        cursor.execute(_SEAL, {"tenant": tenant_id})
        cursor.execute("ANALYZE audit_entry")
        cursor.execute("ANALYZE audit_sealed_entry")


def _report(owner: Any) -> tuple[float, int, str]:
    """How long it took, how many shares of it were told meanwhile, and what came of it."""
    from datetime import timedelta

    from django.utils import timezone

    from runtime.models import ComplianceReport
    from runtime.services.compliance.reports import Asked, ask_for_report, make_reports

    until = timezone.now()
    asked = ask_for_report(Asked("Bench", (), until - timedelta(days=400), until), user=owner)
    seen: set[int] = set()
    is_over = threading.Event()

    def watch() -> None:
        from django.db import connection

        while not is_over.wait(0.02):
            seen.add(ComplianceReport.objects.values_list("progress", flat=True).get(pk=asked.pk))
        connection.close()

    watcher = threading.Thread(target=watch)
    watcher.start()
    began = time.perf_counter()
    make_reports()
    took = time.perf_counter() - began
    is_over.set()
    watcher.join()
    asked.refresh_from_db()
    assert asked.content is not None, asked.error
    return took, len(seen), f"{len(asked.content['controls'])} controls judged"


def _alerts(owner: Any) -> Iterator[Figure]:
    """What looks for alerts reads the same table."""
    from runtime.services.compliance.alerts import look_at

    began = time.perf_counter()
    look_at(owner.tenant_id)
    yield Figure("looking for what is unusual in thirty days", time.perf_counter() - began, "s")
