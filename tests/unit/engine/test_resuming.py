"""Random workflows with containers, taken over by another host after any of their events."""

from __future__ import annotations

import asyncio
import copy
import zlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from runtime.engine.events import Event, EventType
from runtime.engine.node import NodeContext, Park
from runtime.engine.registry import NodeRegistry
from runtime.engine.state import NodeStatus, fold
from tests.unit.engine.random_graphs import RANDOM_REGISTRY, Case, Step, cases, observe, plain
from tests.unit.engine.steps import START, drive

EXAMPLES = 40
PARTS = range(3)
ENDS = frozenset(
    {
        EventType.NODE_SUCCEEDED,
        EventType.NODE_FAILED,
        EventType.NODE_SKIPPED,
        EventType.NODE_CANCELLED,
    }
)


class SlowStep(Step):
    """Takes a while that depends on where it is, so that steps end in another order than they begin."""

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        await asyncio.sleep(zlib.crc32(context.node_id.encode()) % 5)
        return await super().run(context)


SLOW_REGISTRY = NodeRegistry([SlowStep, *(known for known in RANDOM_REGISTRY if known is not Step)])
REGISTRIES = pytest.mark.parametrize("registry", [RANDOM_REGISTRY, SLOW_REGISTRY], ids=["quick", "slow"])


def run(
    case: Case,
    history: Sequence[Event] = (),
    run_settings: Mapping[str, Any] | None = None,
    registry: NodeRegistry = RANDOM_REGISTRY,
    **how: Any,
) -> Any:
    at_s = (history[-1].at - START).total_seconds() if history else 0
    return drive(
        case.document,
        registry=registry,
        at_s=at_s,
        workflows=case.graphs,
        history=history,
        settings=run_settings,
        park_after_s=None,
        **how,
    )


def without_counting(case: Case) -> Case:
    """Failing twice depends on the attempt's number, which a crash moves on."""
    case = copy.deepcopy(case)
    for document in (case.document, *case.workflows.values()):
        for node in document["nodes"]:
            if "failures" in node["config"]:
                node["config"]["failures"] = 999 if node["config"]["failures"] == 2 else 0
    return case


def ends_of(events: Sequence[Event]) -> dict[str, tuple[str, str | None, Any, str | None]]:
    return {
        path: (seen.status, seen.reason, plain(seen.outputs), seen.code)
        for path, seen in observe(events).items()
    }


def trimmed(events: Sequence[Event]) -> list[Event]:
    """What a host needs of a history: nothing below what has ended, of loops only the last round's value."""
    state = fold(events)
    last: dict[str, int] = {}
    for event in events:
        if event.type is EventType.NODE_SUCCEEDED and "iteration" in event.data:
            last[above(event.node)] = event.data["iteration"]
    return [
        event
        for event in events
        if event.node is None
        or event.node in state.nodes
        or ("iteration" in event.data and is_needed(event, state.nodes, last))
    ]


def is_needed(event: Event, nodes: Mapping[str, Any], last: Mapping[str, int]) -> bool:
    container = nodes.get(above(event.node))
    if container is None or container.status is not NodeStatus.RUNNING:
        return False
    if container.container == "map" or event.type is not EventType.NODE_SUCCEEDED:
        return event.type is not EventType.NODE_STARTED
    return bool(last[above(event.node)] == event.data["iteration"])


def above(path: str | None) -> str:
    return (path or "").rpartition("/")[0]


def is_about_to_fail(prefix: Sequence[Event], expected: Mapping[str, Any]) -> bool:
    return any(
        state.status in (NodeStatus.RUNNING, NodeStatus.RETRYING) and expected[path][0] == "failed"
        for path, state in fold(prefix).nodes.items()
        if state.container is None and state.iteration is None
    )


