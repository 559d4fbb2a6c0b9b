"""What is open in a run: scopes, which run a plan each, and in them steps, the nodes on their way."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from runtime.engine.binding import RunBinding
from runtime.engine.config import RuntimeConfig
from runtime.engine.history import NO_HISTORY, ScopeHistory
from runtime.engine.plan import Plan, PlannedNode
from runtime.engine.scheduler import Scheduler

if TYPE_CHECKING:
    from runtime.engine.container import Container

NOT_BOUND = RunBinding((), {})


class Scope:
    """A plan at work: the whole run, an iteration of a loop or map, or a sub-workflow.

    `prefix` stands before the ids of its nodes in their paths. `open` are the steps that began and have
    no end, by index; `errors` those of the nodes that failed, by id. `deadline` is the first of the ends
    of time of what the scope is in. A closed scope takes in nothing more.
    """

    __slots__ = (
        "binding",
        "config",
        "deadline",
        "errors",
        "history",
        "is_closed",
        "number",
        "open",
        "owner",
        "plan",
        "prefix",
        "scheduler",
        "started_at",
    )

    def __init__(
        self,
        plan: Plan,
        config: RuntimeConfig,
        *,
        prefix: str = "",
        binding: RunBinding = NOT_BOUND,
        history: ScopeHistory = NO_HISTORY,
        entry: Mapping[str, Any] | None = None,
        prior: Collection[int] = (),
        owner: Container | None = None,
        number: int = 0,
        started_at: datetime | None = None,
        deadline: datetime | None = None,
    ) -> None:
        self.plan = plan
        self.config = config
        self.prefix = prefix
        self.binding = binding
        self.history = history
        self.owner = owner
        self.number = number
        self.started_at = started_at
        self.deadline = deadline
        self.scheduler = Scheduler(plan, known=history.known, entry=entry, prior=prior)
        self.open: dict[int, Step] = {}
        self.errors: dict[str, Mapping[str, Any]] = dict(history.errors)
        self.is_closed = False

    def path_of(self, index: int) -> str:
        """The path of a node, or of the container whose values enter the scope."""
        if index < len(self.plan.nodes) or self.owner is None:
            return self.prefix + self.plan.nodes[index].id
        return self.owner.step.path

    def first_error(self) -> dict[str, Any]:
        """Of the nodes whose failure nothing handles, the first one's, with the node's path."""
        node = self.plan.nodes[self.scheduler.unhandled[0]]
        return {**self.errors[node.id], "node": self.prefix + node.id}


class Step:
    """A node of a scope, from ready to ended. `attempt` and `failures` count, `parked` are the outputs that
    a parked node will have; `container` is what a container has opened. `waits_for` names what a step waits
    for outside of the run, until `until` at most; `is_asked`: it is about to look whether that has happened.
    `decided` is who had a step of unknown outcome tried again; `usage` what the last attempt cost.
    """

    __slots__ = (
        "attempt",
        "container",
        "decided",
        "failures",
        "is_asked",
        "node",
        "parked",
        "path",
        "queued_ms",
        "ready_at",
        "scope",
        "until",
        "usage",
        "waits_for",
    )

    def __init__(self, scope: Scope, node: PlannedNode, ready_at: datetime) -> None:
        self.scope = scope
        self.node = node
        self.path = scope.prefix + node.id
        self.ready_at = ready_at
        self.attempt = 0
        self.failures = 0
        self.parked: Mapping[str, Any] | None = None
        self.container: Container | None = None
        self.queued_ms: float | None = None
        self.waits_for: str | None = None
        self.until: datetime | None = None
        self.is_asked = False
        self.decided: dict[str, Any] | None = None
        self.usage: dict[str, float] | None = None

    def use(self, cpu_s: float | None, peak_mb: float | None) -> None:
        """Counts what the attempt under way has used."""
        usage = self.usage = self.usage or {}
        if cpu_s is not None:
            usage["cpu_s"] = round(usage.get("cpu_s", 0.0) + cpu_s, 6)
        if peak_mb is not None:
            usage["peak_mb"] = round(max(usage.get("peak_mb", 0.0), peak_mb), 3)
