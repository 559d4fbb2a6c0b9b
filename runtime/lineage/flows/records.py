"""Steps that pass on what they are given, whole, in part or by operations whose columns are written down."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runtime.lineage.terms import Columns, Edge, Flow, Ref, Step, all_of, column_name, joined, looked_up

_NO_NAMES = frozenset({"true", "false", "null", "True", "False", "None"})


def carried(
    step: Step, given: Columns, ports: Sequence[str] | None = None, *, how: str = ""
) -> Iterator[Edge]:
    """Each column of the ports is that of the same name in what is given."""
    for port in step.outputs if ports is None else ports:
        for path in step.outputs.get(port, ()):
            for source in looked_up(given, path):
                yield Edge(source, step.column(port, path), "exact", how or "passed on")


def passing(step: Step) -> Flow:
    """A step that waits or asks, and gives what it was given."""
    return Flow(tuple(carried(step, step.inputs.get("input", {}), ["result"])))


def by_port(step: Step) -> Flow:
    """A step that lets its input out by one port or another; `result` tells about that."""
    ports = [port for port in step.outputs if port != "result"]
    return Flow(tuple(carried(step, step.inputs.get("input", {}), ports)))


def approved(step: Step) -> Flow:
    """Its `result` is the answer, and under `input` what was asked about."""
    given = step.inputs.get("input", {})
    edges = list(by_port(step).edges)
    for path in step.outputs.get("result", ()):
        name, _, inner = path.partition(".")
        if name in ("", "input"):
            target = step.column("result", path)
            edges += [Edge(ref, target, "exact", "what was asked about") for ref in looked_up(given, inner)]
    return Flow(tuple(edges))


def merged(step: Step) -> Flow:
    how = {"combine": "joined by key", "object": "merged"}.get(step.config.get("mode", "append"), "merged")
    return Flow(tuple(carried(step, step.inputs.get("inputs", {}), how=how)))


def from_body(step: Step) -> Flow:
    """A loop or a map: its result is what its body fed back."""
    return Flow(
        tuple(carried(step, joined(list(step.exits.values())), ["result"], how="from the steps inside"))
    )


def masked(step: Step) -> Flow:
    """Values pass; where a rule may hide one, the column says by which method."""
    rules = step.config.get("masking_rules")
    hidden: dict[str, str] = {}
    edges: list[Edge] = []
    for edge in carried(step, step.inputs.get("data", {}), how="same field through a mask"):
        edges.append(edge)
    for port, paths in step.outputs.items():
        for path in paths:
            method = _method(path, rules if isinstance(rules, Mapping) else {})
            if method:
                hidden[column_name(port, path)] = method
    return Flow(tuple(edges), masked=hidden)


def _method(path: str, rules: Mapping[str, Any]) -> str | None:
    for field, rule in rules.items():
        plain = str(field).replace("[*]", "").removeprefix("**.").removeprefix("*.")
        if (path == plain or path.endswith(f".{plain}")) and isinstance(rule, Mapping):
            return str(rule.get("mask_type", "redact"))
    return None


def transformed(step: Step) -> Flow:
    """The operations one after another, each with the columns that it makes from which."""
    known: dict[str, tuple[Ref, ...]] = dict(step.inputs.get("input", {}))
    said: dict[str, str] = {}
    other = step.inputs.get("other", {})
    for operation in step.config.get("operations") or ():
        if isinstance(operation, Mapping):
            known, said = _applied(operation, known, said, other)
    edges = [
        Edge(source, step.column("result", path), "exact", said.get(path, "passed on"))
        for path in step.outputs.get("result", ())
        for source in looked_up(known, path)
    ]
    return Flow(tuple(edges))


_Known = dict[str, tuple[Ref, ...]]
_Said = dict[str, str]


def _applied(
    operation: Mapping[str, Any], known: _Known, said: _Said, other: Columns
) -> tuple[_Known, _Said]:
    match operation.get("op"):
        case "select":
            return {name: looked_up(known, name) for name in _texts(operation.get("columns"))}, said
        case "rename":
            names = {str(old): str(new) for old, new in dict(operation.get("columns") or {}).items()}
            return (
                {names.get(name, name): refs for name, refs in known.items()},
                {**said, **{new: f"renamed from {old}" for old, new in names.items()}},
            )
        case "compute":
            column, expression = str(operation.get("column")), str(operation.get("expression"))
            refs = tuple(
                dict.fromkeys(ref for path in paths_in(expression) for ref in looked_up(known, path))
            )
            return {**known, column: refs}, {**said, column: "computed by an expression"}
        case "cast":
            names_ = [
                str(item.get("column"))
                for item in operation.get("columns") or ()
                if isinstance(item, Mapping)
            ]
            return known, {**said, **dict.fromkeys(names_, "cast to another type")}
        case "group":
            return _grouped(operation, known)
        case "join":
            return _with_other(operation, known, other), said
        case "append":
            return dict(joined([known, other])), said
        case "flatten":
            return _flattened(operation, known), said
        case _:
            return known, said


def _grouped(operation: Mapping[str, Any], known: _Known) -> tuple[_Known, _Said]:
    found = {name: looked_up(known, name) for name in _texts(operation.get("by"))}
    said = dict.fromkeys(found, "grouped by")
    for figure in operation.get("aggregates") or ():
        if not isinstance(figure, Mapping):
            continue
        function, column = str(figure.get("function")), figure.get("column")
        name = str(figure.get("name") or (f"{column}_{function}" if column else "count"))
        found[name] = looked_up(known, str(column)) if column else ()
        said[name] = f"{function} of {column}" if column else "count of records"
    return found, said


def _with_other(operation: Mapping[str, Any], known: _Known, other: Columns) -> _Known:
    suffix = str(operation.get("suffix", "_other"))
    pairs = [
        (str(item.get("column")), str(item.get("other") or item.get("column")))
        for item in operation.get("on") or ()
        if isinstance(item, Mapping)
    ]
    keys = {theirs for _, theirs in pairs}
    found = dict(known)
    for name, refs in other.items():
        if name not in keys:
            found[f"{name}{suffix}" if name in known else name] = refs
    if operation.get("how") == "outer":
        for ours, theirs in pairs:
            found[ours] = tuple(dict.fromkeys((*looked_up(known, ours), *looked_up(other, theirs))))
    return found


def _flattened(operation: Mapping[str, Any], known: _Known) -> _Known:
    column = str(operation.get("column"))
    prefix = operation.get("prefix")
    start = f"{column}." if prefix is None else str(prefix)
    found: _Known = {}
    for name, refs in known.items():
        inner = name.removeprefix(f"{column}.") if name.startswith(f"{column}.") else None
        found[name if inner is None else f"{start}{inner}"] = refs
    return found


def paths_in(expression: str) -> list[str]:
    """The dotted paths that an expression reads; none of one that cannot be read."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    found: list[str] = []
    _read(tree.body, found)
    return list(dict.fromkeys(found))


