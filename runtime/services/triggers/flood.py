"""How often a webhook may be called: counted per minute in the cache's server, by all web processes."""

from __future__ import annotations

import logging
import time
from functools import cache

import redis
from django.conf import settings

from runtime.triggers.calls import CallRefused

log = logging.getLogger(__name__)

_WINDOW_S = 60
_MOST_REMEMBERED = 10_000
# Addresses known to be over their limit until a time: a flood costs neither database nor cache.
_closed: dict[str, float] = {}


def refuse_flood(digest: str) -> None:
    """Raises `CallRefused` 429 for an address that was over its limit, until its minute is over."""
    until = _closed.get(digest)
    if until is None:
        return
    if time.time() < until:
        raise _too_many(until)
    _closed.pop(digest, None)


def count_call(digest: str, *, limit: int) -> None:
    """Counts a call. Raises `CallRefused` 429 with `Retry-After` past `limit` calls a minute."""
    now = time.time()
    minute = int(now // _WINDOW_S)
    if _counted(f"{settings.CACHES['default']['KEY_PREFIX']}:hook:{digest[:32]}:{minute}") <= limit:
        return
    until = float((minute + 1) * _WINDOW_S)
    if len(_closed) > _MOST_REMEMBERED:
        _closed.clear()
    _closed[digest] = until
    raise _too_many(until)


def _counted(key: str) -> int:
    """Calls in this minute. With the cache away none is counted: deliveries matter more than their limit."""
    try:
        with _client().pipeline(transaction=False) as pipe:
            pipe.incr(key)
            pipe.expire(key, 2 * _WINDOW_S)
            return int(pipe.execute()[0])
    except redis.RedisError as error:
        log.warning("webhook calls are not counted: %s", error)
        return 0


@cache
def _client() -> redis.Redis:
    """Answers at once or counts for nothing."""
    location = settings.CACHES["default"]["LOCATION"]
    return redis.Redis.from_url(location, socket_timeout=0.5, socket_connect_timeout=0.5)


def _too_many(until: float) -> CallRefused:
    wait_s = max(1, int(until - time.time()) + 1)
    message = f"This webhook is called more often than it takes. Try again in {wait_s} s."
    return CallRefused(429, "too_many_requests", message, headers={"Retry-After": str(wait_s)})
