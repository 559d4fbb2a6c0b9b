"""A graph as the Python that builds it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runtime.engine.graph import (
    DEFAULT_ACCESS,
    DEFAULT_OPTIONS,
    Connection,
    Graph,
    NodeSpec,
    WorkflowParameter,
)
from runtime.written.regions import AT_END, AT_START, Region, is_region, regions_of
from runtime.written.values import INDENT, write_text, write_value

BUILDER = "workflow"
IMPORT = "from runtime import WorkflowBuilder"
ENDING = f"""if __name__ == "__main__":
    import json
    import sys

    from runtime import LocalRuntime

    parameters = json.loads(sys.argv[1]) if len(sys.argv) > 1 else None
    results, run_id = LocalRuntime().execute({BUILDER}.build(), parameters=parameters)
    print(json.dumps(results, indent=2, default=str))
"""
"""Runs it, where nothing else in the script does."""


def write_python(graph: Graph, *, name: str = "") -> str:
    """A script that builds this graph and, run by `python -m runtime`, runs it and prints its results.

    `read_python` of it gives the same graph again, and the name.
    """
    regions = regions_of(graph.annotations)
    placed = {node.id for node in graph.nodes}
    blocks = [_title(name), IMPORT]
    blocks += [region.text for region in regions if region.after == AT_START]
    blocks.append(f"{BUILDER} = WorkflowBuilder()")
    blocks += [_lines(map(_parameter, graph.parameters)), _settings(graph.settings)]
    for node in graph.nodes:
        blocks.append(_node(node))
        blocks += [region.text for region in regions if region.after == node.id]
    blocks.append(_lines(map(_connection, graph.connections)))
    blocks.append(_lines(_annotation(each) for each in graph.annotations if not is_region(each)))
    blocks += [region.text for region in regions if _is_last(region, placed)]
    if not any(".execute" in region.text for region in regions):
        blocks.append(ENDING)
    return "\n\n".join(block.strip("\n") for block in blocks if block) + "\n"


def _is_last(region: Region, placed: set[str]) -> bool:
    """A region whose step was deleted stands at the end."""
    return region.after == AT_END or (region.after != AT_START and region.after not in placed)


def _lines(calls: Any) -> str:
    return "\n".join(calls)


def _title(name: str) -> str:
    title = " ".join(name.split())
    return write_text(title) if title else ""


def _parameter(parameter: WorkflowParameter) -> str:
    more = [write_value(dict(parameter.schema))] if parameter.schema else []
    if parameter.has_default:
        more.append(f"default={write_value(parameter.default)}")
    return _call("add_parameter", [write_value(parameter.name), *more])


def _settings(settings: Mapping[str, Any]) -> str:
    """Names that are no identifiers cannot be arguments, but can be spread."""
    return "" if not settings else _call("set_settings", [f"**{write_value(dict(settings))}"])


def _node(node: NodeSpec) -> str:
    arguments = [write_value(node.type), write_value(node.id)]
    if node.config:
        arguments.append(write_value(dict(node.config)))
    return _call("add_node", [*arguments, *_rest(node)])


def _rest(node: NodeSpec) -> list[str]:
    """The keyword arguments of what is not as usual."""
    rest: dict[str, Any] = {}
    if node.type_version != 1:
        rest["type_version"] = node.type_version
    rest |= {key: value for key in ("label", "notes") if (value := getattr(node, key))}
    rest |= {"options": _unusual(node.options, DEFAULT_OPTIONS)} if node.options != DEFAULT_OPTIONS else {}
    rest |= {"access": _unusual(node.access, DEFAULT_ACCESS)} if node.access != DEFAULT_ACCESS else {}
    if node.parent is not None:
        rest["parent"] = node.parent
    if node.disabled:
        rest["disabled"] = True
    rest["position"] = node.to_document()["position"]
    return [f"{key}={write_value(value)}" for key, value in rest.items()]


def _unusual(value: Any, usual: Any) -> dict[str, Any]:
    ordinary = usual.to_document()
    return {key: each for key, each in value.to_document().items() if each != ordinary[key]}


def _connection(connection: Connection) -> str:
    ends = (connection.source, connection.output, connection.target, connection.input)
    arguments = [write_value(end) for end in ends]
    if connection.kind != "data":
        arguments.append(f"kind={write_value(connection.kind)}")
    return _call("add_connection", arguments)


def _annotation(annotation: Mapping[str, Any]) -> str:
    return _call("add_annotation", [write_value(dict(annotation))])


def _call(method: str, arguments: list[str]) -> str:
    short = f"{BUILDER}.{method}({', '.join(arguments)})"
    if len(short) <= 100 or any("\n" in argument for argument in arguments):
        return short
    return f"{BUILDER}.{method}(\n" + "".join(f"{INDENT}{argument},\n" for argument in arguments) + ")"
