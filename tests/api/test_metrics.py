"""`/metrics` as Prometheus reads it, and for whom."""

from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import Tenant
from runtime.host.host import RunHost
from runtime.models import Host
from runtime.services.run_ends import follow_up
from tests.api.driven import finished
from tests.contract import Api
from tests.people import bearer, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def read(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (
            sample.name,
            frozenset((key, value) for key, value in sample.labels.items() if key != "host"),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def of(found: Any, name: str, **labels: str) -> float | None:
    value: float | None = found.get((name, frozenset(labels.items())))
    return value


def test_what_ran_is_counted(
    client: Client, api: Api, tenant: Tenant, workflow: dict[str, Any], host: RunHost
) -> None:
    finished(api, api.post(f"workflows/{workflow['id']}/runs/", {}), host)
    follow_up()
    until = time.monotonic() + 15
    while not Host.objects.get().counters.get("attempts") and time.monotonic() < until:
        time.sleep(0.05)

    answer = client.get("/metrics", headers=bearer(make_user(tenant, "operator"), None))

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    found = read(answer.content.decode())
    assert of(found, "lockgate_hosts") == 1
    assert of(found, "lockgate_slots") == 50
    assert of(found, "lockgate_runs_active", status="queued") == 0
    assert of(found, "lockgate_run_seconds_count", trigger="api", status="succeeded") == 1
    attempts = of(found, "lockgate_node_attempts_total", type="PythonCodeNode", outcome="succeeded")
    assert attempts == 2
    assert of(found, "lockgate_node_seconds_count", type="PythonCodeNode") == 2
    assert (of(found, "lockgate_node_cpu_seconds_total", type="PythonCodeNode") or 0) > 0
    assert (of(found, "lockgate_event_commit_seconds_count") or 0) > 0
    assert (of(found, "lockgate_table_bytes", table="run_event") or 0) > 0


def test_metrics_are_for_those_who_may_read_them(client: Client, tenant: Tenant) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=bearer(make_user(tenant, "viewer"), None)).status_code == 403
    assert client.get("/metrics", headers=bearer(make_user(tenant, "owner"), ["run.view"])).status_code == 403


def test_an_operator_may_open_them_to_the_machine_itself_alone(
    client: Client, db: None, settings: Any
) -> None:
    settings.METRICS_OPEN = True

    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 401
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 401
