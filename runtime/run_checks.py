"""What can be wrong with how a run is asked for, and what it starts with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any, get_args

from runtime.engine.errors import ParameterError
from runtime.engine.plan import Plan
from runtime.engine.prior import Prior
from runtime.engine.problems import Problem, near_match
from runtime.engine.selection import Mode

MAX_RUN_ID = 200


def workspace_at(workspace: Any) -> Path:
    if not isinstance(workspace, str | PathLike):
        raise TypeError(f"workspace must be the path of a folder, not {type(workspace).__name__}")
    folder = Path(workspace)
    if not folder.is_dir():
        raise ParameterError(f"the workspace {folder} is not a folder: make it first", field="workspace")
    return folder


def problems_given(parameters: Any) -> list[Problem]:
    """What is wrong with the form of a run's parameters, whatever the workflow."""
    if not isinstance(parameters, Mapping):
        kind = type(parameters).__name__
        message = f"parameters must be a mapping: node id or parameter -> values, not {kind}"
        return [Problem("invalid_parameter", message, field="parameters")]
    wrong = [name for name in parameters if not isinstance(name, str)]
    wrong += [key for value in parameters.values() for key in _no_texts(value)]
    return [
        Problem(
            "invalid_parameter",
            f"parameters: {name!r:.80} is not a name: names are texts",
            field="parameters",
        )
        for name in wrong
    ]


def check_run_id(run_id: Any) -> None:
    if run_id is not None and not (isinstance(run_id, str) and 0 < len(run_id) <= MAX_RUN_ID):
        raise ParameterError(f"run_id must be a text of 1 to {MAX_RUN_ID} characters", field="run_id")


def _no_texts(value: Any) -> list[Any]:
    return [key for key in value if not isinstance(key, str)] if isinstance(value, Mapping) else []


def check_mode(mode: str, node: str | None, results: Mapping[str, Any] | None) -> None:
    if mode not in get_args(Mode):
        hint = near_match(str(mode), get_args(Mode)) or f"There are {', '.join(get_args(Mode))}."
        raise ParameterError(f"{mode!r:.80} is not a mode of a run. {hint}", field="mode")
    if node is not None and not isinstance(node, str):
        raise ParameterError(f"node must be the id of a node, not {type(node).__name__}", field="node")
    if mode == "full" and (node is not None or results is not None):
        given = "node" if node is not None else "results"
        raise ParameterError(
            f"{given} is only for a partial run: say mode='to_node', 'from_node' or 'single'"
        )
    if results is not None and not isinstance(results, Mapping):
        raise ParameterError("results must be a mapping: node id -> outputs by port", field="results")


def prior_of(plan: Plan, results: Mapping[str, Any]) -> dict[str, Prior]:
    """The results of an earlier run for the nodes that this one borrows; others of it are not needed."""
    ids = {spec.id for spec in plan.graph.nodes}
    for name, outputs in results.items():
        if name not in ids:
            hint = near_match(str(name), ids)
            message = f"results: {name!r:.80} is not a node" + (f". {hint}" if hint else "")
            raise ParameterError(message, code="unknown_node", field=f"results.{name!s:.80}")
        if outputs is not None and not isinstance(outputs, Mapping):
            message = f"results[{name!r}] must be that node's outputs by port"
            raise ParameterError(message, field=f"results.{name}")
    return {
        node.id: Prior("succeeded", outputs=dict(outputs), origin="results")
        for node in plan.nodes
        if node.is_borrowed and node.pin is None and (outputs := results.get(node.id)) is not None
    }


def needing_server(plan: Plan) -> list[Problem]:
    """The steps that no script can run, also inside containers; those of a sub-workflow at its node."""
    found = []
    for node in plan.nodes:
        if node.is_borrowed or node.pin is not None or node.spec.disabled:
            continue
        if node.node_class.needs_server:
            message = f"{node.spec.type} runs on the server only: {node.node_class.needs_server}"
            hint = "Run the workflow there, or pin the outputs of this step."
            found.append(Problem("needs_server", message, node.id, hint=hint))
        elif node.body is not None:
            inner = needing_server(node.body)
            at = node.id if node.holds_workflow else None
            found += [replace(item, node=at or item.node) for item in inner[: 1 if at else None]]
    return found
