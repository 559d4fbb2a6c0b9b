"""Runs as traces: what a collector is told of them, and what it never is."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from accounts.models import User
from runtime.engine.state import RunStatus
from runtime.host.node_services import ProcessServices
from runtime.models import RunEvent
from runtime.services.credentials import create_credential
from runtime.services.runs import signal_run
from runtime.tracing.ids import span_text, trace_text
from runtime.tracing.tracer import Tracer, open_tracer
from tests.services.runtime import nodes
from tests.services.runtime.collector import Collector, collecting
from tests.services.runtime.conftest import HostMaker, RunMaker, wait_for_status
from tests.services.runtime.receiver import Receiver, receiving

CANARY = "canary-7f3a-token"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture
def tracer(collector: Collector) -> Tracer:
    tracer = open_tracer(collector.url, "x-team=a%20b, Authorization=Bearer k")
    assert tracer is not None
    return tracer


def test_a_run_is_a_trace_and_an_attempt_a_span(
    collector: Collector, tracer: Tracer, make_run: RunMaker, make_host: HostMaker
) -> None:
    retry = {"options": {"retry": {"max_retries": 2, "initial_delay": 0.01}}}
    steps = [
        {"id": "a", "type": "TestEcho", "config": {"value": CANARY}},
        {"id": "b", "type": "TestFlaky", "config": {}, **retry},
    ]
    wires = [{"source": "a", "output": "result", "target": "b", "input": "value"}]
    run = make_run(document={"nodes": steps, "connections": wires})

    host = make_host(trace=tracer)
    wait_for_status(run, RunStatus.FAILED)
    host.stop()

    whole, first, tries = collector.one("run"), collector.one("a"), collector.of("b")
    assert {span.trace for span in collector.spans} == {trace_text(str(run.pk))}
    assert {span.parent for span in (first, *tries)} == {whole.id}
    assert whole.parent == ""
    assert [span.attributes["lockgate.node.outcome"] for span in tries] == ["retried", "retried", "failed"]
    assert [span.id for span in tries] == [span_text(str(run.pk), "b", number) for number in (1, 2, 3)]
    assert [span.error for span in tries] == ["flaky", "flaky", "flaky"]
    assert first.attributes == {
        "lockgate.run.id": str(run.pk),
        "lockgate.node.path": "a",
        "lockgate.node.attempt": 1,
        "lockgate.node.outcome": "succeeded",
        "lockgate.node.type": "TestEcho",
    }
    assert whole.attributes == {
        "lockgate.run.id": str(run.pk),
        "lockgate.run.status": "failed",
        "lockgate.tenant.id": str(run.tenant_id),
        "lockgate.version.id": str(run.version_id),
        "error.type": "flaky",
    }
    assert whole.began <= first.began <= first.ended <= tries[0].began
    assert all(before.ended <= after.began for before, after in pairwise(tries))
    assert tries[-1].ended <= whole.ended == int(run.finished_at.timestamp() * 1e6) * 1000  # type: ignore[union-attr]
    assert collector.services == {"lockgate"}
    assert collector.headers[0]["x-team"] == "a b"
    assert CANARY.encode() not in collector.raw


def test_iterations_stand_below_their_container(
    collector: Collector, tracer: Tracer, make_run: RunMaker, make_host: HostMaker
) -> None:
    steps = [
        {"id": "all", "type": "TestEcho", "config": {"value": [1, 2]}},
        {"id": "each", "type": "MapNode", "config": {}},
        {"id": "step", "type": "TestEcho", "config": {"value": 3}, "parent": "each"},
    ]
    wires = [
        {"source": "all", "output": "result", "target": "each", "input": "items"},
        {"source": "each", "output": "item", "target": "step", "input": "value"},
        {"source": "step", "output": "result", "target": "each", "input": "value"},
    ]
    run = make_run(document={"nodes": steps, "connections": wires})

    host = make_host(trace=tracer)
    wait_for_status(run, RunStatus.SUCCEEDED)
    host.stop()

    whole, *iterations = collector.of("each")
    assert [span.attributes["lockgate.iteration"] for span in iterations] == [1, 2]
    assert {span.parent for span in iterations} == {whole.id}
    assert [span.parent for span in collector.of("each/step")] == [span.id for span in iterations]
    assert [span.attributes["lockgate.node.path"] for span in collector.of("each/step")] == [
        "each/1/step",
        "each/2/step",
    ]


def test_a_run_that_goes_on_in_another_process_keeps_its_trace(
    collector: Collector, make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(
        ("a", "TestEcho", {"value": 1}), ("ask", "TestOutside", {}), ("b", "TestEcho", {"value": 2})
    )

    for wanted in (RunStatus.WAITING, RunStatus.SUCCEEDED):
        host = make_host(trace=open_tracer(collector.url, ""))
        wait_for_status(run, wanted)
        host.stop()
        nodes.open_gate("gate")
        signal_run(run.pk)

    assert [len(collector.of(name)) for name in ("run", "a", "ask", "b")] == [1, 1, 1, 1]
    assert len({span.trace for span in collector.spans}) == 1
    whole, asked = collector.one("run"), collector.one("ask")
    assert asked.parent == whole.id
    assert whole.began < asked.began < asked.ended <= collector.one("b").began


def test_whom_a_step_calls_gets_the_trace_and_a_collector_no_secret(
    collector: Collector, tracer: Tracer, make_run: RunMaker, make_host: HostMaker, user: User, settings: Any
) -> None:
    values = {"token": CANARY}
    create_credential(user=user, name="t", type="bearer_token", description="", values=values)
    with receiving() as receiver:
        receiver.behaviours[:] = [500]
        settings.EGRESS_ALLOW = f"127.0.0.1:{receiver.port}"
        config = {"method": "POST", "url": receiver.url, "credential": {"name": "t"}, "body": CANARY}
        run = make_run(("call", "HTTPRequestNode", config))
        host = make_host(trace=tracer, services=lambda: ProcessServices(tracer.traceparent))
        wait_for_status(run, RunStatus.FAILED)
        host.stop()

        sent = header_of(receiver)

    call = collector.one("call")
    assert sent == f"00-{call.trace}-{call.id}-01"
    assert call.error == "http_status" == call.attributes["error.type"]
    assert collector.one("run").error == "http_status"
    assert CANARY.encode() not in collector.raw
    assert receiver.url.encode() not in collector.raw


def header_of(receiver: Receiver) -> str:
    [got] = receiver.got
    return {name.lower(): value for name, value in got.headers.items()}["traceparent"]


def test_a_run_that_is_not_sampled_makes_no_span_and_says_so_onwards(
    collector: Collector, make_run: RunMaker, make_host: HostMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0")
    tracer = open_tracer(collector.url, "")
    assert tracer is not None
    run = make_run(("a", "TestEcho", {"value": 1}))

    host = make_host(trace=tracer)
    wait_for_status(run, RunStatus.SUCCEEDED)
    host.stop()

    assert collector.spans == []
    assert re.fullmatch("00-[0-9a-f]{32}-[0-9a-f]{16}-00", tracer.traceparent(str(run.pk), "a", 1))


def test_a_collector_that_does_not_answer_keeps_nothing_waiting(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        tracer = open_tracer(f"http://127.0.0.1:{silent.getsockname()[1]}", "")
        run = make_run(("a", "TestEcho", {"value": 1}))
        host = make_host(trace=tracer)
        wait_for_status(run, RunStatus.SUCCEEDED)

        began = time.monotonic()
        host.stop()

    assert time.monotonic() - began < 6
    assert RunEvent.objects.filter(run=run, type="run.succeeded").exists()


def test_without_a_collector_there_is_no_tracer() -> None:
    assert open_tracer("", "") is None
