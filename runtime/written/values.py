"""JSON values as Python literals, and back: nothing is ever evaluated by running it."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from typing import Any

MAX_LINE = 96
INDENT = "    "


class NotLiteral(ValueError):
    """An expression whose value nobody knows without running it. `line` counts from 1."""

    def __init__(self, node: ast.AST, message: str = "it is not a plain value") -> None:
        super().__init__(message)
        self.line = getattr(node, "lineno", 0)


def write_value(value: Any, depth: int = 0) -> str:
    """A literal that stands `depth` levels deep: on one line where it fits, else one entry a line."""
    if isinstance(value, str) and "\n" in value:
        return write_text(value)
    short = _on_one_line(value)
    if short is not None and len(short) + depth * len(INDENT) <= MAX_LINE:
        return short
    inner = INDENT * (depth + 1)
    if isinstance(value, Mapping) and value:
        rows = [f"{inner}{_quoted(key)}: {write_value(each, depth + 1)},\n" for key, each in value.items()]
        return "{\n" + "".join(rows) + INDENT * depth + "}"
    if isinstance(value, list | tuple) and value:
        rows = [f"{inner}{write_value(each, depth + 1)},\n" for each in value]
        return "[\n" + "".join(rows) + INDENT * depth + "]"
    return short if short is not None else repr(value)


def _on_one_line(value: Any) -> str | None:
    """None where a text of several lines is inside."""
    if isinstance(value, Mapping):
        written = [(_quoted(key), _on_one_line(each)) for key, each in value.items()]
        if any(each is None for _, each in written):
            return None
        return "{" + ", ".join(f"{key}: {each}" for key, each in written) + "}"
    if isinstance(value, list | tuple):
        parts = [_on_one_line(each) for each in value]
        return None if None in parts else "[" + ", ".join(part for part in parts if part is not None) + "]"
    if isinstance(value, str):
        return None if "\n" in value else _quoted(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value}")'
    return repr(value)


def _quoted(text: str) -> str:
    """In double quotes where that takes no escapes."""
    quoted = repr(text)
    return quoted if '"' in text or quoted[0] == '"' else f'"{quoted[1:-1]}"'


def write_text(text: str) -> str:
    """In triple quotes, where what is read back is the same."""
    if any(not (letter.isprintable() or letter in "\n\t") for letter in text):
        return repr(text)
    quoted = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    if quoted.endswith('"'):
        quoted = quoted[:-1] + '\\"'
    return f'"""{quoted}"""'


class Known:
    """Values under names. Each use of one costs its size: a short script cannot mean an endless value."""

    MAX_SIZE = 4 * 1024 * 1024

    def __init__(self) -> None:
        self._values: dict[str, tuple[Any, int]] = {}
        self._spent = 0

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def keep(self, name: str, value: Any, size: int) -> None:
        self._values[name] = (value, size)

    def size_of(self, node: ast.expr) -> int:
        """About how many characters a literal has, written out."""
        size = 0
        for part in ast.walk(node):
            if isinstance(part, ast.Name) and part.id in self._values:
                size += self._values[part.id][1]
            size += len(part.value) if isinstance(part, ast.Constant) and isinstance(part.value, str) else 1
        return size

    def use(self, name: str, node: ast.AST) -> Any:
        """Raises `NotLiteral` when too much was used altogether."""
        value, size = self._values[name]
        self._spent += size
        if self._spent > self.MAX_SIZE:
            raise NotLiteral(node, "the values of the script become too large")
        return value


def read_value(node: ast.expr, known: Known) -> Any:
    """The value of a literal; names are looked up in `known`. Raises `NotLiteral`."""
    match node:
        case ast.Constant(value=None | bool() | int() | float() | str()):
            return node.value
        case ast.List(elts=items) | ast.Tuple(elts=items):
            return [read_value(item, known) for item in items]
        case ast.Dict(keys=keys, values=values):
            return _read_object(node, keys, values, known)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -number
        case ast.UnaryOp(op=ast.USub(), operand=ast.Call() as call):
            return -_read_float(call)
        case ast.Call():
            return _read_float(node)
        case ast.Name(id=name) if name in known:
            return known.use(name, node)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _read_sum(node, read_value(left, known), read_value(right, known))
        case ast.JoinedStr(values=parts) if all(isinstance(part, ast.Constant) for part in parts):
            return "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
    raise NotLiteral(node)


def _read_object(
    node: ast.Dict, keys: list[ast.expr | None], values: list[ast.expr], known: Known
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in zip(keys, values, strict=True):
        if key is None:
            inside = read_value(value, known)
            if not isinstance(inside, dict):
                raise NotLiteral(node, "what is spread into an object must be one")
            found |= inside
            continue
        name = read_value(key, known)
        if not isinstance(name, str):
            raise NotLiteral(key, "keys of an object must be text")
        found[name] = read_value(value, known)
    return found


def _read_float(call: ast.Call) -> float:
    match call:
        case ast.Call(
            func=ast.Name(id="float"),
            args=[ast.Constant(value="inf" | "nan" | "-inf" as text)],
            keywords=[],
        ):
            return float(text)
    raise NotLiteral(call)


def _read_sum(node: ast.AST, left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return left + right
    if isinstance(left, list) and isinstance(right, list):
        return left + right
    raise NotLiteral(node)
