"""Runs that steps of a run start, each for one step, in the name of whoever started that run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.authorization import AccessDenied, authorize
from runtime.engine.errors import GraphError, NodeError
from runtime.engine.graph import Graph
from runtime.engine.problems import near_match
from runtime.engine.workflows import MAX_SUB_DEPTH
from runtime.host.fault_points import reach
from runtime.models import TERMINAL, Run, Trigger, WorkflowVersion
from runtime.queries.children import child_of, child_state
from runtime.queries.plans import reference
from runtime.queries.versions import graph_of
from runtime.services.in_thread import patiently
from runtime.services.run_control import cancel_run, pause_with_parent
from runtime.services.runs import ParentStep, start_run
from runtime.services.withdrawing import is_left, withdraw_left
from runtime.services_protocol import ChildRun


class RunChildren:
    """`runtime.services_protocol.ChildRuns` of one run."""

    def __init__(self, run_id: UUID) -> None:
        self._run_id = run_id

    async def start(
        self,
        path: str,
        workflow: str,
        version: int | str,
        parameters: Mapping[str, Any],
        timeout_s: float | None,
    ) -> None:
        await patiently(self._start, path, reference(workflow, version), dict(parameters), timeout_s)  # type: ignore[arg-type]

    async def look(self, path: str, output: str) -> ChildRun | None:
        return await patiently(self._look, path, output)

    def _start(self, path: str, named: str, parameters: dict[str, Any], timeout_s: float | None) -> None:
        parent = self._parent()
        if child_of(parent, path) is not None:
            return
        _refuse_depth(parent)
        chosen = _version(parent, named)
        graph = graph_of(chosen)
        _refuse_parameters(graph, parameters)
        reach("child.before")
        try:
            with transaction.atomic():
                _start_as(parent, chosen, parameters, ParentStep(parent.pk, path), _limits(graph, timeout_s))
        except IntegrityError:  # another claim of the parent started it at the same moment
            if child_of(parent, path) is None:
                raise
        reach("child.after")
        _follow_parent(parent.pk, path)

    def _look(self, path: str, output: str) -> ChildRun | None:
        child = child_of(self._parent(), path)
        return None if child is None else child_state(child, output)

    def _parent(self) -> Run:
        return Run.objects.select_related("requested_by").get(pk=self._run_id)


def _follow_parent(parent_id: UUID, path: str) -> None:
    """What happened to the parent while its child was being started happens to the child too."""
    if is_left(parent_id, path):
        withdraw_left(parent_id)
    else:
        pause_with_parent(parent_id)


def cancel_children(run: Run) -> None:
    """After the end of a run: nobody waits for the runs that its steps started."""
    for child in run.child_runs.exclude(status__in=sorted(TERMINAL)).order_by("pk"):
        cancel_run(child)


def _start_as(
    parent: Run,
    version: WorkflowVersion,
    parameters: dict[str, Any],
    step: ParentStep,
    settings: dict[str, Any],
) -> None:
    subject = parent.requested_by
    try:
        if subject is not None:
            authorize(subject, "workflow.run", version.workflow)
        start_run(
            subject,
            version,
            parameters,
            trigger=Trigger.WORKFLOW,
            settings=settings,
            parent=step,
            chosen=parent.sub_versions,
        )
    except AccessDenied as error:
        message = f"whoever started this run may not run {version.workflow.name!r}: {error.reason}"
        raise NodeError(message, code="workflow_denied") from error
    except GraphError as error:
        code = next((item.code for item in error.problems if item.severity == "error"), error.code)
        found = [item.to_dict() for item in error.problems]
        raise NodeError(error.message, code=code, problems=found) from error


def _version(parent: Run, named: str) -> WorkflowVersion:
    """The one that was settled when the parent began."""
    settled = parent.sub_versions.get(named)
    versions = WorkflowVersion.objects.select_related("workflow").filter(tenant_id=parent.tenant_id)
    found = None if settled is None else versions.filter(pk=settled["version"]).first()
    if found is None:
        raise NodeError("the workflow that this step runs is gone", code="unknown_workflow")
    return found


def _refuse_parameters(graph: Graph, parameters: Mapping[str, Any]) -> None:
    """A step gives parameters, and nothing to single nodes."""
    declared = [item.name for item in graph.parameters]
    for name in parameters:
        if name not in declared:
            hint = near_match(name, declared)
            message = f"the sub-workflow declares no parameter {name!r}" + (f". {hint}" if hint else "")
            raise NodeError(message, code="unknown_parameter", field=f"inputs.{name}")
    for item in graph.parameters:
        if not item.has_default and item.name not in parameters:
            message = f"nothing gives the sub-workflow's parameter {item.name!r}"
            raise NodeError(message, code="missing_parameter", field=f"inputs.{item.name}")


def _limits(graph: Graph, timeout_s: float | None) -> dict[str, Any]:
    """The step's time is the run's, unless its workflow allows even less."""
    limits = [item for item in (graph.settings.get("timeout"), timeout_s) if item is not None]
    return {} if timeout_s is None else {"timeout": max(0.001, min(limits))}


def _refuse_depth(parent: Run) -> None:
    depth, above = 1, parent.parent_run_id
    while above is not None:
        depth += 1
        if depth > MAX_SUB_DEPTH:
            message = f"workflows run each other more than {MAX_SUB_DEPTH} deep"
            raise NodeError(message, code="too_deep")
        above = Run.objects.values_list("parent_run", flat=True).get(pk=above)
