"""Author code through the whole runtime: what an author reads when it goes wrong."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from typing import Any

import pytest

from runtime import LocalRuntime, RunFailed, WorkflowBuilder


@pytest.fixture(scope="module")
def runtime() -> Iterator[LocalRuntime]:
    with LocalRuntime() as made:
        yield made


def failure(runtime: LocalRuntime, code: str, **config: Any) -> dict[str, Any]:
    workflow = WorkflowBuilder()
    workflow.add_node("PythonCodeNode", "step", {"code": code, **config})
    with pytest.raises(RunFailed) as caught:
        runtime.execute(workflow.build())
    return dict(caught.value.errors["step"])


@pytest.mark.parametrize(
    ("code", "error_code", "line", "words"),
    [
        ("x = 1\nresult = {'mean': float('nan')}", "invalid_output", 2, "result.mean is nan"),
        (
            "d = 1\nfor _ in range(200):\n    d = [d]\nresult = d",
            "invalid_output",
            4,
            "deeper than 100 levels",
        ),
        ("part = 'x' * (10 << 20)\n\nresult = [part] * 103", "output_too_large", 3, "max_output_bytes"),
        ("result = 1\nblock = bytearray(1 << 30)", "memory", 2, "more memory than it may use"),
        ("import numpy\nresult = 1", "code_error", 1, "SANDBOX_PACKAGES (now: none)"),
        ("from kailash.nodes import base\nresult = 1", "code_error", 1, "there is no kailash.nodes"),
    ],
    ids=["NaN", "nesting", "1 GiB out", "1 GiB of memory", "package", "alias"],
)
def test_errors_name_the_line_and_what_to_do(
    runtime: LocalRuntime, code: str, error_code: str, line: int, words: str
) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    error = failure(runtime, code)

    assert (error["code"], error["line"]) == (error_code, line)
    assert words in error["message"]
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 200


def test_a_node_s_own_memory_limit_wins_over_the_runtime_s() -> None:
    code = "block = bytearray(200 << 20)\nresult = len(block)"
    workflow = WorkflowBuilder()
    workflow.add_node("PythonCodeNode", "step", {"code": code, "memory_mb": 512})

    with LocalRuntime(sandbox_memory_mb=128) as runtime:
        results, _ = runtime.execute(workflow.build())
        error = failure(runtime, code)

    assert results["step"]["result"] == 200 << 20
    assert error["code"] == "memory"


def test_code_in_a_loop_is_compiled_once_and_names_its_line(runtime: LocalRuntime) -> None:
    workflow = WorkflowBuilder()
    workflow.add_node("LoopNode", "loop", {"max_iterations": 5})
    code = "value = (state or 0) + 1\nresult = value / (4 - value)"
    workflow.add_node("PythonCodeNode", "step", {"code": code}, parent="loop")
    workflow.add_connection("loop", "state", "step", "state")
    workflow.add_connection("loop", "iteration", "step", "iteration")
    workflow.add_connection("step", "result", "loop", "state")

    with pytest.raises(RunFailed) as caught:
        runtime.execute(workflow.build(), parameters={"loop": {"state": 3}})

    error = caught.value.errors["loop"]
    assert (error["code"], error["line"], error["iteration"]) == ("code_error", 2, 1)
