"""Datasets as readers see them, and as nodes read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.access import Resource
from runtime.engine.graph import NodeSpec
from runtime.engine.templates import UnknownTemplateName, has_template, resolve
from runtime.models import Dataset, Run
from runtime.queries.versions import graph_of

READS = "DatasetReadNode"


def dataset_read_by(spec: NodeSpec, run: Run) -> Resource | None:
    """The dataset that the node reads, as it is masked; None for a node that reads none.

    One that is not there any more, or whose name the run alone knew, is a dataset of which nothing is known:
    whatever is masked in some dataset is masked in it.
    """
    if spec.type != READS:
        return None
    own = run.parameters.get(spec.id)
    given = own.get("dataset") if isinstance(own, Mapping) else None
    name = _name(spec.config.get("dataset") if given is None else given, run)
    found = None if name is None else Dataset.objects.filter(tenant_id=run.tenant_id, name=name).first()
    return Resource("dataset", "*", run.tenant_id) if found is None else found.as_resource()


def _name(given: Any, run: Run) -> str | None:
    if not isinstance(given, str) or not has_template(given):
        return given if isinstance(given, str) else None
    defaults = {item.name: item.default for item in graph_of(run.version).parameters if item.has_default}
    try:
        found: Mapping[str, Any] = resolve({"dataset": given}, {**defaults, **run.parameters})
    except (UnknownTemplateName, ValueError):
        return None
    return found["dataset"] if isinstance(found["dataset"], str) else None
