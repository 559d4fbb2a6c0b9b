"""Runs with a history that no driver made: what readers make of events, however many there are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from runtime.engine.events import Event, EventType
from runtime.engine.state import RunState, fold
from runtime.host.json_text import json_text
from runtime.models import Run
from runtime.payloads import encode_outputs
from runtime.queries.runs import fetch
from runtime.story import as_event


class Step(NamedTuple):
    """`node.started loop/3`, with its data and, for a success, its outputs."""

    what: str
    data: dict[str, Any] = {}
    outputs: dict[str, Any] | None = None


def record(run: Run, steps: Iterable[Step]) -> RunState:
    """Appends the steps to the run's events as a host would; the fold of all of them."""
    now = timezone.now()
    columns = "run_id, seq, at, type, node, attempt, data, payload"
    with connection.cursor() as cursor, cursor.copy(f"COPY run_event ({columns}) FROM STDIN") as copy:
        for seq, step in enumerate(steps, start=run.last_seq + 1):
            kind, _, node = step.what.partition(" ")
            payload = None if step.outputs is None else encode_outputs(step.outputs).text
            copy.write_row(
                (
                    run.pk,
                    seq,
                    now,
                    EventType(kind),
                    node or None,
                    int(bool(node)),
                    json_text(step.data),
                    payload,
                )
            )
    state = fold(stored_events(run))
    run.last_seq = state.seq
    run.status = state.run_status
    run.started_at, run.finished_at = state.started_at, state.finished_at
    run.save()
    return state


def stored_events(run: Run) -> Iterable[Event]:
    """Every event of the run, those that readers leave out too."""
    statement = (
        "SELECT seq, at, type, node, attempt, data, NULL FROM run_event WHERE run_id = %(run)s ORDER BY seq"
    )
    return map(as_event, fetch(statement, {"run": run.pk}))


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
