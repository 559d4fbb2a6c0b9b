"""How the database is emptied after a test that commits.

Django truncates every table and makes all permissions anew, which takes longer than most of these tests do.
Few tables hold anything then: their rows are deleted, and what migrations made stays.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def empty_quickly(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(TransactionTestCase, "_fixture_teardown", _empty)


def _empty(_case: Any) -> None:
    """Triggers and foreign keys do not fire: the audit trail refuses to be emptied, and all rows go."""
    with transaction.atomic(), connection.cursor() as cursor:
        names = [connection.ops.quote_name(name) for name in _tables()]
        looks = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)  # noqa: S608
        cursor.execute(" UNION ALL ".join(looks))
        filled = [name for (name,) in cursor.fetchall()]
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in filled:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608


def _tables() -> list[str]:
    return sorted(set(connection.introspection.django_table_names(include_views=False)) - KEPT)
