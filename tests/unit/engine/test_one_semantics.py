"""Random workflows mean the same to both runtimes and to the reference interpreter."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from runtime.engine.errors import RunFailed
from runtime.engine.events import Event
from runtime.engine.validation import validate
from runtime.local import AsyncLocalRuntime, LocalRuntime
from runtime.script_workflows import ScriptWorkflows
from tests.unit.engine.random_graphs import RANDOM_REGISTRY, Case, Seen, cases, compare, observe, plain
from tests.unit.engine.reference import interpret

EXAMPLES = 256
PARTS = range(8)  # of 256 graphs each, so that parallel test processes share the work


def run_in_script(case: Case) -> tuple[dict[str, Any], dict[str, Seen]]:
    events: list[Event] = []
    with LocalRuntime(
        registry=RANDOM_REGISTRY, workflows=case.workflows, event_sink=events.append
    ) as runtime:
        try:
            results, _ = runtime.execute(case.document)
        except RunFailed as failure:
            results = dict(failure.results)
    return results, observe(events)


def run_in_program(case: Case) -> tuple[dict[str, Any], dict[str, Seen]]:
    events: list[Event] = []

    async def main() -> dict[str, Any]:
        async with AsyncLocalRuntime(
            registry=RANDOM_REGISTRY, workflows=case.workflows, event_sink=events.append
        ) as runtime:
            try:
                results, _ = await runtime.execute(case.document)
            except RunFailed as failure:
                results = dict(failure.results)
            return results

    return asyncio.run(main()), observe(events)


def results_of(expected: Mapping[str, Any]) -> dict[str, Any]:
    return {
        path: plain(end.outputs)
        for path, end in expected.items()
        if path and "/" not in path and end.status == "succeeded"
    }


@pytest.mark.parametrize("part", PARTS)
def test_both_runtimes_do_what_the_reference_does(part: int):
    @seed(part)
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(cases())
    def check(case: Case) -> None:
        expected = interpret(case.graph, case.graphs)

        for run in (run_in_script, run_in_program):
            results, seen = run(case)

            assert compare(expected, seen) == []
            assert plain(results) == results_of(expected)

    check()


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(cases())
def test_random_graphs_have_no_problems(case: Case):
    problems = validate(case.document, RANDOM_REGISTRY, workflows=ScriptWorkflows(case.graphs, None))

    assert [item for item in problems if item.severity == "error"] == []
