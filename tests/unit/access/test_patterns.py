"""Expressions of the small language: read as PostgreSQL and Python read them, in time that cannot explode."""

from __future__ import annotations

import re
from random import Random
from time import process_time

import pytest

from accounts.access.patterns import Expression, PatternError


@pytest.mark.parametrize(
    "source",
    ["a*", "a+b?", "(ab|cd)e{2,3}", "[^a-c]x*", r"\d{3}-\d+", "ab|", "(a|b|)c", ".*x.*", "(?:abc)+", "[-a]+",
     r"\w+\.x", r"[\d.]+", r"\s?1", "a{2}", "a{1,}"],
)  # fmt: skip
def test_it_says_what_python_says(source: str) -> None:
    expression, rnd = Expression.read(source), Random(1)

    for _ in range(1500):
        text = "".join(rnd.choice("abcdex1-W\n. ") for _ in range(rnd.randint(0, 6)))
        wanted = re.fullmatch(source, text, re.ASCII) is not None
        assert expression.matches(text) is wanted, text
        assert (re.search(expression, text) is not None) is wanted, text


def test_its_ends_may_be_written() -> None:
    assert Expression.read("^ab$").matches("ab")
    assert not Expression.read("^ab$").matches("ab\n")


@pytest.mark.parametrize(
    "source",
    ["", "(a*)*", "(a+b)+", "((a{9}){2}b)", r"(a)\1", "(?=a)b", "(?P<x>a)", "(?i)a", "[b-a]", "a{3,2}",
     "a{101}", "a{", "(", "a)", "()", "[]", "[a", "*a", "a**", "a^b", "a$b", "\\", r"\b", "a" * 201, "a\0",
     "(" * 25 + ")" * 25, "(" + "[a-z]{100}" * 19 + "){1}"],
)  # fmt: skip
def test_what_is_outside_the_language_is_refused(source: str) -> None:
    with pytest.raises(PatternError):
        Expression.read(source)


def test_no_text_takes_long() -> None:
    """A backtracking engine takes time in the fifth power of the length for this one."""
    expression = Expression.read("a*a*a*a*a*b")
    started = process_time()

    assert not expression.matches("a" * 20_000)

    assert process_time() - started < 5
