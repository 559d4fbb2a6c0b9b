"""Two masks on one value hide what either hides."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.secret import DOTS
from runtime.masking.shown import changes, combined

VALUE = {"a": 1, "b": ["x", {"c": "secret"}]}


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        (VALUE, VALUE, VALUE),
        ({**VALUE, "a": None}, VALUE, {**VALUE, "a": None}),
        ({**VALUE, "a": None}, {**VALUE, "b": DOTS}, {"a": None, "b": DOTS}),
        ({"b": VALUE["b"]}, {**VALUE, "b": ["x", {"c": "s*****"}]}, {"b": ["x", {"c": "s*****"}]}),
        ({**VALUE, "a": 2}, {**VALUE, "a": 2}, {**VALUE, "a": 2}),
        ({**VALUE, "a": 2}, {**VALUE, "a": 3}, {**VALUE, "a": DOTS}),
        ({**VALUE, "b": ["x"]}, {**VALUE, "b": [DOTS, {"c": "secret"}]}, {**VALUE, "b": DOTS}),
    ],
)
def test_what_either_hides_is_hidden(one: Any, other: Any, shown: Any) -> None:
    assert combined(VALUE, one, other) == shown
    assert combined(VALUE, other, one) == shown


def test_changes_are_named_with_what_stood_there() -> None:
    shown = {"b": ["x", {"c": "******"}]}

    assert list(changes(VALUE, shown)) == [("a", 1), ("b[*].c", "secret")]
