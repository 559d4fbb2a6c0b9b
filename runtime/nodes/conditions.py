"""Author expressions in nodes: compiled once, checked at save, with the record named when one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from runtime.engine.errors import ExpressionError, NodeError
from runtime.engine.expressions import compile_expression
from runtime.engine.problems import Problem
from runtime.nodes.records import Record, RecordScope, column_set

Evaluate = Callable[[Mapping[str, Any]], Any]


@lru_cache(maxsize=512)
def compiled(expression: str) -> Evaluate:
    """The expression as a function of its names. Raises `ExpressionError`."""
    return compile_expression(expression)


def expression_problems(expression: Any, field: str) -> list[Problem]:
    """What is wrong with an expression of a configuration, at its field."""
    if not isinstance(expression, str):
        return []
    try:
        compiled(expression)
    except ExpressionError as error:
        return [Problem("invalid_expression", error.message, field=field)]
    return []


def evaluate_all(
    expression: str,
    records: list[Record],
    *,
    what: str,
    columns: Mapping[str, None] | None = None,
    first: int = 1,
) -> Iterator[tuple[Record, Any]]:
    """Each record with its value of the expression. Raises `NodeError` naming the record.

    `columns` are the names that may occur, where the records are a part of a larger table, and `first`
    counts their first record in it.
    """
    evaluate = compiled(expression)
    scope = RecordScope(column_set(records) if columns is None else columns)
    for place, record in enumerate(records, start=first):
        scope.row = record
        try:
            value = evaluate(scope)
        except ExpressionError as error:
            raise NodeError(
                f"{what}, record {place}: {error.message}", code="expression_failed", record=place
            ) from error
        yield record, value
