"""How often a webhook may be called: counted in the cache's server, for all web processes together."""

from __future__ import annotations

import logging
import math
import time
from functools import cache
from typing import Any

import redis
from django.conf import settings

from runtime.triggers.calls import CallRefused
from runtime.triggers.rate import SPAN_S, SPANS, opens_at, span_at

log = logging.getLogger(__name__)

_MOST_REMEMBERED = 10_000
# Addresses known to be over their limit until a time: a flood costs neither database nor cache.
_closed: dict[str, float] = {}
# Counts the call and answers nothing; past the limit counts nothing and answers the calls of each span.
# Spans that are over are forgotten, and those that lie ahead: the clock was set back.
_COUNT = """
local now, limit, calls = tonumber(ARGV[1]), tonumber(ARGV[2]), 0
local spans = redis.call('HGETALL', KEYS[1])
for i = 1, #spans, 2 do
    local span = tonumber(spans[i])
    if span <= now - tonumber(ARGV[3]) or span > now + 1 then
        redis.call('HDEL', KEYS[1], spans[i])
    else
        calls = calls + tonumber(spans[i + 1])
    end
end
if calls >= limit then return redis.call('HGETALL', KEYS[1]) end
redis.call('HINCRBY', KEYS[1], now, 1)
redis.call('EXPIRE', KEYS[1], ARGV[4])
return {}
"""


def refuse_flood(digest: str) -> None:
    """Raises `CallRefused` 429 for an address that was over its limit, until it takes calls again."""
    until = _closed.get(digest)
    if until is None:
        return
    if time.time() < until:
        raise _too_many(until)
    _closed.pop(digest, None)


def count_call(digest: str, *, limit: int) -> None:
    """Counts a call. Raises `CallRefused` 429 with `Retry-After` past `limit` calls within a minute."""
    calls = _counted(f"{settings.CACHES['default']['KEY_PREFIX']}:hook:{digest[:32]}", limit)
    if not calls:
        return
    until = opens_at(calls, limit)
    if len(_closed) > _MOST_REMEMBERED:
        _closed.clear()
    _closed[digest] = until
    raise _too_many(until)


def _counted(key: str, limit: int) -> dict[int, int]:
    """What keeps the call out: calls by span. With the cache away nothing does: deliveries matter more."""
    try:
        answer: Any = _script()(keys=[key], args=[span_at(time.time()), limit, SPANS, SPANS * SPAN_S])
    except redis.RedisError as error:
        log.warning("webhook calls are not counted: %s", error)
        return {}
    return {int(span): int(calls) for span, calls in zip(answer[::2], answer[1::2], strict=True)}


@cache
def _script() -> Any:
    """Answers at once or counts for nothing."""
    location = settings.CACHES["default"]["LOCATION"]
    client = redis.Redis.from_url(location, socket_timeout=0.5, socket_connect_timeout=0.5)
    return client.register_script(_COUNT)


def _too_many(until: float) -> CallRefused:
    wait_s = max(1, math.ceil(until - time.time()))
    message = f"This webhook is called more often than it takes. Try again in {wait_s} s."
    return CallRefused(429, "too_many_requests", message, headers={"Retry-After": str(wait_s)})
