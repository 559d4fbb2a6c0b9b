"""Several models out of one row of a statement of our own, each with the named fields alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


class Columns(Generic[M]):
    """Of `model`, called `alias` in the statement. A field that is not named is read when it is asked for."""

    def __init__(self, model: type[M], alias: str, names: Sequence[str]) -> None:
        self._model = model
        fields = {field.name: field for field in model._meta.concrete_fields}
        # In the model's order, which `from_db` expects.
        self._fields = sorted((fields[name] for name in names), key=list(fields.values()).index)
        self._attributes = [field.attname for field in self._fields]
        self._key = next(place for place, field in enumerate(self._fields) if field.primary_key)
        self.sql = ", ".join(f'{alias}."{field.column}"' for field in self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def read(self, values: Sequence[Any]) -> M | None:
        """The object; None where the join found no row."""
        if values[self._key] is None:
            return None
        converted = [self._convert(field, value) for field, value in zip(self._fields, values, strict=True)]
        return self._model.from_db(connection.alias, self._attributes, converted)

    @staticmethod
    def _convert(field: Any, value: Any) -> Any:
        for converter in field.get_db_converters(connection):
            value = converter(value, None, connection)
        return value
