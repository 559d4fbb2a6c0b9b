"""What a run is asked to do, judged before anything of it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from accounts.authorization import is_allowed
from accounts.models import User
from runtime.engine.binding import check_parameters, still_missing
from runtime.engine.caps import check_node_options
from runtime.engine.config import check_settings, resolve_config
from runtime.engine.errors import GraphError
from runtime.engine.events import EventType
from runtime.engine.graph import Graph, NodeSpec
from runtime.engine.plan import Plan, PlannedNode, compile_plan
from runtime.engine.prior import Prior, missing_results, nodes_to_run
from runtime.engine.problems import Problem, errors_of
from runtime.engine.selection import Selection
from runtime.models import Run, WorkflowVersion
from runtime.queries.plans import SubVersions, plan_for, recipe, selected_part
from runtime.queries.priors import PriorReferences, newest_results, results_in
from runtime.queries.versions import graph_of, read_texts
from runtime.services.credential_checks import refused_credentials
from runtime.services.limits import server_caps
from runtime.services.open_inputs import open_inputs
from runtime.services.registry import node_registry
from runtime.services.workflow_source import TenantWorkflows

# Stands for a result that is there, where only that is asked.
_THERE = Prior("succeeded")


@dataclass(frozen=True, slots=True)
class RunRequest:
    """`part` and `node` say what the engine selects; `source` lends the results that the part borrows.

    Without a `subject` it is the operator who asks, at the machine. With `keeps_succeeded` the source lends
    the results of all nodes that succeeded in it. `chosen` are versions of sub-workflows that are settled
    already. Results of `outdated` nodes in the source do not count.
    """

    subject: User | None
    version: WorkflowVersion
    parameters: Mapping[str, Any]
    settings: Mapping[str, Any]
    part: str = "full"
    node: str | None = None
    source: Run | None = None
    keeps_succeeded: bool = False
    chosen: SubVersions = field(default_factory=dict)
    outdated: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RunContents:
    """What the run's row keeps of a request that can run."""

    prior: PriorReferences
    selected: list[str] | None
    sub_versions: dict[str, dict[str, Any]]


def judge(request: RunRequest) -> RunContents:
    """Raises `GraphError` with every reason why this cannot run."""
    graph = graph_of(request.version)
    _raise(_past_limits(request, graph))
    selection = selected_part(graph, request.part, request.node)
    _raise(refused_credentials(request.subject, request.version.tenant_id, selection.graph.nodes))
    sub_versions = _resolve_sub_workflows(request, graph, selection)
    wanted = recipe(
        request.version.pk,
        settings=request.settings,
        part=request.part,
        node=request.node,
        sub_versions=sub_versions,
    )
    plan = plan_for(wanted, read_texts)
    prior = _find_results(request, plan)
    settled = {node for nodes in prior.values() for node in nodes}
    _raise(_missing_results(plan, settled) + _wrong_parameters(request, plan, settled))
    selected = None if request.part == "full" else [spec.id for spec in selection.graph.nodes]
    return RunContents(prior, selected, sub_versions)


def _past_limits(request: RunRequest, graph: Graph) -> list[Problem]:
    """Settings that cannot be: a version was checked when it was made, but limits may be lower since."""
    caps = server_caps()
    problems = errors_of(check_settings({**graph.settings, **request.settings}, caps=caps))
    for spec in graph.nodes if caps.limits else ():
        options = spec.options
        found = check_node_options(caps, timeout=options.timeout, retry=options.retry)
        problems += [problem.at_node(spec.id) for problem in found]
    return problems


def _raise(problems: list[Problem]) -> None:
    if problems:
        raise GraphError(problems)


# --- sub-workflows ------------------------------------------------------------------------------------------


def _resolve_sub_workflows(
    request: RunRequest, graph: Graph, selection: Selection
) -> dict[str, dict[str, Any]]:
    """Which version each sub-workflow node means, theirs included, so that a resumed run finds the same."""
    if not any(_names_workflow(spec) for spec in selection.graph.nodes):
        return {}
    source = TenantWorkflows(
        request.version.tenant_id,
        request.subject,
        within=request.version.workflow_id,
        chosen=request.chosen,
    )
    config = resolve_config(graph.settings, request.settings, caps=server_caps())
    compile_plan(graph, node_registry(), config, workflows=source, selection=selection, caps=server_caps())
    return source.resolved


def _names_workflow(spec: NodeSpec) -> bool:
    node_class = node_registry().find(spec.type)
    return node_class is not None and node_class.named_workflow(spec.config) is not None


# --- earlier results ----------------------------------------------------------------------------------------


def _find_results(request: RunRequest, plan: Plan) -> PriorReferences:
    source = request.source
    found: PriorReferences = {}
    if source is not None and request.keeps_succeeded:
        mine = [node.id for node in plan.nodes if node.pin is None and node.id not in request.outdated]
        found = results_in(source, mine, only=[EventType.NODE_SUCCEEDED])
    known = {node for nodes in found.values() for node in nodes}
    borrowed = [node for node in plan.nodes if _needs_result(node) and node.id not in known]
    if not borrowed:
        return found
    if source is None:
        wanted = {node.id: _useful_end(plan, node) for node in borrowed}
        return newest_results(request.version.workflow_id, wanted, partial(_may_read, request.subject))
    valid = [node.id for node in borrowed if node.id not in request.outdated]
    for run_id, nodes in results_in(source, valid).items():
        found.setdefault(run_id, {}).update(nodes)
    return found


def _needs_result(node: PlannedNode) -> bool:
    return node.is_borrowed and node.pin is None and not node.spec.disabled


def _useful_end(plan: Plan, node: PlannedNode) -> EventType:
    """Outputs, unless only its error connections lead into the part."""
    leaving = [
        wire
        for target in plan.successors[node.index]
        for wire in plan.nodes[target].wires
        if wire.source == node.index
    ]
    is_error_only = bool(leaving) and all(wire.is_error for wire in leaving)
    return EventType.NODE_FAILED if is_error_only else EventType.NODE_SUCCEEDED


def _may_read(subject: User | None, run: Run) -> bool:
    return subject is None or is_allowed(subject, "run.data", run)


def _missing_results(plan: Plan, settled: set[str]) -> list[Problem]:
    disabled = {node.id for node in plan.nodes if node.spec.disabled}
    return missing_results(plan, dict.fromkeys(settled | disabled, _THERE))


# --- parameters ---------------------------------------------------------------------------------------------


def _wrong_parameters(request: RunRequest, plan: Plan, settled: set[str]) -> list[Problem]:
    """Wrong ones, and those that the nodes that will run lack."""
    problems = errors_of(check_parameters(plan, request.parameters))
    told = {(problem.node, problem.field) for problem in problems}
    running = set(nodes_to_run(plan, settled))
    for problem in still_missing(open_inputs(request.version), request.parameters):
        if (problem.node, problem.field) not in told and problem.node in running:
            problems.append(problem)
    return problems
