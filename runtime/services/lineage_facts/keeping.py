"""Keeps places, columns, mappings and edges: each once, however many runs are alike."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from runtime.lineage.steps import Traced
from runtime.lineage.terms import WHOLE, Edge, Place, column_name
from runtime.models import (
    LineageColumn,
    LineageColumnEdge,
    LineageDataset,
    LineageMapping,
    Run,
    Tier,
    WorkflowVersion,
)

MAX_EDGES = 2_000
MAX_COLUMNS = 400
_TIERS = {"exact": Tier.EXACT, "inferred": Tier.INFERRED, "unknown": Tier.UNKNOWN}
_END = """
UPDATE {table} SET until = %(at)s WHERE until IS NULL AND {which} IN (
    SELECT id FROM lineage_mapping WHERE workflow_id = %(workflow)s AND version_id <> %(version)s
        AND ({whole} OR step_id = ANY(%(steps)s)) AND (until IS NULL OR until = %(at)s))
"""


@dataclass(frozen=True, slots=True)
class StepOf:
    """What is kept of a step besides its flow: whose it is, how secret, its columns with their types."""

    traced: Traced
    owner_id: UUID | None
    classification: str
    columns: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """The ids of mappings by the step's path, and of the places that the run touched."""

    mappings: Mapping[str, int]
    places: Mapping[tuple[str, str], int]


def keep(run: Run, steps: Sequence[StepOf], parameters: Place, names: Iterable[str], at: datetime) -> Kept:
    """Belongs into a transaction. `at` is when the run ended."""
    places = _keep_places(run, steps, parameters, list(names), at)
    columns = _keep_columns(places, steps)
    mappings = _keep_mappings(run, steps, places, columns, at)
    return Kept(mappings, places)


# --- places -------------------------------------------------------------------------------------------------


def _key(place: Place) -> tuple[str, str]:
    return place.namespace, place.name


def _keep_places(
    run: Run, steps: Sequence[StepOf], parameters: Place, names: list[str], at: datetime
) -> dict[tuple[str, str], int]:
    rows: dict[tuple[str, str], LineageDataset] = {}
    for one in steps:
        rows[_key(one.traced.step.place)] = _step_row(run, one, at)
    for one in steps:
        for place, columns in _outside(one.traced):
            row = rows.get(_key(place))
            if row is None:
                row = rows[_key(place)] = _row(run, place, at)
            known = {column["name"] for column in row.columns}
            row.columns += [
                {"name": name, "type": "any", "masked": None} for name in columns if name not in known
            ]
    if _key(parameters) in rows or names:
        row = rows.setdefault(_key(parameters), _row(run, parameters, at))
        row.workflow_id = run.workflow_id
        row.columns = [{"name": name, "type": "any", "masked": None} for name in names]
    _with_known_columns(run, rows)
    stored = LineageDataset.objects.bulk_create(
        sorted(rows.values(), key=lambda row: (row.namespace, row.name)),
        update_conflicts=True,
        unique_fields=["tenant", "namespace", "name"],
        update_fields=[
            "kind",
            "system",
            "label",
            "classification",
            "columns",
            "version_number",
            "seen_until",
        ],
    )
    return {(row.namespace, row.name): row.pk for row in stored}


def _outside(traced: Traced) -> Iterable[tuple[Place, tuple[str, ...]]]:
    for touch in traced.flow.touches:
        yield touch.place, touch.columns
    for edge in traced.flow.edges:
        for ref in (edge.source, edge.target):
            if ref.place.kind != "step":
                yield ref.place, () if ref.column == WHOLE else (ref.column,)


def _row(run: Run, place: Place, at: datetime) -> LineageDataset:
    return LineageDataset(
        tenant_id=run.tenant_id,
        namespace=place.namespace,
        name=place.name,
        kind=place.kind,
        system=place.system,
        label=place.label,
        seen_until=at,
        columns=[],
    )


def _step_row(run: Run, one: StepOf, at: datetime) -> LineageDataset:
    row = _row(run, one.traced.step.place, at)
    row.workflow_id = run.workflow_id
    row.owner_id = one.owner_id
    row.classification = one.classification
    row.version_number = run.version.number
    masked = one.traced.flow.masked
    row.columns = [
        {"name": name, "type": column_type, "masked": masked.get(name)}
        for port, paths in one.columns.items()
        for path, column_type in paths.items()
        if (name := column_name(port, path))
    ]
    return row


def _with_known_columns(run: Run, rows: Mapping[tuple[str, str], LineageDataset]) -> None:
    """What other runs saw stays: other columns of a table, other branches of the same version of a step."""
    before = LineageDataset.objects.filter(
        tenant_id=run.tenant_id, namespace__in={namespace for namespace, _ in rows}
    ).filter(name__in={name for _, name in rows})
    for old in before:
        row = rows.get((old.namespace, old.name))
        if row is None:
            continue
        is_same = row.kind != "step" or old.version_number == row.version_number
        known = {column["name"] for column in row.columns}
        if is_same:
            row.columns += [column for column in old.columns if column["name"] not in known]
        row.columns = row.columns[:MAX_COLUMNS]


