"""What conditions of a tenant can name: its levels, and its attributes with their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from uuid import UUID

from django.apps import apps

from accounts.models import AttributeDefinition, AttributeKind, SecurityLevel
from accounts.resource_maps import Column, map_of

CLASSIFIED: Mapping[str, str] = MappingProxyType(
    {
        "classification": AttributeKind.LEVEL,
        "department": AttributeKind.TEXT,
        "region": AttributeKind.TEXT,
        "tags": AttributeKind.LIST_TEXT,
    }
)
"""What workflows, datasets and credentials are classified by, and nodes and runs by their workflow."""

_OF_NODES: Mapping[str, str] = MappingProxyType(
    {"node_type": AttributeKind.TEXT, "node_id": AttributeKind.TEXT, "resource": AttributeKind.TEXT}
)


_KINDS: Mapping[str, str] = {
    "uuid": AttributeKind.TEXT.value,
    "serial": AttributeKind.TEXT.value,
    "text": AttributeKind.TEXT.value,
    "number": AttributeKind.NUMBER.value,
    "boolean": AttributeKind.BOOLEAN.value,
    "datetime": AttributeKind.DATETIME.value,
    "texts": AttributeKind.LIST_TEXT.value,
    "numbers": AttributeKind.LIST_NUMBER.value,
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`levels` from the least secret; `attributes` as `{path: kind}`, such as `user.clearance`: `level`."""

    levels: tuple[str, ...]
    attributes: Mapping[str, str]


def vocabulary_of(tenant_id: UUID) -> Vocabulary:
    """Read afresh: two queries."""
    levels = SecurityLevel.objects.filter(tenant=tenant_id).order_by("rank").values_list("key", flat=True)
    defined = AttributeDefinition.objects.filter(tenant=tenant_id).values_list("applies_to", "name", "kind")
    attributes = {f"{owner}.{name}": kind for owner, name, kind in defined}
    return Vocabulary(tuple(levels), {**attributes, **_built_in()})


@cache
def types_of_columns() -> Mapping[str, tuple[str, ...]]:
    """`{resource.<name>: the types of resources that have it}`: tables with such a column, and nodes."""
    found: dict[str, set[str]] = {f"resource.{name}": {"node"} for name in (*CLASSIFIED, *_OF_NODES)}
    for model in apps.get_models():
        if hasattr(model, "resource_kind"):
            known = map_of(model)
            for name in known.columns:
                found.setdefault(f"resource.{name}", set()).add(known.type)
    for name in CLASSIFIED:
        found.setdefault(f"resource.workflow.{name}", set()).add("node")
    return MappingProxyType({path: tuple(sorted(types)) for path, types in found.items()})


@cache
def _built_in() -> Mapping[str, str]:
    """What tables have columns for, of every type of resource and of what it belongs to; and of nodes."""
    found = {f"resource.{name}": str(kind) for name, kind in {**CLASSIFIED, **_OF_NODES}.items()}
    for model in apps.get_models():
        if hasattr(model, "resource_kind"):
            for name, column in map_of(model).columns.items():
                found.setdefault(f"resource.{name}", _kind_of(name, column))
    of_workflow = {f"resource.workflow.{name}": str(kind) for name, kind in CLASSIFIED.items()}
    return MappingProxyType({**found, **of_workflow})


def _kind_of(name: str, column: Column) -> str:
    if name.rpartition(".")[2] == "classification":
        return AttributeKind.LEVEL.value
    return _KINDS[column.kind]
