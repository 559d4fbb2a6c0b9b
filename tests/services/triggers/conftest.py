"""Triggers on a real PostgreSQL; runs stay queued unless a test drives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Tenant, User
from runtime.models import Workflow, WorkflowTrigger
from runtime.services.registry import node_registry
from runtime.services.triggers.checking import Wanted
from runtime.services.triggers.saving import create_trigger
from runtime.services.workflows import create_workflow, publish_version
from runtime.triggers.kinds import TriggerKind
from tests.people import make_tenant, make_user
from tests.services.runtime import nodes

GRAPH: dict[str, Any] = {
    "parameters": [
        {"name": "region", "schema": {"type": "string"}, "default": "eu"},
        {"name": "amount", "default": 1},
    ],
    "nodes": [{"id": "out", "type": "TestEcho", "config": {"value": "${amount}"}}],
}
CONFIGS: dict[str, dict[str, Any]] = {
    "schedule": {"cron": "0 * * * *", "zone": "UTC"},
    "webhook": {},
}
TriggerMaker = Callable[..., WorkflowTrigger]
WorkflowMaker = Callable[..., Workflow]


@pytest.fixture(autouse=True)
def test_node_types() -> None:
    for node_class in nodes.CLASSES:
        node_registry().add(node_class)


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant()


@pytest.fixture
def user(tenant: Tenant) -> User:
    return make_user(tenant, "editor")


@pytest.fixture
def make_workflow(tenant: Tenant, user: User) -> WorkflowMaker:
    """A workflow with a published version."""

    def make(name: str = "Orders", *, published: bool = True) -> Workflow:
        workflow = create_workflow(tenant=tenant, user=user, name=name)
        if published:
            publish_version(workflow, GRAPH, user=user)
        return workflow

    return make


@pytest.fixture
def workflow(make_workflow: WorkflowMaker) -> Workflow:
    return make_workflow()


@pytest.fixture
def make_trigger(workflow: Workflow, user: User) -> TriggerMaker:
    """An enabled trigger: `make("schedule", overlap="skip")`; keywords that `Wanted` has are its own."""

    def make(kind: str = "schedule", *, by: User | None = None, **options: Any) -> WorkflowTrigger:
        own = {name: options.pop(name) for name in list(options) if name in Wanted.__dataclass_fields__}
        fields: dict[str, Any] = {
            "workflow": workflow,
            "name": f"A {kind}",
            "enabled": True,
            "version": None,
            "inputs": None,
            "concurrency_key": "",
            "run_as": user,
            "config": {**CONFIGS.get(kind, {}), **options},
            **own,
        }
        return create_trigger(Wanted(kind=TriggerKind(kind), **fields), user=by or user)

    return make
