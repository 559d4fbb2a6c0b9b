"""What can be watched, what is measured, and what repeats."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.unit.engine.steps import Flow, document, node
from tests.unit.runtime_parameters.running import FAST, Runner

GRAPH = document([node("a", "Constant", value="s3cret"), node("b")], ["a -> b"])
FAILING = document([node("a", "Flow", failures=9)])


def test_enable_logging_writes_events(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "runtime"):
        run(GRAPH, enable_logging=False)
        assert "node.started" not in caplog.text

        run(GRAPH, enable_logging=True)

    assert "node.started a (attempt 1)" in caplog.text
    assert "s3cret" not in caplog.text


def test_debug_adds_tracebacks_and_shapes(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "runtime"):
        assert "traceback" not in run(FAILING, debug=False).failure("a")
        run(GRAPH, debug=False)
        quiet = caplog.text
        caplog.clear()

        assert "raise NodeError" in run(FAILING, debug=True).failure("a")["traceback"]
        run(GRAPH, debug=True)

    assert "b: " not in quiet
    assert "b: " in caplog.text
    assert "s3cret" not in caplog.text


def test_enable_monitoring_measures_nodes(run: Runner) -> None:
    assert run(GRAPH, enable_monitoring=False).runtime.metrics() == {}

    metrics = run(GRAPH, enable_monitoring=True).runtime.metrics()
    failed = run(FAILING, enable_monitoring=True, max_retries=2, **FAST).runtime.metrics()

    assert set(metrics) == {"Collect", "Constant"}
    assert metrics["Collect"]["succeeded"] == 1
    assert metrics["Collect"]["output_bytes"] > 10
    assert 0 <= metrics["Collect"]["run_ms"]["p50"] <= metrics["Collect"]["run_ms"]["max"]
    assert metrics["Collect"]["queued_ms"]["p50"] >= 0
    assert (failed["Flow"]["failed"], failed["Flow"]["retries"]) == (1, 2)


def test_event_sink_sees_every_event_and_cannot_break_the_run(run: Runner) -> None:
    seen = []

    def sink(event: object) -> None:
        seen.append(str(event.type))  # type: ignore[attr-defined]
        raise RuntimeError("observer at fault")

    assert run(GRAPH, event_sink=None).error is None
    assert seen == []
    assert run(GRAPH, event_sink=sink).error is None

    assert seen[0] == "run.started"
    assert seen.count("node.succeeded") == 2
    assert seen[-1] == "run.succeeded"


def test_seed_repeats_ids_and_delays(run: Runner) -> None:
    def once(seed: int | None) -> tuple[str, list[float]]:
        given = {"retry_on_failure": True, "max_retries": 2, "retry_initial_delay": 0.01}
        seen = run(FAILING, seed=seed, **given)
        return seen.run_id, [event.data["delay_s"] for event in seen.of("node.retrying")]

    assert once(7) == once(7)
    assert once(7) != once(8)
    assert once(None) != once(None)


def test_persist_resumes_where_the_script_was(run: Runner, tmp_path: Path) -> None:
    """A script that failed at its second step is run again, once with a journal and once without."""

    def twice(name: str, **config: Any) -> int:
        Flow.calls.clear()
        graph = document([node(name, "Flow"), node("b", "Flow", failures=1)], [f"{name} -> b"])
        run(graph, **config)
        run(graph, **config)
        return Flow.calls[name]

    assert twice("forgotten", persist=None) == 2
    assert twice("kept", persist=tmp_path / "journal.jsonl") == 1
