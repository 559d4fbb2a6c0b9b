"""The fold where a run ends before its nodes do."""

from __future__ import annotations

import pytest

from runtime.engine.events import Event, EventType, utc_now
from runtime.engine.state import RunState, fold


def folded(*steps: str) -> RunState:
    """The state after events from text such as `node.started a`."""
    events = []
    for seq, step in enumerate(("run.queued", "run.started", *steps), start=1):
        kind, _, node = step.partition(" ")
        events.append(Event(seq, utc_now(), EventType(kind), node or None, 1 if node else 0))
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
