"""The host's own threads for short reads and claims, each with one kept connection."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Concatenate, ParamSpec, TypeVar

import psycopg

from runtime.host.connection import open_connection

Connection = psycopg.Connection[tuple[Any, ...]]
P = ParamSpec("P")
R = TypeVar("R")


class HostDatabase:
    """Runs functions of a connection off the loop. A broken connection is dropped; the call raises."""

    def __init__(self, threads: int = 4) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="run-host-db")
        self._local = threading.local()
        self._open: set[Connection] = set()

    async def run(
        self, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """`function(connection, ...)` in a thread."""

        def call() -> R:
            connection = self._connection()
            try:
                return function(connection, *args, **kwargs)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                self._drop(connection)
                raise

        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def close(self) -> None:
        self._pool.shutdown(wait=True)
        for connection in list(self._open):
            self._drop(connection)

    def _connection(self) -> Connection:
        known: Connection | None = getattr(self._local, "connection", None)
        if known is None or known.closed:
            known = self._local.connection = open_connection("run host")
            self._open.add(known)
        return known

    def _drop(self, connection: Connection) -> None:
        self._open.discard(connection)
        connection.close()