def _read(node: ast.AST, found: list[str]) -> None:
    path = _path(node)
    if path is not None:
        if path.partition(".")[0] not in _NO_NAMES:
            found.append(path)
        return
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute):
            _read(node.func.value, found)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            _read(argument, found)
        return
    for child in ast.iter_child_nodes(node):
        _read(child, found)


def _path(node: ast.AST) -> str | None:
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attribute):
            inner = _path(value)
            return None if inner is None else f"{inner}.{attribute}"
        case ast.Subscript(value=value, slice=ast.Constant(value=key)):
            inner = _path(value)
            if inner is None or not isinstance(key, str | int):
                return None
            return f"{inner}.{key}" if isinstance(key, str) else inner
        case _:
            return None


def _texts(value: Any) -> list[str]:
    return [item for item in value or () if isinstance(item, str)]


def valued(step: Step) -> Flow:
    """A value that is written down: what `${}` fills in is a parameter of the run."""
    edges: list[Edge] = []
    for path in step.outputs.get("result", ()):
        written = _written_at(step.config.get("value"), path)
        for name, columns in step.inputs.items():
            if name.startswith("${") and name.removesuffix("}") in written:
                edges += [
                    Edge(ref, step.column("result", path), "exact", "filled in") for ref in all_of(columns)
                ]
    return Flow(tuple(edges))


def _written_at(value: Any, path: str) -> str:
    """All that is written at a path of a value, and in the items of lists on the way."""
    if isinstance(value, list | tuple):
        return "\n".join(_written_at(item, path) for item in value)
    if isinstance(value, Mapping):
        name, _, rest = path.partition(".")
        items = value.values() if not path else [value.get(name)]
        return "\n".join(_written_at(item, rest) for item in items)
    return value if isinstance(value, str) else ""
