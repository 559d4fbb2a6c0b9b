"""How much runs at once, and for how long."""

from __future__ import annotations

import time

import pytest

from tests.unit.engine.steps import document, node
from tests.unit.runtime_parameters.running import BlockingGauge, Gauge, Runner


@pytest.mark.parametrize("limit", [1, 3])
def test_max_workers_bounds_blocking_nodes(run: Runner, limit: int) -> None:
    BlockingGauge.reset()
    BlockingGauge.expected = limit

    run(document([node(f"n{i}", "BlockingGauge") for i in range(6)]), max_workers=limit)

    assert BlockingGauge.most == limit


@pytest.mark.parametrize("limit", [1, 3])
def test_max_concurrency_bounds_nodes_in_flight(run: Runner, limit: int) -> None:
    Gauge.reset()

    run(document([node(f"n{i}", "Gauge") for i in range(6)]), max_concurrency=limit)

    assert Gauge.most == limit


def test_timeout_ends_the_run(run: Runner) -> None:
    graph = document([node("a", "Flaky", seconds=0.3)])
    begun = time.perf_counter()

    assert run(graph, timeout=30).error is None
    ended = run(document([node("a", "Flaky", seconds=30)]), timeout=0.05)

    assert time.perf_counter() - begun < 10
    assert ended.error is not None
    assert "longer than its timeout of 0.05 s" in str(ended.error)
    assert ended.of("run.failed")[0].data["error"]["code"] == "timeout"


def test_node_timeout_ends_an_attempt(run: Runner) -> None:
    graph = document([node("a", "Flaky", seconds=0.2), node("b", "Constant", value=1)])

    assert run(graph, node_timeout=30).error is None
    ended = run(graph, node_timeout=0.05)

    assert ended.failure("a")["code"] == "timeout"
    assert ended.results["b"] == {"result": 1}
