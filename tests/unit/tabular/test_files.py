from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from runtime.tabular import TabularError, check_dataset_name, format_of, inspect, open_rows

DATA = Path(__file__).parents[3] / "examples" / "data"


@pytest.mark.parametrize(
    ("name", "rows", "types"),
    [
        ("seattle-temps", 8759, {"date": "datetime", "temp": "number"}),
        ("sf-temps", 8759, {"temp": "number", "date": "datetime"}),
    ],
)
def test_real_temperatures_are_typed(name: str, rows: int, types: dict[str, str]) -> None:
    info = inspect(DATA / f"{name}.csv", "csv")

    assert (info.name, info.rows) == (name, rows)
    assert {column.name: column.type for column in info.columns} == types


def test_real_airports_keep_codes_as_text() -> None:
    info = inspect(DATA / "airports.csv", "csv")
    first = next(open_rows(DATA / "airports.csv", "csv", columns=info.columns))[0]

    assert info.rows == 3376
    assert first["iata"] == "00M"
    assert first["latitude"] == 31.95376472


def test_format_is_told_by_the_file_name() -> None:
    assert [format_of(name) for name in ("a.CSV", "b.tsv", "c.json", "d.ndjson", "e.parquet")] == [
        "csv",
        "csv",
        "json",
        "jsonl",
        "parquet",
    ]
    with pytest.raises(TabularError, match=r"budget\.xlsx"):
        format_of("budget.xlsx")


@pytest.mark.parametrize("name", ["seattle-temps", "Sales 2024", "a", "x.y_z"])
def test_dataset_name_is_accepted(name: str) -> None:
    assert check_dataset_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "../etc/passwd", "a/b", "a\\b", ".hidden", "-x", "a..b", "a.", "a ", "x" * 101, "a\n", "ä"],
)
def test_dataset_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(TabularError, match="dataset name"):
        check_dataset_name(name)


def test_pyarrow_is_not_loaded_before_a_parquet_file_is_at_hand() -> None:
    code = "import sys, runtime.tabular; sys.exit('pyarrow' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
