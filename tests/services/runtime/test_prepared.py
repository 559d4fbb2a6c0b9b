"""Statements that are planned once for each connection."""

from __future__ import annotations

import pytest
from django.db import connection

from accounts.prepared import execute_prepared

pytestmark = pytest.mark.django_db(transaction=True)
STATEMENT = "SELECT %s::int + 1, %s::text"


def prepared() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'lockgate%%'")
        (found,) = cursor.fetchone()
    return int(found)


def test_a_statement_is_prepared_once_and_takes_other_values() -> None:
    before = prepared()

    rows = [execute_prepared(STATEMENT, [number, "it's %"]) for number in range(3)]

    assert rows == [[(1, "it's %")], [(2, "it's %")], [(3, "it's %")]]
    assert prepared() - before in (0, 1)  # another test may have prepared it already


def test_a_connection_that_was_lost_is_followed_by_one_that_prepares_again() -> None:
    execute_prepared(STATEMENT, [1, "a"])
    connection.connection.close()
    connection.close()

    assert execute_prepared(STATEMENT, [4, "b"]) == [(5, "b")]
