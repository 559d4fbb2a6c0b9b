"""Runs an earlier run once more: as it was, or changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from runtime.engine.errors import ParameterError
from runtime.engine.state import NodeStatus, RunStatus
from runtime.models import TERMINAL, Run, RunMode, Trigger, WorkflowVersion
from runtime.queries.plans import selected_part
from runtime.queries.versions import graph_of
from runtime.services.graph_changes import Given, changed_nodes, with_followers
from runtime.services.run_requests import RunRequest, judge
from runtime.services.runs import Origin, authorize_source, store_run
from runtime.services.workflows import refuse_errors


@dataclass(frozen=True, slots=True)
class Change:
    """What shall differ from the earlier run; None: as it was."""

    version: WorkflowVersion | None = None
    parameters: Mapping[str, Any] | None = None
    settings: Mapping[str, Any] | None = None


UNCHANGED = Change()


def rerun(
    subject: User | None,
    run: Run,
    *,
    mode: RunMode | str,
    node: str | None = None,
    trigger: Trigger | str = Trigger.MANUAL,
    change: Change = UNCHANGED,
) -> Run:
    """A new run of the same version with the same parameters, settings and versions of sub-workflows, but
    for what `change` says.

    `failed` copies what had succeeded and runs the rest again; the other modes borrow from this run what
    they need. Results count only of steps that do now what they did then; `failed` also repeats all that
    follows from a step that changed. Raises `ParameterError` (`run_is_active`, `nothing_failed`,
    `workflow_deleted`), and as `start_run`.
    """
    authorize_source(subject, run)
    mode = RunMode(mode)
    refuse_deleted(run)
    if mode is RunMode.FAILED:
        _refuse_nothing_to_repeat(run)
    is_same_version = change.version is None or change.version.pk == run.version_id
    version = run.version if change.version is None else change.version
    request = RunRequest(
        subject=subject,
        version=version,
        parameters=run.parameters if change.parameters is None else change.parameters,
        settings=run.settings if change.settings is None else change.settings,
        part=run.part if mode is RunMode.FAILED else str(mode),
        node=run.node if mode is RunMode.FAILED else node,
        source=run,
        keeps_succeeded=mode is RunMode.FAILED,
        chosen=run.sub_versions if is_same_version else {},
        outdated=_outdated(run, version, change, mode),
    )
    _refuse_unchecked(request)
    return store_run(request, judge(request), mode, Origin(Trigger(trigger)))


def refuse_deleted(run: Run) -> None:
    """Raises `ParameterError` for a run whose workflow is no more."""
    if run.workflow.deleted_at is not None:
        raise ParameterError("The workflow of this run is deleted.", code="workflow_deleted")


def _outdated(run: Run, version: WorkflowVersion, change: Change, mode: RunMode) -> frozenset[str]:
    """The steps whose results in the run are not what they would give now."""
    before = Given(graph_of(run.version), run.parameters)
    parameters = run.parameters if change.parameters is None else change.parameters
    after = Given(before.graph if version.pk == run.version_id else graph_of(version), parameters)
    changed = changed_nodes(before, after)
    return with_followers(after.graph, changed) if mode is RunMode.FAILED else changed


def _refuse_unchecked(request: RunRequest) -> None:
    """The snapshot of a draft was checked as far as its first run went; this one may go further."""
    version = request.version
    if version.number is None:
        part = selected_part(graph_of(version), request.part, request.node).graph
        refuse_errors(part, version.workflow, request.subject)


def _refuse_nothing_to_repeat(run: Run) -> None:
    if RunStatus(run.status) not in TERMINAL:
        message = "This run has not ended yet: wait for its end, or cancel it."
        raise ParameterError(message, code="run_is_active", field="mode")
    if run.status == RunStatus.SUCCEEDED and not run.counts.get(NodeStatus.FAILED):
        message = "Nothing failed in this run. Run it again in full, or from one of its nodes."
        raise ParameterError(message, code="nothing_failed", field="mode")
