"""Retries, time limits, waiting, cancelling and taking over, on virtual time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from runtime.engine.events import EventType
from runtime.engine.journal import Fenced, MemoryJournal
from runtime.engine.state import fold
from tests.unit.engine.steps import START, Flaky, Flow, document, drive, node, told

RETRY = {"max_retries": 3, "initial_delay": 10.0, "max_delay": 30.0}


@pytest.fixture(autouse=True)
def _fresh_counts():
    Flaky.calls.clear()
    yield
    Flaky.calls.clear()


def test_independent_nodes_run_side_by_side():
    graph = document([node(name, "Flaky", seconds=3) for name in "abcd"])

    _, events = drive(graph)

    assert events[-1].at - events[0].at == timedelta(seconds=3)


def test_max_concurrency_limits_nodes_in_flight():
    graph = document([node(name, "Flaky", seconds=3) for name in "abcd"])

    _, events = drive(graph, settings={"max_concurrency": 2})

    assert events[-1].at - events[0].at == timedelta(seconds=6)
    waited = [event for event in events if event.type is EventType.NODE_STARTED][-1]
    assert waited.data["ready_at"] == START.isoformat()


def test_a_failing_node_is_tried_again_until_it_succeeds():
    graph = document([node("a", "Flaky", failures=2, options={"retry": RETRY})])

    outcome, events = drive(graph, park_after_s=None)

    assert outcome.results["a"] == {"result": {"attempt": 3}}
    assert told(events) == [
        "run.started",
        "node.started a 1",
        "node.retrying a 1",
        "node.started a 2",
        "node.retrying a 2",
        "node.started a 3",
        "node.succeeded a 3",
        "run.succeeded",
    ]
    retrying = [event for event in events if event.type is EventType.NODE_RETRYING]
    assert 0 <= retrying[0].data["delay_s"] <= 10
    assert 0 <= retrying[1].data["delay_s"] <= 20
    assert retrying[0].data["error"]["message"] == "failure 1"


def test_three_retries_are_four_attempts():
    outcome, _ = drive(
        document([node("a", "Flaky", failures=9, options={"retry": RETRY})]), park_after_s=None
    )

    assert outcome.status == "failed"
    assert Flaky.calls["a"] == 4


def test_retry_after_is_a_minimum():
    graph = document([node("a", "Flaky", failures=1, retry_after_s=50, options={"retry": RETRY})])

    _, events = drive(graph, park_after_s=None)

    assert events[-1].at - events[0].at == timedelta(seconds=50)


def test_a_retry_past_the_deadline_of_the_run_is_not_planned():
    graph = document([node("a", "Flaky", failures=1, retry_after_s=50, options={"retry": RETRY})])

    outcome, events = drive(graph, settings={"timeout": 40}, park_after_s=None)

    assert outcome.errors["a"]["message"] == "failure 1"
    assert events[-1].at == START


def test_statuses_that_are_not_listed_are_not_tried_again():
    retry = {**RETRY, "retry_on_status": [500]}
    graph = document(
        [
            node("a", "Flaky", failures=1, status=404, options={"retry": retry, "on_error": "continue"}),
            node("b", "Flaky", failures=1, status=500, options={"retry": retry}),
        ]
    )

    drive(graph, park_after_s=None)

    assert Flaky.calls == {"a": 1, "b": 2}


def test_retry_on_failure_gives_every_node_the_policy_of_the_runtime():
    graph = document([node("a", "Flaky", failures=1)])

    outcome, _ = drive(
        graph, settings={"retry_on_failure": True, "retry_initial_delay": 1}, park_after_s=None
    )

    assert outcome.status == "succeeded"


def test_a_node_of_the_class_at_most_once_is_never_tried_again():
    drive(document([node("a", "Once", failures=1)]), settings={"retry_on_failure": True})

    assert Flow.calls["a"] == 1


def test_a_node_is_interrupted_at_its_timeout_and_tried_again():
    retry = {"max_retries": 1, "initial_delay": 0}
    graph = document([node("a", "Flaky", seconds=100, options={"timeout": 2, "retry": retry})])

    outcome, events = drive(graph)

    assert outcome.errors["a"]["code"] == "timeout"
    assert events[-1].at - events[0].at == timedelta(seconds=4)


def test_a_node_that_ignores_its_cancellation_still_fails_in_time():
    _, events = drive(document([node("a", "Stubborn", options={"timeout": 2})]))

    assert events[-1].at - events[0].at == timedelta(seconds=2)
    assert told(events)[-2:] == ["node.failed a 1", "run.failed"]


def test_the_timeout_of_the_run_stops_everything():
    graph = document([node("a", "Flaky", seconds=100), node("b")], ["a -> b"])

    outcome, events = drive(graph, settings={"timeout": 5})

    assert outcome.status == "failed"
    assert outcome.error["code"] == "timeout"
    assert told(events)[-2:] == ["node.cancelled a 1", "run.failed"]
    assert events[-1].at - events[0].at == timedelta(seconds=5)


def test_a_short_wait_is_slept_in_place():
    outcome, events = drive(document([node("p", "Parking", seconds=4), node("b")], ["p -> b"]))

    assert outcome.results["b"]["result"]["data"] == "parked"
    assert "run.waiting" not in told(events)


def test_a_long_wait_gives_the_run_back_and_goes_on_at_its_time():
    graph = document([node("p", "Parking", seconds=60), node("b"), node("free", "Flow")], ["p -> b"])

    outcome, events = drive(graph)
    assert (outcome.status, outcome.wake_at) == ("waiting", START + timedelta(seconds=60))
    assert told(events)[-1] == "run.waiting"
    early, more = drive(graph, history=events, at_s=30)
    late, rest = drive(graph, history=events + more, at_s=60)

    assert early.status == "waiting"
    assert late.results["b"]["result"]["data"] == "parked"
    assert told(rest) == [
        "run.resumed",
        "node.succeeded p 1",
        "node.started b 1",
        "node.succeeded b 1",
        "run.succeeded",
    ]
    assert Flow.calls["free"] == 1


def test_a_waiting_run_does_not_outlive_its_timeout():
    graph = document([node("p", "Parking", seconds=60)], settings={"timeout": 20})

    outcome, events = drive(graph)
    late, _ = drive(graph, history=events, at_s=20)

    assert outcome.wake_at == START + timedelta(seconds=20)
    assert late.error["code"] == "timeout"


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (node("a", "Flaky", seconds=100), "node.cancelled a 1"),
        (
            node("a", "Flaky", failures=9, options={"retry": {"initial_delay": 100, "max_delay": 100}}),
            "node.cancelled a",
        ),
        (node("a", "Parking", seconds=100), "node.cancelled a 1"),
        (node("a", "Stubborn"), "node.cancelled a 1"),
    ],
)
def test_a_run_can_be_cancelled_whatever_a_node_is_doing(step, expected):
    outcome, events = drive(document([step, node("b")], ["a -> b"]), cancel_after_s=0.001, park_after_s=None)

    assert outcome.status == "cancelled"
    assert told(events)[-2].startswith(expected)
    assert told(events)[-1] == "run.cancelled"


def test_a_waiting_run_can_be_cancelled():
    graph = document([node("a", "Parking", seconds=100)])
    _, events = drive(graph)

    outcome, rest = drive(graph, history=events, cancel_after_s=0)

    assert outcome.status == "cancelled"
    assert told(rest)[-2:] == ["node.cancelled a 1", "run.cancelled"]


def test_a_released_run_goes_on_elsewhere_with_a_new_attempt():
    graph = document([node("a", "Flaky", seconds=10), node("b")], ["a -> b"])

    outcome, events = drive(graph, release_after_s=3)
    again, rest = drive(graph, history=events, at_s=5)

    assert outcome.status == "released"
    assert told(events) == ["run.started", "node.started a 1"]
    assert told(rest)[:3] == ["run.resumed", "node.started a 2", "node.succeeded a 2"]
    assert again.status == "succeeded"


def test_a_node_that_may_act_once_waits_for_a_person_after_a_crash():
    graph = document([node("a", "Once"), node("free", "Flow")])
    _, events = drive(graph)
    crashed = [event for event in events if event.node in (None, "a")][:2]

    outcome, rest = drive(graph, history=crashed)

    assert (outcome.status, outcome.wake_at) == ("waiting", None)
    assert fold(crashed + rest).nodes["a"].reason == "outcome_unknown"
    assert outcome.results == {"free": {"result": {"node": "free", "inputs": []}}}


def test_attempts_cut_off_by_a_crash_do_not_use_up_retries():
    graph = document(
        [node("a", "Flaky", failures=2, options={"retry": {"max_retries": 1, "initial_delay": 0}})]
    )
    _, events = drive(document([node("a", "Flaky", seconds=9)]), release_after_s=1)

    outcome, _ = drive(graph, history=events, at_s=2)

    assert outcome.status == "succeeded"


class SlowJournal(MemoryJournal):
    """Becomes durable a second after it is asked to."""

    def append(self, event, *, wait):
        super().append(event, wait=wait)
        if not wait:
            return None
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        loop.call_later(1.0, future.set_result, None)
        return future


def test_pure_nodes_do_not_wait_for_the_journal():
    _, events = drive(document([node("a", "Flow"), node("b", "Flow")], ["a -> b"]), journal=SlowJournal())

    assert events[-1].at == START


def test_effects_wait_for_their_intent_and_their_result():
    graph = document([node("a", "Effectful"), node("b", "Effectful")], ["a -> b"])

    _, events = drive(graph, journal=SlowJournal())

    at = {(event.type, event.node): (event.at - START).total_seconds() for event in events}
    assert at[EventType.NODE_SUCCEEDED, "a"] == 1
    assert at[EventType.NODE_STARTED, "b"] == 2
    assert at[EventType.RUN_SUCCEEDED, None] == 4


class FencedJournal(MemoryJournal):
    def append(self, event, *, wait):
        if event.type is EventType.NODE_SUCCEEDED:
            raise Fenced("another host drives this run")
        return super().append(event, wait=wait)


def test_a_fenced_driver_stops_without_another_event():
    outcome, events = drive(document([node("a", "Flow"), node("b")], ["a -> b"]), journal=FencedJournal())

    assert outcome.status == "fenced"
    assert told(events) == ["run.started", "node.started a 1"]


def test_a_finished_run_stays_as_it_is():
    graph = document([node("a", "Flow", failures=1)])
    _, events = drive(graph)

    outcome, rest = drive(graph, history=events)

    assert outcome.status == "failed"
    assert rest == []


def test_outputs_that_are_no_mapping_fail_the_node():
    from tests.unit.engine.steps import REGISTRY, TestNode

    class Wrong(TestNode):
        type = "Wrong"

        async def run(self, context):
            return 5

    if "Wrong" not in REGISTRY:
        REGISTRY.add(Wrong)

    outcome, _ = drive(document([node("a", "Wrong")]))

    assert outcome.errors["a"]["code"] == "invalid_output"


def test_an_unexpected_exception_is_a_failure_of_the_node():
    from tests.unit.engine.steps import REGISTRY, TestNode

    class Broken(TestNode):
        type = "Broken"

        async def run(self, context):
            return {"result": 1 / 0}

    if "Broken" not in REGISTRY:
        REGISTRY.add(Broken)

    outcome, _ = drive(document([node("a", "Broken")]))

    assert outcome.errors["a"]["code"] == "unexpected_error"
    assert "division by zero" in outcome.errors["a"]["message"]
