"""Which resources a code asks about, where it says so in plain text."""

from __future__ import annotations

import ast
from collections.abc import Iterator

MAX_RESOURCES = 100
_ARGUMENTS = {
    "check_node_access": ("node", "resource_id"),
    "check_workflow_access": ("workflow", "workflow_id"),
}


def checked_resources(code: str) -> list[tuple[str, str]]:
    """`(type, id)` of each check whose id is written as text; nothing of code that does not parse."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return list(dict.fromkeys(_named(tree)))[:MAX_RESOURCES]


def _named(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
            continue
        if call.func.attr not in _ARGUMENTS:
            continue
        kind, keyword = _ARGUMENTS[call.func.attr]
        given = [item.value for item in call.keywords if item.arg == keyword] or call.args[1:2]
        for value in given:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield kind, value.value
