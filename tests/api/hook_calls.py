"""Calls of webhook addresses, made to the web process's own application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from designer.asgi import http


@dataclass(frozen=True)
class HookAnswer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


def call(
    url: str, body: Any = b"", *, method: str = "POST", headers: Mapping[str, str] | None = None
) -> HookAnswer:
    """One call, outside of any loop."""
    return asyncio.run(acall(url, body, method=method, headers=headers))


async def acall(
    url: str, body: Any = b"", *, method: str = "POST", headers: Mapping[str, str] | None = None
) -> HookAnswer:
    """The same within a loop, so that several can be under way."""
    address = urlsplit(url)
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    scope = {
        "type": "http",
        "method": method,
        "path": address.path,
        "query_string": address.query.encode(),
        "headers": [
            (name.encode(), text.encode())
            for name, text in {
                "host": address.netloc,
                "content-length": str(len(raw)),
                **(headers or {}),
            }.items()
        ],
    }
    parts = [raw[start : start + 65536] for start in range(0, len(raw), 65536)] or [b""]
    messages = [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        for number, part in enumerate(parts, 1)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        if not messages:  # the caller stays
            await asyncio.Event().wait()
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await http(scope, receive, send)
    names = {name.decode(): text.decode() for name, text in sent[0]["headers"]}
    return HookAnswer(sent[0]["status"], names, sent[1]["body"])
