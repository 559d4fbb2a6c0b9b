"""The fold where a run ends before its nodes do, and of what is inside containers."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.events import Event, EventType, utc_now
from runtime.engine.state import RunState, fold


def folded(*steps: str) -> RunState:
    """The state after events from text such as `node.started a`, with data such as `container=map`."""
    events = []
    for seq, step in enumerate(("run.queued", "run.started", *steps), start=1):
        kind, node, *facts = [*step.split(" "), ""]
        data: dict[str, Any] = {}
        for name, _, value in (fact.partition("=") for fact in facts if fact):
            data[name] = int(value) if value.isdecimal() else value
        events.append(Event(seq, utc_now(), EventType(kind), node or None, 1 if node else 0, data))
    return fold(events)


OPEN = ("node.started a", "node.started b", "node.retrying b", "node.started c", "node.waiting c")


@pytest.mark.parametrize(
    ("end", "reason"), [("run.failed", "run_failed"), ("run.cancelled", "run_cancelled")]
)
def test_nodes_that_are_open_when_their_run_ends_are_cancelled(end: str, reason: str) -> None:
    state = folded("node.started done", "node.succeeded done", *OPEN, end)

    assert {name: str(node.status) for name, node in state.nodes.items()} == {
        "done": "succeeded",
        "a": "cancelled",
        "b": "cancelled",
        "c": "cancelled",
    }
    for name in "abc":
        node = state.nodes[name]
        assert (node.reason, node.finished_at, node.wake_at) == (reason, state.finished_at, None)
    assert state.nodes["done"].finished_at != state.finished_at


def test_a_run_that_succeeds_leaves_its_nodes_as_they_are() -> None:
    assert folded("node.started a", "node.succeeded a", "run.succeeded").nodes["a"].status == "succeeded"


MAP = ("node.started m container=map total=3", "node.started m/1 iteration=1", "node.started m/2 iteration=2")


def counts(state: RunState, node: str = "m") -> Any:
    iterations = state.nodes[node].iterations
    return None if iterations is None else iterations.to_dict()


def test_an_open_iteration_shows_its_steps() -> None:
    state = folded(*MAP, "node.started m/1/a", "node.started m/2/a", "node.succeeded m/2/a")

    assert set(state.nodes) == {"m", "m/1", "m/2", "m/1/a", "m/2/a"}
    assert state.nodes["m/1"].iteration == 1
    assert counts(state) == {"total": 3, "done": 0, "failed": 0, "running": [1, 2], "failed_first": []}


def test_an_iteration_that_ended_leaves_its_number_only() -> None:
    state = folded(
        *MAP,
        *("node.started m/1/a", "node.succeeded m/1/a", "node.succeeded m/1 iteration=1"),
        *("node.started m/2/s container=sub", "node.failed m/2/s/x", "node.failed m/2/s", "node.failed m/2"),
        *("node.started m/3 iteration=3", "node.cancelled m/3 iteration=3"),
    )

    assert set(state.nodes) == {"m"}
    assert counts(state) == {"total": 3, "done": 1, "failed": 1, "running": [], "failed_first": [2]}


def test_a_sub_workflow_that_ended_takes_its_steps_with_it() -> None:
    state = folded(
        "node.started s container=sub", "node.started s/a", "node.succeeded s/a", "node.succeeded s"
    )

    assert set(state.nodes) == {"s"}
    assert (state.nodes["s"].container, counts(state, "s")) == ("sub", None)


def test_a_run_that_ends_ends_what_is_inside_its_containers() -> None:
    state = folded(*MAP, "node.started m/1/a", "run.cancelled")

    assert {name: str(node.status) for name, node in state.nodes.items()} == {"m": "cancelled"}
    assert counts(state)["running"] == []


def test_only_the_first_of_many_failed_iterations_are_named() -> None:
    rounds = [
        step
        for number in range(1, 31)
        for step in (
            f"node.started m/{number} iteration={number}",
            f"node.failed m/{number} iteration={number}",
        )
    ]

    state = folded("node.started m container=map total=30", *rounds)

    assert counts(state)["failed"] == 30
    assert counts(state)["failed_first"] == list(range(1, 21))


def test_an_iteration_counts_even_where_only_its_end_is_told() -> None:
    state = folded("node.started l container=loop total=9", "node.succeeded l/8 iteration=8")

    assert counts(state, "l")["done"] == 1
    assert set(state.nodes) == {"l"}


def test_a_result_at_hand_needs_no_start() -> None:
    state = folded("node.succeeded a pinned=1", "node.succeeded b copied_from=run-1")

    assert state.nodes["a"].pinned
    assert state.nodes["b"].to_dict()["copied_from"] == "run-1"


def test_a_result_that_tells_of_a_failure_says_so_until_the_step_is_tried_anew() -> None:
    state = folded("node.started a", "node.succeeded a returned_error=model_unavailable", "node.succeeded b")

    assert (str(state.nodes["a"].status), state.nodes["a"].returned_error) == (
        "succeeded",
        "model_unavailable",
    )
    assert state.nodes["a"].to_dict()["returned_error"] == "model_unavailable"
    assert state.nodes["b"].returned_error is None
