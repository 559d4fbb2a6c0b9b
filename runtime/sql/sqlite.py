"""SQLite files: opened read-only unless a statement is to write, closed to everything beside the file."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote

from runtime.engine.errors import NodeError, NodeTimeout
from runtime.services_protocol import SqlChange
from runtime.sql.text import parse
from runtime.sql.values import column_names, records

_REFUSED: Final = frozenset({sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH, sqlite3.SQLITE_PRAGMA})
_MAX_VALUE_BYTES: Final = 64 << 20
_PASSING: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_T = TypeVar("_T")


async def open_sqlite(path: Path, *, is_writing: bool, timeout_s: float) -> SqliteConnection:
    """The file, which has to be there. Raises `NodeError`: `sql_unreachable`."""
    try:
        return SqliteConnection(await asyncio.to_thread(_open, path, is_writing, timeout_s))
    except sqlite3.Error as error:
        raise NodeError(
            f"The database {path.name!r} cannot be opened: {error}", code="sql_unreachable"
        ) from None


class SqliteConnection:
    """A `runtime.services_protocol.SqlConnection`. Calls wait for each other, and can be interrupted."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()

    async def rows(
        self,
        query: str,
        parameters: Mapping[str, Any],
        *,
        batch_rows: int = 1000,
        max_rows: int | None = None,
        timeout_s: float = 30.0,
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """The records in batches."""
        until = asyncio.get_running_loop().time() + timeout_s
        cursor = await self._call(until, timeout_s, lambda: self._executed(query, parameters))
        columns = column_names([column[0] for column in cursor.description or ()])
        left = max_rows
        while left is None or left > 0:
            wanted = batch_rows if left is None else min(batch_rows, left)
            fetched = await self._call(until, timeout_s, lambda wanted=wanted: cursor.fetchmany(wanted))  # type: ignore[misc]
            if fetched:
                yield records(columns, fetched)
            if len(fetched) < wanted:
                return
            left = None if left is None else left - len(fetched)

    async def change(
        self, query: str, parameters: Mapping[str, Any], *, max_rows: int, timeout_s: float = 30.0
    ) -> SqlChange:
        """Performs the statement, whole or not at all."""
        until = asyncio.get_running_loop().time() + timeout_s
        return await self._call(until, timeout_s, lambda: self._changed(query, parameters, max_rows))

    async def close(self) -> None:
        await asyncio.to_thread(self._locked, self._connection.close)

    def _executed(self, query: str, parameters: Mapping[str, Any]) -> sqlite3.Cursor:
        statement = parse(query, "sqlite")
        bound = {name: _value(value) for name, value in statement.chosen(parameters).items()}
        return self._connection.execute(statement.text, bound)

    def _changed(self, query: str, parameters: Mapping[str, Any], max_rows: int) -> SqlChange:
        with self._connection:  # commits, or rolls back
            self._connection.execute("BEGIN IMMEDIATE")
            cursor = self._executed(query, parameters)
            columns = column_names([column[0] for column in cursor.description or ()])
            # All rows are fetched, because the statement is performed as they are.
            found = cursor.fetchall() if columns else []
            return SqlChange(max(cursor.rowcount, len(found), 0), records(columns, found[:max_rows]))

    async def _call(self, until: float, timeout_s: float, function: Callable[[], _T]) -> _T:
        try:
            async with asyncio.timeout_at(until):
                return await asyncio.to_thread(self._locked, function)
        except TimeoutError:
            self._connection.interrupt()
            raise NodeTimeout(f"The query took longer than {timeout_s:g} s") from None
        except asyncio.CancelledError:
            self._connection.interrupt()
            raise
        except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
            passing = getattr(error, "sqlite_errorcode", None) in _PASSING
            raise NodeError(
                f"The database refused the query: {error}", code="sql_failed", retryable=passing
            ) from None

    def _locked(self, function: Callable[[], _T]) -> _T:
        with self._lock:
            return function()


def _open(path: Path, is_writing: bool, timeout_s: float) -> sqlite3.Connection:
    mode = "rw" if is_writing else "ro"
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode={mode}",
        uri=True,
        timeout=min(timeout_s, 10.0),
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MAX_VALUE_BYTES)
        connection.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        connection.set_authorizer(_authorize)
    except BaseException:
        connection.close()
        raise
    return connection


def _authorize(action: int, *_: Any) -> int:
    return sqlite3.SQLITE_DENY if action in _REFUSED else sqlite3.SQLITE_OK


def _value(value: Any) -> Any:
    """Lists and objects as JSON text, for `json_each`."""
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    return value
