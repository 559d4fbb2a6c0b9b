from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, Literal, TypeVar

import pytest

from runtime.engine.errors import NodeError
from runtime.tabular import TabularError
from runtime.tabular.folder import FolderDatasets
from runtime.tabular.write_journal import WriteJournal

T = TypeVar("T")


def now(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def rows_of(store: FolderDatasets, name: str) -> list[dict[str, Any]]:
    async def read() -> list[dict[str, Any]]:
        return [row async for batch in store.read(name, batch_rows=2) for row in batch]

    return now(read())


def write(
    store: FolderDatasets,
    rows: Sequence[dict[str, Any]],
    *,
    key: str,
    format: str = "csv",
    mode: Literal["replace", "append"] = "replace",
) -> int:
    return now(store.write("out", rows, format=format, mode=mode, idempotency_key=key)).rows


def test_replace_in_another_format_leaves_one_file(tmp_path: Path) -> None:
    store = FolderDatasets(tmp_path / "datasets")

    write(store, [{"a": 1}], key="1")
    write(store, [{"a": 2}], key="2", format="parquet")

    assert [path.name for path in (tmp_path / "datasets").glob("out*")] == ["out.parquet"]
    assert rows_of(store, "out") == [{"a": 2}]


@pytest.mark.parametrize("format", ["csv", "json", "jsonl", "parquet"])
def test_append_unites_columns(tmp_path: Path, format: str) -> None:
    store = FolderDatasets(tmp_path)

    write(store, [{"a": 1}, {"a": 2}, {"a": 3}], key="1", format=format)
    count = write(store, [{"a": 4, "b": "x"}], key="2", mode="append", format=format)

    assert count == 4
    assert rows_of(store, "out")[-1] == {"a": 4, "b": "x"}
    assert (tmp_path / f"out.{format}").is_file()


def test_append_in_another_format_is_refused(tmp_path: Path) -> None:
    store = FolderDatasets(tmp_path)
    write(store, [{"a": 1}], key="1", format="json")

    with pytest.raises(NodeError) as caught:
        write(store, [{"a": 2}], key="2", mode="append", format="csv")

    assert caught.value.code == "dataset_format_differs"
    assert rows_of(store, "out") == [{"a": 1}]


def test_same_key_again_writes_nothing_also_in_a_new_process(tmp_path: Path) -> None:
    write(FolderDatasets(tmp_path), [{"a": 1}], key="1", mode="append")

    assert write(FolderDatasets(tmp_path), [{"a": 9}], key="1", mode="append") == 1
    assert rows_of(FolderDatasets(tmp_path), "out") == [{"a": 1}]


def test_crash_between_replacing_and_noting_it_does_not_write_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(WriteJournal, "finish", lambda self, key: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            write(FolderDatasets(tmp_path), [{"a": 1}], key="1", mode="append")

    assert write(FolderDatasets(tmp_path), [{"a": 1}], key="1", mode="append") == 1


def test_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    store = FolderDatasets(tmp_path)
    write(store, [{"a": 1}], key="1", format="json")

    with pytest.raises(TabularError):
        write(store, [{"a": float("inf")}], key="2", format="json")

    assert rows_of(store, "out") == [{"a": 1}]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".writes", "out.json"]


def test_changed_file_is_read_anew(tmp_path: Path) -> None:
    store = FolderDatasets(tmp_path)
    write(store, [{"a": 1}], key="1")
    assert now(store.info("out")).rows == 1

    (tmp_path / "out.csv").write_text("a\n1\n2\n", "utf-8")

    assert now(store.info("out")).rows == 2


def test_dataset_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x\n1\n", "utf-8")
    (tmp_path / "a.json").write_text("[]", "utf-8")

    with pytest.raises(NodeError, match="twice"):
        now(FolderDatasets(tmp_path).info("a"))


@pytest.mark.parametrize("name", ["../secret", "a/b", ".writes/x"])
def test_name_that_leaves_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(TabularError, match="dataset name"):
        now(FolderDatasets(tmp_path).info(name))


def test_missing_dataset_names_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text("x\n1\n", "utf-8")

    with pytest.raises(NodeError, match="There are: sales"):
        now(FolderDatasets(tmp_path).info("weather"))


def test_a_file_is_adopted_once_for_each_key(tmp_path: Path) -> None:
    store = FolderDatasets(tmp_path / "datasets")
    file = tmp_path / "content"
    file.write_text("a\n1\n")
    now(store.adopt("out", file, format="csv", idempotency_key="k"))
    file.write_text("a\n2\n")

    now(store.adopt("out", file, format="csv", idempotency_key="k"))
    kept = rows_of(store, "out")
    now(store.adopt("out", file, format="csv", idempotency_key="other"))

    assert (kept, rows_of(store, "out")) == ([{"a": 1}], [{"a": 2}])


def test_a_file_that_is_no_table_is_not_adopted(tmp_path: Path) -> None:
    store = FolderDatasets(tmp_path)
    file = tmp_path / "content"
    file.write_text('{"a": 1}\n{"a"')

    with pytest.raises(TabularError):
        now(store.adopt("out", file, format="jsonl", idempotency_key="k"))

    with pytest.raises(NodeError, match="no dataset"):
        now(store.info("out"))
