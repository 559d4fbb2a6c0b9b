from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runtime.engine.errors import NodeError, ParameterError
from runtime.engine.node import CheckContext
from runtime.nodes.dataset_read import DatasetReadNode
from runtime.nodes.dataset_write import DatasetWriteNode
from runtime.tabular.folder import FolderDatasets
from tests.unit.nodes.surroundings import Context, Services, run


@pytest.fixture
def services(tmp_path: Path) -> Services:
    rows = "".join(f"{number},{'even' if number % 2 == 0 else 'odd'}\n" for number in range(2500))
    (tmp_path / "numbers.csv").write_text("n,kind\n" + rows, "utf-8")
    return Services(datasets=FolderDatasets(tmp_path))


def read(services: Services, **config: Any) -> list[dict[str, Any]]:
    outputs = run(DatasetReadNode(dataset="numbers", **config), Context({}, services))
    assert isinstance(outputs, dict)
    records: list[dict[str, Any]] = outputs["result"]
    return records


def test_all_records_are_read_with_progress(services: Services) -> None:
    context = Context({}, services)

    outputs = run(DatasetReadNode(dataset="numbers"), context)

    assert isinstance(outputs, dict)
    assert len(outputs["result"]) == 2500
    assert outputs["result"][3] == {"n": 3, "kind": "odd"}
    assert context.steps == [(1000, 2500), (2000, 2500), (2500, 2500)]


def test_columns_filter_and_limit(services: Services) -> None:
    rows = read(services, columns=["n"], where="kind == 'odd' and n > 10", limit=2)

    assert rows == [{"n": 11}, {"n": 13}]


def test_limit_stops_the_reading(services: Services) -> None:
    context = Context({}, services)

    run(DatasetReadNode(dataset="numbers", limit=5), context)

    assert context.steps == [(1000, 2500)]


def test_unknown_column_and_dataset_are_named_with_a_hint(services: Services) -> None:
    with pytest.raises(NodeError, match="no column 'knid'. Did you mean 'kind'"):
        read(services, columns=["knid"])
    with pytest.raises(NodeError, match="no dataset 'nubmers'. Did you mean 'numbers'") as caught:
        run(DatasetReadNode(dataset="nubmers"), Context({}, services))
    assert caught.value.code == "dataset_missing"


def test_filter_that_fails_names_the_record_of_the_dataset(services: Services) -> None:
    with pytest.raises(NodeError, match=r"Filter, record 2001: .*division by zero"):
        read(services, where="1 / (n - 2000) > 0")


def test_broken_file_fails_the_node_with_its_row(services: Services, tmp_path: Path) -> None:
    (tmp_path / "broken.csv").write_text("a,b\n1,2\n1,2,3\n", "utf-8")

    with pytest.raises(NodeError, match="Line 3: 3 fields") as caught:
        run(DatasetReadNode(dataset="broken"), Context({}, services))

    assert (caught.value.code, caught.value.facts) == ("invalid_data", {"row": 3, "column": 3})


@pytest.mark.parametrize(
    "config",
    [{}, {"dataset": ""}, {"dataset": "a", "limit": 0}, {"dataset": "a", "columns": "n"}, {"name_": "a"}],
)
def test_bad_configuration_for_reading_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        DatasetReadNode(**config)


def test_check_finds_bad_names_and_expressions() -> None:
    problems = DatasetReadNode.check({"dataset": "../etc", "where": "n >"}, CheckContext("step"))

    assert [(item.code, item.field) for item in problems] == [
        ("invalid_dataset_name", "config.dataset"),
        ("invalid_expression", "config.where"),
    ]
    assert DatasetReadNode.check({"dataset": "${name}"}, CheckContext("step")) == []
    assert [item.code for item in DatasetWriteNode.check({"dataset": "a/b"}, CheckContext("step"))] == [
        "invalid_dataset_name"
    ]


@pytest.mark.parametrize("format", ["csv", "json", "jsonl", "parquet"])
def test_records_are_written_and_described(services: Services, tmp_path: Path, format: str) -> None:
    node = DatasetWriteNode(dataset="out", format=format)

    outputs = run(node, Context({"records": [{"a": 1, "b": "x"}, {"a": 2, "b": None}]}, services))

    assert isinstance(outputs, dict)
    result = outputs["result"]
    assert (result["dataset"], result["format"], result["rows"], result["written"]) == ("out", format, 2, 2)
    assert result["columns"] == [{"name": "a", "type": "integer"}, {"name": "b", "type": "text"}]
    assert result["bytes"] == (tmp_path / f"out.{format}").stat().st_size


def test_retry_of_an_append_changes_nothing(services: Services) -> None:
    node = DatasetWriteNode(dataset="out", mode="append")
    first = Context({"records": [{"a": 1}]}, services)
    later = Context({"records": [{"a": 2}]}, services, idempotency_key="run-2/step")

    counts = []
    for context in (first, first, later, first):
        outputs = run(node, context)
        assert isinstance(outputs, dict)
        counts.append(outputs["result"]["rows"])

    assert counts == [1, 1, 2, 2]


def test_records_that_do_not_fit_the_format_fail_the_node(services: Services, tmp_path: Path) -> None:
    node = DatasetWriteNode(dataset="out", format="parquet")

    with pytest.raises(NodeError, match="'a' mixes kinds"):
        run(node, Context({"records": [{"a": 1}, {"a": "x"}]}, services))

    assert not list(tmp_path.glob("*out*"))


def test_value_that_is_no_table_fails_the_node(services: Services) -> None:
    with pytest.raises(NodeError, match="needs records"):
        run(DatasetWriteNode(dataset="out"), Context({"records": "text"}, services))


@pytest.mark.parametrize(
    "config", [{}, {"dataset": "a", "format": "xlsx"}, {"dataset": "a", "mode": "merge"}]
)
def test_bad_configuration_for_writing_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        DatasetWriteNode(**config)
