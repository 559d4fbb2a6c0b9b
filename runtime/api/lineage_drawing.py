"""Makes bodies of what was found of the graph."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, cast
from uuid import UUID

from accounts.models import User
from runtime.api.lineage_graph_bodies import (
    LineageColumnItem,
    LineageDatasetItem,
    LineageFocus,
    LineageGraph,
    LineageGraphColumn,
    LineageGraphEdge,
    LineageGraphNode,
    LineageImpact,
    LineageMoment,
    LineageSeen,
    LineageSource,
)
from runtime.api.run_terms import RunReference, WorkflowReference
from runtime.lineage.terms import WHOLE
from runtime.masking.readers import eyes_of
from runtime.models import Dataset, LineageColumnEdge, LineageDataset, PlaceKind, Tier, Workflow
from runtime.queries.lineage_graph import (
    AsOf,
    Found,
    Sight,
    column_ids,
    graph_around,
    impact_of,
    moments_of,
    runs_of,
    statuses_of,
)
from runtime.queries.views import who_saw
from runtime.services.registry import node_registry

OUTSIDE = "Outside the workspace"


class Drawing:
    """Of one answer to one reader."""

    def __init__(self, sight: Sight) -> None:
        self._sight = sight
        self._eyes = eyes_of(sight.subject)

    def graph(self, found: Found, focus: LineageFocus | None) -> LineageGraph:
        """Cards and lines; what links a place with itself is not drawn."""
        edges = [edge for edge in found.edges.values() if edge.from_dataset_id != edge.to_dataset_id]
        return LineageGraph(
            focus=focus,
            nodes=[self._node(place) for place in found.places.values()],
            edges=[self._edge(edge) for edge in edges],
            truncated=found.truncated,
        )

    def dataset_item(self, place: LineageDataset) -> LineageDatasetItem:
        run = self._last_run(place)
        return LineageDatasetItem(
            id=str(place.pk),
            name=place.label or place.name,
            namespace=place.namespace,
            kind=cast(Any, place.kind),
            system=place.system,
            classification=self._classification(place),
            columns=self.columns(place),
            last_run=run,
            last_at=None if run is None else place.last_at,
        )

    def columns(self, place: LineageDataset) -> list[LineageGraphColumn]:
        """Those of a dataset that is there are its own; any other's are as runs saw them."""
        dataset = self._sight.dataset(place)
        if dataset is None:
            return [
                LineageGraphColumn(name=each["name"], type=each["type"], masked=each.get("masked"))
                for each in place.columns
            ]
        masked = self._masked(dataset)
        return [
            LineageGraphColumn(name=each["name"], type=each["type"], masked=masked.get(each["name"]))
            for each in dataset.columns
        ]

    def column(self, place: LineageDataset, name: str) -> LineageColumnItem | None:
        """None for a column that the place does not have."""
        known = {column.name: column for column in self.columns(place)}
        ids = column_ids(place, name)
        if name not in known and not ids:
            return None
        up, down = (
            graph_around(self._sight, place, name, up=is_up, down=not is_up, depth=1, as_of=AsOf())
            for is_up in (True, False)
        )
        made = [edge for edge in up.edges.values() if edge.from_dataset_id != place.pk]
        fed = {edge.to_column_id for edge in down.edges.values() if edge.to_dataset_id != place.pk}
        column = known.get(name, LineageGraphColumn(name=name, type="any", masked=None))
        return LineageColumnItem(
            name=name,
            dataset=place.label or place.name,
            type=column.type,
            classification=self._classification(place),
            masked=column.masked,
            made=[self._source(edge) for edge in made],
            feeds=len(fed),
            depends_on=len({edge.from_column_id for edge in made}),
            seen=self._seen(place, name),
            impact=self._impact(ids),
            runs=runs_of(self._sight, place),
        )

    def moments(self, place: LineageDataset, most: int) -> list[LineageMoment]:
        found = moments_of(self._sight, place, most)
        statuses = statuses_of(one.run_id for one in found)
        names = _names(one.workflow_id for one in found)
        return [
            LineageMoment(
                run=RunReference(id=one.run_id, number=one.number),
                workflow=WorkflowReference(id=one.workflow_id, name=names[one.workflow_id]),
                at=one.at,
                direction=cast(Any, "both" if len(one.directions) > 1 else next(iter(one.directions))),
                status=statuses.get(one.run_id),
            )
            for one in found
        ]

    # --- parts ----------------------------------------------------------------------------------------------

    def _node(self, place: LineageDataset) -> LineageGraphNode:
        workflow = place.workflow
        kind = _described(place.system) if place.kind == PlaceKind.STEP else {}
        return LineageGraphNode(
            id=str(place.pk),
            kind=cast(Any, place.kind),
            name=place.label or place.name,
            detail=_detail(place, kind),
            system=place.system,
            workflow=None if workflow is None else WorkflowReference(id=workflow.pk, name=workflow.name),
            step=place.name if place.kind == PlaceKind.STEP else None,
            version=place.version_number,
            classification=self._classification(place),
            icon=kind.get("icon"),
            category=kind.get("category"),
            columns=self.columns(place),
        )

    def _edge(self, edge: LineageColumnEdge) -> LineageGraphEdge:
        return LineageGraphEdge.model_validate(
            {
                "from": str(edge.from_dataset_id),
                "from_column": _column(edge.from_column.name),
                "to": str(edge.to_dataset_id),
                "to_column": _column(edge.to_column.name),
                "tier": Tier(edge.tier).name.lower(),
                "how": edge.how,
            }
        )

    def _source(self, edge: LineageColumnEdge) -> LineageSource:
        place = edge.from_dataset
        return LineageSource.model_validate(
            {
                "from": place.label or place.name,
                "id": str(place.pk),
                "column": _column(edge.from_column.name),
                "tier": Tier(edge.tier).name.lower(),
                "how": edge.how,
            }
        )

    def _classification(self, place: LineageDataset) -> str:
        dataset = self._sight.dataset(place)
        return place.classification if dataset is None else dataset.classification

    def _masked(self, dataset: Dataset) -> dict[str, str]:
        """Which columns are masked for the reader, and how: asked of a record of empty texts."""
        masker = self._eyes.masker(dataset.as_resource())
        if masker is None:
            return {}
        hits = masker.apply([{column["name"]: "x" for column in dataset.columns}]).hits
        return {hit.path.removeprefix("[*]").removeprefix("."): hit.mask_type for hit in hits}

    def _last_run(self, place: LineageDataset) -> RunReference | None:
        """Of a run that the reader may not see the time is not told either."""
        if place.last_run_id is None or place.last_run_number is None:
            return None
        if not self._sight.sees_all and not any(
            one.run_id == place.last_run_id for one in moments_of(self._sight, place, 1)
        ):
            return None
        return RunReference(id=place.last_run_id, number=place.last_run_number)

    def _seen(self, place: LineageDataset, column: str) -> list[LineageSeen]:
        """By the first of the readers' roles: who exactly is for the audit."""
        field, dataset = column.rpartition(".")[2], self._sight.dataset(place)
        tenant_id = place.tenant_id
        if dataset is not None:
            found = who_saw(tenant_id, dataset=dataset.pk, column=field)
        elif place.kind == PlaceKind.STEP:
            found = who_saw(tenant_id, workflow=place.workflow_id, step=place.name, column=field)
        else:
            return []
        roles = _roles({one.reader for one in found if one.reader is not None})
        people: dict[tuple[str, bool], set[UUID | None]] = {}
        counts: dict[tuple[str, bool], int] = {}
        for one in found:
            who = OUTSIDE if one.reader is None else roles.get(one.reader, "Without a role")
            key = (who, one.how == "masked")
            people.setdefault(key, set()).add(one.reader)
            counts[key] = counts.get(key, 0) + one.count
        return [
            LineageSeen(who=who, people=len(people[who, masked]), masked=masked, count=count)
            for (who, masked), count in counts.items()
        ]

    def _impact(self, columns: list[int]) -> LineageImpact:
        reached = impact_of(self._sight, columns)
        places = [
            place for place in LineageDataset.objects.filter(pk__in=reached) if self._sight.may_see(place)
        ]
        steps = [place for place in places if place.kind == PlaceKind.STEP]
        names = _names(place.workflow_id for place in steps if place.workflow_id is not None)
        return LineageImpact(
            workflows=[
                WorkflowReference(id=key, name=name)
                for key, name in sorted(names.items(), key=lambda item: item[1])
            ],
            datasets=len(places) - len(steps),
            masks=sum(place.system == "MaskNode" for place in steps),
        )


def _column(name: str) -> str | None:
    return None if name == WHOLE else name


def _detail(place: LineageDataset, kind: dict[str, Any]) -> str:
    if place.kind == PlaceKind.STEP:
        version = "draft" if place.version_number is None else f"v{place.version_number}"
        return f"{kind.get('label', place.system)}, {version}"
    return place.system


@cache
def _described(node_type: str) -> dict[str, Any]:
    registry = node_registry()
    return dict(registry.describe(node_type)) if node_type in registry.types() else {}


def _names(workflows: Iterable[UUID]) -> dict[UUID, str]:
    return dict(Workflow.objects.filter(pk__in=set(workflows)).values_list("pk", "name"))


def _roles(readers: Iterable[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    given = User.groups.through.objects.filter(user__in=list(readers), group__role__isnull=False)
    for reader, name in given.order_by("group__role__name").values_list("user_id", "group__role__name"):
        found.setdefault(reader, name)
    return found
