"""Runs that steps of a run have started, and what they gave."""

from __future__ import annotations

from typing import Any

from runtime.engine.binding import pick
from runtime.engine.state import RunStatus
from runtime.engine.sub_run import output_wire
from runtime.models import TERMINAL, Run
from runtime.payloads import StoredPort
from runtime.queries.inputs import load_port, stored_outputs
from runtime.queries.plans import plan_of_run
from runtime.services_protocol import ChildRun


def child_of(parent: Run, path: str) -> Run | None:
    """The run that the step at this path has started."""
    children = Run.objects.select_related("workflow", "version").filter(parent_run=parent, parent_path=path)
    return children.first()


def child_state(child: Run, output: str) -> ChildRun:
    """How it stands, with the result that `output` names. Raises `NodeError` when that leads nowhere."""
    number, name, status = child.number, child.workflow.name, RunStatus(child.status)
    if status not in TERMINAL:
        return ChildRun(number, name, "active")
    if status is RunStatus.SUCCEEDED:
        return ChildRun(number, name, "succeeded", result=_result(child, output))
    if status is RunStatus.CANCELLED:
        return ChildRun(number, name, "cancelled")
    return ChildRun(number, name, "failed", error=child.error or {})


def _result(child: Run, output: str) -> Any:
    """As a sub-workflow inside of the run gives it: one step's output, or those of all last steps."""
    plan = plan_of_run(child)
    wire = output_wire(plan, output)
    if wire is not None:
        node = plan.nodes[wire.source].id
        ports = stored_outputs(child, [node]).get(node, {})
        return pick({wire.port: load_port(child, ports[wire.port])}, wire) if wire.port in ports else None
    ends = [node.id for node in plan.nodes if not plan.successors[node.index]]
    stored = stored_outputs(child, ends)
    keeps_skipped = plan.config.conditional_execution == "route_data"
    return {
        name: _load(child, stored[name]) if name in stored else None
        for name in ends
        if name in stored or keeps_skipped
    }


def _load(child: Run, ports: dict[str, StoredPort]) -> dict[str, Any]:
    return {name: load_port(child, port) for name, port in ports.items()}
