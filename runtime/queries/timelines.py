"""The timeline of a run: of its steps outside containers, of those in a scope, or of iterations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from runtime.engine.errors import GraphError
from runtime.engine.events import Event
from runtime.engine.iterations import Iterations
from runtime.engine.paths import Place, locate
from runtime.engine.plan import Plan
from runtime.engine.state import fold
from runtime.kept import Kept
from runtime.models import Run
from runtime.queries.plans import plan_of_run
from runtime.queries.runs import fetch
from runtime.story import count_in, events_in_scopes, events_of_nodes, events_outside, iterations_in
from runtime.timeline import Row, critical_path, rows_of

_REPEATED = ("loop", "map")


@dataclass(frozen=True, slots=True)
class Timeline:
    """`seq` is the last event that is told. `labels` and `iterations` are by path."""

    seq: int
    rows: list[Row]
    critical_path: list[str]
    labels: Mapping[str, str]
    iterations: Mapping[str, Iterations]


# A page is a part of the whole, which has to be known to find the critical path.
_kept: Kept[tuple[UUID, int, str], Timeline] = Kept(8)


def timeline_of(run: Run, container: str = "") -> Timeline | None:
    """Of the steps in the scope `container`, or outside all; None when the run has no such scope."""
    return _kept_timeline(run, container) if _is_scope(run, container) else None


def iterations_timeline(run: Run, container: str, *, after: int, limit: int) -> list[Row] | None:
    """Of the next iterations after the number `after`; None when the run has no such loop or map."""
    place = _place(run, container)
    if place is None or place.iteration is not None or place.node.container not in _REPEATED:
        return None
    paths = [f"{container}/{number}" for number in range(after + 1, after + limit + 1)]
    rows = rows_of(events_of_nodes(fetch, run.pk, paths), run_ended_at=run.finished_at)
    return sorted(rows, key=lambda row: row.iteration or 0)


def is_repeated(run: Run, container: str) -> bool:
    """Whether the path is that of a loop or a map, which holds iterations and no steps."""
    place = _place(run, container) if container else None
    return place is not None and place.iteration is None and place.node.container in _REPEATED


def _is_scope(run: Run, container: str) -> bool:
    if not container:
        return True
    place = _place(run, container)
    if place is None or place.node.container is None:
        return False
    return (place.iteration is None) == (place.node.container == "sub")


def _place(run: Run, path: str) -> Place | None:
    plan = _plan(run)
    return None if plan is None else locate(plan, path)


def _plan(run: Run) -> Plan | None:
    """None for a run that this server cannot drive: it has events all the same."""
    try:
        return plan_of_run(run)
    except GraphError:
        return None


def _kept_timeline(run: Run, container: str) -> Timeline:
    return _kept.get((run.pk, run.last_seq, container), lambda: _read(run, container))


def _read(run: Run, container: str) -> Timeline:
    prefix = f"{container}/" if container else ""
    events = _events(run, container)
    rows = rows_of(events, run_ended_at=run.finished_at)
    plan = _scope_plan(run, container)
    return Timeline(
        seq=max(run.last_seq, events[-1].seq if events else 0),
        rows=rows,
        critical_path=critical_path(rows, {} if plan is None else _sources(plan, prefix)),
        labels={} if plan is None else {prefix + node.id: node.spec.label or node.id for node in plan.nodes},
        iterations=_iterations(run, events),
    )


def _events(run: Run, container: str) -> list[Event]:
    if container:
        return events_in_scopes(fetch, run.pk, [container], upto=run.last_seq)
    return [event for event in events_outside(fetch, run.pk, upto=run.last_seq) if event.node is not None]


def _scope_plan(run: Run, container: str) -> Plan | None:
    if not container:
        return _plan(run)
    place = _place(run, container)
    return None if place is None else place.node.body


def _sources(plan: Plan, prefix: str) -> dict[str, list[str]]:
    """By path: the nodes that each node takes something from. Wires from past the last are the frame's."""
    count = len(plan.nodes)
    return {
        prefix + node.id: [prefix + plan.nodes[wire.source].id for wire in node.wires if wire.source < count]
        for node in plan.nodes
    }


def _iterations(run: Run, events: Iterable[Event]) -> dict[str, Iterations]:
    """How far the loops and maps among the nodes are."""
    begun = [event for event in events if event.data.get("container") in _REPEATED]
    if not begun:
        return {}
    counted, inner = iterations_in(fetch, run.pk, begun)
    state = fold(sorted([*begun, *inner], key=lambda event: event.seq))
    count_in(state, counted)
    return {path: node.iterations for path, node in state.nodes.items() if node.iterations is not None}
