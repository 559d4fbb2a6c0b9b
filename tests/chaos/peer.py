"""A web service on loopback that misbehaves on command, and remembers every request that reached it.

`POST <url>?then=503,reset,ok`: the first request with an idempotency key gets the first word, the second the
second, later ones the last. Words: `ok`, a status (`503`), `429:2` (with `Retry-After: 2`), `slow:S` (answers
after S seconds), `drip:S` (half an answer, then the rest after S), `reset` (the connection is broken off),
`half` (half an answer, then silence), `deaf` (nothing at all).
"""

from __future__ import annotations

import socket
import struct
import threading
from collections import Counter
from typing import NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

BODY = b'{"ok": true}'
SILENCE_S = 60.0


class Call(NamedTuple):
    method: str
    path: str
    key: str
    body: bytes


class Peer:
    """`with Peer() as peer:` serves at `peer.url` until the block ends."""

    def __init__(self) -> None:
        self._server = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._server.getsockname()[1]}"
        self._lock = threading.Lock()
        self._turns: Counter[str] = Counter()
        self._over = threading.Event()
        self.calls: list[Call] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, name="peer", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def seen(self, prefix: str = "") -> Counter[str]:
        """How often each idempotency key came."""
        with self._lock:
            return Counter(call.key for call in self.calls if call.key.startswith(prefix))

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                call, words = self._read(client)
                self._answer(client, self._word(call, words))
            except (OSError, ValueError):
                return

    def _read(self, client: socket.socket) -> tuple[Call, list[str]]:
        client.settimeout(10)
        text = b""
        while b"\r\n\r\n" not in text:
            got = client.recv(65536)
            if not got:
                raise ValueError("no request")
            text += got
        head, _, body = text.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        while len(body) < int(headers.get("content-length", 0)):
            body += client.recv(65536)
        method, address, _ = first.split(" ")
        parts = urlsplit(address)
        call = Call(method, parts.path, headers.get("idempotency-key", ""), body)
        return call, parse_qs(parts.query).get("then", ["ok"])[0].split(",")

    def _word(self, call: Call, words: list[str]) -> str:
        with self._lock:
            self.calls.append(call)
            turn = self._turns[call.key or call.path]
            self._turns[call.key or call.path] += 1
        return words[min(turn, len(words) - 1)]

    def _answer(self, client: socket.socket, word: str) -> None:
        name, _, argument = word.partition(":")
        if name.isdigit():
            client.sendall(_answer(int(name), {"Retry-After": argument} if argument else {}))
        elif name == "slow":
            self._over.wait(float(argument))
            client.sendall(_answer(200))
        elif name in ("drip", "half"):
            whole = _answer(200)
            client.sendall(whole[:-6])
            self._over.wait(float(argument or SILENCE_S))
            client.sendall(whole[-6:])
        elif name == "reset":
            # A linger of no time makes close() send RST.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        elif name == "deaf":
            self._over.wait(SILENCE_S)
        else:
            client.sendall(_answer(200))


def _answer(status: int, headers: dict[str, str] | None = None) -> bytes:
    facts = {
        **{"Content-Type": "application/json", "Content-Length": str(len(BODY)), "Connection": "close"},
        **(headers or {}),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in facts.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + BODY
