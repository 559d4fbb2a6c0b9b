"""Reads author code as what is made from what. Nothing is run.

Data is followed, not what decides about it: a record that was left out by a condition tells of no column. But
a constant that a condition chooses is made from what the condition looks at. A constant that only helps to
work a value out, as the digits to round to, is no choice.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from runtime.lineage.flows.values import NOTHING, Made, computed, either

MAX_LOOKS = 20_000
_PASSING = frozenset(
    {"list", "sorted", "reversed", "tuple", "set", "frozenset", "iter", "dict", "next", "filter"}
)
_PICKING = frozenset({"max", "min", "next"})
_ADDING = frozenset({"append", "add", "appendleft"})


class TooMuch(Exception):
    """The code is larger than is looked through."""


class Reader:
    """The names of one piece of code. A name that is never assigned is an input."""

    def __init__(self) -> None:
        self.names: dict[str, Made] = {}
        self._functions: dict[str, ast.FunctionDef | ast.Lambda] = {}
        self._calling: list[str] = []
        self._looks = 0
        self._maybe = 0
        self._deciding: list[Made] = []

    def run(self, body: Iterable[ast.stmt]) -> None:
        """Raises `TooMuch`."""
        for statement in body:
            self._statement(statement)

    # --- statements -----------------------------------------------------------------------------------------

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                made = self.value(value)
                for target in targets:
                    self._assign(target, made)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self._assign(target, self.value(value))
            case ast.AugAssign(target=target, value=value):
                self._assign(target, self._augmented(self.value(target), self.value(value)))
            case ast.For(target=target, iter=iterated, body=body, orelse=orelse):
                item = self._item(iterated)
                for _ in range(2):  # what one round leaves the next one may take up
                    self._assign(target, item)
                    self._perhaps(body)
                self._perhaps(orelse)
            case ast.While(body=body, orelse=orelse):
                for _ in range(2):
                    self._perhaps(body)
                self._perhaps(orelse)
            case ast.If(test=test, body=body, orelse=orelse):
                self._deciding.append(computed([self.value(test)]))
                self._perhaps(body)
                self._perhaps(orelse)
                self._deciding.pop()
            case ast.With(items=items, body=body):
                for item_ in items:
                    if item_.optional_vars is not None:
                        self._assign(item_.optional_vars, self.value(item_.context_expr))
                self.run(body)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                self._perhaps(body)
                for handler in handlers:
                    self._perhaps(handler.body)
                self._perhaps(orelse)
                self._perhaps(final)
            case ast.FunctionDef(name=name):
                self._functions[name] = node
                self.names.setdefault(name, NOTHING)
            case ast.Expr(value=value):
                self.value(value)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                for alias in names:
                    self.names[(alias.asname or alias.name).partition(".")[0]] = NOTHING
            case _:
                pass

    def _perhaps(self, body: Iterable[ast.stmt]) -> None:
        """What is assigned in here may also not have been."""
        self._maybe += 1
        self.run(body)
        self._maybe -= 1

    def _assign(self, target: ast.expr, made: Made) -> None:
        match target:
            case ast.Name(id=name):
                known = self.names.get(name)
                self.names[name] = either([known, made]) if self._maybe and known is not None else made
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for place, one in enumerate(targets):
                    self._assign(one, made.fields.get(f"#{place}", made.item))
            case ast.Starred(value=value):
                self._assign(value, made)
            case ast.Subscript(value=holder, slice=ast.Constant(value=str(key))):
                before = self.value(holder)
                new = either([before.fields[key], made]) if self._maybe and key in before.fields else made
                self._change(holder, before.with_field(key, new))
            case ast.Subscript(value=holder, slice=index):
                self._change(holder, self.value(holder).with_item(made, self.value(index).all))
            case _:
                pass

    def _change(self, holder: ast.expr, made: Made) -> None:
        """The same thing, after something was put into it."""
        match holder:
            case ast.Name(id=name):
                self.names[name] = made
            case ast.Subscript(value=outer, slice=ast.Constant(value=str(key))):
                self._change(outer, self.value(outer).with_field(key, made))
            case ast.Subscript(value=outer, slice=index):
                self._change(outer, self.value(outer).with_item(made, self.value(index).all))
            case ast.Call(func=ast.Attribute(value=outer, attr="setdefault" | "get"), args=[key, *_]):
                self._change(outer, self.value(outer).with_item(made, self.value(key).all))
            case _:
                pass

    def _augmented(self, before: Made, added: Made) -> Made:
        if before.items is not None or added.items is not None:
            return either([before, added])
        return computed([before, added])

    # --- expressions ----------------------------------------------------------------------------------------

    def value(self, node: ast.expr) -> Made:
        """What an expression is made from. Raises `TooMuch`."""
        self._looks += 1
        if self._looks > MAX_LOOKS:
            raise TooMuch
        match node:
            case ast.Constant():
                return self._deciding[-1] if self._deciding else NOTHING
            case ast.Name(id=name):
                return self.names[name] if name in self.names else Made(frozenset({(name, "")}))
            case ast.Subscript(value=holder, slice=ast.Constant(value=str(key))):
                return self.value(holder).at(key)
            case ast.Subscript(value=holder, slice=ast.Slice()):
                return self.value(holder)
            case ast.Subscript(value=holder, slice=index):
                return self._indexed(self.value(holder), index)
            case ast.Attribute(value=holder):
                return computed([self.value(holder)])
            case ast.Dict(keys=keys, values=values):
                return self._dict(keys, values)
            case ast.List(elts=elements) | ast.Set(elts=elements):
                return Made(items=either([self.value(one) for one in elements]) if elements else None)
            case ast.Tuple(elts=elements):
                return Made(fields={f"#{place}": self.value(one) for place, one in enumerate(elements)})
            case ast.Starred(value=value):
                return self.value(value).item
            case (
                ast.ListComp(elt=element, generators=generators)
                | ast.SetComp(elt=element, generators=generators)
                | ast.GeneratorExp(elt=element, generators=generators)
            ):
                return self._within(generators, lambda: Made(items=self.value(element)))
            case ast.DictComp(key=key, value=value, generators=generators):
                return self._within(
                    generators,
                    lambda: NOTHING.with_item(self.value(value), self.value(key).all),
                )
            case ast.IfExp(test=test, body=body, orelse=orelse):
                self._deciding.append(computed([self.value(test)]))
                made = either([self.value(body), self.value(orelse)])
                self._deciding.pop()
                return made
            case ast.BoolOp(values=values):
                return either([self.value(one) for one in values])
            case ast.NamedExpr(target=target, value=value):
                made = self.value(value)
                self._assign(target, made)
                return made
            case ast.Call():
                return self._call(node)
            case ast.Lambda():
                return NOTHING
            case ast.BinOp(left=left, right=right, op=ast.Add()):
                return self._augmented(self.value(left), self.value(right))
            case _:
                parts = [one for one in ast.iter_child_nodes(node) if isinstance(one, ast.expr)]
                return _worked_out(parts, [self.value(one) for one in parts])

    def _indexed(self, holder: Made, index: ast.expr) -> Made:
        if isinstance(index, ast.Constant):
            return holder.fields.get(f"#{index.value!r}", holder.item)
        chosen = self.value(index)
        return either([holder.item, computed([chosen])]) if chosen.all else holder.item

    def _dict(self, keys: list[ast.expr | None], values: list[ast.expr]) -> Made:
        made = NOTHING
        for key, value in zip(keys, values, strict=True):
            part = self.value(value)
            if key is None:
                made = Made(
                    made.same | part.same, made.of | part.of, {**made.fields, **part.fields}, part.items
                )
            elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                made = made.with_field(key.value, part)
            else:
                made = made.with_item(part, self.value(key).all)
        return made

    def _within(self, generators: list[ast.comprehension], build: Callable[[], Made]) -> Made:
        before, maybe = dict(self.names), self._maybe
        self._maybe = 0
        for generator in generators:
            self._assign(generator.target, self._item(generator.iter))
        made = build()
        self.names, self._maybe = before, maybe
        return made

    def _item(self, iterated: ast.expr) -> Made:
        match iterated:
            case ast.Call(func=ast.Name(id="enumerate"), args=[first, *_]):
                return Made(fields={"#0": NOTHING, "#1": self._item(first)})
            case ast.Call(func=ast.Name(id="zip"), args=arguments):
                return Made(fields={f"#{place}": self._item(one) for place, one in enumerate(arguments)})
            case ast.Call(func=ast.Name(id="sorted" | "reversed" | "list" | "iter"), args=[first, *_]):
                return self._item(first)
            case ast.Call(func=ast.Attribute(value=holder, attr="items"), args=[]):
                made = self.value(holder)
                return Made(fields={"#0": Made(of=made.keys | made.same), "#1": _values(made)})
            case ast.Call(func=ast.Name(id="dict" | "tuple" | "set"), args=[first]):
                return self._item(first)
            case ast.Call(func=ast.Attribute(value=holder, attr="values"), args=[]):
                return _values(self.value(holder))
            case ast.Call(func=ast.Name(id="range")):
                return NOTHING
            case _:
                made = self.value(iterated)
                return Made(of=made.keys) if made.keys and not made.same else made.item

    def _call(self, node: ast.Call) -> Made:
        given = [self.value(one) for one in node.args]
        named = {
            one.arg: self.value(one.value) for one in node.keywords if not isinstance(one.value, ast.Lambda)
        }
        match node.func:
            case ast.Name(id=name) if name in self._functions:
                return self._called(name, given, named)
            case ast.Name(id="len" | "print" | "range"):
                return computed(given) if node.func.id == "len" else NOTHING
            case ast.Name(id="max" | "min") if len(given) == 1 and (given[0].same or given[0].items):
                return given[0].item
            case ast.Name(id="next") if given:
                return given[0].item
            case ast.Name(id="dict") if named and not given:
                return Made(fields={name: part for name, part in named.items() if name is not None})
            case ast.Name(id=name) if name in _PASSING and given:
                return either(given[-1:] if name == "filter" else given[:1])
            case ast.Attribute(value=holder, attr=attribute):
                return self._method(holder, attribute, node, given, list(named.values()))
            case _:
                return _worked_out(_arguments(node), [*given, *named.values()], self._function(node.func))

    def _function(self, func: ast.expr) -> Made:
        return NOTHING if isinstance(func, ast.Name) else self.value(func)

    def _method(
        self, holder: ast.expr, name: str, node: ast.Call, given: list[Made], named: list[Made]
    ) -> Made:
        made = self.value(holder)
        key = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        if name in ("get", "pop", "setdefault") and node.args:
            found = made.at(key) if isinstance(key, str) else made.item
            return either([found, *given[1:]]) if len(given) > 1 and given[1] != NOTHING else found
        if name in _ADDING and given:
            self._change(holder, made.with_item(given[0]))
            return NOTHING
        if name == "extend" and given:
            self._change(holder, made.with_item(given[0].item))
            return NOTHING
        if name == "update" and given:
            self._change(holder, either([made, given[0]]))
            return NOTHING
        if name == "copy" and not given:
            return made
        if name in ("values", "items", "keys") and not given:
            return Made(items=_values(made))
        return _worked_out(_arguments(node), [*given, *named], made)

    def _called(self, name: str, given: list[Made], named: dict[str | None, Made]) -> Made:
        """A function of the code's own, read with what it is called with."""
        function = self._functions[name]
        if name in self._calling or len(self._calling) > 4 or not isinstance(function, ast.FunctionDef):
            return computed([*given, *named.values()])
        inner = Reader()
        inner._functions, inner._calling, inner._looks = self._functions, [*self._calling, name], self._looks
        inner.names = dict(self.names)
        for parameter, made in zip(function.args.args, given, strict=False):
            inner.names[parameter.arg] = made
        for parameter_name, made in named.items():
            if parameter_name is not None:
                inner.names[parameter_name] = made
        inner.run(function.body)
        self._looks = inner._looks
        returned = [
            inner.value(one.value)
            for one in ast.walk(function)
            if isinstance(one, ast.Return) and one.value is not None
        ]
        return either(returned) if returned else NOTHING


def _arguments(node: ast.Call) -> list[ast.expr]:
    named = [one.value for one in node.keywords if not isinstance(one.value, ast.Lambda)]
    return [*node.args, *named]


def _worked_out(nodes: list[ast.expr], made: list[Made], other: Made = NOTHING) -> Made:
    """Made from all of these; constants among the nodes count where there is nothing else."""
    data = [part for node, part in zip(nodes, made, strict=False) if not _is_constant(node)]
    found = computed([other, *data])
    return found if found.all else computed(made)


def _is_constant(node: ast.expr) -> bool:
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def _values(made: Made) -> Made:
    parts = [*made.fields.values()]
    if made.items is not None:
        parts.append(made.items)
    if made.same or made.of:
        parts.append(Made(made.same, made.of))
    return either(parts) if parts else NOTHING
