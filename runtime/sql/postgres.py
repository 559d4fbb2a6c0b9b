"""PostgreSQL: a server-side cursor in a read-only transaction, or one statement that writes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from typing import Any, Final

import psycopg
from psycopg.types.json import Jsonb

from runtime.engine.errors import NodeError, NodeTimeout
from runtime.services_protocol import SqlChange
from runtime.sql.address import PostgresAddress
from runtime.sql.text import parse
from runtime.sql.values import column_names, records

# A conflict with others, or a server that goes down or is full: the same may work a moment later.
_PASSING: Final = ("08", "40", "53", "55P03", "57P")
_CANCELLED: Final = "57014"


async def open_postgres(
    address: PostgresAddress, number: str, *, is_writing: bool, timeout_s: float
) -> PostgresConnection:
    """Connected to `number`, which stands for the address's host. Raises `NodeError`: `sql_unreachable`."""
    try:
        async with asyncio.timeout(timeout_s):
            connection = await psycopg.AsyncConnection.connect(
                host=address.host,
                hostaddr=number,
                port=address.port,
                dbname=address.database,
                user=address.user,
                password=address.password.reveal(),
                sslmode=address.encryption,
                **_trust(address),
                gssencmode="disable",
                passfile=os.devnull,
                client_encoding="utf8",
                application_name="lockgate",
            )
    except TimeoutError as error:
        raise NodeTimeout(f"{address.shown} did not answer within {timeout_s:g} s") from error
    except psycopg.Error as error:
        raise NodeError(
            f"{address.shown} cannot be used: {_reason(error)}", code="sql_unreachable", retryable=True
        ) from None
    await connection.set_read_only(not is_writing)
    return PostgresConnection(connection)


class PostgresConnection:
    """A `runtime.services_protocol.SqlConnection`."""

    def __init__(self, connection: psycopg.AsyncConnection[Any]) -> None:
        self._connection = connection

    async def rows(
        self,
        query: str,
        parameters: Mapping[str, Any],
        *,
        batch_rows: int = 1000,
        max_rows: int | None = None,
        timeout_s: float = 30.0,
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """The records in batches. A cursor takes nothing but SELECT, VALUES, TABLE and WITH."""
        statement = parse(query, "postgresql")
        bound = _bound(statement.chosen(parameters))
        until = asyncio.get_running_loop().time() + timeout_s
        left = max_rows
        cursor = self._connection.cursor(name="rows")
        try:
            async with _Errors(timeout_s), asyncio.timeout_at(until):
                await self._limit(timeout_s)
                await cursor.execute(statement.for_psycopg(), bound)
                columns = column_names([column.name for column in cursor.description or ()])
            while left is None or left > 0:
                wanted = batch_rows if left is None else min(batch_rows, left)
                async with _Errors(timeout_s), asyncio.timeout_at(until):
                    batch = records(columns, await cursor.fetchmany(wanted))
                if batch:
                    yield batch
                if len(batch) < wanted:
                    return
                left = None if left is None else left - len(batch)
        finally:
            with suppress(psycopg.Error):
                await cursor.close()
            await self._end()

    async def change(
        self, query: str, parameters: Mapping[str, Any], *, max_rows: int, timeout_s: float = 30.0
    ) -> SqlChange:
        """Performs the statement and commits it."""
        statement = parse(query, "postgresql")
        bound = _bound(statement.chosen(parameters))
        try:
            async with _Errors(timeout_s), asyncio.timeout(timeout_s):
                await self._limit(timeout_s)
                # Prepared, because a plain text could hold a second statement.
                cursor = await self._connection.execute(statement.for_psycopg(), bound, prepare=True)
                columns = column_names([column.name for column in cursor.description or ()])
                rows = records(columns, await cursor.fetchmany(max_rows)) if columns else []
                affected = cursor.rowcount
                await self._connection.commit()
            return SqlChange(max(affected, 0), rows)
        finally:
            await self._end()

    async def close(self) -> None:
        await self._connection.close()

    async def _limit(self, timeout_s: float) -> None:
        """The server stops by itself as well: a lost connection must not leave a query behind."""
        await self._connection.execute(
            "SELECT set_config('statement_timeout', %s, true)", [str(max(1, int(timeout_s * 1000)))]
        )

    async def _end(self) -> None:
        if not self._connection.closed:
            try:
                await self._connection.rollback()
            except psycopg.Error:
                await self._connection.close()


class _Errors:
    """Turns what the driver raises into a node's error."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s

    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, _: Any) -> None:
        if isinstance(error, TimeoutError):
            raise _timeout(self._timeout_s) from None
        if not isinstance(error, psycopg.Error):
            return
        state = error.sqlstate or ""
        if state == _CANCELLED:
            raise _timeout(self._timeout_s) from None
        # The detail of an error quotes rows; its first line does not.
        raise NodeError(
            f"The database refused the query: {_reason(error)}",
            code="sql_failed",
            retryable=state.startswith(_PASSING)
            or (not state and isinstance(error, psycopg.OperationalError)),
            sqlstate=state or None,
        ) from None


def _trust(address: PostgresAddress) -> dict[str, Any]:
    """Whose certificates count, where they are checked."""
    return {"sslrootcert": "system"} if address.encryption == "verify-full" else {}


def _timeout(timeout_s: float) -> NodeTimeout:
    return NodeTimeout(f"The query took longer than {timeout_s:g} s")


def _bound(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Objects as jsonb, and lists of what is none as arrays."""
    return {name: _value(value) for name, value in parameters.items()}


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Jsonb(value)
    if isinstance(value, list | tuple) and any(isinstance(item, Mapping | list | tuple) for item in value):
        return Jsonb(value)
    return list(value) if isinstance(value, tuple) else value


def _reason(error: psycopg.Error) -> str:
    """One line, without the address that a name stood for."""
    text = error.diag.message_primary or str(error).strip() or type(error).__name__
    line = text.splitlines()[0]
    return line.partition(" failed: ")[2] or line
