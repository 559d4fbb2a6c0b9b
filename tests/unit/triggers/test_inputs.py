"""Parameters of a run out of what fired its trigger."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.triggers.inputs import check_inputs, evaluate_inputs, evaluate_key, names_in
from runtime.triggers.kinds import TriggerKind
from runtime.triggers.problems import InvalidTrigger

CALL: dict[str, Any] = {
    "body": {"order": {"id": 7, "total": 12.5}, "region": "eu"},
    "query": {},
    "headers": {},
    "method": "POST",
}


def test_expressions_read_what_came() -> None:
    inputs = {"order": "body.order.id", "large": "body.order.total > 10"}

    assert evaluate_inputs(inputs, CALL, []) == {"order": 7, "large": True}


def test_without_inputs_fields_of_the_body_fill_parameters_of_the_same_name() -> None:
    assert evaluate_inputs(None, CALL, ["region", "currency"]) == {"region": "eu"}
    assert evaluate_inputs(None, {"body": [1, 2]}, ["region"]) == {}
    assert evaluate_inputs({}, CALL, ["region"]) == {}


def test_every_input_that_fails_is_named() -> None:
    with pytest.raises(InvalidTrigger) as caught:
        evaluate_inputs({"a": "body.nothing", "b": "body.region + 1", "c": "1"}, CALL, [])

    assert [item.field for item in caught.value.problems] == ["inputs.a", "inputs.b"]


def test_expressions_are_checked_with_the_names_of_their_kind() -> None:
    found = check_inputs(
        TriggerKind.SCHEDULE, {"when": "scheduled_for", "what": "body.a", "bad": "1 +"}, "results"
    )

    assert [(item.field, item.code) for item in found] == [
        ("inputs.what", "unknown_name"),
        ("inputs.bad", "bad_expression"),
        ("concurrency_key", "unknown_name"),
    ]
    assert "fired_at, scheduled_for" in found[0].message


def test_too_many_inputs_are_refused() -> None:
    inputs = {f"p{number}": "1" for number in range(201)}

    assert [item.code for item in check_inputs(TriggerKind.WEBHOOK, inputs, "")] == ["too_many"]


def test_the_names_that_are_read_are_known() -> None:
    assert names_in({"a": "results.x.result", "b": "run.number"}, "parameters.region") == {
        "results",
        "run",
        "parameters",
    }
    assert names_in(None, "") == frozenset()


@pytest.mark.parametrize(("key", "found"), [("", ""), ("body.region", "eu"), ("body.order.id", "7")])
def test_a_concurrency_key_is_a_text(key: str, found: str) -> None:
    assert evaluate_key(key, CALL) == found


@pytest.mark.parametrize("key", ["body.order", "body.missing", "body.region * 100"])
def test_what_cannot_be_a_key_is_refused(key: str) -> None:
    with pytest.raises(InvalidTrigger) as caught:
        evaluate_key(key, CALL)

    assert caught.value.problems[0].field == "concurrency_key"
