"""What the audit trail costs: writes with their entry and without, sealing, verifying.

The writes are requests as a browser sends them, answered in this process and committed to a real PostgreSQL.
One with its entry and one without take turns, so that both meet the same machine; the medians are compared.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from unittest.mock import patch

from benchmarks.figure import Figure
from benchmarks.stack import stack

WARM_UP, WRITES = 20, 400
ENTRIES = 20_000
GRAPH = {
    "schema": 1,
    "nodes": [
        {"id": f"step{number}", "type": "TransformNode", "config": {"operations": []}} for number in range(20)
    ],
    "connections": [],
}


def figures() -> Iterator[Figure]:
    with stack():
        yield from _writes()
        yield from _trail()


def _writes() -> Iterator[Figure]:
    save = _saving()
    took: dict[bool, list[float]] = {True: [], False: []}
    for number in range(WARM_UP + 2 * WRITES):
        audited = number % 2 == 0
        with nullcontext() if audited else _without_entries():
            began = time.perf_counter()
            save()
            if number >= WARM_UP:
                took[audited].append((time.perf_counter() - began) * 1000)
    audited_ms, plain_ms = (statistics.median(took[each]) for each in (True, False))
    note = f"saving a draft of 20 steps: {audited_ms:.1f} ms and {plain_ms:.1f} ms, {WRITES} each in turn"
    more = (audited_ms / plain_ms - 1) * 100
    yield Figure("an audited write, dearer than without", more, "%", limit=10, note=note)


def _saving() -> Callable[[], None]:
    """A request that saves a draft, by a person who is signed in."""
    from django.test import Client

    from accounts.services import create_tenant, create_user

    tenant = create_tenant("Bench")
    owner = create_user(tenant, "owner@example.com", name="Owner", roles=["owner"])
    client = Client(headers={"host": "localhost"})
    client.force_login(owner)

    def send(method: str, path: str, body: Any, **headers: str) -> Any:
        answer = client.generic(
            method, f"/api/v1/{path}", _json(body), content_type="application/json", headers=headers
        )
        assert answer.status_code < 300, answer.content
        return answer

    id = send("POST", "workflows/", {"name": "Bench", "graph": GRAPH}).json()["id"]
    tag = client.get(f"/api/v1/workflows/{id}/draft/").headers["ETag"]

    def save() -> None:
        nonlocal tag
        tag = send("PUT", f"workflows/{id}/draft/", {"graph": GRAPH}, **{"If-Match": tag}).headers["ETag"]

    return save


def _json(body: Any) -> bytes:
    import orjson

    return orjson.dumps(body)


def _without_entries() -> AbstractContextManager[Any]:
    return patch("designer.services.record", lambda *_, **__: None)


def _trail() -> Iterator[Figure]:
    from django.db import transaction

    from accounts.audit_checks import check_trail
    from accounts.models import AuditEntry
    from accounts.services.audit import record
    from accounts.services.audit_sealing import seal_new

    seal_new()
    tenant_id = AuditEntry.objects.exclude(tenant=None).values_list("tenant", flat=True).first()
    with transaction.atomic():
        for number in range(ENTRIES):
            record("workflow.edit", tenant_id=tenant_id, label="Bench", after={"revision": number})
    began = time.perf_counter()
    sealed = seal_new()
    yield Figure("entries sealed", sealed / (time.perf_counter() - began), "1/s")
    began = time.perf_counter()
    report = check_trail(tenant_id)
    assert report.is_ok
    yield Figure("entries verified", report.entries / (time.perf_counter() - began), "1/s")
