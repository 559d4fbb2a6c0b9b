"""Runs: lists with filters, states, events and log lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from runtime.engine.events import Event
from runtime.engine.state import RunState
from runtime.engine.upcasting import event_type, upcast
from runtime.models import Run, RunEvent, RunInput, RunLog
from runtime.queries.searched import searched_text
from runtime.story import read_story

PAGE = 500
LEVELS = ("debug", "info", "stream", "warning", "error")


@dataclass(frozen=True, slots=True)
class RunFilter:
    """What a run list is narrowed to. Empty values do not narrow."""

    statuses: tuple[str, ...] = ()
    workflow_id: UUID | None = None
    triggers: tuple[str, ...] = ()
    search: str = ""
    since: datetime | None = None
    until: datetime | None = None
    input: str = ""


def filter_runs(runs: QuerySet[Run], wanted: RunFilter) -> QuerySet[Run]:
    """The runs that fit, with their names at hand. `search` is a run number or part of a workflow's name."""
    if wanted.statuses:
        runs = runs.filter(status__in=wanted.statuses)
    if wanted.workflow_id is not None:
        runs = runs.filter(workflow_id=wanted.workflow_id)
    if wanted.triggers:
        runs = runs.filter(trigger__in=wanted.triggers)
    if wanted.since is not None:
        runs = runs.filter(created_at__gte=wanted.since)
    if wanted.until is not None:
        runs = runs.filter(created_at__lt=wanted.until)
    if wanted.search:
        runs = runs.filter(_matches(wanted.search))
    if wanted.input:
        runs = runs.filter(_was_given(wanted.input))
    return with_names(runs)


def with_names(runs: QuerySet[Run]) -> QuerySet[Run]:
    """The rows with what a list shows, without the graph."""
    return runs.select_related("workflow", "version", "requested_by", "trigger_ref").defer(
        "version__graph", "parameters", "prior", "sub_versions"
    )


def newest_of_workflows(workflow_ids: Iterable[UUID], *, each: int = 10) -> dict[UUID, list[Run]]:
    """`{workflow id: its newest runs, newest first}`, in one query; workflows without runs are absent."""
    ranked = (
        Run.objects.filter(workflow_id__in=list(workflow_ids))
        .annotate(
            place=Window(
                RowNumber(), partition_by=F("workflow_id"), order_by=[F("created_at").desc(), F("id").desc()]
            )
        )
        .filter(place__lte=each)
        .order_by("workflow_id", "place")
        .defer("parameters", "prior", "sub_versions")
    )
    found: dict[UUID, list[Run]] = {}
    for run in ranked:
        found.setdefault(run.workflow_id, []).append(run)
    return found


def state_of(run_id: UUID) -> RunState:
    """The fold of all events of a run, read without those of iterations that are over."""
    return read_story(fetch, run_id).to_state()


def fetch(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """How `runtime.story` asks over Django's connection."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def events_after(run_id: UUID, seq: int, *, limit: int = PAGE) -> list[Event]:
    """The next events, without payloads."""
    return [as_event(row) for row in _rows(run_id).filter(seq__gt=seq)[:limit]]


def logs_after(
    run_id: UUID, pos: int, *, node: str | None = None, level: str | None = None, limit: int = PAGE
) -> list[RunLog]:
    """The next log lines; of one node and what is inside of it, or of a level and those above, when asked."""
    lines = RunLog.objects.filter(run_id=run_id, pos__gt=pos)
    if node:
        lines = lines.filter(Q(node=node) | Q(node__startswith=f"{node}/"))
    if level:
        lines = lines.filter(level__in=LEVELS[LEVELS.index(level) :])
    return list(lines.order_by("pos")[:limit])


def as_event(row: Mapping[str, Any]) -> Event:
    kind = event_type(row["type"])
    return upcast(Event(row["seq"], row["at"], kind, row["node"], row["attempt"], row["data"]))


def _rows(run_id: UUID) -> QuerySet[RunEvent, Any]:
    return (
        RunEvent.objects.filter(run_id=run_id)
        .order_by("seq")
        .values("seq", "at", "type", "node", "attempt", "data")
    )


def _was_given(text: str) -> Exists:
    """A run that was started with this value: `value`, or `name:value` where `name` ends the value's name."""
    given = RunInput.objects.filter(tenant=OuterRef("tenant"), run=OuterRef("pk"))
    name, colon, rest = text.partition(":")
    whole = Q(value=searched_text(text))
    if not colon or not name.strip() or not rest.strip():
        return Exists(given.filter(whole))
    named = Q(name__iexact=name.strip()) | Q(name__iendswith=f".{name.strip()}")
    return Exists(given.filter(whole | (named & Q(value=searched_text(rest)))))


def _matches(text: str) -> Q:
    number = text.strip().removeprefix("#")
    by_name = Q(workflow__name__icontains=text.strip())
    return by_name | Q(number=int(number)) if number.isdecimal() and len(number) < 18 else by_name
