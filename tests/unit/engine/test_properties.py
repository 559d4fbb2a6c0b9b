"""Random graphs: against a short reference interpreter, and resumed from every prefix of their history."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runtime.builder import Workflow
from runtime.engine.errors import RunFailed
from runtime.engine.events import EventType
from runtime.engine.graph import Graph, parse_graph
from runtime.engine.state import NodeStatus, RunState, fold
from runtime.engine.validation import validate
from runtime.local import LocalRuntime
from tests.unit.engine.steps import REGISTRY, Flow, document, drive, node

RETRY = {"max_retries": 2, "initial_delay": 0}


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """Acyclic graphs with failures, retries, error routes, gates, switches, joins and disabled nodes."""
    count = draw(st.integers(1, 9))
    nodes, wires = [], []
    for index in range(count):
        kind = draw(st.sampled_from(["Flow", "Flow", "Flow", "Flaky", "Branch", "Constant"]))
        config: dict[str, Any] = {}
        if kind in ("Flow", "Flaky"):
            config = {"failures": draw(st.sampled_from([0, 0, 0, 1, 5]))}
        elif kind == "Branch":
            config = {"take": draw(st.sampled_from(["left", "right"]))}
        else:
            config = {"value": draw(st.sampled_from([0, 1, None, "x"]))}
        options = {
            "join": draw(st.sampled_from(["any", "any", "all", "always"])),
            "on_error": draw(st.sampled_from(["fail", "fail", "continue", "return"])),
            "retry": draw(st.sampled_from([None, RETRY])),
        }
        nodes.append(
            {**node(f"n{index}", kind, **config, options=options), "disabled": draw(st.integers(0, 19)) == 0}
        )
        if kind == "Constant":
            continue  # takes no data, but may be gated
        for source in draw(st.sets(st.integers(0, index - 1), max_size=3)) if index else []:
            port = (
                draw(st.sampled_from(["left", "right", "result"]))
                if nodes[source]["type"] == "Branch"
                else "result"
            )
            arrow = draw(st.sampled_from(["->", "->", "->", "!->"]))
            wires.append(f"n{source}.{'error' if arrow == '!->' else port} {arrow} n{index}.from{source}")
    for index in range(1, count):
        if draw(st.integers(0, 3)) == 0:
            source = draw(st.integers(0, index - 1))
            wires.append(f"n{source}.result -> n{index}.should_run")
    return document(nodes, wires)


def interpret(graph: Graph) -> tuple[dict[str, Any], set[str], set[str], bool]:
    """The reference: results, failed and skipped nodes, and success. Nodes are in topological order."""
    results: dict[str, Any] = {}
    failed: set[str] = set()
    skipped: set[str] = set()
    is_lost = False
    for spec in graph.nodes:
        incoming = [wire for wire in graph.connections if wire.target == spec.id]
        live = [
            wire.source in failed if wire.kind == "error" else wire.port in results.get(wire.source, {})
            for wire in incoming
        ]
        gates = [
            is_live and results[wire.source][wire.port]
            for wire, is_live in zip(incoming, live, strict=True)
            if wire.is_control
        ]
        data = [
            is_live
            for wire, is_live in zip(incoming, live, strict=True)
            if wire.kind == "data" and not wire.is_control
        ]
        runs = {
            "always": True,
            "all": all(live),
            "any": (any(data) or not data) and (any(live) or not incoming),
        }[spec.options.join]
        if spec.disabled or not all(gates) or not runs:
            skipped.add(spec.id)
            continue
        retries = 0 if spec.options.retry is None else spec.options.retry["max_retries"]
        if spec.config.get("failures", 0) <= retries:
            results[spec.id] = outputs_of(spec, incoming, live)
            continue
        is_routed = any(wire.source == spec.id and wire.kind == "error" for wire in graph.connections)
        if spec.options.on_error == "return" and not is_routed:
            message = f"failure {retries + 1}"
            results[spec.id] = {"result": {"error": {"code": "boom", "message": message, "retryable": False}}}
            continue
        failed.add(spec.id)
        is_lost = is_lost or (not is_routed and spec.options.on_error != "continue")
    return results, failed, skipped, not is_lost


def outputs_of(spec: Any, incoming: Any, live: Any) -> dict[str, Any]:
    if spec.type == "Constant":
        return {"result": spec.config["value"]}
    if spec.type == "Branch":
        return {"result": spec.config["take"], spec.config["take"]: {"taken": True}}
    if spec.type == "Flaky":
        return {"result": {"attempt": spec.config["failures"] + 1}}
    names = {
        wire.input
        for wire, is_live in zip(incoming, live, strict=True)
        if not wire.is_control and (is_live or wire.kind == "data")
    }
    return {"result": {"node": spec.id, "inputs": sorted(names)}}


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_runs_do_what_the_reference_does(graph):
    parsed = parse_graph(graph)
    assert [problem for problem in validate(graph, REGISTRY) if problem.severity == "error"] == []
    results, failed, skipped, succeeds = interpret(parsed)

    outcome, events = drive(graph, park_after_s=None)
    state = fold(events)

    assert dict(outcome.results) == results
    assert {name for name, item in state.nodes.items() if item.status is NodeStatus.FAILED} == failed
    assert {name for name, item in state.nodes.items() if item.status is NodeStatus.SKIPPED} == skipped
    assert outcome.status == ("succeeded" if succeeds else "failed")


def test_the_script_runtime_does_what_the_reference_does():
    with LocalRuntime(registry=REGISTRY) as runtime:

        @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(graphs())
        def check(graph):
            parsed = parse_graph(graph)
            expected, _, _, succeeds = interpret(parsed)
            try:
                results, _ = runtime.execute(Workflow(parsed, REGISTRY))
                assert succeeds
            except RunFailed as failure:
                results = failure.results
                assert not succeeds
            assert results == expected

        check()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs())
def test_a_run_resumed_from_any_prefix_ends_the_same_and_repeats_nothing(graph):
    # Failing twice depends on the attempt's number, which a crash moves on: compare what cannot depend on it.
    for item in graph["nodes"]:
        if "failures" in item["config"]:
            item["config"]["failures"] = 999 if item["config"]["failures"] == 5 else 0
    whole, events = drive(graph, park_after_s=None)

    for cut in range(len(events) + 1):
        prefix = events[:cut]
        done = {event.node for event in prefix if event.type is EventType.NODE_SUCCEEDED}
        Flow.calls.clear()

        outcome, rest = drive(graph, history=prefix, park_after_s=None)

        assert outcome.status == whole.status
        assert comparable(outcome.results) == comparable(whole.results)
        assert outcome.errors.keys() == whole.errors.keys()
        assert done.isdisjoint(Flow.calls)
        assert done.isdisjoint(event.node for event in rest)
        assert [event.seq for event in rest] == list(range(cut + 1, cut + 1 + len(rest)))
        final, expected = fold([*prefix, *rest]), fold(events)
        assert {name: item.status for name, item in final.nodes.items()} == {
            name: item.status for name, item in expected.nodes.items()
        }


def comparable(results: Any) -> Any:
    """Without what counts attempts."""
    return {
        name: "error" if "error" in str(outputs) else "attempt" if "attempt" in str(outputs) else outputs
        for name, outputs in results.items()
    }


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(), st.data())
def test_folding_events_again_changes_nothing(graph, data):
    _, events = drive(graph, park_after_s=None)
    cut = data.draw(st.integers(0, len(events)))

    again = fold(events, fold(events[:cut]))

    assert again == fold(events)
    assert fold(events, fold(events)) == fold(events)
    assert RunState().to_dict() == {
        "seq": 0,
        "run": {"status": "queued", "started_at": None, "finished_at": None, "wake_at": None, "error": None},
        "nodes": {},
    }
