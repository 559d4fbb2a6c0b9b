"""A run's parameters out of what fired its trigger, by expressions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from runtime.engine.errors import ExpressionError
from runtime.engine.expressions import Expression, compile_expression
from runtime.engine.problems import Problem
from runtime.kept import Kept
from runtime.triggers.kinds import TriggerKind
from runtime.triggers.problems import InvalidTrigger

NAMES: Mapping[TriggerKind, frozenset[str]] = {
    TriggerKind.SCHEDULE: frozenset({"scheduled_for", "fired_at"}),
    TriggerKind.WEBHOOK: frozenset({"body", "query", "headers", "method"}),
    TriggerKind.WORKFLOW: frozenset({"run", "results", "parameters"}),
}
MAX_INPUTS = 200
MAX_KEY = 150
_compiled: Kept[str, Expression] = Kept(1024)


def check_inputs(kind: TriggerKind, inputs: Mapping[str, str] | None, key: str) -> list[Problem]:
    """What is wrong with the expressions, each at `inputs.<parameter>` or `concurrency_key`."""
    problems: list[Problem] = []
    if inputs is not None and len(inputs) > MAX_INPUTS:
        problems.append(Problem("too_many", f"There are more than {MAX_INPUTS} inputs.", field="inputs"))
    for name, text in (inputs or {}).items():
        problems += _problems_in(kind, text, f"inputs.{name}")
    return problems + (_problems_in(kind, key, "concurrency_key") if key.strip() else [])


def names_in(inputs: Mapping[str, str] | None, key: str) -> frozenset[str]:
    """What the expressions read, so that only that is fetched. Expects expressions that were checked."""
    texts = [*(inputs or {}).values(), *([key] if key.strip() else [])]
    return frozenset().union(*(_expression(text).names for text in texts)) if texts else frozenset()


def evaluate_inputs(
    inputs: Mapping[str, str] | None, values: Mapping[str, Any], declared: Iterable[str]
) -> dict[str, Any]:
    """The parameters. Without `inputs`: what the body holds under the name of a declared one.

    Raises `InvalidTrigger` naming every input that cannot be computed from these values.
    """
    if inputs is None:
        body = values.get("body")
        return {name: body[name] for name in declared if name in body} if isinstance(body, Mapping) else {}
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, text in inputs.items():
        try:
            found[name] = _expression(text)(values)
        except ExpressionError as error:
            problems.append(Problem("input_failed", error.message, field=f"inputs.{name}"))
    if problems:
        raise InvalidTrigger(problems)
    return found


def evaluate_key(key: str, values: Mapping[str, Any]) -> str:
    """The concurrency key; empty for none. Raises `InvalidTrigger`."""
    if not key.strip():
        return ""
    try:
        value = _expression(key)(values)
    except ExpressionError as error:
        raise InvalidTrigger([Problem("input_failed", error.message, field="concurrency_key")]) from error
    if value is None or value == "":
        return ""
    if not isinstance(value, str | int | float) or len(str(value)) > MAX_KEY:
        message = f"The concurrency key must be a number or a text of up to {MAX_KEY} characters."
        raise InvalidTrigger([Problem("bad_key", message, field="concurrency_key")])
    return str(value)


def _problems_in(kind: TriggerKind, text: str, field: str) -> list[Problem]:
    try:
        expression = _expression(text)
    except ExpressionError as error:
        place = f" (line {error.facts['line']})" if error.facts.get("line", 1) != 1 else ""
        return [Problem("bad_expression", f"{error.message}{place}", field=field)]
    unknown = sorted(expression.names - NAMES[kind])
    if not unknown:
        return []
    message = f"There is no {unknown[0]!r} here. It can use {', '.join(sorted(NAMES[kind]))}."
    return [Problem("unknown_name", message, field=field)]


def _expression(text: str) -> Expression:
    return _compiled.get(text, lambda: compile_expression(text))
