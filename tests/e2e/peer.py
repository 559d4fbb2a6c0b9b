"""An HTTP peer on loopback that answers with what it was sent, its secrets included."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue


@dataclass
class Peer:
    """`received` holds the headers of each request, the names in small letters; `posted` the bodies.

    A POST is answered while `answers` is set; until then it waits."""

    url: str
    received: list[dict[str, str]] = field(default_factory=list)
    posted: Queue[bytes] = field(default_factory=Queue)
    answers: threading.Event = field(default_factory=threading.Event)


@contextmanager
def echoing_peer() -> Iterator[Peer]:
    peer = Peer("")
    peer.answers.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            peer.received.append(headers)
            body = json.dumps({"you sent": headers.get("authorization")}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            peer.posted.put(self.rfile.read(int(self.headers["Content-Length"])))
            peer.answers.wait(60)
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        peer.url = f"http://127.0.0.1:{server.server_port}"
        yield peer
    finally:
        peer.answers.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
