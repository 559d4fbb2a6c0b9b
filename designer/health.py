"""`/healthz`: this process answers. `/readyz`: the parts that a run needs are there, each named."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache as cache_once

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every check passes, else 503; each check is `ok` or says what is missing.

    `sandbox` is told but does not count: where it is missing, code nodes are refused and the rest works.
    """
    from runtime.services.code_checks import sandbox_state

    checks = {name: _outcome(check) for name, check in CHECKS.items()}
    ready = all(outcome == "ok" for outcome in checks.values())
    body = {"status": "ok" if ready else "not ready", "checks": checks, "sandbox": sandbox_state()}
    return JsonResponse(body, status=200 if ready else 503)


class _NotReady(Exception):
    """Its text says what is missing."""


def _outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except _NotReady as problem:
        return str(problem)
    except DatabaseError:
        return "the database does not answer"
    except OSError:
        return "no answer"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _migrations() -> None:
    waiting = _waiting_migrations()
    if waiting:
        # A later call looks again; "none wait" holds for this process's life, whose code does not change.
        _waiting_migrations.cache_clear()
        raise _NotReady(f"{waiting} migrations wait: run manage.py migrate")


@cache_once
def _waiting_migrations() -> int:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _broker() -> None:
    from redis.exceptions import RedisError

    try:
        cache.get("readyz")
    except RedisError:
        raise _NotReady("the broker does not answer") from None


def _workers() -> None:
    from runtime.queries.hosts import live_host_count

    if not live_host_count():
        raise _NotReady("no worker is alive")


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "workers": _workers,
}
