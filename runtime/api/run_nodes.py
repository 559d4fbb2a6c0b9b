"""The nodes of a run as bodies."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from runtime.api.present import error_body
from runtime.api.run_node_bodies import NodeIterations, RunNode
from runtime.api.run_terms import RunReference
from runtime.engine.state import NodeState, NodeStatus
from runtime.models import Run

Origins = Mapping[str, RunReference]
"""The runs that results were taken over from, by id."""


def origins_of(run: Run, states: Iterable[NodeState]) -> Origins:
    """In one query, and in none where nothing was taken over."""
    wanted = {UUID(state.copied_from) for state in states if state.copied_from is not None}
    if not wanted:
        return {}
    rows = Run.objects.filter(tenant_id=run.tenant_id, pk__in=wanted).values_list("pk", "number")
    return {str(run_id): RunReference(id=run_id, number=number) for run_id, number in rows}


def node_body(path: str, state: NodeState, origins: Origins) -> RunNode:
    """One node as it stands; `path` names it in its error."""
    return RunNode(
        status=NodeStatus(state.status),
        attempt=state.attempt,
        started_at=state.started_at,
        finished_at=state.finished_at,
        duration_ms=state.duration_ms,
        items=state.items,
        error=error_body(state.error, node=path),
        reason=state.reason,
        wake_at=_moment(state.wake_at),
        progress=None,
        container=state.container,
        iteration=state.iteration,
        iterations=_iterations(state),
        pinned=state.pinned,
        copied_from=None if state.copied_from is None else origins.get(state.copied_from),
        returned_error=state.returned_error,
    )


def _iterations(state: NodeState) -> NodeIterations | None:
    if state.iterations is None:
        return None
    counts = state.iterations.to_dict()
    # They are kept as they came, and those of a map come as they like.
    ordered = {name: sorted(counts[name]) for name in ("running", "failed_first")}
    return NodeIterations(**{**counts, **ordered})


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
