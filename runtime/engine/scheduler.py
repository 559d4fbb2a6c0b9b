"""Which node is next: a pure state machine, without time, threads or side effects.

Tell it how nodes ended (`succeed`, `fail`); it answers by filling `ready` (nodes to start) and `skips`
(nodes that will not run, with the reason). Each connection is looked at twice in a run, whatever the
shape of the graph, and nothing recurses: 5,000 nodes in a row are as good as 5,000 side by side.

A node is decided when all its incoming connections are resolved. A data connection is live when its source
succeeded and has the port, an error connection when its source failed. Then:

* `should_run` dead or falsy: skipped, whatever the join.
* join `any`: skipped unless a data connection is live (where data is wired) and anything is live at all.
* join `all`: skipped when any connection is dead.
* join `always`: started.

A node that is pinned, or has a result of an earlier run, asks for nothing: it is decided at the start, and
is ready even when all before it is dead. A disabled node is skipped in any case.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from runtime.engine.binding import NOTHING, pick
from runtime.engine.errors import InputError
from runtime.engine.graph import CONTROL_INPUT
from runtime.engine.plan import Plan, PlannedNode, Wire
from runtime.engine.state import NodeStatus

UPSTREAM_FAILED = "upstream_failed"
UPSTREAM_SKIPPED = "upstream_skipped"
BRANCH_NOT_TAKEN = "branch_not_taken"
NO_ERROR = "no_error"
SHOULD_RUN_FALSE = "should_run_false"
DISABLED = "disabled"
NOTHING_GIVEN: Mapping[int, Mapping[str, Any]] = {}


class Skip(NamedTuple):
    """A node that will not run, why, and the node upstream that is the cause."""

    node: int
    reason: str
    source: int | None


class Known(NamedTuple):
    """How a node ended according to a run's history."""

    status: NodeStatus
    outputs: Mapping[str, Any] | None = None
    failure: Mapping[str, Any] | None = None
    reason: str = ""


NOTHING_KNOWN: Mapping[int, Known] = {}


