"""A mail server on loopback that keeps what it took, and refuses whom it is told to."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aiosmtpd.controller import Controller


class Inbox:
    """`replies` are what it says to single addresses instead of taking their mail."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.replies: dict[str, list[str]] = {}

    async def handle_RCPT(  # noqa: N802  (the name is aiosmtpd's)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.replies.get(address):
            return self.replies[address].pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(envelope)
        return "250 OK"


@contextmanager
def mail_server(inbox: Inbox) -> Iterator[int]:
    """Its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
