"""Runs with a history that no driver made: what readers make of events, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils import timezone

from runtime.engine.events import Event, EventType
from runtime.engine.state import RunState, fold
from runtime.models import Run, RunEvent
from runtime.payloads import encode_outputs


class Step(NamedTuple):
    """`node.started loop/3`, with its data and, for a success, its outputs."""

    what: str
    data: dict[str, Any] = {}
    outputs: dict[str, Any] | None = None


def record(run: Run, steps: Iterable[Step]) -> RunState:
    """Appends the steps to the run's events as a host would; the fold of all of them."""
    now = timezone.now()
    rows = []
    for seq, step in enumerate(steps, start=run.last_seq + 1):
        kind, _, node = step.what.partition(" ")
        payload = None if step.outputs is None else encode_outputs(step.outputs).text
        rows.append(
            RunEvent(
                run=run,
                seq=seq,
                at=now,
                type=EventType(kind),
                node=node or None,
                attempt=1 if node else 0,
                data=step.data,
                payload=payload,
            )
        )
    RunEvent.objects.bulk_create(rows, batch_size=5000)
    state = fold(stored_events(run))
    run.last_seq = state.seq
    run.status = state.run_status
    run.started_at, run.finished_at = state.started_at, state.finished_at
    run.save()
    return state


def stored_events(run: Run) -> Iterable[Event]:
    """Every event of the run, those that readers leave out too."""
    rows = RunEvent.objects.filter(run=run).order_by("seq")
    return (
        Event(row.seq, row.at, EventType(row.type), row.node, row.attempt, row.data)
        for row in rows.iterator()
    )


def loop_steps(
    rounds: int,
    body: Iterable[str] = ("a", "b"),
    *,
    path: str = "loop",
    total: int | None = None,
    open_at: int = 0,
) -> Iterable[Step]:
    """A loop (or, within one, another) with so many rounds. In round `open_at` the last step never ends."""
    yield Step(f"node.started {path}", {"container": "loop", "total": total or rounds})
    for number in range(1, rounds + 1):
        yield Step(f"node.started {path}/{number}", {"iteration": number})
        *others, last = body
        for node in others:
            yield Step(f"node.started {path}/{number}/{node}")
            yield Step(f"node.succeeded {path}/{number}/{node}", {"items": None}, {"result": number})
        yield Step(f"node.started {path}/{number}/{last}")
        if number == open_at:
            return
        yield Step(f"node.succeeded {path}/{number}/{last}", {"items": None}, {"result": number})
        yield Step(
            f"node.succeeded {path}/{number}", {"iteration": number, "duration_ms": 1.5}, {"value": number}
        )
    yield Step(f"node.succeeded {path}", {"items": None}, {"result": rounds, "iterations": rounds})
