"""SQLite files: the step, a workspace and real files."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from runtime import LocalRuntime, RunFailed, WorkflowBuilder
from runtime.engine.errors import NodeError
from runtime.engine.node import CheckContext, Effect
from runtime.nodes.sql_query import SQLQueryNode
from runtime.sql.sqlite import open_sqlite

SLOW = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) AS s FROM n"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "databases"
    folder.mkdir()
    with sqlite3.connect(folder / "shop.sqlite") as connection:
        connection.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, city TEXT, total REAL, raw BLOB)")
        rows = [
            (number, "Oslo" if number % 2 else "Bergen", number / 2, b"\x01") for number in range(1, 5001)
        ]
        connection.executemany("INSERT INTO orders VALUES (?, ?, ?, ?)", rows)
    connection.close()
    return tmp_path


def query(workspace: Path | None, text: str, **config: Any) -> dict[str, Any]:
    workflow = WorkflowBuilder()
    workflow.add_node("SQLQueryNode", "ask", {"database": "sqlite", "file": "shop", "query": text, **config})
    with LocalRuntime(workspace=workspace) as runtime:
        results, _ = runtime.execute(workflow.build())
    outputs: dict[str, Any] = results["ask"]
    return outputs


def failure(workspace: Path | None, text: str, **config: Any) -> dict[str, Any]:
    with pytest.raises(RunFailed) as caught:
        query(workspace, text, **config)
    error: dict[str, Any] = caught.value.errors["ask"]
    return error


def test_records_come_with_bound_parameters(workspace: Path) -> None:
    text = "SELECT id, total, raw FROM orders WHERE city = :city AND id <= :most ORDER BY id"

    outputs = query(workspace, text, parameters={"city": "Oslo", "most": 3})

    assert outputs["result"] == [
        {"id": 1, "total": 0.5, "raw": "AQ=="},
        {"id": 3, "total": 1.5, "raw": "AQ=="},
    ]
    summary = outputs["summary"]
    assert (summary["rows"], summary["columns"], summary["complete"]) == (2, ["id", "total", "raw"], True)


@pytest.mark.parametrize("value", ["' OR 1=1 --", "Oslo'; DROP TABLE orders; --", ":most", "%s", "\\'"])
def test_a_value_is_never_part_of_the_query(workspace: Path, value: str) -> None:
    outputs = query(workspace, "SELECT * FROM orders WHERE city = :city", parameters={"city": value})

    assert outputs["result"] == []
    assert query(workspace, "SELECT count(*) AS n FROM orders")["result"] == [{"n": 5000}]


def test_values_of_a_connection_win_and_lists_are_json(workspace: Path) -> None:
    workflow = WorkflowBuilder()
    workflow.add_node("PythonCodeNode", "ids", {"code": "result = {'ids': [2, 4], 'city': 'Bergen'}"})
    text = "SELECT id FROM orders WHERE id IN (SELECT value FROM json_each(:ids)) AND city = :city"
    config = {"database": "sqlite", "file": "shop.sqlite", "query": text, "parameters": {"city": "Oslo"}}
    workflow.add_node("SQLQueryNode", "ask", config)
    workflow.add_connection("ids", "result", "ask", "parameters")
    with LocalRuntime(workspace=workspace, sandbox="inline") as runtime:
        results, _ = runtime.execute(workflow.build())

    assert results["ask"]["result"] == [{"id": 2}, {"id": 4}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("DELETE FROM orders", "readonly"),
        ("DROP TABLE orders", "readonly"),
        ("ATTACH DATABASE '/tmp/x.db' AS x", "not authorized"),
        ("PRAGMA writable_schema = 1", "not authorized"),
        ("SELECT load_extension('/tmp/x.so')", "not authorized"),
        ("SELECT absent FROM orders", "no such column"),
        ("SELEC 1", "syntax error"),
    ],
)
def test_what_does_more_than_read_is_refused(workspace: Path, text: str, words: str) -> None:
    error = failure(workspace, text)

    assert error["code"] == "sql_failed"
    assert words in error["message"]


def test_a_second_statement_is_refused_before_anything_is_asked(workspace: Path) -> None:
    problems = SQLQueryNode.check(
        {"database": "sqlite", "file": "shop", "query": "SELECT 1; DROP TABLE orders"}, CheckContext("ask")
    )

    assert [(problem.code, problem.field) for problem in problems] == [("invalid_sql", "config.query")]


def test_more_records_than_allowed_fail_or_are_left(workspace: Path) -> None:
    error = failure(workspace, "SELECT id FROM orders", max_rows=4999)
    stopped = query(workspace, "SELECT id FROM orders ORDER BY id", max_rows=3, on_limit="stop")
    exact = query(workspace, "SELECT id FROM orders", max_rows=5000)

    assert (error["code"], error["max_rows"]) == ("too_many_rows", 4999)
    assert ([row["id"] for row in stopped["result"]], stopped["summary"]["complete"]) == ([1, 2, 3], False)
    assert (len(exact["result"]), exact["summary"]["complete"]) == (5000, True)


def test_a_query_without_end_is_stopped(workspace: Path) -> None:
    started = time.monotonic()

    error = failure(workspace, SLOW, timeout_s=0.2)

    assert error["code"] == "timeout"
    assert time.monotonic() - started < 3


def test_records_go_into_a_dataset(workspace: Path) -> None:
    outputs = query(
        workspace, "SELECT id, city FROM orders", save_to={"dataset": "orders", "format": "parquet"}
    )

    assert outputs["result"]["rows"] == 5000
    assert (workspace / "datasets" / "orders.parquet").is_file()
    assert outputs["summary"]["columns"] == ["id", "city"]


def test_a_statement_that_writes_says_how_many_rows_it_touched(workspace: Path) -> None:
    text = "UPDATE orders SET total = :total WHERE id <= 3 RETURNING id"

    outputs = query(workspace, text, mode="write", parameters={"total": 9})

    assert [row["id"] for row in outputs["result"]] == [1, 2, 3]
    assert outputs["summary"]["affected"] == 3
    assert query(workspace, "SELECT sum(total) AS s FROM orders WHERE id <= 3")["result"] == [{"s": 27.0}]


def test_a_statement_that_fails_half_way_writes_nothing(workspace: Path) -> None:
    text = "INSERT INTO orders SELECT id + 4999, city, total, raw FROM orders ORDER BY id DESC"

    failure(workspace, text, mode="write")

    assert query(workspace, "SELECT count(*) AS n FROM orders")["result"] == [{"n": 5000}]


@pytest.mark.parametrize(
    ("file", "words"),
    [("shpo", "shop"), ("../shop", "no name"), ("/etc/passwd", "no name"), ("linked", "no database")],
)
def test_only_files_of_the_folder_are_opened(workspace: Path, file: str, words: str) -> None:
    outside = workspace / "outside.sqlite"
    sqlite3.connect(outside).close()
    (workspace / "databases" / "linked.sqlite").symlink_to(outside)

    error = failure(workspace, "SELECT 1 AS one", file=file)

    assert error["code"] == "unknown_database"
    assert words in error["message"]


def test_without_a_workspace_it_says_what_to_do() -> None:
    assert "--workspace" in failure(None, "SELECT 1 AS one")["message"]


def test_what_is_no_database_is_an_error(workspace: Path) -> None:
    (workspace / "databases" / "text.db").write_text("hello " * 500)

    assert failure(workspace, "SELECT 1 AS one", file="text")["code"] == "sql_unreachable"


def test_reading_may_be_repeated_and_writing_not() -> None:
    base = {"database": "sqlite", "file": "shop", "query": "SELECT 1"}

    assert SQLQueryNode.effect_of(base) is Effect.IDEMPOTENT
    assert SQLQueryNode.effect_of({**base, "save_to": {"dataset": "a"}}) is Effect.EFFECTFUL
    assert SQLQueryNode.effect_of({**base, "mode": "write"}) is Effect.AT_MOST_ONCE


@pytest.mark.parametrize(
    ("config", "field", "severity"),
    [
        ({}, "config.credential", "error"),
        ({"database": "sqlite"}, "config.file", "error"),
        ({"credential": "db", "file": "shop"}, "config.file", "error"),
        ({"credential": "db", "mode": "${mode}"}, "config.mode", "error"),
        ({"credential": "db", "mode": "write", "save_to": {"dataset": "a"}}, "config.save_to", "error"),
        ({"credential": "db", "query": "SELECT :a"}, "config.parameters", "error"),
        ({"credential": "db", "parameters": {"a": 1}}, "config.parameters.a", "warning"),
        ({"credential": "db", "query": "SELECT '"}, "config.query", "error"),
    ],
)
def test_check_finds_what_cannot_be(config: dict[str, Any], field: str, severity: str) -> None:
    problems = SQLQueryNode.check({"query": "SELECT 1", **config}, CheckContext("ask"))

    assert [(problem.field, problem.severity) for problem in problems] == [(field, severity)]


def test_a_cancelled_query_lets_go_of_the_file(workspace: Path) -> None:
    async def cancel_it() -> None:
        path = workspace / "databases" / "shop.sqlite"
        connection = await open_sqlite(path, is_writing=False, timeout_s=5)

        async def read() -> None:
            async for _ in connection.rows(SLOW, {}, timeout_s=60):
                pass

        task = asyncio.create_task(read())
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.wait_for(connection.close(), 3)

    asyncio.run(cancel_it())


def test_batches_are_no_larger_than_asked_for(workspace: Path) -> None:
    async def sizes() -> list[int]:
        connection = await open_sqlite(workspace / "databases" / "shop.sqlite", is_writing=False, timeout_s=5)
        try:
            rows = connection.rows("SELECT id FROM orders", {}, batch_rows=700, max_rows=2000)
            return [len(batch) async for batch in rows]
        finally:
            await connection.close()

    assert asyncio.run(sizes()) == [700, 700, 600]


def test_a_duplicate_column_is_located(workspace: Path) -> None:
    assert failure(workspace, "SELECT id, id FROM orders")["code"] == "duplicate_column"


def test_an_error_of_the_driver_is_a_node_error(workspace: Path) -> None:
    async def ask() -> None:
        connection = await open_sqlite(workspace / "databases" / "shop.sqlite", is_writing=False, timeout_s=5)
        try:
            async for _ in connection.rows("SELECT :a AS a", {"a": 2**80}):
                pass
        finally:
            await connection.close()

    with pytest.raises(NodeError) as caught:
        asyncio.run(ask())

    assert caught.value.code == "sql_failed"
