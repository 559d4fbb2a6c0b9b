"""The script runtimes: real time, real threads."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from dataclasses import fields

import pytest

from runtime import AsyncLocalRuntime, LocalRuntime, ParameterError, RunCancelled, RunFailed, RuntimeConfig
from runtime.builder import WorkflowBuilder
from runtime.engine.parameters import PARAMETERS
from tests.unit.engine.steps import REGISTRY, document, node

FAN = document([node(name, "Flaky", seconds=0.3) for name in "abcd"])


@pytest.fixture
def runtime():
    with LocalRuntime(registry=REGISTRY) as made:
        yield made


def test_a_built_workflow_gives_results_and_a_run_id(runtime):
    builder = WorkflowBuilder(registry=REGISTRY)
    builder.add_node("Constant", "a", {"value": 1})
    builder.add_node("Collect", "b")
    builder.add_connection("a", "result", "b", "x")

    results, run_id = runtime.execute(builder.build(), parameters={})

    assert results == {"a": {"result": 1}, "b": {"result": {"node": "b", "x": 1}}}
    assert isinstance(run_id, str)


def test_four_waits_take_as_long_as_one(runtime):
    begun = time.perf_counter()

    runtime.execute(FAN)

    assert time.perf_counter() - begun < 0.6


def test_four_blocking_nodes_take_as_long_as_one(runtime):
    begun = time.perf_counter()

    runtime.execute(document([node(name, "Blocking", seconds=0.3) for name in "abcd"]))

    assert time.perf_counter() - begun < 0.6


def test_max_workers_limits_blocking_nodes():
    begun = time.perf_counter()

    with LocalRuntime(registry=REGISTRY, max_workers=1) as runtime:
        runtime.execute(document([node(name, "Blocking", seconds=0.1) for name in "abc"]))

    assert time.perf_counter() - begun >= 0.3


def test_the_async_runtime_gives_the_same_results():
    async def main():
        async with AsyncLocalRuntime(registry=REGISTRY) as runtime:
            return await asyncio.gather(*(runtime.execute(FAN) for _ in range(3)))

    begun = time.perf_counter()
    runs = asyncio.run(main())

    assert time.perf_counter() - begun < 0.9
    assert [results for results, _ in runs] == [{name: {"result": {"attempt": 1}} for name in "abcd"}] * 3
    assert len({run_id for _, run_id in runs}) == 3


def test_execute_works_inside_a_running_loop(runtime):
    async def main():
        return runtime.execute(document([node("a", "Constant", value=1)]))

    results, _ = asyncio.run(main())

    assert results == {"a": {"result": 1}}


def test_several_threads_share_a_runtime(runtime):
    graph = document([node("a", "Flaky", seconds=0.05), node("b")], ["a -> b"])
    found = []

    def work():
        for _ in range(5):
            found.append(runtime.execute(graph)[0]["b"]["result"]["data"])

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [{"attempt": 1}] * 30


def test_a_failed_run_raises_with_what_there_is(runtime):
    graph = document([node("ok", "Constant", value=1), node("bad", "Flow", failures=9)])

    with pytest.raises(RunFailed, match="node 'bad' failed: failure 1") as caught:
        runtime.execute(graph)

    assert caught.value.results == {"ok": {"result": 1}}
    assert caught.value.errors["bad"]["code"] == "boom"


def test_a_blocking_node_fails_at_its_timeout(runtime):
    graph = document([node("a", "Blocking", seconds=1.5, options={"timeout": 0.1})])
    begun = time.perf_counter()

    with pytest.raises(RunFailed) as caught:
        runtime.execute(graph)

    assert time.perf_counter() - begun < 1.0
    assert caught.value.errors["a"]["code"] == "timeout"


def test_an_abandoned_thread_gives_its_place_back():
    with LocalRuntime(registry=REGISTRY, max_workers=1) as runtime:
        stuck = document([node("a", "Blocking", seconds=1.5, options={"timeout": 0.05})])
        with pytest.raises(RunFailed):
            runtime.execute(stuck)
        begun = time.perf_counter()

        runtime.execute(document([node("b", "Blocking")]))

        assert time.perf_counter() - begun < 1.0


def test_a_run_can_be_cancelled_from_another_thread(runtime):
    timer = threading.Timer(0.1, runtime.cancel, args=["mine"])
    timer.start()
    begun = time.perf_counter()

    with pytest.raises(RunCancelled):
        runtime.execute(document([node("a", "Flaky", seconds=30)]), run_id="mine")

    assert time.perf_counter() - begun < 5
    assert not runtime.cancel("mine")
    timer.join()


def test_cancelling_the_awaiting_task_stops_the_nodes():
    async def main():
        runtime = AsyncLocalRuntime(registry=REGISTRY)
        task = asyncio.create_task(runtime.execute(document([node("a", "Flaky", seconds=30)])))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert [item for item in asyncio.all_tasks() if item is not asyncio.current_task()] == []

    asyncio.run(main())


def test_skipped_nodes_are_absent_or_none():
    graph = document([node("gate", "Constant", value=0), node("a")], ["gate -> a.should_run"])

    with (
        LocalRuntime(registry=REGISTRY) as absent,
        LocalRuntime(registry=REGISTRY, conditional_execution="route_data") as present,
    ):
        assert absent.execute(graph)[0] == {"gate": {"result": 0}}
        assert present.execute(graph)[0] == {"gate": {"result": 0}, "a": None}


def test_the_event_sink_sees_every_event_and_cannot_break_the_run():
    seen = []

    def sink(event):
        seen.append(str(event.type))
        raise RuntimeError("observer at fault")

    with LocalRuntime(registry=REGISTRY, event_sink=sink) as runtime:
        runtime.execute(document([node("a", "Constant", value=1)]))

    assert seen == ["run.started", "node.started", "node.succeeded", "run.succeeded"]


def test_enable_logging_logs_events(caplog):
    with (
        LocalRuntime(registry=REGISTRY, enable_logging=True) as runtime,
        caplog.at_level("INFO", "runtime"),
    ):
        runtime.execute(document([node("a", "Blocking")]))

    assert "node.started a (attempt 1)" in caplog.text
    assert "a: awake" in caplog.text


def test_a_seed_makes_run_ids_repeat():
    def ids():
        with LocalRuntime(registry=REGISTRY, seed=7) as runtime:
            return [runtime.execute(document([]))[1] for _ in range(2)]

    assert ids() == ids()


def test_the_parameters_are_29():
    assert len(PARAMETERS) == 29
    assert [item.name for item in fields(RuntimeConfig)] == list(PARAMETERS)


def test_an_unknown_parameter_names_the_nearest():
    with pytest.raises(TypeError, match="'max_worker'.*'max_workers'"):
        LocalRuntime(registry=REGISTRY, max_worker=3)


@pytest.mark.parametrize(
    "bad",
    [
        {"max_workers": 0},
        {"max_concurrency": 1.5},
        {"timeout": -1},
        {"node_timeout": "1"},
        {"retry_backoff": "random"},
        {"max_retries": -1},
        {"retry_initial_delay": -1},
        {"fail_fast": 1},
        {"conditional_execution": "maybe"},
        {"event_sink": 5},
        {"seed": "x"},
    ],
)
def test_an_invalid_parameter_is_named(bad):
    with pytest.raises(ParameterError, match=next(iter(bad))):
        RuntimeConfig(**bad)


def test_the_runtime_wins_over_the_settings_of_the_workflow():
    graph = document([node("a", "Flaky", seconds=0.3)], settings={"node_timeout": 0.01})

    with LocalRuntime(registry=REGISTRY, node_timeout=5) as runtime:
        results, _ = runtime.execute(graph)

    assert results == {"a": {"result": {"attempt": 1}}}


def test_ten_thousand_nodes_and_five_thousand_in_a_row(runtime):
    chain = document([node(f"n{i}", "Flow") for i in range(5000)], [f"n{i} -> n{i + 1}" for i in range(4999)])
    fan = document([node(f"n{i}", "Flow") for i in range(10_000)], [f"n0 -> n{i}" for i in range(1, 10_000)])

    assert len(runtime.execute(chain)[0]) == 5000
    assert len(runtime.execute(fan)[0]) == 10_000


def test_what_is_still_missing_at_the_start_is_an_error(runtime):
    builder = WorkflowBuilder(registry=REGISTRY)
    builder.add_node("Need", "a")
    workflow = builder.build()

    with pytest.raises(ParameterError, match="nothing feeds the input 'data'"):
        runtime.execute(workflow, {"a": {"dta": 1}})
    with pytest.raises(ParameterError, match="no parameter or node is called 'b'"):
        runtime.execute(workflow, {"a": {"data": 1}, "b": 1})
    assert runtime.execute(workflow, {"a": {"data": 1}})[0] == {"a": {"result": 1}}


def test_something_unbuilt_is_refused(runtime):
    with pytest.raises(TypeError, match="build"):
        runtime.execute(WorkflowBuilder(registry=REGISTRY))  # type: ignore[arg-type]


def test_importing_runtime_is_fast_and_free_of_frameworks():
    code = """
import sys, time
begun = time.perf_counter()
import runtime
spent = time.perf_counter() - begun
heavy = {"django", "pydantic", "celery", "channels", "psycopg", "asyncio"} & set(sys.modules)
assert not heavy, heavy
assert spent < 0.3, spent
from runtime import AsyncLocalRuntime, BaseRuntime, LocalRuntime, RuntimeConfig, WorkflowBuilder
assert "django" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_script_ends_though_a_node_hangs():
    code = """
from runtime import LocalRuntime, RunFailed
from tests.unit.engine.steps import REGISTRY, document, node
try:
    stuck = node("a", "Blocking", seconds=60, options={"timeout": 0.1})
    LocalRuntime(registry=REGISTRY).execute(document([stuck]))
except RunFailed as error:
    print(error.errors["a"]["code"])
"""
    ended = subprocess.run(
        [sys.executable, "-c", code], check=True, timeout=30, capture_output=True, text=True
    )

    assert ended.stdout == "timeout\n"
    assert ended.stderr == ""
