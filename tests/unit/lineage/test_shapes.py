from __future__ import annotations

import json
from typing import Any

import pytest

from runtime.lineage.shapes import MAX_COLUMNS, shape_of, shapes_of


def test_records_tell_their_columns_and_no_value() -> None:
    shape = shape_of([{"name": "Ada", "age": 36, "paid": True}, {"name": "Bo", "age": None, "tags": ["x"]}])

    assert shape == {
        "kind": "records",
        "count": 2,
        "columns": [
            {"name": "name", "type": "text"},
            {"name": "age", "type": "number"},
            {"name": "paid", "type": "boolean"},
            {"name": "tags", "type": "list"},
        ],
    }
    assert "Ada" not in json.dumps(shape)


@pytest.mark.parametrize(
    ("value", "kind", "count"),
    [
        (None, "empty", 0),
        (True, "boolean", 1),
        (1.5, "number", 1),
        ("secret text", "text", 1),
        ([], "list", 0),
        ([1, {"a": 1}], "list", 2),
        ({}, "object", 0),
    ],
)
def test_what_is_no_list_of_records_tells_its_kind(value: Any, kind: str, count: int) -> None:
    assert shape_of(value) == {"kind": kind, "count": count, "columns": []}


def test_a_column_of_several_types_is_mixed_and_one_without_values_is_empty() -> None:
    columns = shape_of([{"a": 1, "b": None}, {"a": "x"}])["columns"]

    assert columns == [{"name": "a", "type": "mixed"}, {"name": "b", "type": "empty"}]


def test_a_wide_record_is_cut_and_a_strange_name_can_be_stored() -> None:
    wide = shape_of({f"column {number}": number for number in range(MAX_COLUMNS + 5)})
    strange = shapes_of({"in\x00put": [{"a\x00b\ud800": 1}]})

    assert (wide["count"], len(wide["columns"])) == (MAX_COLUMNS + 5, MAX_COLUMNS)
    assert list(strange) == ["in\ufffdput"]
    assert strange["in\ufffdput"]["columns"] == [{"name": "a\ufffdb\ufffd", "type": "number"}]
