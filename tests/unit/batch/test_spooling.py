from __future__ import annotations

import os
from decimal import Decimal

import pytest

from runtime.batch.spooling import SpooledRows


def test_rows_are_read_as_often_as_wanted_also_while_more_are_added() -> None:
    rows = SpooledRows()
    rows.extend([{"n": 1}, {"n": 2}])
    first = iter(rows)
    next(first)
    rows.extend([3])

    assert list(rows) == [{"n": 1}, {"n": 2}, {"value": 3}]
    assert (len(rows), rows[1], rows[-1], rows[:1]) == (3, {"n": 2}, {"value": 3}, [{"n": 1}])
    with pytest.raises(IndexError):
        rows[3]
    rows.close()


def test_rows_larger_than_a_block_come_back_whole() -> None:
    rows = SpooledRows()
    long = "ü\n" * (1 << 20)
    rows.extend([{"a": long}, {"a": 2**80}, {"a": Decimal("1.5")}])

    assert [row["a"] for row in rows] == [long, 2**80, "1.5"]
    rows.close()


def test_the_file_has_no_name_to_be_found_by() -> None:
    rows = SpooledRows()
    try:
        assert not os.path.exists(str(rows._file.name))  # a number: it was unlinked when it was made
    finally:
        rows.close()
