"""Database work of nodes: in a thread, on a connection that is closed afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

# How long a node waits for a database that is away before it fails. Its host gives the run up before.
PATIENCE_S = 60.0
_PAUSE_S = 0.5
_P = ParamSpec("_P")
_T = TypeVar("_T")


async def in_thread(function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """`function(...)` in a thread."""

    def call() -> _T:
        try:
            return function(*args, **kwargs)
        finally:
            connection.close()

    return await asyncio.to_thread(call)


async def patiently(function: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
    """The same for a function that may be repeated: again while the database is away."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return await in_thread(function, *args, **kwargs)
        except (OperationalError, InterfaceError):
            if time.monotonic() > until:
                raise
            await asyncio.sleep(_PAUSE_S)
