"""Results that a run starts with: copied from an earlier run instead of being worked out again."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from runtime.engine.problems import Problem

if TYPE_CHECKING:
    from runtime.engine.plan import Plan

PriorStatus = Literal["succeeded", "failed", "skipped"]
NO_PRIOR: Mapping[str, Prior] = {}


@dataclass(frozen=True, slots=True)
class Prior:
    """How a node ended in the run `origin`; here it does not run, and its event names that run.

    `outputs` by port when it succeeded; `failure` is `{error, attempts}`; `reason` why it was skipped.
    `encoded`, when given, is stored as it is, in place of what `Journal.encode` makes of the outputs, and
    `items` told in place of what they count.
    """

    status: PriorStatus
    outputs: Mapping[str, Any] | None = None
    failure: Mapping[str, Any] | None = None
    reason: str | None = None
    origin: str = ""
    encoded: Any = None
    items: int | None = None


def missing_results(plan: Plan, prior: Mapping[str, Prior]) -> list[Problem]:
    """Nodes whose result a partial run borrows and that have none."""
    return [
        Problem(
            "no_earlier_result",
            f"{node.id!r} is not part of this run, and there is no earlier result of it to use",
            node.id,
            hint="Run to it first, or pin its output.",
        )
        for node in plan.nodes
        if node.is_borrowed and node.pin is None and not node.spec.disabled and node.id not in prior
    ]


def nodes_to_run(plan: Plan, settled: Collection[str] = ()) -> Iterator[str]:
    """The nodes that a run of the plan may start, also inside of loops and maps.

    `settled` are those whose results are copied. In sub-workflows no node is known by its id alone.
    """
    for node in plan.nodes:
        if node.is_borrowed or node.pin is not None or node.spec.disabled or node.id in settled:
            continue
        yield node.id
        if node.body is not None and not node.holds_workflow:
            yield from nodes_to_run(node.body)
