"""What runtime parameters and a guard make the driver do: refuse, warn, measure, describe."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import pytest

from runtime.engine.events import Event
from runtime.engine.guard import Refusal
from runtime.engine.journal import MemoryJournal
from runtime.engine.node import Node, NodeContext, Port, PortType
from runtime.engine.plan import PlannedNode
from tests.unit.engine.steps import REGISTRY, Flow, TestNode, document, drive, inside, node, told


class Number(TestNode):
    type = "Number"
    inputs = (Port("value", PortType.NUMBER),)
    __test__: ClassVar[bool] = False

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": context.inputs.get("value")}


TYPED = REGISTRY.with_classes([Number])


class NoOne:
    """Refuses the named paths."""

    def __init__(self, *refused: str) -> None:
        self._refused = refused
        self.asked: list[str] = []

    def check(self, node: PlannedNode, path: str) -> Refusal | None:
        self.asked.append(path)
        return Refusal("not for you", "default_deny") if path in self._refused else None


def last_of(events: list[Event], path: str) -> Event:
    return [event for event in events if event.node == path][-1]


# --- the guard --------------------------------------------------------------------------------------------


def test_a_refused_node_fails_without_another_try_and_without_being_called():
    retry = {"max_retries": 3, "initial_delay": 0, "retry_on": ["access_denied"]}
    graph = document([node("a", "Flow", options={"retry": retry}), node("b", "Collect")], ["a !-> b.error"])
    guard = NoOne("a")
    Flow.calls.clear()

    outcome, events = drive(graph, guard=guard)

    assert outcome.status == "succeeded"  # the refusal takes the error connection
    error = last_of(events, "a").data["error"]
    assert (error["code"], error["rule"], error["retryable"]) == ("access_denied", "default_deny", False)
    assert guard.asked == ["a", "b"]
    assert Flow.calls == {}


def test_the_guard_is_asked_before_each_attempt_with_the_path():
    graph = document(
        [
            node("list", "Constant", value=[1]),
            node("map", "MapNode"),
            *inside(
                "map",
                node("a", "Flow", failures=1, options={"retry": {"max_retries": 1, "initial_delay": 0}}),
            ),
        ],
        ["list.result -> map.items", "map.item -> a.x"],
    )
    guard = NoOne()

    drive(graph, guard=guard)

    assert guard.asked == ["list", "map", "map/1/a", "map/1/a"]


def test_a_refused_container_opens_nothing():
    graph = document([node("loop", "LoopNode", max_iterations=2), *inside("loop", node("a", "Collect"))])

    outcome, events = drive(graph, guard=NoOne("loop"))

    assert outcome.errors["loop"]["code"] == "access_denied"
    assert told(events) == ["run.started", "node.started loop 1", "node.failed loop 1", "run.failed"]


def test_whoever_listens_is_told_of_each_failed_attempt():
    heard: list[tuple[str, int, str]] = []
    graph = document(
        [node("a", "Flow", failures=9, options={"retry": {"max_retries": 1, "initial_delay": 0}})]
    )

    drive(
        graph,
        on_failure=lambda path, attempt, error: heard.append((path, attempt, error.code)),
        park_after_s=None,
    )

    assert heard == [("a", 1, "boom"), ("a", 2, "boom")]


# --- connection_validation --------------------------------------------------------------------------------


def typed(value: Any) -> dict[str, Any]:
    return document(
        [node("give", "Constant", value=value), node("take", "Number")], ["give.result -> take.value"]
    )


def validated(mode: str, value: Any) -> tuple[Any, list[Any]]:
    journal = MemoryJournal()
    outcome, _ = drive(
        typed(value), registry=TYPED, settings={"connection_validation": mode}, journal=journal
    )
    return outcome, journal.logs


def test_strict_validation_fails_a_node_that_a_wrong_value_reaches():
    outcome, _ = validated("strict", "five")

    error = outcome.errors["take"]
    assert error["code"] == "invalid_input"
    assert error["message"] == "input 'value': what 'give' sends (result) is text, not a number"


def test_lenient_validation_warns_in_the_log():
    outcome, logs = validated("warn", "five")

    assert outcome.status == "succeeded"
    assert logs == [("take", 1, "warning", "input 'value': what 'give' sends (result) is text, not a number")]


@pytest.mark.parametrize(("mode", "value"), [("off", "five"), ("strict", 5), ("strict", None), ("warn", 5)])
def test_values_that_fit_and_a_validation_that_is_off_say_nothing(mode: str, value: Any):
    outcome, logs = validated(mode, value)

    assert (outcome.status, logs) == ("succeeded", [])


def test_nothing_arrives_over_a_dead_connection():
    graph = document(
        [node("branch", "Branch", take="left"), node("take", "Number", options={"join": "always"})],
        ["branch.right -> take.value"],
    )

    outcome, _ = drive(graph, registry=TYPED, settings={"connection_validation": "strict"})

    assert outcome.results["take"] == {"result": {}}


# --- max_output_bytes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ("x" * 985, True),
        ("x" * 1_020, False),
        ([1.123456789012345] * 65, False),
        ([1.5] * 200, True),
        (["é"] * 180, True),
        ("é" * 600, False),
    ],
    ids=["text", "long text", "long numbers", "short numbers", "letters", "two-byte letters"],
)
def test_outputs_are_bounded_by_their_bytes_as_json(value: Any, fits: bool):
    outcome, _ = drive(document([node("a", "Constant", value=value)]), settings={"max_output_bytes": 1_024})

    assert outcome.status == ("succeeded" if fits else "failed")
    if not fits:
        error = outcome.errors["a"]
        assert (error["code"], error["max_output_bytes"]) == ("output_too_large", 1_024)
        assert "1,024" in error["message"]


def test_an_output_that_would_be_terabytes_is_refused_at_once():
    huge = [[1] * 1_000_000] * 1_000_000

    class Huge(Node):
        type = "Huge"

        async def run(self, context: NodeContext) -> Mapping[str, Any]:
            return {"result": huge}

    outcome, _ = drive(document([node("a", "Huge")]), registry=REGISTRY.with_classes([Huge]))

    assert outcome.errors["a"]["code"] == "output_too_large"


# --- enable_monitoring and debug --------------------------------------------------------------------------


def test_monitoring_tells_what_each_attempt_took():
    graph = document([node("a", "Flaky", seconds=2), node("b", "Flow", failures=9)], ["a.result -> b.x"])

    _, events = drive(graph, settings={"enable_monitoring": True, "max_concurrency": 1})

    usage = last_of(events, "a").data["usage"]
    assert usage["queued_ms"] == 0
    assert usage["run_ms"] is not None
    assert usage["output_bytes"] == len('{"result":{"attempt":1}}')
    assert last_of(events, "b").data["usage"]["output_bytes"] is None


def test_monitoring_counts_the_wait_for_a_place():
    graph = document([node("a", "Flaky", seconds=2), node("b", "Flow")])

    _, events = drive(graph, settings={"enable_monitoring": True, "max_concurrency": 1})

    assert last_of(events, "b").data["usage"]["queued_ms"] == pytest.approx(2000)


def test_without_monitoring_no_usage_is_told():
    _, events = drive(document([node("a", "Flow")]))

    assert "usage" not in last_of(events, "a").data


def test_debugging_describes_values_without_telling_them():
    journal = MemoryJournal()
    graph = document(
        [
            node("a", "Constant", value={"secret": [1, 2]}),
            node("b", "Collect"),
            node("c", "Flow", failures=9),
        ],
        ["a.result -> b.data", "a.result.secret -> b.list", "b.result.node -> c.x"],
    )

    drive(graph, settings={"debug": True}, journal=journal)

    assert [line for line in journal.logs if line[0] != "a"] == [
        ("b", 1, "debug", "inputs: data an object of 1 keys, list a list of 2"),
        ("b", 1, "debug", "outputs: result an object of 3 keys"),
        ("c", 1, "debug", "inputs: x text of 1 characters"),
        ("c", 1, "debug", "failed"),
    ]


def test_debugging_is_silent_unless_asked():
    journal = MemoryJournal()

    drive(document([node("a", "Flow")]), journal=journal)

    assert journal.logs == []


def test_a_journal_may_ask_for_plain_outputs():
    class Plain(MemoryJournal):
        def plain(self, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
            return {name: str(value) for name, value in outputs.items()}

    outcome, events = drive(
        document([node("a", "Constant", value=5), node("b", "Collect")], ["a.result -> b.x"]), journal=Plain()
    )

    assert outcome.results["a"] == {"result": "5"}
    assert last_of(events, "a").payload == {"result": "5"}