class Scheduler:
    """`outputs[i]` are those of node `i` once it has succeeded; `failures[i]` is `{error, attempts}`.

    `entry` is what a container hands to the nodes of its body: outputs of the slot after the last node.
    `prior` are the nodes with a result of an earlier run.
    """

    def __init__(
        self,
        plan: Plan,
        *,
        known: Mapping[int, Known] = NOTHING_KNOWN,
        entry: Mapping[str, Any] | None = None,
        prior: Collection[int] = (),
    ) -> None:
        self._plan = plan
        self._given = NOTHING_GIVEN
        self._known = known
        self._prior = prior
        self._pending = list(plan.pending)
        self._settled: deque[int] = deque()
        self._reasons: dict[int, str] = {}
        self.outputs: list[Mapping[str, Any] | None] = [*(None,) * len(plan.nodes), entry]
        self.failures: dict[int, Mapping[str, Any]] = {}
        self.ready: deque[int] = deque()
        self.skips: deque[Skip] = deque()
        self.unfinished = len(plan.nodes)
        self.unhandled: list[int] = []

    def start(self, given: Mapping[int, Mapping[str, Any]] = NOTHING_GIVEN) -> None:
        """Decides the nodes that nothing precedes, and replays what is known.

        `given` are the inputs that the run's parameters bind, by node.
        """
        self._given = given
        nodes, pending = self._plan.nodes, self._pending
        for index in self._prior:
            if pending[index]:
                pending[index] = 0  # counts on below zero, and so is not decided again
                self._decide(nodes[index])
        for index in self._plan.starts:
            self._decide(nodes[index])
        self._spread()

    def succeed(self, index: int, outputs: Mapping[str, Any]) -> None:
        self.outputs[index] = outputs
        self._settled.append(index)
        self._spread()

    def fail(self, index: int, failure: Mapping[str, Any]) -> None:
        """A failure after all attempts; it joins `unhandled` unless a connection or option deals with it."""
        self._note_failure(index, failure)
        self._settled.append(index)
        self._spread()

    def skip(self, index: int, reason: str) -> None:
        """A ready node that will not run after all."""
        self._reasons[index] = reason
        self._settled.append(index)
        self._spread()

    def skipped_nodes(self) -> list[int]:
        return list(self._reasons)

    def _note_failure(self, index: int, failure: Mapping[str, Any]) -> None:
        self.failures[index] = failure
        if not self._plan.nodes[index].is_failure_handled:
            self.unhandled.append(index)

    def _spread(self) -> None:
        nodes, pending, successors = self._plan.nodes, self._pending, self._plan.successors
        settled = self._settled
        while settled:
            self.unfinished -= 1
            for target in successors[settled.popleft()]:
                pending[target] -= 1
                if pending[target] == 0:
                    self._decide(nodes[target])

    def _decide(self, node: PlannedNode) -> None:
        known = self._known.get(node.index) if self._known else None
        if known is not None:
            self._recall(node.index, known)
            return
        skip = self._skip_for(node)
        if skip is None:
            self.ready.append(node.index)
            return
        self._reasons[node.index] = skip.reason
        self._settled.append(node.index)
        self.skips.append(skip)

    def _recall(self, index: int, known: Known) -> None:
        if known.status is NodeStatus.SUCCEEDED:
            self.outputs[index] = known.outputs
        elif known.status is NodeStatus.FAILED:
            self._note_failure(index, known.failure or {})
        else:
            self._reasons[index] = known.reason
        self._settled.append(index)

    def _skip_for(self, node: PlannedNode) -> Skip | None:
        if node.spec.disabled:
            return Skip(node.index, DISABLED, None)
        if node.pin is not None or node.index in self._prior:
            return None
        if not node.control_wires and not self._given.get(node.index, NOTHING).get(CONTROL_INPUT, True):
            return Skip(node.index, SHOULD_RUN_FALSE, None)
        for wire in node.control_wires:
            skip = self._closed_gate(node, wire)
            if skip is not None:
                return skip
        if not node.wires or node.join == "always":
            return None
        for wire in node.wires:
            if not self._is_live(wire):
                break
        else:
            return None
        dead = [wire for wire in node.wires if not self._is_live(wire)]
        no_data = bool(node.data_wires) and not any(self._is_live(wire) for wire in node.data_wires)
        if node.join == "all" or no_data or len(dead) == len(node.wires):
            return self._skip_because_of(node, dead)
        return None

    def _closed_gate(self, node: PlannedNode, wire: Wire) -> Skip | None:
        if not self._is_live(wire):
            return self._skip_because_of(node, [wire])
        if wire.is_error:
            return None
        outputs = self.outputs[wire.source]
        try:
            is_open = bool(pick(outputs or {}, wire))
        except InputError:
            return None  # started, so that gathering its inputs fails the node with the same message
        return None if is_open else Skip(node.index, SHOULD_RUN_FALSE, wire.source)

    def _is_live(self, wire: Wire) -> bool:
        if wire.is_error:
            return wire.source in self.failures
        outputs = self.outputs[wire.source]
        return outputs is not None and wire.port in outputs

    def _skip_because_of(self, node: PlannedNode, dead: list[Wire]) -> Skip:
        causes = [(self._cause(wire), wire.source) for wire in dead]
        for reason, source in causes:
            if reason == UPSTREAM_FAILED:
                return Skip(node.index, reason, source)
        return Skip(node.index, *causes[0])

    def _cause(self, wire: Wire) -> str:
        if self.outputs[wire.source] is not None:
            return NO_ERROR if wire.is_error else BRANCH_NOT_TAKEN
        if wire.source in self.failures or self._reasons.get(wire.source) == UPSTREAM_FAILED:
            return UPSTREAM_FAILED
        return UPSTREAM_SKIPPED
