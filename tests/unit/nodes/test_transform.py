from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.config_problems import check_config
from runtime.engine.errors import InputError, NodeError, ParameterError
from runtime.engine.node import CheckContext
from runtime.nodes.operations.keys import order_of
from runtime.nodes.transform import TransformNode
from tests.unit.nodes.surroundings import outputs_of

PEOPLE = [
    {"name": "Ada", "age": 36, "city": "London"},
    {"name": "Bob", "age": None, "city": "Paris"},
    {"name": "Cid", "age": 20, "city": "London"},
]
VALUES = st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-5, 5) | st.text(max_size=2)


def transformed(*operations: dict[str, Any], records: Any = PEOPLE, **inputs: Any) -> Any:
    return outputs_of(TransformNode(operations=list(operations)), input=records, **inputs)["result"]


def test_operations_are_applied_in_order() -> None:
    assert transformed(
        {"op": "filter", "where": "city == 'London'"},
        {"op": "compute", "column": "months", "expression": "age * 12"},
        {"op": "sort", "by": [{"column": "months"}]},
        {"op": "select", "columns": ["months", "name"]},
        {"op": "rename", "columns": {"name": "who"}},
    ) == [{"months": 240, "who": "Cid"}, {"months": 432, "who": "Ada"}]


def test_input_records_stay_as_they_were() -> None:
    records = [{"a": 1, "l": [{"x": 1}]}]

    transformed(
        {"op": "compute", "column": "a", "expression": "a + 1"},
        {"op": "flatten", "column": "l"},
        records=records,
    )

    assert records == [{"a": 1, "l": [{"x": 1}]}]


def test_sort_puts_missing_values_last_in_both_directions_and_is_stable() -> None:
    def order(direction: str) -> list[str]:
        rows = transformed({"op": "sort", "by": [{"column": "age", "direction": direction}]})
        return [row["name"] for row in rows]

    assert order("ascending") == ["Cid", "Ada", "Bob"]
    assert order("descending") == ["Ada", "Cid", "Bob"]
    by_two = transformed(
        {"op": "sort", "by": [{"column": "city"}, {"column": "name", "direction": "descending"}]}
    )
    assert [row["name"] for row in by_two] == ["Cid", "Ada", "Bob"]


@given(st.lists(st.fixed_dictionaries({"v": VALUES}), max_size=20))
def test_sort_orders_any_mixture_of_values(records: list[dict[str, Any]]) -> None:
    rows = transformed({"op": "sort", "by": [{"column": "v"}]}, records=records)

    present = [row["v"] for row in rows if row["v"] is not None]
    assert present == sorted(present, key=order_of)
    assert len(rows) == len(records)


def test_limit_and_offset() -> None:
    assert [row["name"] for row in transformed({"op": "limit", "count": 1, "offset": 1})] == ["Bob"]


def test_distinct_keeps_the_first_of_those_alike() -> None:
    assert [row["name"] for row in transformed({"op": "distinct", "columns": ["city"]})] == ["Ada", "Bob"]
    alike = [{"a": 1}, {"a": 1.0}, {"a": True}, {"a": [1]}, {"a": [1]}]
    assert transformed({"op": "distinct"}, records=alike) == [{"a": 1}, {"a": 1.0}, {"a": True}, {"a": [1]}]
    assert transformed({"op": "distinct", "columns": ["a"]}, records=alike) == [
        {"a": 1},
        {"a": True},
        {"a": [1]},
    ]


def test_group_gives_figures_in_order_of_first_appearance() -> None:
    figures = [{"function": name, "column": "v"} for name in ("count", "sum", "mean", "min", "max", "median")]
    records = [
        {"k": "b", "v": 4},
        {"k": "a", "v": 1},
        {"k": "b", "v": 1},
        {"k": "b", "v": None},
        {"k": "b", "v": 1},
    ]

    rows = transformed(
        {"op": "group", "by": ["k"], "aggregates": [{"function": "count"}, *figures]}, records=records
    )

    assert rows[0] == {
        "k": "b",
        "count": 4,
        "v_count": 3,
        "v_sum": 6,
        "v_mean": 2.0,
        "v_min": 1,
        "v_max": 4,
        "v_median": 1,
    }
    assert [row["k"] for row in rows] == ["b", "a"]


def test_group_without_columns_is_one_group_even_of_nothing() -> None:
    group = {
        "op": "group",
        "aggregates": [{"function": "count", "name": "rows"}, {"function": "mean", "column": "age"}],
    }

    assert transformed(group) == [{"rows": 3, "age_mean": 28.0}]
    assert transformed(group, records=[]) == [{"rows": 0, "age_mean": None}]


