"""A web service on loopback that gives records in pages."""

from __future__ import annotations

import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


class PagedService:
    """Serves `numbers`, from 1, in pages of 100 records `{"id": n}`; `asked` counts requests by page.

    `source` is what a batch step reads it by.
    """

    def __init__(self, count: int) -> None:
        self.numbers = list(range(1, count + 1))
        self.asked: Counter[int] = Counter()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                page = int(parse_qs(urlsplit(self.path).query)["page"][0])
                service.asked[page] += 1
                body = json.dumps({"items": service.page(page)}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.source: dict[str, Any] = {
            "kind": "http",
            "url": f"http://127.0.0.1:{self._server.server_port}/items",
            "pagination": {"kind": "page", "size": 100},
        }

    def page(self, number: int) -> list[dict[str, int]]:
        return [{"id": each} for each in self.numbers[(number - 1) * 100 : number * 100]]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
