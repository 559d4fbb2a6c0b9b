from __future__ import annotations

from typing import Any

import pytest

from accounts.access import attribute_problems


def test_plain_typed_values_are_accepted() -> None:
    attributes: dict[str, Any] = {
        "department": "lending",
        "level": 3,
        "ratio": 0.5,
        "on_call": True,
        "regions": ["uk", "ie"],
    }

    assert attribute_problems(attributes) == []


@pytest.mark.parametrize(
    "attributes",
    [
        {"Department": "x"},
        {"": "x"},
        {"a.b": "x"},
        {"a": None},
        {"a": {"b": 1}},
        {"a": [["nested"]]},
        {"a": ["x", 1]},
        {"a": [True, False]},
        {"a": float("nan")},
        {"a": float("inf")},
        {"a": "x" * 501},
        {"a": ["x"] * 201},
        {f"a{n}": 1 for n in range(101)},
    ],
)
def test_a_value_that_a_comparison_would_have_to_guess_at_is_refused(attributes: dict[str, Any]) -> None:
    assert attribute_problems(attributes)


def test_all_problems_are_told_at_once() -> None:
    problems = attribute_problems({"A": 1, "b": None, "c": "fine"})

    assert [problem.name for problem in problems] == ["A", "b"]
