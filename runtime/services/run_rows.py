"""The rows of a new run, written by one statement."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

from accounts.prepared import execute_prepared
from runtime.models import Run, RunEvent, WebhookDelivery

# The run's number is the tenant's next. That row stays locked until the commit, so numbers follow creation,
# and starts of one tenant stand in line for it.
_STORE = """
WITH counted AS (
    INSERT INTO run_number (tenant_id, last) VALUES (%s, 1)
    ON CONFLICT (tenant_id) DO UPDATE SET last = run_number.last + 1 RETURNING last
), stored AS (
    INSERT INTO run ({run}) SELECT {run_values} FROM counted RETURNING number
), event_stored AS (
    {event}
){more}
SELECT number FROM stored
"""
_DELIVERY = """, delivery_stored AS (
    {delivery}
)"""
_INPUTS = """, inputs_stored AS (
    INSERT INTO run_input (tenant_id, run_id, name, value)
    SELECT %s, %s, given.name, given.value FROM unnest(%s::text[], %s::text[]) AS given(name, value)
)"""


def insert_run(
    run: Run,
    event: RunEvent,
    inputs: Sequence[tuple[str, str]],
    delivery: WebhookDelivery | None = None,
) -> None:
    """Stores a run with its first event, what it is found by and the delivery that it is for, all or none.

    Gives the run its number.
    """
    values = [run.tenant_id, *_values(run, without="number"), *_values(event)]
    if delivery is not None:
        values += _values(delivery)
    if inputs:
        names, texts = zip(*inputs, strict=True)
        values += [run.tenant_id, run.pk, list(names), list(texts)]
    statement = _statement(has_delivery=delivery is not None, has_inputs=bool(inputs))
    [(run.number,)] = execute_prepared(statement, values)
    for row in (run, event, delivery):
        if row is not None:
            row._state.adding = False


@cache
def _statement(*, has_delivery: bool, has_inputs: bool) -> str:
    names = [field.column for field in Run._meta.concrete_fields]
    delivery = _DELIVERY.format(delivery=_insertion(WebhookDelivery)) if has_delivery else ""
    return _STORE.format(
        run=", ".join(f'"{name}"' for name in names),
        run_values=", ".join("counted.last" if name == "number" else "%s" for name in names),
        event=_insertion(RunEvent),
        more=delivery + (_INPUTS if has_inputs else ""),
    )


def _insertion(model: type[models.Model]) -> str:
    names = [field.column for field in model._meta.concrete_fields]
    columns, places = ", ".join(f'"{name}"' for name in names), ", ".join("%s" for _ in names)
    return f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({places})"  # noqa: S608  (our names)


def _values(row: models.Model, *, without: str = "") -> list[Any]:
    """As Django would write them."""
    return [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in row._meta.concrete_fields
        if field.name != without
    ]
