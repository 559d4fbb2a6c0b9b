from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.errors import NodeError, ParameterError
from runtime.engine.node import CheckContext
from runtime.nodes.switch import SwitchNode
from tests.unit.nodes.surroundings import outputs_of

CASES = [{"name": "high", "when": "score >= 0.7"}, {"name": "mid", "when": "score >= 0.4"}]


@pytest.mark.parametrize(("score", "taken"), [(0.9, "high"), (0.5, "mid"), (0.1, "default")])
def test_only_the_first_fitting_output_is_live(score: float, taken: str) -> None:
    outputs = outputs_of(SwitchNode(cases=CASES), input={"score": score})

    assert outputs == {taken: {"score": score}, "result": {"taken": [taken]}}


def test_every_fitting_output_is_live_when_all_are_asked_for() -> None:
    outputs = outputs_of(SwitchNode(cases=CASES, match="all"), input={"score": 0.9})

    assert outputs["result"] == {"taken": ["high", "mid"]}
    assert set(outputs) == {"high", "mid", "result"}


def test_input_that_is_no_object_is_named_input() -> None:
    node = SwitchNode(cases=[{"name": "many", "when": "len(input) > 2"}])

    assert set(outputs_of(node, input=[1, 2, 3])) == {"many", "result"}
    assert set(outputs_of(node, input=[1])) == {"default", "result"}


def test_records_are_sorted_one_by_one_and_an_empty_output_is_dead() -> None:
    node = SwitchNode(cases=[*CASES, {"name": "never", "when": "score > 1"}], apply_to="records")

    outputs = outputs_of(node, input=[{"score": 0.9}, {"score": 0.1}, {"score": 0.8}])

    assert outputs == {
        "high": [{"score": 0.9}, {"score": 0.8}],
        "default": [{"score": 0.1}],
        "result": {"taken": ["high", "default"], "counts": {"high": 2, "default": 1}},
    }


def test_expression_that_fails_names_case_and_record() -> None:
    with pytest.raises(NodeError, match="Case 'high', record 2") as caught:
        outputs_of(SwitchNode(cases=CASES, apply_to="records"), input=[{"score": 1}, {"score": "x"}])

    assert caught.value.code == "expression_failed"
    with pytest.raises(NodeError, match="no value called 'score'"):
        outputs_of(SwitchNode(cases=CASES), input={"points": 1})


@pytest.mark.parametrize(
    "cases",
    [
        [],
        [{"name": "a b", "when": "true"}],
        [{"name": "default", "when": "true"}],
        [{"name": "result", "when": "true"}],
        [{"name": "a", "when": "true"}, {"name": "a", "when": "true"}],
        [{"name": "a"}],
        [{"name": "a", "when": "true", "then": 1}],
    ],
)
def test_bad_cases_are_refused(cases: list[dict[str, Any]]) -> None:
    with pytest.raises(ParameterError, match="cases"):
        SwitchNode(cases=cases)


def test_output_ports_are_the_cases_and_default() -> None:
    ports = SwitchNode.output_ports({"cases": CASES})

    assert [port.name for port in ports] == ["high", "mid", "default", "result"]


@pytest.mark.parametrize("config", [{}, {"cases": None}, {"cases": ["x", {"name": 1}]}])
def test_output_ports_of_an_unfinished_configuration_are_the_fixed_ones(config: dict[str, Any]) -> None:
    assert [port.name for port in SwitchNode.output_ports(config)] == ["default", "result"]


def test_check_finds_expressions_that_do_not_compile() -> None:
    config = {"cases": [CASES[0], {"name": "bad", "when": "score >"}]}

    problems = SwitchNode.check(config, CheckContext("step"))

    assert [(item.code, item.field) for item in problems] == [("invalid_expression", "config.cases.1.when")]
