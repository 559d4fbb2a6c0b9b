"""What a step takes out of a response: names, each with an expression over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.engine.errors import ExpressionError, NodeError
from runtime.engine.problems import Problem
from runtime.nodes.conditions import compiled, expression_problems


def mapped(mapping: Mapping[str, str], result: Mapping[str, Any]) -> dict[str, Any]:
    """Each name's value. Raises `NodeError` (`expression_failed`, with the name) where one has none."""
    return {name: _value(name, expression, result) for name, expression in mapping.items()}


def mapping_problems(mapping: Any) -> list[Problem]:
    """What is wrong with the expressions of a configuration, each at its place."""
    if not isinstance(mapping, Mapping):
        return []
    return [
        problem
        for name, expression in mapping.items()
        for problem in expression_problems(expression, f"config.response_mapping.{name}")
    ]


def _value(name: str, expression: str, result: Mapping[str, Any]) -> Any:
    try:
        return compiled(expression)(result)
    except ExpressionError as error:
        raise NodeError(
            f"The response has no {name!r}: {error.message}", code="expression_failed", name=name
        ) from error
