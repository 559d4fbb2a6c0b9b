"""Small expressions, compiled to closures: `price * qty > 100 and region in ["eu", "us"]`.

Python's syntax, parsed by `ast` and never executed by it. Names are looked up in a mapping; `a.b` and
`a["b"]` look into dictionaries and lists, never at attributes; calls only name the functions below.
An evaluation costs about a microsecond. Text, depth and the sizes that arithmetic can make are capped.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from runtime.engine.errors import ExpressionError
from runtime.engine.expression_functions import FUNCTIONS, add, multiply, power, remainder

Values = Mapping[str, Any]
Evaluate = Callable[[Values], Any]

MAX_TEXT = 4_000
MAX_DEPTH = 40
MAX_PARTS = 1_000

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: add,
    ast.Sub: operator.sub,
    ast.Mult: multiply,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: remainder,
    ast.Pow: power,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.Not: operator.not_,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: lambda left, right: left is right,
    ast.IsNot: lambda left, right: left is not right,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}
_FAILURES = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError, MemoryError)


class Expression:
    """A compiled expression: call it with a mapping of names. `names` are those that it reads."""

    __slots__ = ("_evaluate", "names", "text")

    def __init__(self, text: str, names: frozenset[str], evaluate: Evaluate) -> None:
        self.text = text
        self.names = names
        self._evaluate = evaluate

    def __call__(self, values: Values) -> Any:
        """Raises `ExpressionError` when it cannot be evaluated on these values."""
        try:
            return self._evaluate(values)
        except ExpressionError:
            raise
        except _FAILURES as error:
            raise ExpressionError(f"{self.text!r} cannot be evaluated: {_reason(error)}") from error

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def compile_expression(text: str) -> Expression:
    """Raises `ExpressionError` (facts `line`, `column`) for anything but a small allowed expression."""
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"the expression is longer than {MAX_TEXT} characters")
    if not text.strip():
        raise ExpressionError("the expression is empty")
    try:
        # Parentheses let it span lines; they shift the first line by one column.
        tree = ast.parse(f"({text}\n)", mode="eval").body
    except SyntaxError as error:
        raise ExpressionError(
            f"not an expression: {error.msg}", line=_line(error, text), column=_column(error)
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(f"not an expression: {error}") from error
    compiler = _Compiler()
    evaluate = compiler.compile(tree, 0)
    return Expression(text, frozenset(compiler.names), evaluate)


def _line(error: SyntaxError, text: str) -> int:
    """The author's line; what is missing at the end is missed on our own last one."""
    return min(error.lineno or 1, text.rstrip().count("\n") + 1)


def _column(error: SyntaxError) -> int | None:
    if error.offset is None:
        return None
    return max(1, error.offset - 1) if error.lineno == 1 else error.offset


class _Compiler:
    def __init__(self) -> None:
        self.names: set[str] = set()
        self._parts = 0

    def compile(self, node: ast.expr, depth: int) -> Evaluate:
        self._parts += 1
        if depth > MAX_DEPTH or self._parts > MAX_PARTS:
            raise ExpressionError("the expression is too large or too deeply nested")
        method = _METHODS.get(type(node))
        if method is None:
            raise _refused(node, f"{_KINDS.get(type(node), type(node).__name__)} is not allowed here")
        compiled: Evaluate = method(self, node, depth + 1)
        return compiled

    def _constant(self, node: ast.Constant, depth: int) -> Evaluate:
        value = node.value
        if value is not None and not isinstance(value, str | int | float | bool):
            raise _refused(node, f"{type(value).__name__} values are not allowed here")
        return lambda values: value

    def _name(self, node: ast.Name, depth: int) -> Evaluate:
        name = node.id
        if name in _WORDS:
            value = _WORDS[name]
            return lambda values: value
        self.names.add(name)

        def look_up(values: Values) -> Any:
            try:
                return values[name]
            except KeyError:
                raise ExpressionError(f"there is no value called {name!r}", name=name) from None

        return look_up

    def _attribute(self, node: ast.Attribute, depth: int) -> Evaluate:
        return _member(self.compile(node.value, depth), lambda values: node.attr)

    def _subscript(self, node: ast.Subscript, depth: int) -> Evaluate:
        holder = self.compile(node.value, depth)
        if isinstance(node.slice, ast.Slice):
            lower, upper, step = (
                self.compile(part, depth) if part is not None else None
                for part in (node.slice.lower, node.slice.upper, node.slice.step)
            )
            return _slice(holder, lower, upper, step)
        return _member(holder, self.compile(node.slice, depth))

    def _unary(self, node: ast.UnaryOp, depth: int) -> Evaluate:
        if type(node.op) not in _UNARY:
            raise _refused(node, "this operator is not allowed here")
        act, operand = _UNARY[type(node.op)], self.compile(node.operand, depth)
        return lambda values: act(operand(values))

    def _binary(self, node: ast.BinOp, depth: int) -> Evaluate:
        if type(node.op) not in _BINARY:
            raise _refused(node, "this operator is not allowed here")
        act = _BINARY[type(node.op)]
        left, right = self.compile(node.left, depth), self.compile(node.right, depth)
        return lambda values: act(left(values), right(values))

    def _boolean(self, node: ast.BoolOp, depth: int) -> Evaluate:
        parts = tuple(self.compile(part, depth) for part in node.values)
        return _all_of(parts) if isinstance(node.op, ast.And) else _any_of(parts)

    def _comparison(self, node: ast.Compare, depth: int) -> Evaluate:
        first = self.compile(node.left, depth)
        rest = [
            (_COMPARE[type(op)], self.compile(part, depth))
            for op, part in zip(node.ops, node.comparators, strict=True)
        ]
        if len(rest) == 1:
            act, second = rest[0]
            return lambda values: act(first(values), second(values))
        return _chain(first, rest)

    def _choice(self, node: ast.IfExp, depth: int) -> Evaluate:
        test, then, other = (self.compile(part, depth) for part in (node.test, node.body, node.orelse))
        return lambda values: then(values) if test(values) else other(values)

    def _list(self, node: ast.List | ast.Tuple, depth: int) -> Evaluate:
        parts = tuple(self.compile(part, depth) for part in node.elts)
        return lambda values: [part(values) for part in parts]

    def _dict(self, node: ast.Dict, depth: int) -> Evaluate:
        pairs = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise _refused(node, "** is not allowed here")
            pairs.append((self.compile(key, depth), self.compile(value, depth)))
        return lambda values: {key(values): value(values) for key, value in pairs}

    def _call(self, node: ast.Call, depth: int) -> Evaluate:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            raise _refused(node, f"only these functions can be called: {', '.join(sorted(FUNCTIONS))}")
        if node.keywords:
            raise _refused(node, "named arguments are not allowed here")
        function = FUNCTIONS[node.func.id]
        arguments = tuple(self.compile(argument, depth) for argument in node.args)
        if len(arguments) == 1:
            only = arguments[0]
            return lambda values: function(only(values))
        return lambda values: function(*[argument(values) for argument in arguments])


