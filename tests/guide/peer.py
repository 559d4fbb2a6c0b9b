"""A web server on loopback that fails on command: the path says how.

`/name/503;Retry-After=1,drop,wait=2,200` answers the first request to this path with 503 and a header, drops
the connection of the second, lets the third wait for 2 s before its answer of 200, and the rest get the last.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Peer(ThreadingHTTPServer):
    """`arrivals`: when each path was asked, by the monotonic clock."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrivals: defaultdict[str, list[float]] = defaultdict(list)
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def url(self, path: str) -> str:
        return f"http://{self.address}/{path}"

    def count(self, path: str) -> int:
        return len(self.arrivals[f"/{path}"])


class _Handler(BaseHTTPRequestHandler):
    server: Peer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.arrivals[self.path].append(time.monotonic())
            number = len(self.server.arrivals[self.path])
        commands = self.path.split("/")[2].split(",")
        command, *headers = commands[min(number, len(commands)) - 1].split(";")
        if command == "drop":
            self.close_connection = True
            self.connection.close()
            return
        if command.startswith("wait="):
            time.sleep(float(command.removeprefix("wait=")))
            command = "200"
        self._answer(int(command), dict(header.split("=") for header in headers), {"request": number})

    def _answer(self, status: int, headers: dict[str, str], body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        try:
            self.send_response(status)
            for name, value in {**headers, "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)
        except ConnectionError:  # the script did not wait for it
            return

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):  # dropped on command
            return

    def log_message(self, format: str, *args: Any) -> None:
        return None


@contextmanager
def serving() -> Iterator[Peer]:
    with Peer() as peer:
        thread = threading.Thread(target=peer.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield peer
        peer.shutdown()
        thread.join()
