"""Workflows that follow others: the end of a run starts the next, once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

from accounts.authorization import is_allowed
from accounts.models import User
from runtime.engine.state import RunStatus
from runtime.limits import max_body_bytes
from runtime.masking.reader import RunReader
from runtime.masking.readers import reader_of
from runtime.models import Run, RunMode, TriggerFire, WorkflowTrigger
from runtime.queries.inputs import load_port, stored_outputs
from runtime.queries.versions import graph_of
from runtime.services.triggers.starting import FiringRefused, Start, principal_of, start, version_of
from runtime.triggers.configs import FollowConfig
from runtime.triggers.inputs import names_in
from runtime.triggers.kinds import FireCause, FireOutcome, TriggerKind

# A workflow cannot follow itself, but a chain may still be long, or run through calls that nobody sees.
MAX_DEPTH = 25
_WHOLE = {RunMode.FULL, RunMode.FAILED}


def follow(run: Run) -> None:
    """Fires the triggers that follow the run's workflow. A handler of `runtime.services.run_ends`.

    Runs of drafts, and of parts, are somebody trying something out: nothing follows them.
    """
    if run.version.number is None or RunMode(run.mode) not in _WHOLE:
        return
    followers = WorkflowTrigger.objects.filter(
        source_id=run.workflow_id, kind=TriggerKind.WORKFLOW, enabled=True, workflow__deleted_at=None
    )
    for trigger in followers.select_related("workflow", "run_as").order_by("id"):
        wanted = FollowConfig.model_validate(trigger.config).on
        if wanted in ("ended", run.status) and not trigger.fires.filter(source_run=run).exists():
            _fire(trigger, run)


def _fire(trigger: WorkflowTrigger, run: Run) -> None:
    now = timezone.now()
    fire = TriggerFire(
        trigger=trigger,
        cause=FireCause.RUN,
        fire_at=run.finished_at or now,
        created_at=now,
        source_run=run,
        depth=_depth(run) + 1,
    )
    try:
        if fire.depth > MAX_DEPTH:
            raise FiringRefused("chain_too_deep", f"More than {MAX_DEPTH} runs have started each other.")
        principal = principal_of(trigger)
        values = _values(trigger, run, principal)
        fire.run = start(trigger, Start(version_of(trigger), principal, values))
        fire.outcome = FireOutcome.STARTED
        trigger.last_fired_at, trigger.last_problem = now, None
    except FiringRefused as refused:
        fire.outcome, fire.reason, fire.message = FireOutcome.REFUSED, refused.code, refused.message
        trigger.last_problem = {"code": refused.code, "message": refused.message, "at": now.isoformat()}
    fire.save()
    trigger.save(update_fields=["last_fired_at", "last_problem"])


def _depth(run: Run) -> int:
    """How many runs stand before this one in its chain."""
    return TriggerFire.objects.filter(run=run).values_list("depth", flat=True).first() or 0


def _values(trigger: WorkflowTrigger, run: Run, principal: User) -> dict[str, Any]:
    """What the expressions may read. A run's data only for a principal who may see it."""
    values: dict[str, Any] = {"run": _facts(run)}
    needed = names_in(trigger.inputs, trigger.concurrency_key) & {"results", "parameters"}
    if needed and not is_allowed(principal, "run.data", run):
        message = f"{principal.email} may not see the data of runs of {run.workflow.name}."
        raise FiringRefused("run_as_sees_no_data", message)
    reader = reader_of(principal, run)
    if "parameters" in needed:
        values["parameters"] = reader.parameters().value
    if "results" in needed:
        values["results"] = _Results(run, reader)
    return values


def _facts(run: Run) -> dict[str, Any]:
    error = run.error or {}
    return {
        "id": str(run.pk),
        "number": run.number,
        "status": str(RunStatus(run.status)),
        "trigger": run.trigger,
        "workflow": run.workflow.name,
        "workflow_id": str(run.workflow_id),
        "version": run.version.number,
        "created_at": run.created_at.isoformat(),
        "started_at": run.started_at.isoformat() if run.started_at else None,
        "finished_at": run.finished_at.isoformat() if run.finished_at else None,
        "error": {"code": error.get("code"), "node": error.get("node")} if error else None,
    }


class _Results(Mapping[str, Any]):
    """`{node: outputs}` of what succeeded, as the principal sees it, read when an expression asks for it."""

    def __init__(self, run: Run, reader: RunReader) -> None:
        self._run = run
        self._reader = reader
        self._nodes = [node.id for node in graph_of(run.version).nodes if node.parent is None]

    def __getitem__(self, node: str) -> dict[str, Any]:
        ports = stored_outputs(self._run, [node]).get(node) if node in self._nodes else None
        if ports is None:
            raise KeyError(node)
        if sum(port.bytes or 0 for port in ports.values()) > max_body_bytes():
            message = f"The outputs of {node!r} are larger than {max_body_bytes() >> 20} MiB."
            raise FiringRefused("inputs_too_large", message, is_ours=False)
        values = {name: load_port(self._run, port) for name, port in ports.items()}
        shown: dict[str, Any] | None = self._reader.outputs(node, values).value
        if shown is None:
            message = f"Whom this trigger runs as may not see the outputs of {node!r}."
            raise FiringRefused("run_as_sees_no_data", message)
        return shown

    def __iter__(self) -> Iterator[str]:
        return iter(stored_outputs(self._run, self._nodes))

    def __len__(self) -> int:
        return len(list(iter(self)))
