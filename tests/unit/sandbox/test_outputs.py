"""What author code may put out: limits and located errors, alike in the sandbox and inline."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable
from typing import Any

import pytest

from runtime.engine.errors import NodeError
from runtime.sandbox import Sandbox
from runtime.sandbox.inline import InlineCodeRunner
from runtime.services_protocol import CodeRequest

MIB = 1 << 20
Run = Callable[..., Any]


@pytest.fixture(params=["isolated", "inline"])
def run(request: pytest.FixtureRequest, sandbox: Sandbox) -> Run:
    runner = sandbox if request.param == "isolated" else InlineCodeRunner()

    def call(code: str, **limits: Any) -> Any:
        limits = {"timeout_s": 30.0, "max_output_bytes": 64 * MIB, **limits}
        request = CodeRequest("out", "node", code, {}, **limits)
        return asyncio.run(runner.run_code(request, lambda level, text: None))

    return call


def failure(run: Run, code: str, **limits: Any) -> NodeError:
    with pytest.raises(NodeError) as caught:
        run(code, **limits)
    return caught.value


def test_a_result_past_the_limit_says_its_size_the_limit_and_the_line(run: Run) -> None:
    error = failure(run, "rows = ['x' * 1000] * 3\nresult = ''.join(rows)\nrows = []", max_output_bytes=2000)

    assert (error.code, error.retryable) == ("output_too_large", False)
    assert error.message.startswith("result is larger than the 2000 bytes of JSON that a node may put out")
    assert (error.facts["line"], error.facts["path"]) == (2, "result")


def test_a_result_just_past_the_limit_is_measured_in_bytes_of_json(run: Run) -> None:
    assert run("result = 'é' * 10", max_output_bytes=22) == "é" * 10

    error = failure(run, "result = 'é' * 10", max_output_bytes=21)

    assert (error.code, error.facts["bytes"]) == ("output_too_large", 22)


@pytest.mark.parametrize(
    "code",
    [
        "result = ['x' * (10 << 20)] * 103",
        "result = {'rows': [{'text': 'x' * 1000}] * 1_100_000}",
        "from datetime import date\nresult = [date(2024, 1, 1), ['x' * (10 << 20)] * 103]",
        "a = 'x' * 1000\nfor _ in range(20): a = [a, a]\nresult = a",
    ],
    ids=["long texts", "many records", "with a date", "shared lists"],
)
def test_a_result_of_a_gibibyte_is_refused_and_the_host_stays_small(run: Run, code: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    error = failure(run, code)

    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert error.code == "output_too_large"
    assert grown_mb < 200


def test_too_many_values_are_refused_with_another_way(run: Run) -> None:
    error = failure(run, "result = [0] * 2_000_001")

    assert error.code == "output_too_large"
    assert "more than 2,000,000 values; put rows into a dataset" in error.message


def test_a_long_text_of_commas_and_brackets_is_one_value(run: Run) -> None:
    assert len(run("result = ['a,[{' * 1_500_000]")[0]) == 6_000_000


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ("{'mean': float('nan')}", "result.mean", "is nan, which JSON cannot hold; use None"),
        ("[1, [2, float('-inf')]]", "result[1][1]", "is -inf"),
        ("{'big': 1 << 20_000}", "result.big", "too long to be written out"),
    ],
)
def test_numbers_that_json_cannot_hold_are_located(run: Run, value: str, path: str, words: str) -> None:
    error = failure(run, f"x = 1\nresult = {value}")

    assert (error.code, error.facts["path"], error.facts["line"]) == ("invalid_output", path, 2)
    assert error.facts["text"] == f"result = {value}"
    assert words in error.message


@pytest.mark.parametrize(("wrap", "inner"), [("[deep]", "[0][0]"), ("{'level': deep}", ".level.level")])
def test_deep_nesting_is_refused_with_a_path_that_can_be_read(run: Run, wrap: str, inner: str) -> None:
    error = failure(run, f"deep = 1\nfor _ in range(200):\n    deep = {wrap}\nresult = deep")

    assert (error.code, error.facts["line"]) == ("invalid_output", 4)
    assert "nested deeper than 100 levels" in error.message
    assert inner in error.facts["path"]
    assert len(error.message) < 200


def test_a_list_that_contains_itself_is_refused(run: Run) -> None:
    error = failure(run, "loop = []\nloop.append(loop)\nresult = {'a': loop}")

    assert error.code == "invalid_output"


def test_inputs_that_are_nested_too_deeply_are_refused_before_the_code_runs(sandbox: Sandbox) -> None:
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    request = CodeRequest("out", "node", "result = 1", {"deep": deep})

    with pytest.raises(NodeError, match="nested too deeply") as caught:
        sandbox.run_code_blocking(request, lambda level, text: None)

    assert caught.value.code == "invalid_input"
