"""What ties a host to the life of its worker process."""

from __future__ import annotations

import signal
from types import SimpleNamespace
from typing import Any

import pytest

from runtime.host import worker


def test_a_worker_whose_host_does_not_start_ends(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Celery logs what a receiver of its signals raises, and goes on: a worker without a host, for ever."""
    ended: list[int] = []

    def fails() -> Any:
        raise OSError("no room for a thread")

    monkeypatch.setattr(worker, "_say_which_key_is_missing", lambda: None)
    monkeypatch.setattr(worker, "open_host", fails)
    monkeypatch.setattr(worker.os, "kill", lambda pid, number: ended.append(number))
    queues = SimpleNamespace(consume_from={worker.DRIVE_QUEUE: None})

    worker._start(sender=SimpleNamespace(app=SimpleNamespace(amqp=SimpleNamespace(queues=queues))))

    assert ended == [signal.SIGTERM]
    assert "its host did not start" in caplog.text and "no room for a thread" in caplog.text
