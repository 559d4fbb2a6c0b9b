"""Batches that another workflow works on, in scripts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from runtime import LocalRuntime, RunFailed, WorkflowBuilder
from runtime.engine.errors import GraphError, NodeError
from runtime.engine.node import Node, NodeContext
from runtime.nodes.email import EmailNode
from runtime.nodes.value import ValueNode
from runtime.nodes.webhook_call import WebhookCallNode
from tests.unit.nodes.surroundings import outputs_of

ORDERS = [{"id": number, "quantity": number % 7} for number in range(40)]


class Ledger(Node):
    """Keeps the keys that it is called with; a call that has the record 17 fails."""

    type = "Ledger"
    label = "Ledger"
    category = "action"
    icon = "db"
    accepts_any_input = True
    calls: ClassVar[list[tuple[str, str, int]]] = []
    fails_first: ClassVar[list[NodeError]] = []

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        records = context.inputs["records"]
        self.calls.append((context.idempotency_key, context.node_id, len(records)))
        context.log("info", "called")
        if self.fails_first:
            raise self.fails_first.pop()
        if any(record["id"] == 17 for record in records):
            raise NodeError("17 is refused", code="refused")
        return {"result": {"rows": [record["id"] for record in records]}}


@pytest.fixture(autouse=True)
def no_calls() -> None:
    Ledger.calls.clear()
    Ledger.fails_first.clear()


def child(*nodes: tuple[Any, ...], schema: Any = None) -> WorkflowBuilder:
    """A workflow that gives its records to each of the nodes."""
    builder = WorkflowBuilder()
    builder.add_parameter("records", schema or {"type": "array"})
    builder.add_parameter("batch_index", {"type": "integer"}, default=0)
    builder.add_node("ValueNode", "rows", {"value": "${records}"})
    for node_type, name, config, *wanted in nodes:
        builder.add_node(node_type, name, config)
        builder.add_connection("rows", "result", name, wanted[0] if wanted else "records")
    return builder


def ran(inner: WorkflowBuilder, items: Any = ORDERS, output: str = "", **config: Any) -> dict[str, Any]:
    builder = WorkflowBuilder()
    processing = {"kind": "workflow", "workflow": "enrich", "output": output}
    settings = {"batch_size": 10, "processing": processing, "source": {"kind": "items"}, **config}
    builder.add_node("ValueNode", "orders", {"value": items})
    builder.add_node("BatchProcessorNode", "batch", settings)
    builder.add_connection("orders", "result", "batch", "items")
    with LocalRuntime(workflows={"enrich": inner.build()}) as runtime:
        results, run_id = runtime.execute(builder.build())
    return {**results["batch"]["result"], "run": run_id}


def ledger() -> WorkflowBuilder:
    return child((Ledger, "post", {}))


def test_each_batch_runs_the_workflow_and_gives_its_list_in_order() -> None:
    found = ran(ledger(), items=ORDERS[:17], output="post.result.rows")

    assert found["results"] == list(range(17))
    assert (found["batch_count"], found["ok"], found["failed"]) == (2, 17, 0)
    assert sorted(path for _, path, _ in Ledger.calls) == ["batch/1/post", "batch/11/post"]


def test_a_record_that_fails_is_found_and_every_piece_has_a_key_of_its_own() -> None:
    handled = {"error_handling": "continue_with_logging", "max_concurrent_batches": 1}
    found = ran(ledger(), output="post.result.rows", **handled)

    assert (found["ok"], found["failed"], found["skipped"]) == (39, 1, 0)
    assert found["errors"] == [{"record": 18, "code": "refused", "message": "post: 17 is refused"}]
    keys = [key for key, _, _ in Ledger.calls]
    assert len(set(keys)) == len(keys) > 4
    assert f"{found['run']}/batch/11/post+10" in keys and f"{found['run']}/batch/11/post+5" in keys


def test_what_may_pass_repeats_the_batch_with_the_same_key() -> None:
    Ledger.fails_first.append(NodeError("busy", code="http_status", retryable=True, status=503))
    found = ran(ledger(), ORDERS[:5], output="post.result.rows", retry_delay_seconds=0)

    assert found["ok"] == 5
    assert [key for key, _, _ in Ledger.calls] == [f"{found['run']}/batch/1/post+5"] * 2


def test_the_number_of_the_batch_is_a_parameter_where_it_is_declared() -> None:
    inner = child()
    inner.add_node("ValueNode", "number", {"value": ["${batch_index}"]})
    found = ran(inner, output="number.result")

    assert found["results"] == [0, 1, 2, 3]


def test_records_that_the_parameters_schema_refuses_are_found_one_by_one() -> None:
    schema = {"type": "array", "items": {"type": "object", "required": ["quantity"]}}
    items = [*ORDERS[:4], {"id": 4}, *ORDERS[5:9]]
    found = ran(
        child((Ledger, "post", {}), schema=schema),
        items,
        output="post.result.rows",
        error_handling="continue_with_logging",
    )

    assert (found["ok"], found["failed"]) == (8, 1)
    assert found["errors"][0]["record"] == 5
    assert "quantity" in found["errors"][0]["message"]


def test_a_result_that_is_no_list_fails_the_step_at_once() -> None:
    with pytest.raises(RunFailed) as caught:
        ran(ledger())

    error = caught.value.errors["batch"]
    assert error["code"] == "batch_result"
    assert "an object" in error["message"]
    assert error["skipped"] + error["ok"] + error["failed"] == error["total_records"] == 40


@pytest.mark.parametrize(
    ("node", "why"),
    [
        (("ApprovalNode", "ask", {"title": "Go on?", "approvers": {"roles": ["owner"]}}, "input"), "wait"),
        (("EmailNode", "mail", {"to": ["a@b.example"], "subject": "x", "text": "x"}, "text"), "wait"),
        (
            ("HTTPRequestNode", "post", {"method": "POST", "url": "https://a.example/", "at_most_once": True},
             "body"),
            "never be done twice",
        ),
        (("BatchProcessorNode", "again", {}, "items"), "in batches itself"),
    ],
)  # fmt: skip
def test_steps_that_cannot_be_left_or_done_again_are_refused(node: tuple[Any, ...], why: str) -> None:
    with pytest.raises(GraphError) as caught:
        ran(child(node))

    [problem] = caught.value.problems
    assert (problem.code, problem.node) == ("not_in_batches", "batch")
    assert problem.field == "config.processing.workflow"
    assert why in problem.message and repr(node[1]) in problem.message


def test_messages_that_are_only_queued_are_not_waited_for() -> None:
    for node_class in (EmailNode, WebhookCallNode):
        assert node_class.waits_outside({}) and node_class.waits_outside({"wait_for": "delivered"})
        assert not node_class.waits_outside({"wait_for": "queued"})


def test_a_workflow_that_is_not_known_is_told_where_it_is_named() -> None:
    builder = WorkflowBuilder()
    processing = {"kind": "workflow", "workflow": "nowhere"}
    builder.add_node("BatchProcessorNode", "batch", {"data_source": "orders", "processing": processing})
    with LocalRuntime() as runtime, pytest.raises(GraphError) as caught:
        runtime.execute(builder.build())

    assert [(item.code, item.field) for item in caught.value.problems] == [
        ("unknown_workflow", "config.processing.workflow")
    ]


def test_a_value_is_what_is_written_and_a_parameter_keeps_its_type() -> None:
    assert outputs_of(ValueNode(value={"a": [1, None]})) == {"result": {"a": [1, None]}}
    builder = WorkflowBuilder()
    builder.add_parameter("rows", {"type": "array"})
    builder.add_node("ValueNode", "value", {"value": "${rows}"})
    with LocalRuntime() as runtime:
        results, _ = runtime.execute(builder.build(), {"rows": ORDERS})

    assert results["value"]["result"] == ORDERS
