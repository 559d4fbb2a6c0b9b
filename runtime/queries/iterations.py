"""The iterations of a loop or a map of a run, in pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from runtime.engine.paths import locate
from runtime.engine.state import NodeState, NodeStatus
from runtime.models import TERMINAL, Run
from runtime.queries.plans import plan_of_run
from runtime.queries.runs import fetch
from runtime.queries.states import fold_each
from runtime.story import IN_SCOPE, events_of_nodes

_NUMBERS = f"""
SELECT number FROM (
    SELECT right(node, strpos(reverse(node), '/') - 1)::int AS number,
        coalesce(max(type) FILTER (WHERE type <> 'node.started'), %(open)s) AS last
    FROM run_event WHERE run_id = %(run)s {IN_SCOPE} GROUP BY node
) AS iteration
WHERE number > %(after)s AND last = %(wanted)s ORDER BY number LIMIT %(limit)s
"""  # noqa: S608  (constants)


@dataclass(frozen=True, slots=True)
class IterationView:
    """One round of a loop, or one item of a map: `iteration` counts from 1."""

    iteration: int
    status: NodeStatus
    started_at: datetime | None
    finished_at: datetime | None
    duration_ms: float | None
    error: Mapping[str, Any] | None


def iterations_of(
    run: Run, container: str, *, status: str | None = None, after: int = 0, limit: int = 100
) -> list[IterationView] | None:
    """The next iterations after the number `after`, in order; None when the run has no such loop or map."""
    place = locate(plan_of_run(run), container)
    if place is None or place.iteration is not None or place.node.container not in ("loop", "map"):
        return None
    numbers: Iterable[int] = range(after + 1, after + limit + 1)
    if status is not None:
        numbers = _numbers(run, container, status, after, limit)
    events = events_of_nodes(fetch, run.pk, [f"{container}/{number}" for number in numbers])
    views = [_view(state) for state in fold_each(run, events).values()]
    return sorted(views, key=lambda view: view.iteration)


def _numbers(run: Run, container: str, status: str, after: int, limit: int) -> list[int]:
    """Of iterations with this status. One that is open when its run has ended was cancelled with it."""
    is_over = run.status in TERMINAL
    parameters = {
        "run": run.pk,
        "scopes": [container],
        "open": "node.cancelled" if is_over else "node.running",
        "wanted": f"node.{status}",
        "after": after,
        "limit": limit,
    }
    return [row[0] for row in fetch(_NUMBERS, parameters)]


def _view(state: NodeState) -> IterationView:
    return IterationView(
        iteration=state.iteration or 0,
        status=state.status,
        started_at=state.started_at,
        finished_at=state.finished_at,
        duration_ms=state.duration_ms,
        error=state.error,
    )
