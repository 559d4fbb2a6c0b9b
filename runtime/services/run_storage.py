"""What the start of a run has to do with storage: the workflow's quota, results lent, inputs found by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Sum

from runtime.engine.errors import GraphError, ParameterError
from runtime.engine.problems import Problem
from runtime.limits import max_workflow_bytes
from runtime.models import MAX_INPUT_VALUE, Run, RunInput, Workflow

MAX_INPUTS = 50
MAX_INPUT_DEPTH = 3
_MAX_INPUT_NAME = 500


def refuse_full_workflow(workflow: Workflow) -> None:
    """Raises `ParameterError` (`workflow_quota_exceeded`) when its runs store as much as they may."""
    most = max_workflow_bytes(workflow.max_stored_mb)
    if most is None:
        return
    stored = stored_by_runs(workflow.pk)
    if stored >= most:
        raise ParameterError(
            f"The runs of this workflow store {stored / (1 << 20):,.1f} MiB, and they may store"
            f" {most >> 20:,} MiB. Keep runs for fewer days, keep fewer of them, or raise the limit"
            " (Storage and limits of the workflow), and start the run again.",
            code="workflow_quota_exceeded",
        )


def stored_by_runs(workflow_id: UUID) -> int:
    """Bytes, as the runs count them: a large value that several of them use counts for each."""
    stored = Run.objects.filter(workflow_id=workflow_id).aggregate(
        all=Sum(F("value_bytes") + F("event_bytes") + F("log_bytes"))
    )["all"]
    return int(stored or 0)


def hold_lenders(lenders: Iterable[str]) -> None:
    """Keeps the runs that results are taken from until the run that takes them is stored.

    Called in its transaction. Raises `GraphError` (`no_earlier_result`) when one was deleted meanwhile.
    """
    wanted = sorted({UUID(run_id) for run_id in lenders})
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM run WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [wanted])
        found = cursor.fetchall()
    if len(found) < len(wanted):
        message = "A run whose results are needed was deleted meanwhile. Run the whole workflow."
        raise GraphError([Problem("no_earlier_result", message, field="source_run")])


def keep_inputs(run: Run) -> None:
    """Writes down what the run is found by: the single values among its parameters."""
    rows = [
        RunInput(tenant_id=run.tenant_id, run=run, name=name, value=value)
        for name, value in searchable(run.parameters)
    ]
    if rows:
        RunInput.objects.bulk_create(rows)


def searchable(parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
    """`(name, value)` of the first 50 texts, numbers and truth values, up to three names deep."""
    found: dict[tuple[str, str], None] = {}
    for name, value in _values(parameters, "", 0):
        text = searched_text(value)
        if text and len(name) <= _MAX_INPUT_NAME:
            found[_storable(name), text] = None
        if len(found) >= MAX_INPUTS:
            break
    return list(found)


def searched_text(value: Any) -> str:
    """A value as it is compared: without regard to case, and as far as it is kept."""
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return _storable(text).strip().lower()[:MAX_INPUT_VALUE]


def _storable(text: str) -> str:
    """Without what a column of text cannot hold."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _values(value: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, bool | int | float | str):
        yield name, value
    elif depth < MAX_INPUT_DEPTH and isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _values(inner, f"{name}.{key}" if name else str(key), depth + 1)
    elif depth <= MAX_INPUT_DEPTH and isinstance(value, list):
        for inner in value[:MAX_INPUTS]:
            yield from _values(inner, name, depth + 1)
