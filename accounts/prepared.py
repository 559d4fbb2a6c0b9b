"""Statements that the database plans once for each connection, for what happens a hundred times a second."""

from __future__ import annotations

import hashlib
from collections.abc import MutableMapping, Sequence
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

# Names of what each of the pool's connections has prepared.
_prepared: MutableMapping[Any, set[str]] = WeakKeyDictionary()


def execute_prepared(statement: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement of which there are few: its text is kept by every connection."""
    name, preparation, execution = _texts(statement)
    with connection.cursor() as cursor:
        known = _prepared.setdefault(connection.connection, set())
        if name not in known:
            cursor.execute(preparation)
            known.add(name)
        cursor.execute(execution, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


@cache
def _texts(statement: str) -> tuple[str, str, str]:
    """Its name, and how it is prepared and executed."""
    first, *rest = statement.split("%s")
    numbered = first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))
    name = f"lockgate_{hashlib.sha256(statement.encode()).hexdigest()[:16]}"
    places = ", ".join("%s" for _ in rest)
    return name, f"PREPARE {name} AS {numbered}", f"EXECUTE {name}({places})"
