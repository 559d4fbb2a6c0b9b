"""Refuses a body that is too large while it arrives, instead of after it was written to disk."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from designer.api.problems import CONTENT_TYPE, problem_body
from runtime.api.rendering import dump
from runtime.limits import max_body_bytes, max_dataset_bytes

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

UPLOADS = "/api/v1/datasets/"
MULTIPART_ALLOWANCE = 64 << 10  # part headers around the file itself


class _TooLarge(Exception):
    pass


class BodyLimit:
    """ASGI: answers 413 as soon as the declared or received size passes the limit of the address."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = _limit(scope["path"])
        if _declared(scope) > limit:
            await _refuse(scope, send, limit)
            return
        try:
            await self._app(scope, _counted(receive, limit), send)
        except _TooLarge:
            await _refuse(scope, send, limit)


def _limit(path: str) -> int:
    if path == UPLOADS:
        return max_dataset_bytes() + MULTIPART_ALLOWANCE
    return max_body_bytes() + MULTIPART_ALLOWANCE


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


def _counted(receive: Receive, limit: int) -> Receive:
    received = 0

    async def counting() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise _TooLarge
        return message

    return counting


async def _refuse(scope: Scope, send: Send, limit: int) -> None:
    mebibytes = limit >> 20
    detail = f"The body is larger than {mebibytes} MiB, the most that is accepted here."
    body = dump(problem_body(scope["path"], 413, "too_large", detail, extra={"max_bytes": mebibytes << 20}))
    headers = [(b"content-type", CONTENT_TYPE.encode()), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