def test_cast_changes_types() -> None:
    cast = {
        "op": "cast",
        "columns": [
            {"column": "n", "type": "integer"},
            {"column": "x", "type": "number"},
            {"column": "b", "type": "boolean"},
            {"column": "t", "type": "text"},
            {"column": "d", "type": "date", "format": "%d.%m.%Y"},
            {"column": "m", "type": "datetime"},
            {"column": "e", "type": "number"},
        ],
    }
    record = {
        "n": " 3.0 ",
        "x": "1e2",
        "b": "Yes",
        "t": 5.0,
        "d": "31.01.2010",
        "m": "2010/01/31 05:00",
        "e": " ",
    }

    assert transformed(cast, records=[record]) == [
        {"n": 3, "x": 100.0, "b": True, "t": "5", "d": "2010-01-31", "m": "2010-01-31T05:00:00", "e": None}
    ]


@pytest.mark.parametrize(
    ("value", "cast_type"),
    [
        ("3.5", "integer"),
        ("x", "number"),
        ("nan", "number"),
        ("maybe", "boolean"),
        ("31.1.10", "date"),
        (5, "date"),
    ],
)
def test_cast_that_does_not_fit_fails_at_its_record_or_leaves_nothing(value: Any, cast_type: str) -> None:
    cast: dict[str, Any] = {"op": "cast", "columns": [{"column": "v", "type": cast_type}]}

    with pytest.raises(NodeError, match="Record 1, column 'v'") as caught:
        transformed(cast, records=[{"v": value}])
    assert caught.value.facts == {"record": 1, "column": "v", "operation": 1}
    assert transformed({**cast, "on_error": "null"}, records=[{"v": value}]) == [{"v": None}]


def test_large_whole_numbers_are_cast_exactly() -> None:
    cast = {"op": "cast", "columns": [{"column": "v", "type": "integer"}]}

    assert transformed(cast, records=[{"v": "9007199254740993"}]) == [{"v": 9007199254740993}]


def test_flatten_takes_lists_and_objects_apart() -> None:
    records = [{"id": 1, "tags": [{"k": "a"}, {"k": "b"}]}, {"id": 2, "tags": []}]

    assert transformed({"op": "flatten", "column": "tags"}, records=records) == [
        {"id": 1, "tags.k": "a"},
        {"id": 1, "tags.k": "b"},
        {"id": 2, "tags": None},
    ]
    nested = [{"where": {"lat": 1, "lon": 2}}]
    assert transformed({"op": "flatten", "column": "where", "prefix": ""}, records=nested) == [
        {"lat": 1, "lon": 2}
    ]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("inner", [("Ada", "UK"), ("Cid", "UK")]),
        ("left", [("Ada", "UK"), ("Bob", None), ("Cid", "UK")]),
        ("outer", [("Ada", "UK"), ("Bob", None), ("Cid", "UK"), (None, "IT")]),
    ],
)
def test_join_keeps_what_it_is_told_to(how: str, expected: list[tuple[Any, Any]]) -> None:
    other = [{"town": "London", "name": "UK"}, {"town": "Rome", "name": "IT"}]
    join = {"op": "join", "on": [{"column": "city", "other": "town"}], "how": how}

    rows = transformed(join, other=other)

    assert [(row["name"], row["name_other"]) for row in rows] == expected


def test_join_multiplies_matches_and_matches_no_missing_values() -> None:
    left = [{"k": 1}, {"k": None}]
    right = [{"k": 1, "v": "a"}, {"k": 1, "v": "b"}, {"k": None, "v": "c"}]

    rows = transformed({"op": "join", "on": [{"column": "k"}]}, records=left, other=right)

    assert rows == [{"k": 1, "v": "a"}, {"k": 1, "v": "b"}, {"k": None, "v": None}]


def test_append_adds_the_other_records() -> None:
    assert transformed({"op": "append"}, records=[{"a": 1}], other=[{"a": 2}, {"b": 3}]) == [
        {"a": 1},
        {"a": 2},
        {"b": 3},
    ]
    assert transformed({"op": "append"}, records=[{"a": 1}], other={}) == [{"a": 1}]


