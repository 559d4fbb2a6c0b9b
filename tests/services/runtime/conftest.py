"""Runs on a real PostgreSQL, driven by hosts in threads of the test process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from channels.layers import InMemoryChannelLayer

from accounts.models import Tenant, User
from runtime.engine.state import RunStatus
from runtime.host.host import RunHost
from runtime.host.lease import HostLease
from runtime.models import Run, RunEvent, Workflow
from runtime.services.registry import node_registry
from runtime.services.runs import start_run
from runtime.services.workflows import create_workflow, snapshot_version
from tests.people import make_tenant, make_user
from tests.services.runtime import nodes


class NoServices:
    """Test nodes need nothing from outside."""

    def for_run(self, **_: Any) -> Any:
        return self

    async def recall_secrets(self, *_: Any) -> None:
        return None

    async def withdraw(self, run_id: UUID) -> None:
        return None

    async def end_run(self, run_id: UUID) -> None:
        return None

    async def close(self) -> None:
        return None


HostMaker = Callable[..., RunHost]
RunMaker = Callable[..., Run]


@pytest.fixture(autouse=True)
def test_node_types() -> None:
    nodes.reset()
    for node_class in nodes.CLASSES:
        node_registry().add(node_class)


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return make_tenant()


@pytest.fixture
def user(tenant: Tenant) -> User:
    return make_user(tenant, "owner")


@pytest.fixture
def workflow(tenant: Tenant, user: User) -> Workflow:
    return create_workflow(tenant=tenant, user=user, name="Test")


@pytest.fixture
def make_host(transactional_db: None) -> Iterator[HostMaker]:
    """Starts hosts; those that a test leaves are stopped."""
    started: list[RunHost] = []

    def make(*, slots: int = 10, grace_s: float = 2.0, **options: Any) -> RunHost:
        options = {"sweep_s": 0.2, "services": NoServices, "layer": InMemoryChannelLayer, **options}
        host = RunHost(slots=slots, grace_s=grace_s, **options)
        host.start()
        started.append(host)
        return host

    yield make
    for host in started:
        host.stop()


@pytest.fixture
def make_run(workflow: Workflow, user: User) -> RunMaker:
    """A queued run of a chain of nodes: `("a", "TestEcho", {"value": 1}), ...`, or of a whole document."""

    def make(
        *steps: tuple[str, str, dict[str, Any]], document: dict[str, Any] | None = None, **options: Any
    ) -> Run:
        version = snapshot_version(workflow, document or chain(*steps), user=user)
        return start_run(user, version, **options)

    return make


def chain(*steps: tuple[str, str, dict[str, Any]]) -> dict[str, Any]:
    ids = [step[0] for step in steps]
    return {
        "schema": 1,
        "nodes": [{"id": id_, "type": type_, "config": config} for id_, type_, config in steps],
        "connections": [
            {"source": before, "output": "result", "target": after, "input": "value"}
            for before, after in pairwise(ids)
        ],
    }


def wait_for(condition: Callable[[], bool], what: str, timeout_s: float = 10.0) -> None:
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError(f"{what} did not come within {timeout_s} s")


def wait_for_status(run: Run, *statuses: RunStatus, timeout_s: float = 10.0) -> Run:
    def reached() -> bool:
        run.refresh_from_db()
        return run.status in statuses

    try:
        wait_for(reached, f"{statuses}", timeout_s)
    except AssertionError:
        raise AssertionError(f"{run.status} {run.error} {types_of(run)}") from None
    return run


def look(host: RunHost) -> None:
    """Returns once the host has looked around, from beginning to end."""
    looks = host.looks
    host.ring()
    wait_for(lambda: host.looks > looks, "a look")
    host.ring()
    wait_for(lambda: host.looks > looks + 1, "another look")


def types_of(run: Run) -> list[str]:
    rows = RunEvent.objects.filter(run=run).order_by("seq")
    return [f"{row.type} {row.node}" if row.node else row.type for row in rows]


def expire_lease(host_id: UUID) -> None:
    """As if its last beat were long ago."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE run_host SET lease_until = now() - interval '1 s' WHERE id = %s", [host_id])


class DeadLease(HostLease):
    """Beats once, then never again: what remains of a killed process."""

    def _work(self) -> None:
        self._stopping.wait()
        self._drop()
