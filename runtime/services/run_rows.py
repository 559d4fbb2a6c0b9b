"""The rows of a new run, written by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from runtime.models import Run, RunEvent, WebhookDelivery

# The run's number is the tenant's next. That row stays locked until the commit, so numbers follow creation,
# and starts of one tenant stand in line for it: it is taken last, and nothing is asked in between.
_STORE = """
WITH counted AS (
    INSERT INTO run_number (tenant_id, last) VALUES (%s, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET last = run_number.last + 1 RETURNING last
), stored AS (
    INSERT INTO run ({run}) SELECT {run_values} FROM counted RETURNING number
), event_stored AS (
    INSERT INTO run_event ({event}) VALUES ({event_values})
){inputs}
SELECT number FROM stored
"""
_INPUTS = """, inputs_stored AS (
    INSERT INTO run_input (tenant_id, run_id, name, value)
    SELECT %s, %s, given.name, given.value FROM unnest(%s::text[], %s::text[]) AS given(name, value)
)"""


def insert_run(run: Run, event: RunEvent, inputs: Sequence[tuple[str, str]]) -> None:
    """Stores a run, its first event and what it is found by, and gives the run its number."""
    statement = _statement(bool(inputs))
    values: list[Any] = [run.tenant_id, *_values(run, without="number"), *_values(event)]
    if inputs:
        names, texts = zip(*inputs, strict=True)
        values += [run.tenant_id, run.pk, list(names), list(texts)]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        (run.number,) = cursor.fetchone()
    run._state.adding = event._state.adding = False


def insert_delivery(delivery: WebhookDelivery) -> None:
    """Stores a new delivery."""
    with connection.cursor() as cursor:
        cursor.execute(_insertion(WebhookDelivery), _values(delivery))
    delivery._state.adding = False


@cache
def _statement(has_inputs: bool) -> str:
    names = [field.column for field in Run._meta.concrete_fields]
    return _STORE.format(
        run=", ".join(f'"{name}"' for name in names),
        run_values=", ".join("counted.last" if name == "number" else "%s" for name in names),
        event=_columns(RunEvent),
        event_values=_places(RunEvent),
        inputs=_INPUTS if has_inputs else "",
    )


@cache
def _insertion(model: type[models.Model]) -> str:
    table = model._meta.db_table
    return f"INSERT INTO {table} ({_columns(model)}) VALUES ({_places(model)})"  # noqa: S608  (our names)


def _columns(model: type[models.Model]) -> str:
    return ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)


def _places(model: type[models.Model]) -> str:
    return ", ".join("%s" for _ in model._meta.concrete_fields)


def _values(row: models.Model, *, without: str = "") -> list[Any]:
    """As Django would write them."""
    return [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in row._meta.concrete_fields
        if field.name != without
    ]
