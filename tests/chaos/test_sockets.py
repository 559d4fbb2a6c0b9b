"""Readers that stall, break off and come back while workers die: a socket tells what the table holds."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import uvicorn
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from accounts.models import User
from accounts.services import create_token
from runtime.live.doorbell import ring_readers
from runtime.models import Run
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import in_a_row, step
from tests.chaos.hosts import Workers, until
from tests.chaos.invariants import check_run, check_socket, wait_until_ended
from tests.chaos.test_servers import OWN, flush, steps_done

FINAL = {"run.succeeded", "run.failed", "run.cancelled"}


@pytest.fixture
def port(workers: Workers) -> Iterator[int]:
    """A web server of this process."""
    from designer.asgi import application

    config = uvicorn.Config(application, host="127.0.0.1", port=0, lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started, "the web server")
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(20)


class Reader:
    """A client that comes back with what it saw last, as the browser does."""

    def __init__(self, port: int, run: Run, token: str, *, breaks_off_after: int = 0) -> None:
        self._address = f"ws://127.0.0.1:{port}/ws/runs/{run.pk}/"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._breaks_off_after = breaks_off_after
        self.events: list[dict[str, Any]] = []
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        while not self.events or self.events[-1]["type"] not in FINAL:
            try:
                self._read()
            except (OSError, WebSocketException):
                time.sleep(0.05)

    def _read(self) -> None:
        after = self.events[-1]["seq"] if self.events else 0
        address = f"{self._address}?after={after}"
        with connect(address, additional_headers=self._headers, max_size=None, close_timeout=1) as opened:
            frames = 0
            while not self.events or self.events[-1]["type"] not in FINAL:
                frame = json.loads(opened.recv(timeout=30))
                self.events += [event for event in frame.get("events", []) if "seq" in event]
                frames += 1
                if frames == self._breaks_off_after:
                    return


def stall(port: int, run: Run, token: str) -> socket.socket:
    """A reader that asks for everything and reads nothing, with the smallest of buffers."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    client.connect(("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    client.sendall(
        f"GET /ws/runs/{run.pk}/?after=0 HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {token}\r\n\r\n".encode()
    )
    return client


def break_off(client: socket.socket) -> None:
    """RST, as from a machine that is gone."""
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


@OWN
def test_a_reader_gets_every_event_once_beside_slow_and_dead_ones(
    make_run: RunMaker, workers: Workers, user: User, port: int
) -> None:
    names = [f"s{place}" for place in range(40)]
    run = make_run(in_a_row([step(name, effect="pure", seconds=0.05) for name in names]))
    token = create_token(user, name="reader").secret
    readers = [Reader(port, run, token), Reader(port, run, token, breaks_off_after=3)]
    with ExitStack() as stack:
        dead = [stack.enter_context(stall(port, run, token)) for _ in range(20)]
        first = workers.start()
        until(lambda: steps_done(run) >= 4, "some steps", said=first.said)
        for client in dead[:10]:
            break_off(client)
        for seq in (1, 3, 3, 2, 10_000):
            ring_readers(run.pk, seq=seq)
        first.kill()
        first.expire()
        flush()
        second = workers.start()
        wait_until_ended(said=second.said)
        for reader in readers:
            reader.thread.join(30)
            assert not reader.thread.is_alive(), reader.events[-3:]

    check_run(run, user)
    assert run.status == "succeeded"
    for reader in readers:
        check_socket(run, reader.events)
