"""What a user attribute may hold. Values are plain and typed, so that a comparison never has to guess."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

AttributeValue = str | int | float | bool | list[str] | list[int] | list[float]

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
MAX_ATTRIBUTES = 100
MAX_TEXT = 500
MAX_ITEMS = 200


@dataclass(frozen=True, slots=True)
class AttributeProblem:
    name: str
    message: str


def attribute_problems(attributes: Mapping[str, Any]) -> list[AttributeProblem]:
    """All problems at once; an empty list means that the attributes can be stored."""
    problems = [
        AttributeProblem(str(name), message)
        for name, value in attributes.items()
        if (message := _name_problem(name) or _value_problem(value)) is not None
    ]
    if len(attributes) > MAX_ATTRIBUTES:
        problems.append(AttributeProblem("", f"At most {MAX_ATTRIBUTES} attributes, not {len(attributes)}."))
    return problems


def _name_problem(name: object) -> str | None:
    if isinstance(name, str) and NAME.fullmatch(name):
        return None
    return "A name is lower case letters, digits and _, and starts with a letter."


def _value_problem(value: object) -> str | None:
    if not isinstance(value, list):
        return _scalar_problem(value)
    if len(value) > MAX_ITEMS:
        return f"A list holds at most {MAX_ITEMS} items."
    if len({_kind(item) for item in value}) > 1 or any(isinstance(item, bool) for item in value):
        return "The items of a list are all text or all numbers."
    return next((problem for item in value if (problem := _scalar_problem(item)) is not None), None)


def _scalar_problem(value: object) -> str | None:
    if isinstance(value, str):
        return f"A text is at most {MAX_TEXT} characters." if len(value) > MAX_TEXT else None
    if isinstance(value, float) and not math.isfinite(value):
        return "A number is finite."
    if isinstance(value, bool | int | float):
        return None
    return "A value is text, a number, true, false, or a list of texts or numbers."


def _kind(value: object) -> str:
    return "number" if isinstance(value, int | float) else type(value).__name__
