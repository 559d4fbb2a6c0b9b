"""What a script may get wrong with a runtime: each a clear error, and nothing hangs."""

from __future__ import annotations

import asyncio
import math
import resource
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from runtime import (
    AsyncLocalRuntime,
    BaseRuntime,
    GraphError,
    LocalRuntime,
    NodeContext,
    ParameterError,
    RunCancelled,
    RunFailed,
    WorkflowBuilder,
)
from tests.unit.engine.steps import REGISTRY, TestNode, document, inside, node

GRAPH = document([node("a"), node("b")], ["a -> b"])
IDLE = document([node("a", "Flaky", seconds=20)])


class Nesting(TestNode):
    """Runs a workflow on the runtime that runs it."""

    type = "Nesting"
    accepts_any_input = True
    runtime: ClassVar[LocalRuntime]
    inner: ClassVar[dict[str, Any]] = document([node("i", "Blocking")])

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": sorted(self.runtime.execute(self.inner)[0])}


class NestingInAThread(Nesting):
    type = "NestingInAThread"
    blocking = True


class Huge(TestNode):
    """Puts out a GiB that costs no memory as long as nobody copies it."""

    type = "Huge"
    value: ClassVar[bytes | str | list[str]] = ["x" * (1 << 20)] * 1024

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": self.value}


KNOWN = REGISTRY.with_classes([Huge, Nesting, NestingInAThread])


@pytest.fixture
def runtime() -> Iterator[LocalRuntime]:
    with LocalRuntime(registry=KNOWN) as made:
        yield made


def _nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


# --- threads and loops ------------------------------------------------------------------------------------


def test_threads_that_fail_and_threads_that_succeed_share_a_runtime(runtime: LocalRuntime) -> None:
    failing = document([node("a", "Flow", failures=9)])
    found: list[str] = []

    def work(number: int) -> None:
        for turn in range(5):
            try:
                runtime.execute(failing if (number + turn) % 2 else GRAPH)
                found.append("succeeded")
            except RunFailed:
                found.append("failed")

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(found) == ["failed"] * 15 + ["succeeded"] * 15


def test_a_run_id_that_is_under_way_is_refused(runtime: LocalRuntime) -> None:
    def idle() -> None:
        with pytest.raises(RunCancelled):
            runtime.execute(IDLE, run_id="mine")

    first = threading.Thread(target=idle)
    first.start()
    while not runtime._under_way:
        threading.Event().wait(0.005)

    with pytest.raises(ParameterError, match="'mine' is under way"):
        runtime.execute(GRAPH, run_id="mine")

    runtime.cancel("mine")
    first.join(10)
    assert runtime.execute(GRAPH, run_id="mine")[1] == "mine"


@pytest.mark.parametrize("kind", ["Nesting", "NestingInAThread"])
def test_a_node_may_run_a_workflow_on_its_own_runtime(kind: str) -> None:
    """With one worker, which the outer node holds while it waits for the inner one."""
    with LocalRuntime(registry=KNOWN, max_workers=1, timeout=20) as Nesting.runtime:
        results, _ = Nesting.runtime.execute(document([node("o", kind)]))

    assert results == {"o": {"result": ["i"]}}


def test_a_workflow_that_asks_for_more_workers_gets_them() -> None:
    together = threading.Barrier(3, timeout=20)

    class Meeting(TestNode):
        type = "Meeting"
        blocking = True

        async def run(self, context: NodeContext) -> Mapping[str, Any]:
            return {"result": together.wait() >= 0}

    graph = document([node(name, "Meeting") for name in "abc"])
    # The runtime says nothing of workers, so that what the workflow says holds, past the default.
    graph["settings"] = {"max_workers": 64}

    with LocalRuntime(registry=KNOWN.with_classes([Meeting])) as runtime:
        assert len(runtime.execute(graph)[0]) == 3
        assert runtime.plan(graph).config.max_workers == 64


