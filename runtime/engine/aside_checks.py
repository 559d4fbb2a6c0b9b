"""Which steps can be performed aside: where nothing of them is recorded, and all of it may be done again."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.engine.graph import NodeSpec
from runtime.engine.node import Effect, Node
from runtime.engine.plan import Plan
from runtime.engine.problems import Problem


def why_not_aside(node_class: type[Node], spec: NodeSpec) -> str | None:
    """What keeps the step from being performed aside; None: nothing."""
    if spec.disabled or spec.options.pin is not None:
        return None
    if node_class.effect_of(spec.config) is Effect.AT_MOST_ONCE:
        return "must never be done twice, and a batch is done again when its worker dies"
    if node_class.waits_outside(spec.config):
        return "may wait for something outside of the run, and a batch cannot be left waiting"
    named = node_class.named_workflow(spec.config)
    if named is not None and named.is_aside:
        return "runs a workflow for each of its own batches"
    return node_class.aside_refusal or None


def not_aside(workflow: str, step: str, reason: str) -> Problem:
    """As a problem of the step that names the workflow."""
    message = f"the workflow {workflow!r} cannot run for each batch: its step {step!r} {reason}"
    return Problem("not_in_batches", message, field="config.workflow")


def steps_kept_out(plan: Plan) -> Iterator[tuple[str, str]]:
    """The steps of a plan that cannot be performed aside, also deeper inside, and why."""
    for node in plan.nodes:
        if node.is_borrowed:
            continue
        reason = why_not_aside(node.node_class, node.spec)
        if reason is not None:
            yield node.id, reason
        elif node.body is not None:
            yield from steps_kept_out(node.body)
