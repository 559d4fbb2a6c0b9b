"""What people decide about steps whose outcome nobody knows: they began, and must not begin twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from runtime.engine.control import OUTCOME_UNKNOWN
from runtime.engine.errors import GraphError, ParameterError, WorkflowError
from runtime.engine.paths import locate
from runtime.engine.problems import near_match
from runtime.engine.state import NodeStatus
from runtime.host.fault_points import reach
from runtime.models import DECISION_OUTCOMES, TERMINAL, Run, RunDecision
from runtime.queries.plans import plan_of_run
from runtime.queries.runs import state_of
from runtime.services.signals import signal_run


class NothingToDecide(WorkflowError):
    """The step does not wait for a decision in this attempt, or somebody else has decided."""

    code = "nothing_to_decide"


def decide_step(
    run: Run,
    user: User,
    *,
    path: str,
    attempt: int,
    outcome: str,
    outputs: Mapping[str, Any] | None = None,
    comment: str = "",
) -> RunDecision:
    """Keeps the decision and tells the run, which carries it out within a second.

    `outcome` is `succeeded` (with `outputs` by port), `failed` or `retry`. Raises `NothingToDecide`, and
    `ParameterError` for an outcome or outputs that the step cannot have.
    """
    _refuse_wrong(run, path, outcome, outputs)
    reach("decide.before")
    with transaction.atomic():
        locked = Run.objects.select_for_update().get(pk=run.pk)
        _refuse_decided(locked, path, attempt)
        decision = RunDecision(
            run=locked,
            node=path,
            attempt=attempt,
            outcome=outcome,
            outputs=None if outputs is None else dict(outputs),
            comment=comment,
            decided_by=user,
            decided_by_name=user.email,
            decided_at=timezone.now(),
        )
        try:
            with transaction.atomic():
                decision.save(force_insert=True)
        except IntegrityError:
            raise NothingToDecide("Somebody has decided about this attempt already.") from None
        record("run.decide", locked, by=user, after={"node": path, "attempt": attempt, "outcome": outcome})
        signal_run(locked.pk)
    reach("decide.after")
    return decision


def _refuse_wrong(run: Run, path: str, outcome: str, outputs: Mapping[str, Any] | None) -> None:
    if outcome not in DECISION_OUTCOMES:
        raise ParameterError(f"{outcome!r:.80} is no outcome; use {', '.join(DECISION_OUTCOMES)}.")
    if outputs is None:
        return
    if outcome != "succeeded":
        message = "Only a step that succeeded has outputs. Leave them out, or decide that it succeeded."
        raise ParameterError(message, field="outputs")
    known = _output_names(run, path)
    unknown = [name for name in outputs if name not in known]
    if unknown and known:
        hint = near_match(unknown[0], known) or f"It has: {', '.join(known)}."
        message = f"The step has no output {unknown[0]!r:.80}. {hint}"
        raise ParameterError(message, field=f"outputs.{unknown[0]}")


def _output_names(run: Run, path: str) -> list[str]:
    """None where the step is not known here: that is said when it is looked for."""
    try:
        place = locate(plan_of_run(run), path)
    except GraphError:
        return []
    if place is None:
        return []
    return [port.name for port in place.node.node_class.output_ports(place.node.spec.config)]


def _refuse_decided(run: Run, path: str, attempt: int) -> None:
    if run.status in TERMINAL:
        raise NothingToDecide("The run has ended.")
    node = state_of(run.pk).nodes.get(path)
    if node is None or node.status is not NodeStatus.WAITING or node.reason != OUTCOME_UNKNOWN:
        raise NothingToDecide(f"The step {path!r:.200} does not wait for a decision.")
    if node.attempt != attempt:
        message = f"The step is in attempt {node.attempt}, not {attempt}. Look again at what happened."
        raise NothingToDecide(message, attempt=node.attempt)