def test_the_async_runtime_serves_one_loop_after_another_and_several_at_once() -> None:
    runtime = AsyncLocalRuntime(registry=KNOWN)
    found: list[Mapping[str, Any]] = []

    def work() -> None:
        found.append(asyncio.run(runtime.execute(GRAPH))[0])

    work()
    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    runtime.shut_down()

    assert len(found) == 5


def test_closing_a_runtime_ends_the_run_that_another_thread_waits_for(runtime: LocalRuntime) -> None:
    ended: list[BaseException] = []

    def work() -> None:
        with pytest.raises(RunCancelled) as raised:
            runtime.execute(IDLE)
        ended.append(raised.value)

    thread = threading.Thread(target=work)
    thread.start()
    while not runtime._under_way:
        threading.Event().wait(0.005)
    runtime.close()
    thread.join(10)

    assert "closed while the run was under way" in str(ended[0])
    assert len(runtime.execute(GRAPH)[0]) == 2


# --- values -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("default", [True, False], ids=["64 MiB", "1 MiB"])
def test_a_gibibyte_is_refused_before_it_is_copied(default: bool) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    config = {} if default else {"max_output_bytes": 1 << 20}

    with (
        LocalRuntime(registry=KNOWN, **config) as runtime,
        pytest.raises(RunFailed, match="the output has more than") as refused,
    ):
        runtime.execute(document([node("a", "Huge")]))

    assert refused.value.errors["a"]["code"] == "output_too_large"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


@pytest.mark.parametrize("levels", [200, 100_000])
def test_deep_nesting_in_a_document_is_a_problem(runtime: LocalRuntime, levels: int) -> None:
    for graph in (
        document([node("a", "Constant", value=_nested(levels))]),
        document([node("a")], settings={"timeout": _nested(levels)}),
        _nested(levels),
    ):
        with pytest.raises((GraphError, TypeError), match="nested more than 100 levels|graph document"):
            runtime.execute(graph)


@pytest.mark.parametrize("levels", [200, 100_000])
def test_deep_nesting_in_parameters_does_no_harm(runtime: LocalRuntime, levels: int) -> None:
    value = _nested(levels)

    assert runtime.execute(GRAPH, {"a": {"x": value}})[0]["a"]["result"]["x"] is value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_none_does_not_fit_a_declared_parameter(runtime: LocalRuntime, value: float) -> None:
    declared = [{"name": "rate", "schema": {"type": "number"}}]
    graph = document([node("a", "Constant", value="${rate}")], parameters=declared)

    with pytest.raises(ParameterError, match="parameter 'rate' must be a finite number"):
        runtime.execute(graph, {"rate": value})


# --- how a run is asked for -------------------------------------------------------------------------------

ASKED: list[tuple[Callable[[LocalRuntime], Any], str]] = [
    (lambda runtime: runtime.execute(GRAPH, [1]), "parameters must be a mapping"),
    (lambda runtime: runtime.execute(GRAPH, "region=eu"), "parameters must be a mapping"),
    (lambda runtime: runtime.execute(GRAPH, 0), "parameters must be a mapping"),
    (lambda runtime: runtime.execute(GRAPH, {1: 2}), "1 is not a name"),
    (lambda runtime: runtime.execute(GRAPH, {"a": {1: 2}}), "1 is not a name"),
    (lambda runtime: runtime.execute(GRAPH, {"c": {}}), "no parameter or node is called 'c'"),
    (lambda runtime: runtime.execute(GRAPH, run_id=5), "run_id must be a text"),
    (lambda runtime: runtime.execute(GRAPH, run_id=""), "run_id must be a text"),
    (lambda runtime: runtime.execute(GRAPH, run_id="x" * 10_000), "run_id must be a text"),
    (lambda runtime: runtime.execute(GRAPH, mode="to_nod"), "Did you mean 'to_node'?"),
    (lambda runtime: runtime.execute(GRAPH, mode="single"), "needs a node"),
    (lambda runtime: runtime.execute(GRAPH, mode="single", node="c"), "'c' is not a node"),
    (lambda runtime: runtime.execute(GRAPH, mode="single", node=5), "node must be the id of a node"),
    (lambda runtime: runtime.execute(GRAPH, node="a"), "only for a partial run"),
    (lambda runtime: runtime.execute(GRAPH, results={}), "only for a partial run"),
    (
        lambda runtime: runtime.execute(GRAPH, mode="single", node="b", results={"aa": {}}),
        "results: 'aa' is not a node",
    ),
    (
        lambda runtime: runtime.execute(GRAPH, mode="single", node="b", results={"a": 5}),
        "must be that node's outputs",
    ),
    (
        lambda runtime: runtime.execute(GRAPH, mode="single", node="b", results=[1]),
        "results must be a mapping",
    ),
    (lambda runtime: runtime.execute(GRAPH, mode="single", node="b"), "no earlier result"),
]


