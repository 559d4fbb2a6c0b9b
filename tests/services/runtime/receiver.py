"""A webhook's receiver on loopback that misbehaves as told, and keeps what it got."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

Behaviour = int | tuple[int, dict[str, str]] | Literal["slow", "reset", "half-open", "endless"]


@dataclass(frozen=True, slots=True)
class Got:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`paths` behave as they are told; elsewhere `behaviours` are used up one by one, then it answers 204."""

    port: int = 0
    behaviours: list[Behaviour] = field(default_factory=list)
    paths: dict[str, Behaviour] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def next_behaviour(self, path: str) -> Behaviour:
        if path in self.paths:
            return self.paths[path]
        return self.behaviours.pop(0) if self.behaviours else 204


class Handler(BaseHTTPRequestHandler):
    server: Any
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.got.append(Got(self.path, headers, body))
        match receiver.next_behaviour(self.path):
            case int(status):
                self._answer(status, {})
            case (status, sent):
                self._answer(status, sent)
            case "slow":
                receiver.over.wait(5)
                self.close_connection = True
            case "reset":
                linger = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.close_connection = True
            case "half-open":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
                self.close_connection = True
            case "endless":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")
                self.close_connection = True

    def _answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        return None


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # many may knock at once; what does not fit comes again a second later

    def handle_error(self, request: Any, client_address: Any) -> None:
        return None  # a reset is no error here


@contextmanager
def receiving() -> Iterator[Receiver]:
    with Server(("127.0.0.1", 0), Handler) as server:
        receiver = Receiver(server.server_port)
        server.receiver = receiver  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield receiver
        receiver.over.set()
        server.shutdown()
        thread.join()