# --- columns and edges --------------------------------------------------------------------------------------


def _keep_columns(
    places: Mapping[tuple[str, str], int], steps: Sequence[StepOf]
) -> dict[tuple[int, str], int]:
    wanted = sorted(
        {
            (places[_key(ref.place)], ref.column[:300])
            for one in steps
            for edge in one.traced.flow.edges[:MAX_EDGES]
            for ref in (edge.source, edge.target)
            if _key(ref.place) in places
        }
    )
    LineageColumn.objects.bulk_create(
        [LineageColumn(dataset_id=place, name=name) for place, name in wanted], ignore_conflicts=True
    )
    found = LineageColumn.objects.filter(dataset_id__in={place for place, _ in wanted})
    return {(row.dataset_id, row.name): row.pk for row in found.only("dataset_id", "name")}


def _keep_mappings(
    run: Run,
    steps: Sequence[StepOf],
    places: Mapping[tuple[str, str], int],
    columns: Mapping[tuple[int, str], int],
    at: datetime,
) -> dict[str, int]:
    digests = {one.traced.path: _digest(one.traced) for one in steps}
    ids = {one.traced.path: places[_key(one.traced.step.place)] for one in steps}
    known = {
        (row.step_id, row.digest): row.pk
        for row in LineageMapping.objects.filter(version_id=run.version_id, step_id__in=ids.values())
    }
    until = at if _is_superseded(run) else None
    new = [
        LineageMapping(
            tenant_id=run.tenant_id,
            workflow_id=run.workflow_id,
            step_id=ids[one.traced.path],
            version_id=run.version_id,
            digest=digests[one.traced.path],
            since=at,
            until=until,
        )
        for one in steps
        if (ids[one.traced.path], digests[one.traced.path]) not in known
    ]
    LineageMapping.objects.bulk_create(new)
    made = {(row.step_id, row.digest): row for row in new}
    edges: list[LineageColumnEdge] = []
    for one in steps:
        mapping = made.get((ids[one.traced.path], digests[one.traced.path]))
        if mapping is not None:
            edges += _edges(mapping, one.traced.flow.edges, places, columns)
    LineageColumnEdge.objects.bulk_create(edges, batch_size=2000)
    if new and until is None:
        _end_earlier(run, [row.step_id for row in new], at)
    known.update({pair: row.pk for pair, row in made.items()})
    return {path: known[ids[path], digest] for path, digest in digests.items()}


def _edges(
    mapping: LineageMapping,
    edges: Iterable[Edge],
    places: Mapping[tuple[str, str], int],
    columns: Mapping[tuple[int, str], int],
) -> Iterable[LineageColumnEdge]:
    for edge in list(dict.fromkeys(edges))[:MAX_EDGES]:
        source, target = places.get(_key(edge.source.place)), places.get(_key(edge.target.place))
        if source is None or target is None:
            continue
        yield LineageColumnEdge(
            mapping_id=mapping.pk,
            workflow_id=mapping.workflow_id,
            from_dataset_id=source,
            from_column_id=columns[source, edge.source.column[:300]],
            to_dataset_id=target,
            to_column_id=columns[target, edge.target.column[:300]],
            tier=_TIERS[edge.tier],
            how=edge.how[:200],
            since=mapping.since,
            until=mapping.until,
        )


def _digest(traced: Traced) -> str:
    told: list[Any] = [
        [
            *_key(edge.source.place),
            edge.source.column,
            *_key(edge.target.place),
            edge.target.column,
            edge.tier,
            edge.how,
        ]
        for edge in traced.flow.edges
    ]
    return hashlib.sha256(json.dumps([sorted(told), sorted(traced.flow.masked.items())]).encode()).hexdigest()


def _is_superseded(run: Run) -> bool:
    """Whether a later version of the workflow has run before."""
    current = LineageMapping.objects.filter(workflow_id=run.workflow_id, until=None)
    others = current.exclude(version_id=run.version_id).values("version_id").distinct()
    return WorkflowVersion.objects.filter(pk__in=others, created_at__gt=run.version.created_at).exists()


def _end_earlier(run: Run, steps: list[int], at: datetime) -> None:
    """A run of the whole graph ends all that earlier versions did; one of a part what its steps did."""
    which: dict[str, Any] = {"at": at, "workflow": run.workflow_id, "version": run.version_id, "steps": steps}
    whole = "true" if run.part == "full" else "false"
    with connection.cursor() as cursor:
        cursor.execute(_END.format(table="lineage_mapping", which="id", whole=whole), which)
        cursor.execute(_END.format(table="lineage_column_edge", which="mapping_id", whole=whole), which)
