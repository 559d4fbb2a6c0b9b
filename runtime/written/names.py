"""The names of a script whose values are known without running it."""

from __future__ import annotations

import ast
from collections import Counter

from runtime.written.values import Known, NotLiteral, read_value

OUR_PACKAGES = ("kailash.", "runtime.nodes.")


class Names:
    """Plain values that are given to a name once, and node types that are imported.

    A list or an object counts only while nothing but calls at the top level reads it: what else holds it may
    change it.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._stores = Counter(_stored(tree))
        self._shared = _shared(tree)
        self.values = Known()
        self.node_types: dict[str, str] = {}
        for statement in tree.body:
            self._learn(statement)

    def _learn(self, statement: ast.stmt) -> None:
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                self._learn_value(name, value)
            case ast.ImportFrom(module=str() as module, names=names) if module.startswith(OUR_PACKAGES):
                self.node_types |= {
                    alias.asname or alias.name: alias.name for alias in names if alias.name.endswith("Node")
                }

    def _learn_value(self, name: str, value: ast.expr) -> None:
        if self._stores[name] != 1:
            return
        try:
            known = read_value(value, self.values)
        except NotLiteral:
            return
        if not isinstance(known, list | dict) or name not in self._shared:
            self.values.keep(name, known, self.values.size_of(value))


def _stored(tree: ast.Module) -> list[str]:
    """Every name that is given a value somewhere, once for each time."""
    found: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
                found.append(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.append(name)
            case ast.alias(name=name, asname=other):
                found.append(other or name.split(".")[0])
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                found += names
            case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
                found.append(name)
            case ast.MatchStar(name=str() as name):
                found.append(name)
    return found


def _shared(tree: ast.Module) -> set[str]:
    """Names that something other than a call of a builder's method, or a plain assignment, reads."""
    return {
        node.id
        for statement in tree.body
        if not _is_method_call(statement)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _is_method_call(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(), attr=method))):
            return method in ("add_node", "add_parameter", "set_settings", "add_annotation")
        case ast.Assign(value=ast.Call(func=ast.Attribute(value=ast.Name(), attr="add_node"))):
            return True
    return False
