from __future__ import annotations

import pytest

from runtime.engine.errors import NodeError
from runtime.sql.text import Dialect, SqlTextError, parse


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("SELECT 1", set()),
        ("SELECT :a, :b_2, :a", {"a", "b_2"}),
        ("SELECT ':a', \":b\" -- :c\n/* :d /* :e */ :f */ FROM t WHERE x = :g", {"g"}),
        ("SELECT x::text, y::int[] FROM t WHERE z = :z::int", {"z"}),
        ("SELECT 'it''s :a', E'it\\'s :b', :c", {"c"}),
        ("SELECT $$ :a ' $$, $tag$ :b $$ $tag$, :c", {"c"}),
        ("SELECT a$b$c, :d FROM t", {"d"}),
        ("SELECT x FROM t WHERE y = ANY(:ids);  -- done\n ; /* :a */ ", {"ids"}),
        ("SELECT :größe", {"größe"}),
    ],
)
def test_parameters_are_found_where_they_are_some(query: str, names: set[str]) -> None:
    assert parse(query, "postgresql").names == names


def test_text_for_the_driver_names_them_and_doubles_percent_signs() -> None:
    statement = parse("SELECT '100%', x % 2 FROM t WHERE y LIKE :pattern AND z = :a::int;", "postgresql")

    assert statement.for_psycopg() == (
        "SELECT '100%%', x %% 2 FROM t WHERE y LIKE %(pattern)s AND z = %(a)s::int"
    )
    assert statement.text == "SELECT '100%', x % 2 FROM t WHERE y LIKE :pattern AND z = :a::int"


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("SELECT 1; DROP TABLE users", (1, 11)),
        ("SELECT 1;\n-- harmless\nDELETE FROM t", (3, 1)),
        ("SELECT 1; /* x */ SELECT 2", (1, 19)),
        ("SELECT 'open", (1, 8)),
        ('SELECT "open', (1, 8)),
        ("SELECT 1 /* open /* */", (1, 10)),
        ("SELECT $a$ open $b$", (1, 8)),
        ("  ", (1, 1)),
        (";", (1, 1)),
    ],
)
def test_what_is_no_single_statement_is_refused_where_it_stands(query: str, place: tuple[int, int]) -> None:
    with pytest.raises(SqlTextError) as caught:
        parse(query, "postgresql")

    assert (caught.value.facts["line"], caught.value.facts["column"]) == place


@pytest.mark.parametrize(
    ("dialect", "query", "names"),
    [
        ("sqlite", "SELECT [a:b], `c:d` FROM t WHERE x = :y", {"y"}),
        ("sqlite", "SELECT '$$', :a, '$$'", {"a"}),
        ("postgresql", "SELECT a[1 : 2], :b", {"b"}),
    ],
)
def test_each_kind_has_its_own_quotes(dialect: Dialect, query: str, names: set[str]) -> None:
    assert parse(query, dialect).names == names


def test_a_missing_value_is_named() -> None:
    statement = parse("SELECT :a, :b, :c", "sqlite")

    with pytest.raises(NodeError, match=":b, :c") as caught:
        statement.chosen({"a": 1, "d": 2})

    assert caught.value.code == "sql_parameter"
    assert statement.chosen({"a": 1, "b": 2, "c": None, "d": 4}) == {"a": 1, "b": 2, "c": None}