@pytest.mark.parametrize(("ask", "complaint"), ASKED, ids=[str(number) for number in range(len(ASKED))])
def test_a_run_that_is_asked_for_wrongly_is_refused(
    runtime: LocalRuntime, ask: Callable[[Any], Any], complaint: str
) -> None:
    with pytest.raises(ParameterError) as refused:
        ask(runtime)

    assert complaint in str(refused.value)


@pytest.mark.parametrize("thing", [None, 5, "graph.json", WorkflowBuilder(registry=REGISTRY), [GRAPH]])
def test_something_that_is_no_workflow_is_refused(runtime: LocalRuntime, thing: Any) -> None:
    with pytest.raises(TypeError, match="a built workflow or a graph document is needed"):
        runtime.execute(thing)


def test_a_workspace_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    for wrong in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(ParameterError, match="is not a folder"):
            LocalRuntime(workspace=wrong)
    with pytest.raises(TypeError, match="workspace must be the path of a folder, not int"):
        LocalRuntime(workspace=5)


@pytest.mark.parametrize(
    ("workflows", "error", "complaint"),
    [
        ([GRAPH], ParameterError, "workflows must be a mapping"),
        ({1: GRAPH}, ParameterError, "workflows must be a mapping"),
        ({"x": 5}, TypeError, r"workflows\['x'\] must be a built workflow or a graph document, not int"),
        ({"x": {"nodes": 5}}, GraphError, r"workflows\['x'\]: nodes must be a list"),
    ],
)
def test_workflows_that_are_none_are_refused(workflows: Any, error: type[Exception], complaint: str) -> None:
    with pytest.raises(error, match=complaint):
        LocalRuntime(workflows=workflows)


def test_a_base_runtime_alone_cannot_run() -> None:
    with pytest.raises(TypeError, match="abstract method 'execute'|abstract method execute"):
        BaseRuntime()  # type: ignore[abstract]


@pytest.mark.parametrize(
    ("container", "config", "name"),
    [
        ("LoopNode", {"max_iterations": 2}, "max_iterations"),
        ("LoopNode", {"max_iterations": 2}, "until"),
        ("LoopNode", {"max_iterations": 2}, "iteration"),
        ("MapNode", {}, "on_item_error"),
        ("MapNode", {}, "item"),
    ],
)
def test_a_run_cannot_supply_a_container_with_its_own_settings_and_values(
    container: str, config: dict[str, Any], name: str
) -> None:
    """Taken as inputs they would do nothing."""
    graph = document([node("c", container, **config), *inside("c", node("step"))])

    with LocalRuntime(registry=REGISTRY) as runtime, pytest.raises(ParameterError) as caught:
        runtime.execute(graph, {"c": {name: 1, "items": [1], "state": 0}})

    assert f"'{name}'" in caught.value.message
    assert "'c'" in caught.value.message
