"""Which run kills its hosts: decided from its events when the run of a dead host is claimed.

A death counts against every node that was running then. It counts again only while that node gets no
further by itself: a retry, an end, a wait or the end of a batch in between starts anew. A run that waits
has no host that could die; one that was to go on, and whose host died before it did, counts as one that
had not moved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runtime.engine.events import Event, EventType
from runtime.engine.state import NodeState, NodeStatus, RunState

SUSPECTED_AFTER = 2
# A kill from outside may hit the one that is on trial: it takes three of them in a row.
MAX_DEATHS = SUSPECTED_AFTER + 3
# Under this name are counted deaths in which the run itself had not moved at all.
WHOLE_RUN = ""
_MOVED_ON = frozenset(
    {EventType.NODE_RETRYING, EventType.NODE_WAITING, EventType.NODE_SUCCEEDED, EventType.NODE_FAILED}
)
_NO_CHUNKS: Mapping[str, int] = {}
_STOOD_STILL = frozenset({EventType.RUN_WAITING, EventType.RUN_PAUSED})

Deaths = Mapping[str, Mapping[str, int]]
"""`{node: {"deaths": how many in a row, "seq": the run's last event at the latest, "chunks": how many of its
batches had ended by then}}`"""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The new record of deaths, and the node (or `WHOLE_RUN`) that has reached the limit."""

    deaths: dict[str, dict[str, int]]
    culprit: str | None

    @property
    def suspected(self) -> list[str]:
        """The nodes that were under way in so many deaths that their run is to go on alone."""
        return [node for node, record in self.deaths.items() if record["deaths"] >= SUSPECTED_AFTER]


def judge(
    state: RunState,
    history: Sequence[Event],
    earlier: Deaths,
    chunks: Mapping[str, int] = _NO_CHUNKS,
) -> Judgement:
    """What one more death of the host means for a run with this history. `chunks` are the batches that have
    ended, by node: of those no event tells.
    """
    running = [node for node, facts in state.nodes.items() if _is_at_work(facts)]
    suspects = running or [WHOLE_RUN]
    deaths = {
        node: {
            "deaths": _count_before(node, history, earlier, chunks) + 1,
            "seq": state.seq,
            **({"chunks": chunks[node]} if node in chunks else {}),
        }
        for node in suspects
    }
    guilty = [node for node in suspects if deaths[node]["deaths"] >= MAX_DEATHS]
    return Judgement(deaths, guilty[0] if guilty else None)


def _is_at_work(state: NodeState) -> bool:
    """A container or an iteration is not: it runs as long as what is in it."""
    is_frame = state.container is not None or state.iteration is not None
    return state.status is NodeStatus.RUNNING and not is_frame


def _count_before(node: str, history: Sequence[Event], earlier: Deaths, chunks: Mapping[str, int]) -> int:
    record = earlier.get(node)
    if record is None or chunks.get(node, 0) > record.get("chunks", 0):
        return 0
    moved = any(has_moved(node, event) for event in history if event.seq > record["seq"])
    return 0 if moved else record["deaths"]


def has_moved(suspect: str, event: Event) -> bool:
    """Whether this event says that the node, or the `WHOLE_RUN`, got further by itself."""
    if suspect == WHOLE_RUN:
        return event.node is not None or event.type in _STOOD_STILL
    return event.node == suspect and event.type in _MOVED_ON