def check_every_prefix(case: Case, registry: NodeRegistry) -> None:
    whole, events = run(case, registry=registry)
    expected = ends_of(events)

    for cut in range(len(events) + 1):
        prefix = events[:cut]
        if is_about_to_fail(prefix, expected):
            continue  # its attempts, which an error connection hands on, count on in another host
        for history in (prefix, trimmed(prefix)):
            done = {event.node for event in prefix if event.type in ENDS}

            outcome, rest = run(case, history, registry=registry)

            assert outcome.status == whole.status
            assert plain(outcome.results) == plain(whole.results)
            assert set(outcome.skipped) == set(whole.skipped)
            assert outcome.errors.keys() == whole.errors.keys()
            assert done.isdisjoint(event.node for event in rest)
            assert [event.seq for event in rest] == list(range(cut + 1, cut + 1 + len(rest)))
            assert ends_of([*prefix, *rest]) == expected
            assert fold([*history, *rest]).nodes.keys() == fold(events).nodes.keys()


@REGISTRIES
@pytest.mark.parametrize("part", PARTS)
def test_a_run_resumed_from_any_prefix_ends_the_same_and_repeats_nothing(part: int, registry: NodeRegistry):
    @seed(part)
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(cases())
    def check(case: Case) -> None:
        check_every_prefix(without_counting(case), registry)

    check()


def check_nothing_is_open(events: Sequence[Event]) -> None:
    final = fold(events)
    assert final.run_status.is_final
    assert all(state.status.is_final and "/" not in path for path, state in final.nodes.items())
    ended = [event.node for event in events if event.type in ENDS]
    assert len(ended) == len(set(ended))
    assert {event.node for event in events if event.type is EventType.NODE_STARTED} <= set(ended)


@REGISTRIES
@seed(7)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(cases())
def test_a_run_cancelled_anywhere_and_cut_short_anywhere_in_that_leaves_nothing_open(
    registry: NodeRegistry, case: Case
):
    _, events = run(case, registry=registry)

    for cut in range(1, len(events), 3):
        outcome, rest = run(case, events[:cut], registry=registry, cancel_after_s=0)
        assert outcome.status == "cancelled"
        check_nothing_is_open([*events[:cut], *rest])

        for again in range(len(rest)):
            prefix = [*events[:cut], *rest[:again]]
            outcome, last = run(case, prefix, registry=registry, cancel_after_s=None if again else 0)
            assert outcome.status == "cancelled"
            check_nothing_is_open([*prefix, *last])


@REGISTRIES
@seed(8)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(cases())
def test_a_run_that_fails_fast_does_so_from_any_prefix(registry: NodeRegistry, case: Case):
    case = without_counting(case)
    whole, events = run(case, run_settings={"fail_fast": True}, registry=registry)
    check_nothing_is_open(events)

    for cut in range(len(events) + 1):
        prefix = events[:cut]
        if is_about_to_fail(prefix, ends_of(events)):
            continue

        outcome, rest = run(case, prefix, {"fail_fast": True}, registry)

        assert outcome.status == whole.status
        check_nothing_is_open([*prefix, *rest])


class WaitingStep(SlowStep):
    """Waits afterwards, at some places."""

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        outputs = await super().run(context)
        place = zlib.crc32(context.node_id.encode())
        return Park(START + timedelta(seconds=place % 20), outputs) if place % 3 == 0 else outputs


WAITING_REGISTRY = NodeRegistry([WaitingStep, *(known for known in RANDOM_REGISTRY if known is not Step)])


@seed(9)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(cases(), st.data())
def test_timeouts_and_waits_leave_nothing_open_wherever_a_run_is_taken_over(case: Case, data: st.DataObject):
    limits = st.sampled_from([None, None, 0.5, 1, 2, 3, 5, 8])
    case = copy.deepcopy(case)
    for document in (case.document, *case.workflows.values()):
        for node in document["nodes"]:
            node.setdefault("options", {})["timeout"] = data.draw(limits)
    for document in case.workflows.values():
        document["settings"] = {"timeout": data.draw(limits), "fail_fast": data.draw(st.booleans())}

    _, events = run(case, registry=WAITING_REGISTRY)

    check_nothing_is_open(events)
    for cut in range(len(events)):
        _, rest = run(case, events[:cut], registry=WAITING_REGISTRY)
        check_nothing_is_open([*events[:cut], *rest])