_METHODS: dict[type[ast.expr], Any] = {
    ast.Constant: _Compiler._constant,
    ast.Name: _Compiler._name,
    ast.Attribute: _Compiler._attribute,
    ast.Subscript: _Compiler._subscript,
    ast.UnaryOp: _Compiler._unary,
    ast.BinOp: _Compiler._binary,
    ast.BoolOp: _Compiler._boolean,
    ast.Compare: _Compiler._comparison,
    ast.IfExp: _Compiler._choice,
    ast.List: _Compiler._list,
    ast.Tuple: _Compiler._list,
    ast.Dict: _Compiler._dict,
    ast.Call: _Compiler._call,
}
_KINDS: dict[type[ast.expr], str] = {
    ast.Lambda: "a lambda",
    ast.ListComp: "a comprehension",
    ast.SetComp: "a comprehension",
    ast.DictComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.JoinedStr: "an f-string",
    ast.NamedExpr: "an assignment",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.Starred: "*",
    ast.Set: "a set",
}
_WORDS = {"true": True, "false": False, "null": None}  # as JSON writes them


def _refused(node: ast.expr, message: str) -> ExpressionError:
    column = node.col_offset + (0 if node.lineno == 1 else 1)
    return ExpressionError(message, line=node.lineno, column=max(1, column))


def _member(holder: Evaluate, key: Evaluate) -> Evaluate:
    def look_into(values: Values) -> Any:
        container, name = holder(values), key(values)
        if isinstance(container, Mapping):
            try:
                return container[name]
            except KeyError:
                raise ExpressionError(
                    f"there is no {name!r} among {_shown(container)}", name=str(name)
                ) from None
        if isinstance(container, list | tuple | str) and isinstance(name, int):
            return container[name]
        raise ExpressionError(f"cannot look up {name!r} in {_type_name(container)}")

    return look_into


def _slice(
    holder: Evaluate, lower: Evaluate | None, upper: Evaluate | None, step: Evaluate | None
) -> Evaluate:
    def cut(values: Values) -> Any:
        container = holder(values)
        if not isinstance(container, list | tuple | str):
            raise ExpressionError(f"cannot cut {_type_name(container)}")
        return container[slice(*(None if part is None else part(values) for part in (lower, upper, step)))]

    return cut


def _all_of(parts: tuple[Evaluate, ...]) -> Evaluate:
    def evaluate(values: Values) -> Any:
        value: Any = True
        for part in parts:
            value = part(values)
            if not value:
                return value
        return value

    return evaluate


def _any_of(parts: tuple[Evaluate, ...]) -> Evaluate:
    def evaluate(values: Values) -> Any:
        value: Any = False
        for part in parts:
            value = part(values)
            if value:
                return value
        return value

    return evaluate


def _chain(first: Evaluate, rest: list[tuple[Callable[[Any, Any], Any], Evaluate]]) -> Evaluate:
    def evaluate(values: Values) -> Any:
        left = first(values)
        result: Any = True
        for act, part in rest:
            right = part(values)
            result = act(left, right)
            if not result:
                return result
            left = right
        return result

    return evaluate


def _shown(container: Mapping[Any, Any]) -> str:
    return ", ".join(sorted(map(str, container))[:8]) or "nothing"


def _type_name(value: Any) -> str:
    return "nothing (null)" if value is None else type(value).__name__


def _reason(error: BaseException) -> str:
    if isinstance(error, ZeroDivisionError):
        return "division by zero"
    return str(error) or type(error).__name__
