"""`/healthz`: this process answers. `/readyz`: the parts that a run needs are there, each named."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache as cache_once
from functools import partial
from secrets import token_hex
from typing import Any

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

log = logging.getLogger(__name__)

LONGEST_S = 3.0


def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """200 when every check passes, else 503; each check is `ok` or says what is missing.

    The `sandbox` of the workers is told but does not count: where it is missing, code nodes are refused and
    the rest works. Nor do `credentials`, which tells whether the keys of what is stored are here: without
    them only what needs a credential fails, and people must get in to enter secrets again. `free_slots`
    are runs that the workers can take besides those that they drive.
    """
    deadline = time.monotonic() + LONGEST_S
    pending = {name: _begin(name, partial(_outcome, check)) for name, check in CHECKS.items()}
    checks = {name: _answer(pending[name], deadline) for name in CHECKS}
    body = {
        "status": "ok" if all(outcome == "ok" for outcome in checks.values()) else "not ready",
        "checks": checks,
        **_told_by_workers(deadline),
        "credentials": _told_of_credentials(deadline),
    }
    _log_change({name: outcome for name, outcome in checks.items() if outcome != "ok"})
    response = JsonResponse(body, status=200 if body["status"] == "ok" else 503)
    # Django logs every 5xx as an error; whoever asks again and again is answered, not told about.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


_known_as_missing: dict[str, str] | None = None


def _log_change(missing: dict[str, str]) -> None:
    """Logs what is missing when it is something else than at the last answer of this process."""
    global _known_as_missing
    if missing == _known_as_missing:
        return
    _known_as_missing = missing
    if missing:
        log.warning("not ready: %s", "; ".join(f"{name}: {what}" for name, what in missing.items()))
    else:
        log.info("ready")


class _NotReady(Exception):
    """Its text says what is missing."""


@cache_once
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(len(CHECKS) + 2, thread_name_prefix="readyz")


_under_way: dict[str, Future[Any]] = {}


def _begin(name: str, ask: Callable[[], Any]) -> Future[Any]:
    """What is asked, begun now; or the last one, while it hangs: who does not answer is not asked twice."""
    last = _under_way.get(name)
    if last is None or last.done():
        last = _under_way[name] = _pool().submit(ask)
    return last


def _answer(check: Future[Any], deadline: float) -> str:
    try:
        return str(check.result(max(0.0, deadline - time.monotonic())))
    except TimeoutError:
        return f"no answer within {LONGEST_S:g} s"


def _outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except _NotReady as problem:
        return str(problem)
    except DatabaseError:
        return "the database does not answer"
    except OSError:
        return "no answer"
    finally:
        connection.close()
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
    """Reads what it writes: a broker that is full or only a copy answers, but rings no bell."""
    from redis.exceptions import ConnectionError, RedisError, TimeoutError

    word = token_hex(8)
    try:
        cache.set(f"readyz-{word}", word, timeout=10)
        kept = cache.get(f"readyz-{word}")
    except RedisError as error:
        is_away = isinstance(error, ConnectionError | TimeoutError)
        what = "does not answer" if is_away else "takes nothing"
        raise _NotReady(f"the broker {what}") from None
    if kept != word:
        raise _NotReady("the broker keeps nothing")


def _workers() -> None:
    from runtime.queries.hosts import live_host_count

    if not live_host_count():
        raise _NotReady("no worker is alive")


def _told_by_workers(deadline: float) -> dict[str, str | int | None]:
    """How their sandboxes are, and how many runs they can take; null where nobody can tell."""
    told = _begin("told", _ask_workers)
    try:
        found: dict[str, str | int | None] = told.result(max(0.0, deadline - time.monotonic()))
    except (TimeoutError, DatabaseError, OSError):
        return {"sandbox": None, "slots": None, "free_slots": None}
    return found


def _told_of_credentials(deadline: float) -> str | None:
    """`ok`, or what keeps them from being used; null where nobody can tell."""
    try:
        found: str = _begin("credentials", _ask_keys).result(max(0.0, deadline - time.monotonic()))
    except (TimeoutError, DatabaseError, OSError):
        return None
    return found or "ok"


def _ask_keys() -> str:
    from runtime.services.credential_upkeep import key_complaint

    try:
        return key_complaint()
    finally:
        connection.close()


def _ask_workers() -> dict[str, str | int | None]:
    from runtime.queries.metrics import live_hosts

    try:
        hosts = live_hosts()
    finally:
        connection.close()
    return {
        "sandbox": ", ".join(sorted({host.sandbox or "starting" for host in hosts})) or None,
        "slots": sum(host.slots for host in hosts),
        "free_slots": sum(max(0, host.slots - host.driving) for host in hosts),
    }


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "migrations": _migrations,
    "broker": _broker,
    "workers": _workers,
}
