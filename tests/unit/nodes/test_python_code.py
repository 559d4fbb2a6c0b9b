from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from runtime.engine.errors import NodeError, ParameterError
from runtime.engine.node import CheckContext
from runtime.nodes.python_code import PythonCodeNode
from runtime.services_protocol import CodeRequest
from tests.unit.nodes.surroundings import Context, ScriptedCode, Services, run


@dataclass
class Found:
    line: int
    message: str
    severity: Literal["error", "warning"] = "error"
    hint: str | None = None


@dataclass
class Report:
    problems: list[Found]
    free_names: list[str]


def test_code_runs_in_the_sandbox_with_its_limits() -> None:
    def answer(request: CodeRequest, on_line: Callable[[str, str], None]) -> Any:
        on_line("info", "half way")
        on_line("odd", "still a line")
        return request.inputs["x"] * 2

    runner = ScriptedCode(answer)
    context = Context({"x": 21}, Services(code=runner), timeout_s=5.0)

    outputs = run(PythonCodeNode(code="result = x * 2", timeout_s=30, memory_mb=128), context)

    assert outputs == {"result": 42}
    assert context.lines == [("info", "half way"), ("info", "still a line")]
    request = runner.requests[0]
    assert (request.lease, request.node_id, request.timeout_s, request.memory_mb, request.seed) == (
        "run-1",
        "step",
        5.0,
        128,
        7,
    )


@pytest.mark.parametrize(
    ("own", "left", "limit"), [(None, None, 60.0), (None, 300.0, 300.0), (30, None, 30.0), (30, 300.0, 30.0)]
)
def test_code_without_a_limit_of_its_own_has_that_of_the_step(
    own: float | None, left: float | None, limit: float
) -> None:
    runner = ScriptedCode(lambda request, on_line: None)

    run(PythonCodeNode(code="result = 1", timeout_s=own), Context({}, Services(code=runner), timeout_s=left))

    assert runner.requests[0].timeout_s == limit


def test_error_of_the_code_fails_the_node_with_its_line() -> None:
    def answer(request: CodeRequest, on_line: Callable[[str, str], None]) -> Any:
        raise NodeError("boom", code="code_error", line=3)

    with pytest.raises(NodeError) as caught:
        run(PythonCodeNode(code="result = 1"), Context({}, Services(code=ScriptedCode(answer))))

    assert caught.value.facts["line"] == 3


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"code": ""},
        {"code": "result = 1", "timeout_s": 0},
        {"code": "result = 1", "memory_mb": 1},
        {"code": "result = 1", "memory": 512},
        {"code": "x" * 10_000_000},
    ],
)
def test_bad_configuration_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match=r"config\."):
        PythonCodeNode(**config)


def test_check_reports_problems_at_their_line_and_unconnected_names() -> None:
    def checker(code: str) -> Report:
        return Report([Found(2, "invalid syntax")], ["data", "rate"])

    problems = PythonCodeNode.check({"code": "x"}, CheckContext("step", frozenset({"data"}), checker))

    assert [(item.code, item.severity, item.field, item.line) for item in problems] == [
        ("code_problem", "error", "config.code", 2),
        ("missing_input", "warning", "inputs.rate", None),
    ]
