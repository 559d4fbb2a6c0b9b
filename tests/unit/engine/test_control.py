"""Waiting for something outside, news of it, decisions of people, and pausing, on virtual time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from runtime.engine.control import Control, Decision
from runtime.engine.events import Event, EventType
from runtime.engine.node import Park
from runtime.engine.state import NodeStatus, RunStatus, fold
from tests.unit.engine.steps import START, Asking, Flow, document, drive, inside, node, told

RETRY = {"max_retries": 3, "initial_delay": 10.0, "max_delay": 30.0}


@pytest.fixture(autouse=True)
def _fresh_counts():
    Asking.calls.clear()
    Flow.calls.clear()
    yield


def later(*acts: tuple[float, Callable[[], None]]) -> Callable[[Any], None]:
    """Plans calls, by the seconds after which they are made."""
    return lambda loop: [loop.call_later(seconds, act) for seconds, act in acts] and None


def seconds(moment: datetime) -> float:
    return (moment - START).total_seconds()


def of_type(events: Sequence[Event], kind: EventType) -> list[Event]:
    return [event for event in events if event.type is kind]


# --- waiting outside --------------------------------------------------------------------------------------


def test_a_wait_for_a_time_needs_the_time():
    with pytest.raises(ValueError, match="until"):
        Park(None)
    with pytest.raises(ValueError, match="zone"):
        Park(datetime(2026, 1, 5), on="outside")


def test_a_step_that_waits_outside_parks_its_run():
    outcome, events = drive(document([node("a", "Asking"), node("b")], ["a -> b"]))

    assert (outcome.status, outcome.wake_at) == ("waiting", None)
    assert told(events) == ["run.started", "node.started a 1", "node.waiting a 1", "run.waiting"]
    assert events[2].data == {"reason": "outside", "until": None}
    assert events[2].payload is None
    state = fold(events)
    assert (state.nodes["a"].status, state.nodes["a"].reason) == (NodeStatus.WAITING, "outside")


def test_a_run_that_is_driven_again_asks_what_it_waits_for():
    graph = document([node("a", "Asking"), node("b")], ["a -> b"])
    _, history = drive(graph)

    outcome, events = drive(graph, history=history, at_s=100)

    assert outcome.results["b"] == {"result": {"node": "b", "data": {"attempt": 1}}}
    assert told(events)[:2] == ["run.resumed", "node.succeeded a 1"]
    assert Asking.calls == {"a": ["run", "resume"]}
    assert events[1].data["duration_ms"] is None


def test_asking_for_nothing_records_nothing_but_the_wait_of_the_run():
    graph = document([node("a", "Asking")])
    _, history = drive(graph)

    outcome, events = drive(graph, history=history, at_s=10)

    assert outcome.status == "waiting"
    assert told(events) == ["run.resumed", "run.waiting"]


def test_news_reach_a_run_that_something_else_keeps_busy():
    control = Control()
    graph = document([node("a", "Asking", at_s=5), node("long", "Flaky", seconds=30)])

    outcome, events = drive(graph, control=control, meanwhile=later((1, control.nudge), (7, control.nudge)))

    assert outcome.status == "succeeded"
    assert Asking.calls == {"a": ["run", "resume", "resume"]}
    succeeded = of_type(events, EventType.NODE_SUCCEEDED)
    assert [(event.node, seconds(event.at)) for event in succeeded] == [("a", 7), ("long", 30)]


def test_news_during_the_call_that_parks_are_not_lost():
    control = Control()
    graph = document([node("a", "Asking", at_s=4, seconds=3), node("long", "Flaky", seconds=30)])

    _, events = drive(graph, control=control, meanwhile=later((1, control.nudge)))

    assert Asking.calls == {"a": ["run", "resume"]}
    assert seconds(of_type(events, EventType.NODE_SUCCEEDED)[0].at) == 6


def test_a_run_that_parked_before_it_heard_leaves_the_news_to_its_host():
    control = Control()

    outcome, _ = drive(document([node("a", "Asking")]), control=control)
    control.nudge()

    assert outcome.status == "waiting"
    assert control.has_news


def test_a_step_asks_again_when_its_moment_comes_and_only_once():
    graph = document([node("a", "Asking", at_s=999, until_s=60), node("long", "Flaky", seconds=100)])

    outcome, events = drive(graph)

    assert Asking.calls == {"a": ["run", "resume"]}
    assert (outcome.status, outcome.wake_at) == ("waiting", None)
    assert len(of_type(events, EventType.NODE_WAITING)) == 1


def test_the_run_parks_until_the_first_moment_that_a_step_names():
    graph = document([node("a", "Asking", at_s=70, until_s=60), node("b", "Asking", at_s=90, until_s=90)])

    outcome, events = drive(graph)

    assert outcome.wake_at == START + timedelta(seconds=60)
    outcome, _ = drive(graph, history=events, at_s=90)
    assert outcome.status == "succeeded"


def test_what_fails_outside_is_tried_again_from_the_start():
    graph = document([node("a", "Asking", at_s=50, failures=1, options={"retry": RETRY})])
    _, history = drive(graph)

    outcome, events = drive(graph, history=history, at_s=60, park_after_s=None)

    assert outcome.results["a"] == {"result": {"attempt": 2}}
    assert Asking.calls == {"a": ["run", "resume", "run"]}
    assert told(events)[:4] == ["run.resumed", "node.retrying a 1", "node.started a 2", "node.succeeded a 2"]


def test_what_fails_outside_goes_the_way_of_any_failure():
    graph = document([node("a", "Asking", at_s=50, failures=9), node("b")], ["a !-> b.error"])
    _, history = drive(graph)

    outcome, _ = drive(graph, history=history, at_s=60)

    assert outcome.status == "succeeded"
    assert outcome.results["b"]["result"]["error"]["error"]["code"] == "boom"


def test_the_timeout_of_a_step_holds_for_a_call_not_for_its_wait():
    graph = document([node("a", "Asking", at_s=50, seconds=2, options={"timeout": 3})])
    _, history = drive(graph)

    outcome, _ = drive(graph, history=history, at_s=1000)

    assert outcome.status == "succeeded"

    graph["nodes"][0]["config"]["seconds"] = 4
    outcome, _ = drive(graph, history=history, at_s=1000)

    assert outcome.errors["a"]["code"] == "timeout"


def test_a_node_without_resume_fails_with_the_reason():
    class Forgetful(Asking):
        type = "Forgetful"

        async def resume(self, context):
            return await super(Asking, self).resume(context)

    from tests.unit.engine.steps import REGISTRY

    registry = type(REGISTRY)([*REGISTRY, Forgetful])
    graph = document([node("a", "Forgetful")])
    _, history = drive(graph, registry=registry)

    outcome, _ = drive(graph, history=history, at_s=100, registry=registry)

    assert "does not define resume()" in outcome.errors["a"]["message"]


@pytest.mark.parametrize("container", ["loop", "map", "sub"])
def test_a_step_inside_a_container_waits_outside_like_any_other(container: str):
    body = [node("ask", "Asking", at_s=60)]
    workflows = None
    if container == "loop":
        nodes = [node("c", "LoopNode", max_iterations=2), *inside("c", *body)]
        wires = ["c.state -> ask.value", "ask -> c.state"]
    elif container == "map":
        nodes = [
            node("list", "Constant", value=[1, 2, 3]),
            node("c", "MapNode", max_concurrent=2),
            *inside("c", *body),
        ]
        wires = ["list -> c.items", "c.item -> ask.value", "ask -> c.value"]
    else:
        from runtime.engine.graph import parse_graph

        workflows = {"inner": parse_graph(document(body))}
        nodes, wires = [node("c", "SubWorkflowNode", workflow="inner")], []
    graph = document(nodes, wires)

    outcome, history = drive(graph, workflows=workflows)
    assert outcome.status == "waiting"
    outcome, events = drive(graph, workflows=workflows, history=history, at_s=60)

    assert outcome.status == "succeeded"
    assert all(state.status.is_final for state in fold([*history, *events]).nodes.values())


def test_cancelling_a_run_ends_what_waits_outside():
    graph = document([node("a", "Asking")])
    _, history = drive(graph)

    outcome, events = drive(graph, history=history, cancel_after_s=0, at_s=60)

    assert outcome.status == "cancelled"
    assert told(events) == ["node.cancelled a 1", "run.cancelled"]


def test_no_more_steps_ask_at_a_time_than_may_run_at_a_time():
    control = Control()
    graph = document([node(name, "Asking", at_s=4, seconds=3) for name in "abcd"])
    _, history = drive(graph)

    outcome, events = drive(
        graph, history=history, at_s=100, settings={"max_concurrency": 2}, control=control
    )

    assert outcome.status == "succeeded"
    assert [seconds(event.at) for event in of_type(events, EventType.NODE_SUCCEEDED)] == [103, 103, 106, 106]


# --- decisions --------------------------------------------------------------------------------------------


def unknown(**options: Any) -> tuple[dict[str, Any], list[Event]]:
    """A run whose host died while a step ran that must not run twice."""
    graph = document([node("once", "Once", options=options), node("after")], ["once -> after"])
    _, events = drive(graph)
    cut = [event.type for event in events].index(EventType.NODE_SUCCEEDED)
    outcome, rest = drive(graph, history=events[:cut])
    assert outcome.status == "waiting"
    return graph, [*events[:cut], *rest]


def decided(graph: dict[str, Any], history: list[Event], **decision: Any) -> tuple[Any, list[Event]]:
    control = Control()
    facts = {"attempt": 1, "outputs": None, "by": "ann@example.org", "comment": "seen at the bank"}
    control.nudge({"once": Decision(**{**facts, **decision})})
    return drive(graph, history=history, control=control)


def test_a_person_decides_that_a_step_of_unknown_outcome_succeeded():
    graph, history = unknown()

    outcome, events = decided(graph, history, outcome="succeeded", outputs={"result": {"id": 7}})

    assert outcome.results["after"]["result"]["data"] == {"id": 7}
    told_of = of_type(events, EventType.NODE_SUCCEEDED)[0]
    assert told_of.data["decided_by"] == "ann@example.org"
    assert told_of.data["comment"] == "seen at the bank"


def test_a_person_decides_that_it_failed():
    graph, history = unknown()

    outcome, events = decided(graph, history, outcome="failed")

    assert outcome.errors["once"]["code"] == "decided_failed"
    assert of_type(events, EventType.NODE_FAILED)[0].data["decided_by"] == "ann@example.org"


def test_a_failure_that_was_decided_may_become_a_value():
    graph, history = unknown(on_error="return")

    outcome, _ = decided(graph, history, outcome="failed")

    assert outcome.results["once"]["result"]["error"]["code"] == "decided_failed"


def test_a_person_decides_that_it_is_tried_again():
    graph, history = unknown()
    Flow.calls.clear()

    outcome, events = decided(graph, history, outcome="retry")

    assert outcome.status == "succeeded"
    assert Flow.calls == {"once": 1}
    started = of_type(events, EventType.NODE_STARTED)[0]
    assert (started.attempt, started.data["decided_by"]) == (2, "ann@example.org")


def test_a_decision_about_an_earlier_attempt_counts_for_nothing():
    graph, history = unknown()

    outcome, events = decided(graph, history, outcome="succeeded", attempt=2)

    assert outcome.status == "waiting"
    assert told(events) == ["run.resumed", "run.waiting"]


def test_a_decision_reaches_a_run_that_is_driven():
    graph, history = unknown()
    graph["nodes"].append(node("long", "Flaky", seconds=30))
    control = Control()
    decision = Decision(1, "succeeded", {"result": 1}, "ann@example.org", "")

    outcome, _ = drive(
        graph,
        history=history,
        control=control,
        meanwhile=later((3, lambda: control.nudge({"once": decision}))),
    )

    assert outcome.results["once"] == {"result": 1}


# --- pausing ----------------------------------------------------------------------------------------------


def test_pausing_lets_what_is_under_way_end_and_starts_nothing():
    control = Control()
    graph = document([node("a", "Flaky", seconds=10), node("b"), node("c", "Flaky", seconds=4)], ["a -> b"])

    outcome, events = drive(graph, control=control, meanwhile=later((2, control.pause)))

    assert outcome.status == "paused"
    assert told(events)[3:] == ["node.succeeded c 1", "node.succeeded a 1", "run.paused"]
    assert fold(events).run_status is RunStatus.PAUSED
    outcome, more = drive(graph, history=events, at_s=500)
    assert told(more) == ["run.resumed", "node.started b 1", "node.succeeded b 1", "run.succeeded"]
    assert more[0].data == {"reason": "resumed"}


def test_a_retry_does_not_start_while_a_run_is_paused():
    control = Control()
    graph = document([node("a", "Flaky", seconds=3, failures=1, options={"retry": RETRY})])

    outcome, events = drive(graph, control=control, meanwhile=later((1, control.pause)))

    assert outcome.status == "paused"
    assert told(events)[-2:] == ["node.retrying a 1", "run.paused"]
    outcome, _ = drive(graph, history=events, at_s=500)
    assert outcome.results["a"] == {"result": {"attempt": 2}}


def test_a_run_that_is_paused_before_it_starts_starts_when_it_goes_on():
    control = Control()
    control.pause()

    outcome, events = drive(document([node("a")]), control=control)

    assert (outcome.status, told(events)) == ("paused", ["run.paused"])
    outcome, events = drive(document([node("a")]), history=events)
    assert told(events)[0] == "run.started"
    assert outcome.status == "succeeded"


def test_a_run_that_is_paused_already_is_not_paused_twice():
    control = Control()
    control.pause()
    _, history = drive(document([node("a")]), control=control)

    outcome, events = drive(document([node("a")]), history=history, control=control)

    assert (outcome.status, events) == ("paused", [])


def test_what_ends_while_it_is_being_paused_has_ended():
    control = Control()

    outcome, _ = drive(
        document([node("a", "Flaky", seconds=3)]), control=control, meanwhile=later((1, control.pause))
    )

    assert outcome.status == "succeeded"


def test_pausing_a_run_that_only_waits():
    control = Control()
    graph = document([node("a", "Parking", seconds=60), node("b", "Asking", at_s=4)])

    outcome, events = drive(graph, control=control, park_after_s=None, meanwhile=later((10, control.pause)))

    assert outcome.status == "paused"
    assert seconds(events[-1].at) == 10
    outcome, _ = drive(graph, history=events, at_s=61)
    assert outcome.status == "succeeded"


def test_a_paused_run_can_be_cancelled():
    control = Control()
    graph = document([node("a", "Parking", seconds=60)])
    _, events = drive(graph, control=control, park_after_s=None, meanwhile=later((10, control.pause)))

    outcome, more = drive(graph, history=events, cancel_after_s=0, at_s=20)

    assert outcome.status == "cancelled"
    assert told(more) == ["node.cancelled a 1", "run.cancelled"]


def test_the_time_of_a_run_goes_on_while_it_is_paused():
    control = Control()
    graph = document([node("a", "Flaky", seconds=10), node("b")], ["a -> b"], settings={"timeout": 60})
    _, events = drive(graph, control=control, meanwhile=later((2, control.pause)))

    outcome, _ = drive(graph, history=events, at_s=100)

    assert outcome.error is not None
    assert outcome.error["code"] == "timeout"


# --- what attempts cost -----------------------------------------------------------------------------------


class Costly(Flow):
    type = "Costly"

    async def run(self, context):
        context.use(cpu_s=0.25, peak_mb=10)
        context.use(cpu_s=0.5, peak_mb=8)
        return await super().run(context)


def test_what_an_attempt_cost_stands_in_the_events_of_its_end():
    from tests.unit.engine.steps import REGISTRY

    registry = type(REGISTRY)([*REGISTRY, Costly])
    graph = document([node("a", "Costly", failures=1, options={"retry": RETRY}), node("b")])

    _, events = drive(graph, registry=registry, park_after_s=None, settings={"enable_monitoring": True})

    cost = {"cpu_s": 0.75, "peak_mb": 10.0}
    assert of_type(events, EventType.NODE_RETRYING)[0].data["usage"] == cost
    state = fold(events).nodes["a"]
    assert state.usage is not None
    assert cost.items() <= state.usage.items()
    assert {"queued_ms", "run_ms", "output_bytes"} <= state.usage.keys()
    assert "cpu_s" not in (fold(events).nodes["b"].usage or {})


# --- leaving ----------------------------------------------------------------------------------------------


def test_a_run_that_is_to_leave_ends_what_is_under_way_and_goes_on_elsewhere():
    control = Control()
    graph = document([node("a", "Flaky", seconds=10), node("b"), node("c", "Flaky", seconds=4)], ["a -> b"])

    outcome, events = drive(graph, control=control, meanwhile=later((2, control.leave)))

    assert outcome.status == "released"
    assert told(events)[3:] == ["node.succeeded c 1", "node.succeeded a 1"]
    outcome, more = drive(graph, history=events, at_s=12)
    assert told(more) == ["run.resumed", "node.started b 1", "node.succeeded b 1", "run.succeeded"]


def test_a_run_that_is_to_leave_before_it_begins_leaves_no_event():
    control = Control()
    control.leave()

    outcome, events = drive(document([node("a")]), control=control)

    assert (outcome.status, events) == ("released", [])


def test_what_ends_while_it_is_to_leave_has_ended():
    control = Control()

    outcome, _ = drive(
        document([node("a", "Flaky", seconds=3)]), control=control, meanwhile=later((1, control.leave))
    )

    assert outcome.status == "succeeded"


def test_a_run_that_is_to_leave_and_to_pause_is_paused():
    control = Control()
    acts = later((1, control.leave), (2, control.pause))

    outcome, events = drive(
        document([node("a", "Flaky", seconds=3), node("b")], ["a -> b"]), control=control, meanwhile=acts
    )

    assert (outcome.status, told(events)[-1]) == ("paused", "run.paused")
