"""A node type may say that its failure is a value: once no retry follows, and nothing else handles it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from runtime import AsyncLocalRuntime, LocalRuntime, RunFailed, WorkflowBuilder
from runtime.engine.errors import NodeError
from runtime.engine.events import Event
from runtime.engine.node import Node, NodeContext
from runtime.engine.registry import NodeRegistry
from runtime.engine.state import fold
from runtime.nodes import BUILT_IN


class HonestNode(Node):
    """Fails, and tells of it in its result, except where its own input is wrong."""

    type = "HonestNode"
    label = "Honest"
    category = "flow"
    icon = "code"
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        await asyncio.sleep(0)
        code = context.inputs.get("code", "busy")
        raise NodeError("not now", code=code, retryable=True, attempt=context.attempt)

    def value_of_failure(self, error: NodeError) -> Mapping[str, Any] | None:
        return None if error.code == "invalid_input" else {"result": {"failed": error.to_dict()}}


class CalmNode(Node):
    """Returns a result that tells of a failure."""

    type = "CalmNode"
    label = "Calm"
    category = "flow"
    icon = "code"
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": {"status": context.inputs.get("status", "failed")}}

    def failure_told(self, outputs: Mapping[str, Any]) -> str | None:
        return "calm_failure" if outputs["result"]["status"] == "failed" else None


REGISTRY = NodeRegistry([*BUILT_IN, HonestNode, CalmNode])


def workflow(**options: Any) -> Any:
    builder = WorkflowBuilder(registry=REGISTRY)
    builder.add_node("HonestNode", "a", {}, options=options)
    builder.add_node("MergeNode", "after", {"mode": "object"})
    builder.add_connection("a", "result", "after", "inputs")
    return builder.build()


def test_the_failure_becomes_a_value_after_the_last_retry() -> None:
    events: list[Event] = []
    with LocalRuntime(registry=REGISTRY, event_sink=events.append) as runtime:
        results, _ = runtime.execute(workflow(retry={"max_retries": 2, "initial_delay": 0.001}))

    assert results["a"]["result"]["failed"]["attempt"] == 3
    assert results["after"]["result"]["failed"]["code"] == "busy"
    assert [event.type for event in events if event.node == "a"][-1] == "node.succeeded"
    assert len([event for event in events if event.type == "node.retrying"]) == 2


def test_it_does_so_in_the_asynchronous_runtime_too() -> None:
    async def run() -> Any:
        runtime = AsyncLocalRuntime(registry=REGISTRY)
        return (await runtime.execute(workflow()))[0]

    assert asyncio.run(run())["a"]["result"]["failed"]["code"] == "busy"


def test_a_failure_that_is_no_value_fails_the_step() -> None:
    with LocalRuntime(registry=REGISTRY) as runtime, pytest.raises(RunFailed) as caught:
        runtime.execute(workflow(), {"a": {"code": "invalid_input"}})

    assert caught.value.errors["a"]["code"] == "invalid_input"


@pytest.mark.parametrize(("on_error", "expected"), [("return", "busy"), ("continue", None)])
def test_what_the_step_says_of_errors(on_error: str, expected: str | None) -> None:
    with LocalRuntime(registry=REGISTRY) as runtime:
        results, _ = runtime.execute(workflow(on_error=on_error))

    found = results["a"]["result"]["failed"]["code"] if "a" in results else None
    assert found == expected


@pytest.mark.parametrize(("status", "told"), [("failed", "calm_failure"), ("fine", None)])
def test_a_result_that_tells_of_a_failure_is_marked_as_such(status: str, told: str | None) -> None:
    events: list[Event] = []
    builder = WorkflowBuilder(registry=REGISTRY)
    builder.add_node("CalmNode", "a", {})

    with LocalRuntime(registry=REGISTRY, event_sink=events.append) as runtime:
        runtime.execute(builder.build(), {"a": {"status": status}})

    [ended] = [event for event in events if event.type == "node.succeeded"]
    assert ended.data.get("returned_error") == told
    assert fold(events).nodes["a"].returned_error == told
