from __future__ import annotations

import pytest

from runtime.llm.prompts import MissingName, fill, prompt_names


def test_names_are_found_once_in_their_order() -> None:
    assert prompt_names("{b} and {a}, {b}", "{c}") == ["b", "a", "c"]


@pytest.mark.parametrize(
    "text", ['{"a": 1}', "{}", "{ a }", "{a.b}", "{a[0]}", "{a!r}", "{1a}", "{{a}}", "{é}"]
)
def test_other_braces_are_plain_text(text: str) -> None:
    assert prompt_names(text) == []


def test_values_come_as_text_or_json_and_are_not_looked_at_again() -> None:
    values = {"text": "{rows} ${x}", "rows": [{"a": "é"}], "none": None}

    assert fill("{text}|{rows}|{none}|{{text}}", values) == '{rows} ${x}|[{"a": "é"}]|null|{text}'


def test_a_name_without_a_value_is_told() -> None:
    with pytest.raises(MissingName) as caught:
        fill("Analyze: {data}", {})

    assert caught.value.name == "data"
