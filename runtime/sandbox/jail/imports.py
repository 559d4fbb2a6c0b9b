"""Imports of author code that would fail, found before it runs. Only the sandbox knows what it offers."""

from __future__ import annotations

import ast
import importlib.util
import sys
from collections.abc import Iterator

from .packages import explain_import, is_offering


def missing_imports(tree: ast.Module) -> Iterator[tuple[ast.stmt, str]]:
    """Each import statement that cannot succeed, with what it would say. Those in a `try` have a way out."""
    if not is_offering():
        return
    for statement in _statements(tree.body):
        for name in _modules_of(statement):
            complaint = _complaint(name)
            if complaint is not None:
                yield statement, complaint
                break


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, ast.Try):
            continue
        for field in ("body", "orelse"):
            inner = getattr(statement, field, None)
            if isinstance(inner, list):
                yield from _statements(inner)


def _modules_of(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    if isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
        return [statement.module]
    return []


def _complaint(name: str) -> str | None:
    if name.partition(".")[0] in sys.stdlib_module_names:
        return None
    try:
        if importlib.util.find_spec(name) is not None:
            return None
    except ModuleNotFoundError as error:
        return f"No module named '{name}'{explain_import(error)}."
    except Exception as error:  # a finder's own refusal; nothing here may end the check
        return f"{error}."
    return f"No module named '{name}'{explain_import(ModuleNotFoundError(name=name))}."
