"""Values of masked fields do not stand anywhere else."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from runtime.engine.secret import DOTS
from runtime.masking.values import MaskedValues


def knowing(*values: Any) -> MaskedValues:
    known = MaskedValues()
    for value in values:
        known.learn(value)
    return known


def test_a_text_is_taken_out_wherever_it_stands() -> None:
    known = knowing({"people": [{"ssn": "123-45-6789"}]})

    assert known.text("looked up 123-45-6789 twice: 123-45-6789.") == f"looked up {DOTS} twice: {DOTS}."
    assert known.value({"a": ["x 123-45-6789"], "123-45-6789": 1}) == {"a": [f"x {DOTS}"], DOTS: 1}


def test_what_holds_no_value_stays_the_same_object() -> None:
    known = knowing("123-45-6789")
    value = {"rows": [{"n": 1}, {"n": 2.5, "t": "123-45-678"}]}

    assert known.value(value) is value


@pytest.mark.parametrize("said", ["5000000", "5,000,000", "5000000.0", "balance=5000000;"])
def test_a_number_is_taken_out_as_it_is_written(said: str) -> None:
    assert "5" not in knowing(5_000_000).text(said)


def test_a_number_inside_a_longer_one_is_another_number() -> None:
    known = knowing(1234)

    assert known.text("id 991234 and 12345") == "id 991234 and 12345"
    assert known.value([12345, 1234, 1234.0, "1234"]) == [12345, DOTS, DOTS, DOTS]


def test_short_values_and_flags_are_not_searched_for() -> None:
    known = knowing("abc", 999, True, None)

    assert not known
    assert known.text("abc 999 True") == "abc 999 True"


def test_the_longest_value_is_taken_out_before_one_that_it_begins_with() -> None:
    assert knowing("Anna", "Anna Maria").text("Anna Maria, Anna") == f"{DOTS}, {DOTS}"


@pytest.mark.parametrize("text", ['say "hi"', "Zoë Strauß", "two\nlines"])
def test_a_text_is_known_as_json_writes_it_too(text: str) -> None:
    known = knowing(text)

    assert text[-4:] not in json.loads(json.dumps(known.text(json.dumps({"t": text}))))
    assert known.text(json.dumps({"t": text}, ensure_ascii=False)) == f'{{"t": "{DOTS}"}}'


@given(st.text(min_size=4, max_size=30), st.text(max_size=50), st.text(max_size=50))
def test_no_text_survives(secret: str, before: str, after: str) -> None:
    assume(len(secret.strip()) >= 4 and DOTS[0] not in secret + before + after)

    assert secret not in knowing(secret).text(before + secret + after)


def test_the_time_does_not_grow_with_how_much_is_known() -> None:
    known = knowing([f"secret-{number:06}" for number in range(50_000)])
    text = "secret and secretary " * 10_000 + "secret-049999"

    began = time.process_time()
    found = known.text(text)

    assert found.endswith(DOTS)
    assert time.process_time() - began < 2
