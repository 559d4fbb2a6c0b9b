"""A provider of language models on loopback, in both wire formats, that behaves as it is told.

`script["gpt-4"] = [Refuse(429, retry_after="0"), Say("Hello.")]`: the first call of that model is refused,
those after it are answered; the last entry stays. A model without a script repeats its prompt.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LONGEST_WAIT_S = 20


@dataclass(frozen=True)
class Say:
    """An answer. Streamed it comes in `pieces` (else by words); `gate` holds back the second half.

    `breaks` ends the connection after the first half, `stops` ends the stream there in good order.
    """

    text: str
    usage: tuple[int, int] | None = (11, 7)
    pieces: Sequence[str] = ()
    finish_reason: str = "stop"
    gate: threading.Event | None = None
    breaks: bool = False
    stops: bool = False

    @property
    def parts(self) -> list[str]:
        return list(self.pieces) or [f"{word} " for word in self.text.split(" ")]


@dataclass(frozen=True)
class Refuse:
    status: int
    message: str = "no"
    retry_after: str | None = None
    code: str | None = None


@dataclass(frozen=True)
class Rubbish:
    """Bytes of the given type instead of an answer."""

    body: bytes
    content_type: str = "application/json"


@dataclass(frozen=True)
class Silence:
    """No answer until the test is over."""


@dataclass(frozen=True)
class BreakOff:
    """An error in the midst of a stream."""

    kind: str = "overloaded_error"


Act = Say | Refuse | Rubbish | Silence | BreakOff


@dataclass(frozen=True)
class Asked:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def prompt(self) -> str:
        return str(self.body["messages"][-1]["content"])


@dataclass
class Provider:
    port: int = 0
    script: dict[str, list[Act]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def place(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.place}/v1"

    def models(self) -> list[str]:
        """Which models were asked, in order."""
        return [asked.body["model"] for asked in self.asked]

    def next_act(self, asked: Asked) -> Act:
        with self.lock:
            self.asked.append(asked)
            model = asked.body["model"]
            acts = self.script.get(model) or [Say(asked.prompt)]
            self.counts[model] += 1
            return acts[min(self.counts[model], len(acts)) - 1]


class _Handler(BaseHTTPRequestHandler):
    server: Any
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        provider: Provider = self.server.provider
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        if not sent:  # who asked went away
            self.close_connection = True
            return
        body = json.loads(sent)
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        act = provider.next_act(asked)
        try:
            self._perform(act, body, provider)
        except ConnectionError:  # who asked did not wait for it
            self.close_connection = True

    def _perform(self, act: Act, body: dict[str, Any], provider: Provider) -> None:
        is_openai = self.path.endswith("/chat/completions")
        match act:
            case Say() if body.get("stream"):
                self._stream(act, _openai_events(act) if is_openai else _anthropic_events(act), provider)
            case Say():
                self._send(200, _openai_answer(act) if is_openai else _anthropic_answer(act))
            case Refuse():
                headers = {} if act.retry_after is None else {"Retry-After": act.retry_after}
                error = {"message": act.message, "type": "some_error", "code": act.code}
                self._send(act.status, {"error": error}, headers)
            case Rubbish():
                self._send_bytes(200, act.body, act.content_type, {})
            case Silence():
                provider.over.wait(LONGEST_WAIT_S)
                self.close_connection = True
            case BreakOff():
                self._begin_stream()
                error = {"type": act.kind, "message": "busy"}
                self._chunk(
                    f"event: error\ndata: {json.dumps({'type': 'error', 'error': error})}\n\n".encode()
                )
                self._chunk(b"")

    def _stream(self, act: Say, events: list[str], provider: Provider) -> None:
        self._begin_stream()
        half = len(events) // 2
        for place, event in enumerate(events):
            if place == half and act.gate is not None:
                act.gate.wait(LONGEST_WAIT_S)
            if place == half and act.breaks:
                self.close_connection = True
                self.connection.close()
                return
            if place == half and act.stops:
                break
            self._chunk(event.encode())
        self._chunk(b"")

    def _begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _send(self, status: int, document: Any, headers: dict[str, str] | None = None) -> None:
        self._send_bytes(status, json.dumps(document).encode(), "application/json", headers or {})

    def _send_bytes(self, status: int, body: bytes, content_type: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {
            **headers,
            "Content-Type": content_type,
            "Content-Length": str(len(body)),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):  # broken on command
            return

    def log_message(self, format: str, *args: Any) -> None:
        return None


def _openai_answer(act: Say) -> dict[str, Any]:
    message = {"role": "assistant", "content": act.text}
    answer: dict[str, Any] = {
        "model": "served-openai",
        "choices": [{"index": 0, "message": message, "finish_reason": act.finish_reason}],
    }
    if act.usage is not None:
        answer["usage"] = {"prompt_tokens": act.usage[0], "completion_tokens": act.usage[1]}
    return answer


def _openai_events(act: Say) -> list[str]:
    chunks: list[dict[str, Any]] = [
        {"model": "served-openai", "choices": [{"delta": {"content": part}, "finish_reason": None}]}
        for part in act.parts
    ]
    chunks.append({"choices": [{"delta": {}, "finish_reason": act.finish_reason}]})
    if act.usage is not None:
        usage = {"prompt_tokens": act.usage[0], "completion_tokens": act.usage[1]}
        chunks.append({"choices": [], "usage": usage})
    return [": keep-alive\n\n", *(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks), "data: [DONE]\n\n"]


def _anthropic_answer(act: Say) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "model": "served-anthropic",
        "content": [{"type": "text", "text": act.text}],
        "stop_reason": "end_turn" if act.finish_reason == "stop" else "max_tokens",
    }
    if act.usage is not None:
        answer["usage"] = {"input_tokens": act.usage[0], "output_tokens": act.usage[1]}
    return answer


def _anthropic_events(act: Say) -> list[str]:
    usage_in = {} if act.usage is None else {"input_tokens": act.usage[0], "output_tokens": 1}
    usage_out = {} if act.usage is None else {"output_tokens": act.usage[1]}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": {"model": "served-anthropic", "usage": usage_in}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
        *(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": part}}
            for part in act.parts
        ),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": usage_out},
        {"type": "message_stop"},
    ]
    return [f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events]


@contextmanager
def serving() -> Iterator[Provider]:
    """A provider that answers until the block is left."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.block_on_close = False
        provider = Provider(server.server_port)
        server.provider = provider  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield provider
        provider.over.set()
        server.shutdown()
        thread.join()
