"""What policies may know of a model's rows: one map, from which single checks and lists both read.

A model that is a resource says

- `resource_kind`: the type of its resource;
- `resource_owner`: the field with the person whose it is, if it has one;
- `resource_fields`: `{attribute: path}`, paths as in a filter;
- `resource_parent`: the path of what it belongs to, which is a resource too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType
from typing import Any, Literal

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from accounts.access import Resource

ColumnKind = Literal["uuid", "serial", "text", "number", "boolean", "datetime", "texts", "numbers"]

_KINDS: tuple[tuple[type[models.Field[Any, Any]], ColumnKind], ...] = (
    (models.CharField, "text"),
    (models.TextField, "text"),
    (models.BooleanField, "boolean"),
    (models.DateTimeField, "datetime"),
    (models.IntegerField, "number"),
    (models.FloatField, "number"),
    (models.DecimalField, "number"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """Where an attribute is, as the path of a filter, and what it holds."""

    path: str
    kind: ColumnKind

    def below(self, path: str) -> Column:
        return Column(f"{path}__{self.path}", self.kind)


@dataclass(frozen=True, slots=True)
class ResourceMap:
    """`columns` has every field that a condition can name below `resource.`; `own` the attributes alone."""

    type: str
    own: Mapping[str, Column]
    columns: Mapping[str, Column]
    owner_path: str | None = None
    parent_path: str | None = None
    parent: ResourceMap | None = field(default=None)

    def parent_columns(self) -> Mapping[str, Column]:
        """The fields of what it belongs to, by their own names."""
        if self.parent is None or self.parent_path is None:
            return {}
        return {name: column.below(self.parent_path) for name, column in self.parent.columns.items()}


@cache
def map_of(model: type[models.Model]) -> ResourceMap:
    """Raises TypeError for a model that is no resource."""
    kind = getattr(model, "resource_kind", None)
    if not isinstance(kind, str):
        raise TypeError(f"{model.__name__} has no resource_kind, so nobody's access to it can be decided.")
    parent_path: str | None = getattr(model, "resource_parent", None)
    parent = None if parent_path is None else map_of(_field(model, parent_path)[0])
    owner_path: str | None = getattr(model, "resource_owner", None)
    fields: Mapping[str, str] = getattr(model, "resource_fields", {})
    own = {name: column_of(model, path) for name, path in fields.items()}
    columns = {**own, "id": column_of(model, "pk"), "tenant_id": column_of(model, _tenant_path(model))}
    if owner_path is not None:
        columns["owner_id"] = column_of(model, owner_path)
    if parent is not None:
        for name, column in parent.columns.items():
            columns[f"{parent.type}.{name}"] = column.below(str(parent_path))
    return ResourceMap(
        kind, MappingProxyType(own), MappingProxyType(columns), owner_path, parent_path, parent
    )


def resource_of(row: models.Model) -> Resource:
    """The row as a resource. A text that is empty is an attribute that is missing."""
    known = map_of(type(row))
    parent = None if known.parent_path is None else _value(row, known.parent_path)
    owner = None if known.owner_path is None else _value(row, known.owner_path, by_id=True)
    return Resource(
        known.type,
        str(row.pk),
        _value(row, _tenant_path(type(row)), by_id=True),
        owner,
        attributes=attributes_of(row),
        parent=None if parent is None else parent.as_resource(),
    )


def attributes_of(row: models.Model) -> dict[str, Any]:
    """Its attributes that are there."""
    values = {name: _value(row, column.path) for name, column in map_of(type(row)).own.items()}
    return {name: value for name, value in values.items() if value is not None and value != ""}


def column_of(model: type[models.Model], path: str) -> Column:
    """The column at a path. Raises TypeError for one that conditions cannot read."""
    found = _field(model, path)[1]
    if path == "pk" or isinstance(found, models.ForeignKey):
        return Column(path, _id_kind(found))
    if isinstance(found, ArrayField):
        item = _kind(found.base_field)
        if item in ("text", "number"):
            return Column(path, "texts" if item == "text" else "numbers")
    elif (kind := _kind(found)) is not None:
        return Column(path, kind)
    raise TypeError(f"{model.__name__}.{path} has no type that conditions can read.")


def _id_kind(found: Any) -> ColumnKind:
    while isinstance(found, models.ForeignKey):
        found = found.target_field
    return "uuid" if isinstance(found, models.UUIDField) else "serial"


def _kind(found: object) -> ColumnKind | None:
    return next((kind for of, kind in _KINDS if isinstance(found, of)), None)


def _field(model: type[models.Model], path: str) -> tuple[Any, Any]:
    """(the model that it leads to, the field at the end)."""
    found: Any = None
    for name in path.split("__"):
        if model is None:
            raise FieldDoesNotExist(path)
        found = model._meta.pk if name == "pk" else model._meta.get_field(name)
        model = found.related_model
    return model, found


def _tenant_path(model: type[models.Model]) -> str:
    return str(getattr(model, "tenant_path", "tenant"))


def _value(row: Any, path: str, *, by_id: bool = False) -> Any:
    """What is at the path; None where something on the way is missing. `by_id`: the key, not its row."""
    *way, last = path.split("__")
    for name in way:
        if row is None:
            return None
        row = getattr(row, name)
    return None if row is None else getattr(row, f"{last}_id" if by_id else last)
