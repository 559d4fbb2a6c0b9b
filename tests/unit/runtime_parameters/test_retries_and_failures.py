"""What happens after a failed attempt."""

from __future__ import annotations

import pytest

from tests.unit.engine.steps import document, node
from tests.unit.runtime_parameters.running import FAST, Runner

FAILS_TWICE = document([node("a", "Flow", failures=2)])
NEVER = document([node("a", "Flow", failures=1000)])


def _delays(run: Runner, **config: object) -> list[float]:
    """The delays before the retries, from one seed."""
    seen = run(NEVER, retry_on_failure=True, seed=7, **config)
    return [event.data["delay_s"] for event in seen.of("node.retrying")]


def test_retry_on_failure_tries_again(run: Runner) -> None:
    assert run(FAILS_TWICE, retry_on_failure=False, retry_initial_delay=0).failure("a")["code"] == "boom"
    assert run(FAILS_TWICE, **FAST).results["a"]["result"]["node"] == "a"


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_max_retries_counts_the_attempts_after_the_first(run: Runner, retries: int) -> None:
    seen = run(NEVER, max_retries=retries, **FAST)

    assert len(seen.of("node.started")) == retries + 1


def test_retry_backoff_shapes_the_delays(run: Runner) -> None:
    given = {"max_retries": 3, "retry_initial_delay": 0.04, "retry_max_delay": 10.0}

    constant = _delays(run, retry_backoff="constant", **given)
    linear = _delays(run, retry_backoff="linear", **given)
    exponential = _delays(run, retry_backoff="exponential", **given)

    assert [a / c for a, c in zip(linear, constant, strict=True)] == pytest.approx([1, 2, 3], rel=0.15)
    assert [b / c for b, c in zip(exponential, constant, strict=True)] == pytest.approx([1, 2, 4], rel=0.15)


def test_retry_initial_delay_scales_the_first_delay(run: Runner) -> None:
    short = _delays(run, max_retries=1, retry_initial_delay=0.02)
    long = _delays(run, max_retries=1, retry_initial_delay=0.1)

    assert 0 < short[0] <= 0.02
    assert long[0] == pytest.approx(5 * short[0], abs=0.005)


def test_retry_max_delay_bounds_the_growth(run: Runner) -> None:
    given = {"max_retries": 4, "retry_initial_delay": 0.02}

    assert max(_delays(run, retry_max_delay=0.01, **given)) <= 0.01
    assert max(_delays(run, retry_max_delay=10.0, **given)) > 0.02


def test_fail_fast_stops_independent_branches(run: Runner) -> None:
    graph = document([node("slow", "Flaky", seconds=0.2), node("bad", "Flow", failures=9)])

    finished = run(graph, fail_fast=False)
    stopped = run(graph, fail_fast=True)

    assert finished.results == {"slow": {"result": {"attempt": 1}}}
    assert stopped.results == {}
    assert [event.node for event in stopped.of("node.cancelled")] == ["slow"]
