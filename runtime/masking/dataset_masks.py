"""Datasets as readers see them, and as nodes read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from accounts.access import Resource
from runtime.engine.graph import NodeSpec
from runtime.engine.templates import UnknownTemplateName, has_template, resolve
from runtime.masking.sensitive import Budget, TooMuchToRead
from runtime.models import Dataset, Run
from runtime.queries.datasets import spooled
from runtime.queries.versions import graph_of

_BATCH_ROWS = 1000
Keys = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Reads:
    """Where a node type names the dataset that it reads, the first that is there, and gives its records."""

    names: tuple[Keys, ...]
    at: Keys
    is_in_outputs: bool


_READS: Mapping[str, _Reads] = {
    "DatasetReadNode": _Reads((("dataset",),), ("result",), is_in_outputs=True),
    "BatchProcessorNode": _Reads(
        (("data_source",), ("source", "dataset")), ("result", "results"), is_in_outputs=False
    ),
}


@dataclass(frozen=True, slots=True)
class ReadDataset:
    """A dataset, as it is masked, and the place of its records in a node's outputs. `row` is None where the
    dataset is gone. `is_in_outputs`: whether every record that was read is there.
    """

    dataset: Resource
    at: Keys
    row: Dataset | None
    is_in_outputs: bool


def dataset_read_by(spec: NodeSpec, run: Run) -> ReadDataset | None:
    """The dataset that the node reads; None for a node that reads none.

    One that is not there any more, or whose name the run alone knew, is a dataset of which nothing is known:
    whatever is masked in some dataset is masked in it.
    """
    reads = _READS.get(spec.type)
    if reads is None:
        return None
    own = run.parameters.get(spec.id)
    places = [own, spec.config] if isinstance(own, Mapping) else [spec.config]
    given = next((name for place in places for keys in reads.names if (name := _at(place, keys))), None)
    if given is None and spec.type != "DatasetReadNode":
        return None
    name = _name(given, run)
    found = None if name is None else Dataset.objects.filter(tenant_id=run.tenant_id, name=name).first()
    resource = Resource("dataset", "*", run.tenant_id) if found is None else found.as_resource()
    return ReadDataset(resource, reads.at, found, reads.is_in_outputs)


def records_read(found: ReadDataset, run: Run, budget: Budget) -> Iterator[list[dict[str, Any]]]:
    """What the run read of the dataset. Raises `TooMuchToRead` when that is a lot, or not there any more."""
    row = found.row
    if row is None or row.updated_at > run.created_at:
        raise TooMuchToRead
    budget.spend(row.bytes)
    with spooled(row.pk) as spool:
        rows = spool.rows()
        while batch := list(islice(rows, _BATCH_ROWS)):
            yield batch


def _at(place: Any, keys: Keys) -> Any:
    for key in keys:
        place = place.get(key) if isinstance(place, Mapping) else None
    return place


def _name(given: Any, run: Run) -> str | None:
    if not isinstance(given, str) or not has_template(given):
        return given if isinstance(given, str) else None
    defaults = {item.name: item.default for item in graph_of(run.version).parameters if item.has_default}
    try:
        found: Mapping[str, Any] = resolve({"dataset": given}, {**defaults, **run.parameters})
    except (UnknownTemplateName, ValueError):
        return None
    return found["dataset"] if isinstance(found["dataset"], str) else None
