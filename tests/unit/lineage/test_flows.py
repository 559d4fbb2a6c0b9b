"""How statements and pieces of code make their columns; what cannot be followed is said to be unknown."""

from __future__ import annotations

import pytest

from runtime.lineage.columns import columns_of, first_part
from runtime.lineage.flows.code import coded, read_result
from runtime.lineage.flows.places import http_place
from runtime.lineage.flows.records import valued
from runtime.lineage.flows.sql import traced
from runtime.lineage.terms import Place, Ref, Step


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        (
            "select a.id, b.total * 1.1 as t, :rate as r from s.a join b on a.id = b.id",
            {"id": {("s.a", "id")}, "t": {("b", "total")}, "r": {("", "rate")}},
        ),
        (
            "with c as (select g, sum(x) as n from t group by g) select g as region, n / 2 as half from c",
            {"region": {("t", "g")}, "half": {("t", "x")}},
        ),
        ("select a from t union all select b from s", {"a": {("t", "a"), ("s", "b")}}),
        ("insert into t (a, b) select x, y + z from u", {"a": {("u", "x")}, "b": {("u", "y"), ("u", "z")}}),
        ("update t set a = :v, b = b + 1 where id = :id", {"a": {("", "v")}, "b": {("t", "b")}}),
        ("select count(*) as n from t", {"n": set()}),
    ],
)
def test_sql_is_followed_to_the_columns_of_its_tables(
    query: str, columns: dict[str, set[tuple[str, str]]]
) -> None:
    found = traced(query, "postgresql")

    assert found is not None
    assert {name: set(origins) for name, origins in found.columns} == columns


def test_a_statement_that_is_none_is_not_followed() -> None:
    assert traced("selec 1", "postgresql") is None


ROWS = Place("step", "w", "rows")


def step(code: str, *outputs: str) -> Step:
    given = {name: (Ref(ROWS, name),) for name in ("a", "b", "c")}
    return Step(
        Place("step", "w", "s"), "PythonCodeNode", {"code": code}, {"rows": given}, {"result": outputs}
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("result = [{'x': r['a'] + r['b']} for r in rows]", {"x": "ab"}),
        ("result = [{**r, 'x': r.get('b', 0)} for r in rows]", {"x": "b", "c": "c"}),
        ("x = []\nfor r in rows:\n    x.append({'x': r['a']})\nresult = x", {"x": "a"}),
        ("def f(r):\n    return {'x': r['c']}\nresult = [f(r) for r in rows]", {"x": "c"}),
        ("out = {}\nout['x'] = max(rows, key=lambda r: r['a'])['b']\nresult = out", {"x": "b"}),
        ("result = {'x': 'high' if sum(r['a'] for r in rows) > 3 else 'low'}", {"x": "a"}),
        ("d = {r['a']: r['b'] for r in rows}\nresult = [{'x': k} for k in d]", {"x": "a"}),
        ("result = {'x': {r['a']: r['b'] for r in rows}}", {"x": "ab"}),
        ("result = [{'x': round(r['b'], 1 if r['a'] else -1)} for r in rows]", {"x": "ab"}),
        ("for r in rows:\n    if r['c']:\n        x = round(r['b'], 1)\nresult = {'x': x}", {"x": "b"}),
        ("x = 0\nfor r in rows:\n    if r['c']:\n        x = float('1')\nresult = {'x': x}", {"x": "c"}),
        ("result = {'x': 1}", {"x": ""}),
        ("result = rows", {"a": "a", "b": "b"}),
    ],
)  # fmt: skip
def test_code_is_read_without_running_it(code: str, expected: dict[str, str]) -> None:
    flow = coded(step(code, *expected))

    found: dict[str, set[str]] = {name: set() for name in expected}
    for edge in flow.edges:
        assert edge.tier == "inferred"
        found[edge.target.column].add(edge.source.column)
    assert found == {name: set(sources) for name, sources in expected.items()}


def test_what_cannot_be_followed_is_unknown_and_comes_from_everything() -> None:
    flow = coded(step("result = {'y': 1}", "x"))

    assert {edge.tier for edge in flow.edges} == {"unknown"}
    assert {edge.source.column for edge in flow.edges if edge.source.place == ROWS} == {"a", "b", "c"}


@pytest.mark.parametrize("code", ["", "x = 1", "def", "result = " + "(" * 300, "\0"])
def test_code_that_is_none_is_not_read(code: str) -> None:
    assert read_result(code) is None


def test_names_of_objects_that_are_data_make_no_columns() -> None:
    found = columns_of({"people": {"Ada": 1, "Ben": 2}, "sum": 3}, {"people", "sum"}.__contains__)

    assert found == {"people": "object", "sum": "number"}


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_the_first_part_of_a_long_value_is_enough(cut: int) -> None:
    text = '{"rows": [{"a": 1, "b": "x, }"}, {"a": 2, "b": "y"}, {"a": 3}]}'
    try:
        value = first_part(text[:cut])
    except ValueError:
        return

    assert set(columns_of(value, lambda name: True)) <= {"", "rows", "rows.a", "rows.b"}


def test_an_address_is_told_without_what_may_be_a_key() -> None:
    place = http_place("https://user:pass@api.example.org:8443/hooks/T0a1B2c3D4e5F6g7H8/run?token=s3cret")

    assert place is not None
    assert (place.namespace, place.name) == ("https://api.example.org:8443", "/hooks/…/run")


def test_what_a_template_fills_in_is_the_parameter() -> None:
    parameters = Place("port", "w", "parameters")
    config = {"value": {"region": "in ${region}", "top": [{"n": "${most}"}], "plain": 1}}
    given = {f"${{{name}}}": {"": (Ref(parameters, name),)} for name in ("region", "most")}
    step_ = Step(
        Place("step", "w", "s"), "ValueNode", config, given, {"result": ["region", "top.n", "plain"]}
    )

    found = {(edge.target.column, edge.source.column, edge.tier) for edge in valued(step_).edges}

    assert found == {("region", "region", "exact"), ("top.n", "most", "exact")}
