"""Connections of the host's own threads, outside Django's pool, to the same database."""

from __future__ import annotations

import os
import socket
from typing import Any

import psycopg
from django.db import connections

from runtime.host import arrays


def open_connection(application: str) -> psycopg.Connection[tuple[Any, ...]]:
    """A new autocommit connection to the default database; statements are prepared on their second use."""
    connection = psycopg.connect(**connection_parameters(application), autocommit=True, prepare_threshold=1)
    arrays.register(connection)
    return connection


async def open_async_connection(application: str) -> psycopg.AsyncConnection[tuple[Any, ...]]:
    """The same for an event loop."""
    return await psycopg.AsyncConnection.connect(
        **connection_parameters(application), autocommit=True, prepare_threshold=1
    )


def connection_parameters(application: str) -> dict[str, Any]:
    """What psycopg needs, from Django's settings; without Django's adapters."""
    given = connections["default"].get_connection_params()
    django_only = {"cursor_factory", "context", "prepare_threshold"}
    facts = {key: value for key, value in given.items() if key not in django_only}
    return {**facts, "application_name": f"lockgate {application}"}


def process_name() -> str:
    """`host name:process id`, for people who look at the table of hosts."""
    return f"{socket.gethostname()}:{os.getpid()}"
