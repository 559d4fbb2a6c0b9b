"""Bodies past the limit, as the ASGI server hands them over."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from designer.api.limits import BodyLimit

MEBIBYTE = 1 << 20


class Receiver:
    """Gives a body in pieces and counts how many were asked for."""

    def __init__(self, pieces: int) -> None:
        self.left = pieces
        self.asked = 0

    async def __call__(self) -> dict[str, Any]:
        self.asked += 1
        self.left -= 1
        return {"type": "http.request", "body": b"x" * MEBIBYTE, "more_body": self.left > 0}


async def reads_all(scope: Any, receive: Any, send: Any) -> None:
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"{}"})


def answer(path: str, receiver: Receiver, **headers: str) -> tuple[int, Any]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "path": path,
        "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()],
    }
    asyncio.run(BodyLimit(reads_all)(scope, receiver, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_a_declared_length_past_the_limit_is_refused_unread() -> None:
    receiver = Receiver(200)

    status, problem = answer("/api/v1/datasets/", receiver, content_length=str(200 * MEBIBYTE))

    assert (status, problem["status"], problem["code"]) == (413, 413, "too_large")
    assert problem["max_bytes"] == 64 * MEBIBYTE
    assert receiver.asked == 0


def test_an_undeclared_length_is_counted_while_it_arrives() -> None:
    receiver = Receiver(200)

    status, problem = answer("/api/v1/workflows/", receiver)

    assert (status, problem["max_bytes"]) == (413, 10 * MEBIBYTE)
    assert receiver.asked == 11


@pytest.mark.parametrize(("path", "mebibytes"), [("/api/v1/workflows/", 10), ("/api/v1/datasets/", 64)])
def test_a_body_at_the_limit_passes(path: str, mebibytes: int) -> None:
    status, _ = answer(path, Receiver(mebibytes), content_length=str(mebibytes * MEBIBYTE))

    assert status == 200
