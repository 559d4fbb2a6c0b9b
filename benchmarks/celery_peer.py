"""The peer of `durable`: a Celery application with one trivial task, and what times a chain of it."""

from __future__ import annotations

import os
import time
from uuid import uuid4

import redis
from celery import Celery, chain, shared_task

from designer.database_url import celery_address, redis_address

app = Celery("peer")
app.conf.update(
    broker_url=celery_address(os.environ.get("PEER_REDIS_URL", "redis://127.0.0.1:6379")),
    broker_transport_options={"global_keyprefix": "peer."},
    broker_connection_retry_on_startup=True,
    task_ignore_result=True,
    worker_send_task_events=False,
)
app.set_default()


@shared_task(name="peer.step")
def step(value: int) -> int:
    return value + 1


@shared_task(name="peer.finish")
def finish(value: int, key: str) -> None:
    """The end of a chain: whoever waits for `key` gets its value."""
    with redis.Redis.from_url(redis_address(os.environ["PEER_REDIS_URL"], 0)) as client:
        client.rpush(key, value)


class Peer:
    """Sends chains and waits for their ends, through the same Redis."""

    def __init__(self, redis_url: str) -> None:
        self._client = redis.Redis.from_url(redis_address(redis_url, 0), socket_timeout=None)

    def time_chain(self, length: int, deadline_s: float) -> float:
        """Seconds from sending a chain of that many steps to its end."""
        key = f"peer.done.{uuid4()}"
        tasks = [step.s(0), *[step.s()] * (length - 1), finish.s(key)]
        started = time.perf_counter()
        chain(*tasks).apply_async()
        ended = self._client.blpop([key], timeout=deadline_s)
        assert ended is not None and int(ended[1]) == length, f"the chain did not end within {deadline_s:g} s"
        return time.perf_counter() - started
