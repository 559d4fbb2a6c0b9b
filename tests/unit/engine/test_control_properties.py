"""Random workflows, disturbed at random moments: paused, told of news that are none, parked and taken up."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from runtime.engine.control import Control
from runtime.engine.events import Event
from runtime.engine.node import NodeContext, Park
from runtime.engine.outcome import Outcome
from runtime.engine.registry import NodeRegistry
from tests.unit.engine.random_graphs import RANDOM_REGISTRY, Case, Step, cases, plain
from tests.unit.engine.steps import START, VirtualLoop, drive
from tests.unit.engine.test_resuming import SlowStep, check_nothing_is_open, ends_of, is_about_to_fail
from tests.unit.engine.test_resuming import without_counting as without_attempts

MAX_DRIVES = 300
RELAXED: dict[str, Any] = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


class OutsideStep(SlowStep):
    """At some places it waits for something outside, which comes at a moment of the loop's time."""

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        place = zlib.crc32(context.node_id.encode())
        if place % 3:
            return await super().run(context)
        return await self.resume(context)

    async def resume(self, context: NodeContext) -> Mapping[str, Any] | Park:
        place = zlib.crc32(context.node_id.encode())
        await asyncio.sleep(place % 2)
        if asyncio.get_running_loop().time() < place % 40:
            return Park(None, on="outside")
        return await super().run(context)


OUTSIDE_REGISTRY = NodeRegistry([OutsideStep, *(known for known in RANDOM_REGISTRY if known is not Step)])


class Disturbance:
    """Drives a run to its end, however often it stops on the way."""

    def __init__(self, case: Case, nudges: list[int], pauses: list[int]) -> None:
        self.case = case
        self.nudges, self.pauses = list(nudges), list(pauses)

    def run(self, history: list[Event]) -> tuple[Outcome, list[Event]]:
        events = list(history)
        at_s = 0.0 if not events else (events[-1].at - START).total_seconds()
        for _ in range(MAX_DRIVES):
            control = Control()
            outcome, new = drive(
                self.case.document,
                registry=OUTSIDE_REGISTRY,
                workflows=self.case.graphs,
                at_s=at_s,
                history=events,
                control=control,
                meanwhile=lambda loop, control=control: self.plan(loop, control),
            )
            events += new
            if outcome.status not in ("waiting", "paused"):
                return outcome, events
            last = (events[-1].at - START).total_seconds()
            wake = 0.0 if outcome.wake_at is None else (outcome.wake_at - START).total_seconds()
            at_s = max(last + 1, wake)
        raise AssertionError("the run does not end")

    def plan(self, loop: VirtualLoop, control: Control) -> None:
        for second in self.nudges:
            loop.call_later(second, control.nudge)
        if self.pauses:
            loop.call_later(self.pauses.pop(), control.pause)


def undisturbed(case: Case) -> tuple[Outcome, list[Event]]:
    return Disturbance(case, [], []).run([])


moments = st.lists(st.integers(0, 12), max_size=6)


@seed(21)
@settings(max_examples=80, **RELAXED)
@given(cases(), moments, moments)
def test_pauses_and_news_change_nothing_but_time(case: Case, nudges: list[int], pauses: list[int]):
    whole, events = undisturbed(case)

    outcome, disturbed = Disturbance(case, nudges, pauses).run([])

    assert outcome.status == whole.status
    assert plain(outcome.results) == plain(whole.results)
    assert set(outcome.skipped) == set(whole.skipped)
    assert ends_of(disturbed) == ends_of(events)
    assert [event.seq for event in disturbed] == list(range(1, 1 + len(disturbed)))
    check_nothing_is_open(disturbed)


@seed(22)
@settings(max_examples=15, **RELAXED)
@given(cases(), moments, moments)
def test_a_disturbed_run_goes_on_from_any_prefix_of_its_history(
    case: Case, nudges: list[int], pauses: list[int]
):
    case = without_attempts(case)
    _, events = undisturbed(case)
    expected = ends_of(events)
    _, disturbed = Disturbance(case, nudges, pauses).run([])

    for cut in range(len(disturbed)):
        prefix = disturbed[:cut]
        if is_about_to_fail(prefix, expected):
            continue
        _, again = Disturbance(case, nudges, []).run(prefix)
        assert ends_of(again) == expected
        check_nothing_is_open(again)