def test_join_without_other_records_says_what_is_missing() -> None:
    with pytest.raises(InputError, match="'other'"):
        transformed({"op": "join", "on": [{"column": "city"}]})


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "select", "columns": ["nmae"]},
        {"op": "rename", "columns": {"nmae": "x"}},
        {"op": "sort", "by": [{"column": "nmae"}]},
        {"op": "distinct", "columns": ["nmae"]},
        {"op": "group", "by": ["nmae"], "aggregates": [{"function": "count"}]},
        {"op": "cast", "columns": [{"column": "nmae", "type": "text"}]},
        {"op": "flatten", "column": "nmae"},
    ],
)
def test_unknown_column_is_named_with_a_hint(operation: dict[str, Any]) -> None:
    with pytest.raises(NodeError, match="no column 'nmae'. Did you mean 'name'") as caught:
        transformed({"op": "limit", "count": 3}, operation)

    assert (caught.value.code, caught.value.facts["operation"]) == ("unknown_column", 2)


def test_expression_that_fails_names_the_record() -> None:
    with pytest.raises(NodeError, match="Compute 'x', record 2"):
        transformed({"op": "compute", "column": "x", "expression": "age + 1"})
    with pytest.raises(NodeError, match="no value called 'agee'"):
        transformed({"op": "filter", "where": "agee > 1"})


def test_column_that_only_some_records_have_is_nothing_in_the_others() -> None:
    rows = transformed({"op": "filter", "where": "b is None"}, records=[{"a": 1, "b": 2}, {"a": 3}])

    assert rows == [{"a": 3}]


def test_sum_of_text_fails_the_node() -> None:
    with pytest.raises(NodeError, match="needs numbers"):
        transformed({"op": "group", "aggregates": [{"function": "sum", "column": "name"}]})


@pytest.mark.parametrize("value", ["text", 5, True, [1, {"a": 1}], [{"a": 1}, 2]])
def test_input_that_is_no_table_is_refused(value: Any) -> None:
    with pytest.raises(InputError, match="'input'"):
        transformed({"op": "limit", "count": 1}, records=value)


@pytest.mark.parametrize("value", [None, {}, []])
def test_nothing_is_an_empty_table(value: Any) -> None:
    assert transformed({"op": "select", "columns": ["a"]}, records=value) == []


@pytest.mark.parametrize(
    "operations",
    [
        [],
        [{"op": "explode"}],
        [{"columns": ["a"]}],
        [{"op": "select", "columns": []}],
        [{"op": "select", "columns": ["a"], "extra": 1}],
        [{"op": "group", "aggregates": [{"function": "sum"}]}],
        [{"op": "group", "by": ["count"], "aggregates": [{"function": "count"}]}],
        [{"op": "limit", "count": -1}],
    ],
)
def test_bad_configuration_is_refused(operations: list[dict[str, Any]]) -> None:
    with pytest.raises(ParameterError, match="operations"):
        TransformNode(operations=operations)


def test_check_finds_expressions_and_a_join_without_its_input() -> None:
    config = {
        "operations": [
            {"op": "filter", "where": "a ="},
            {"op": "compute", "column": "b", "expression": "import os"},
            {"op": "join", "on": [{"column": "a"}]},
        ]
    }

    problems = TransformNode.check(config, CheckContext("step"))

    assert [(item.code, item.field, item.severity) for item in problems] == [
        ("invalid_expression", "config.operations.0.where", "error"),
        ("invalid_expression", "config.operations.1.expression", "error"),
        ("missing_input", "inputs.other", "warning"),
    ]


def test_problem_of_the_schema_names_the_place_in_the_configuration() -> None:
    config = {
        "operations": [{"op": "limit", "count": 1}, {"op": "cast", "columns": [{"column": "a", "type": "x"}]}]
    }

    problems = check_config(TransformNode, config)

    assert [item.field for item in problems] == ["config.operations.1.columns.0.type"]


@pytest.mark.parametrize(
    ("operations", "inputs"),
    [
        ([{"op": "join", "on": [{"column": "k"}]}], {"other": [{"k": 1, "b": 2}] * 3_000}),
        ([{"op": "append"}] * 100, {"other": [{"k": 1}] * 30_000}),
        ([{"op": "flatten", "column": "l"}], {}),
    ],
    ids=["join", "append", "flatten"],
)
def test_records_that_multiply_are_refused_before_they_are_made(
    operations: list[dict[str, Any]], inputs: dict[str, Any]
) -> None:
    records = [{"k": 1, "l": [1] * 3_000}] * 3_000

    with pytest.raises(NodeError) as caught:
        transformed(*operations, records=records, **inputs)

    assert caught.value.code == "too_many_records"


def test_a_long_text_for_every_record_is_refused() -> None:
    with pytest.raises(NodeError) as caught:
        transformed({"op": "compute", "column": "t", "expression": "'x' * 1000000"}, records=[{"a": 1}] * 100)

    assert caught.value.code == "output_too_large"
