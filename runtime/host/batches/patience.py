"""The database as batches use it: what may be repeated is, for as long as the database is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

import psycopg

from runtime.host.database import Connection, HostDatabase

# How long a step waits before it fails. Its host gives the run up before.
PATIENCE_S = 60.0
_PAUSE_S = 0.5
P = ParamSpec("P")
R = TypeVar("R")


class PatientDatabase:
    """`run` as `HostDatabase` does, again after a lost connection: what it is given may be repeated."""

    def __init__(self, threads: int = 4) -> None:
        self._database = HostDatabase(threads)

    async def run(
        self, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Raises what the last try raised."""
        until = time.monotonic() + PATIENCE_S
        while True:
            try:
                return await self._database.run(function, *args, **kwargs)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(_PAUSE_S)

    async def once(
        self, function: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """The same, and no second try."""
        return await self._database.run(function, *args, **kwargs)

    def close(self) -> None:
        self._database.close()
