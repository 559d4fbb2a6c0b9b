"""One call of author code: fresh globals, then the result as JSON or the error as the author sees it."""

from __future__ import annotations

import ast
import builtins
import json
import linecache
import math
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from types import CodeType, ModuleType, TracebackType
from typing import Any, Final

from .packages import SEEDERS, explain_import
from .values import NotJson, TooLarge, to_json

PRESETS: Final[dict[str, Any]] = {
    "date": date,
    "datetime": datetime,
    "json": json,
    "math": math,
    "re": re,
    "timedelta": timedelta,
}
_MAX_MESSAGE: Final = 2000
_MAX_CACHED: Final = 64
_compiled: dict[tuple[str, str], CodeType] = {}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call has no result. `kind` is `code`, `no_result`, `output`, `too_large` or `memory`.

    `line` and `text` are the author's line, `path` the place in the result, `size` its bytes.
    """

    kind: str
    error_type: str
    message: str
    line: int | None = None
    text: str | None = None
    path: str | None = None
    size: int | None = None

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def execute(code: str, inputs: Mapping[str, Any], *, name: str, seed: int, max_bytes: int) -> bytes | Failure:
    """The JSON text of `result`, or what went wrong. `name` stands in tracebacks for the file.

    The code runs as `__main__` of this process; use `evaluate` where that name belongs to somebody else.
    """
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    for seed_with in SEEDERS:
        seed_with(seed)
    return evaluate(code, inputs, name=name, scope=module.__dict__, max_bytes=max_bytes)


def evaluate(
    code: str, inputs: Mapping[str, Any], *, name: str, scope: dict[str, Any], max_bytes: int
) -> bytes | Failure:
    """As `execute`, with `scope` as the code's globals: presets and inputs are added to it."""
    scope.update(PRESETS, __builtins__=builtins)
    scope.update(inputs)
    try:
        exec(_compile(code, name), scope)  # noqa: S102 - running code is what this process is for
        if "result" not in scope:
            return Failure("no_result", "NoResult", "The code never assigned `result`.")
        return to_json(scope["result"], max_bytes=max_bytes)
    except NotJson as error:
        line, text = _result_line(code)
        return Failure("output", "NotJson", str(error)[:_MAX_MESSAGE], line, text, path=error.path)
    except TooLarge as error:
        scope.clear()
        error.__traceback__ = error.__context__ = None  # they hold what was written so far
        line, text = _result_line(code)
        return Failure("too_large", "TooLarge", str(error), line, text, path="result", size=error.size)
    except BaseException as error:
        return _failure(error, code, name, scope)


def _compile(code: str, name: str) -> CodeType:
    found = _compiled.get((name, code))
    if found is None:
        found = compile(code, name, "exec", dont_inherit=True)
        if len(_compiled) >= _MAX_CACHED:
            _compiled.clear()
        _compiled[(name, code)] = found
    linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
    return found


def _failure(error: BaseException, code: str, name: str, scope: dict[str, Any]) -> Failure:
    line = _author_line(error, name)
    kind = "memory" if isinstance(error, MemoryError) else "code"
    if kind == "memory":
        # Let go of what filled the memory, or there is none left to report with.
        error.__traceback__ = None
        error.__context__ = None
        scope.clear()
    error_type = type(error).__name__
    return Failure(kind, error_type, _plain_message(error, error_type, scope), line, _text_of(code, line))


def _text_of(code: str, line: int | None) -> str | None:
    lines = code.splitlines()
    return lines[line - 1].strip()[:200] if line is not None and 0 < line <= len(lines) else None


def _result_line(code: str) -> tuple[int | None, str | None]:
    """The line and text of the last statement that assigns `result` at the top, where there is one."""
    try:
        statements = ast.parse(code).body
    except (MemoryError, RecursionError, SyntaxError, ValueError):
        return None, None
    line = max((node.lineno for node in statements if _assigns_result(node)), default=None)
    return line, _text_of(code, line)


def _assigns_result(statement: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == "result" and isinstance(node.ctx, ast.Store)
        for node in ast.walk(statement)
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )


def _author_line(error: BaseException, name: str) -> int | None:
    """The last line of the author's own code on the way to the error."""
    if isinstance(error, SyntaxError) and error.filename == name:
        return error.lineno
    found: int | None = None
    step: TracebackType | None = error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename == name:
            found = step.tb_lineno
        step = step.tb_next
    return found


def _plain_message(error: BaseException, error_type: str, scope: Mapping[str, Any]) -> str:
    try:
        text = str(error)[:_MAX_MESSAGE]
    except BaseException:
        text = "(the error has no readable message)"
    if isinstance(error, MemoryError):
        return "The code needed more memory than it may use."
    if isinstance(error, SystemExit):
        return "The code called exit(); end by assigning `result` instead."
    if isinstance(error, SyntaxError):
        return f"{error_type}: {error.msg}"
    return f"{error_type}: {text}{_hint(error, text, scope)}" if text else error_type


def _hint(error: BaseException, text: str, scope: Mapping[str, Any]) -> str:
    if isinstance(error, NameError) and error.name:
        near = get_close_matches(error.name, [*scope, *dir(builtins)], n=1, cutoff=0.75)
        if near and "Did you mean" not in text:
            return f". Did you mean '{near[0]}'?"
        if error.name in sys.stdlib_module_names:
            return f". Did you forget to import '{error.name}'?"
    if isinstance(error, AttributeError) and "type object 'datetime.datetime' has no attribute 'date" in text:
        return ". Here `datetime` is the class: write datetime.now(), date.today(), timedelta(days=1)"
    return explain_import(error) if isinstance(error, ImportError) else ""
