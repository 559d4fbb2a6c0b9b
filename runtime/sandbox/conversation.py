"""One call to a child, without any input or output of its own: bytes in, an outcome out."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from runtime.engine.errors import InputError, NodeError, NodeTimeout, OutputError
from runtime.sandbox.frames import FrameReader, HostileFrame, decode_answer, decode_line, decode_value
from runtime.sandbox.jail.channel import HEADER
from runtime.sandbox.process import signal_name

OnLine = Callable[[str, str], None]
# The child stops printing at its own limit; one that goes this far past it has left its own code.
_OUTPUT_SLACK: Final = 2


class Conversation:
    """Feed it what the child sends until `is_done`; then `result()` gives the value or raises."""

    def __init__(self, call: int, on_line: OnLine, *, max_result_bytes: int, max_output_chars: int) -> None:
        self._call = call
        self._on_line = on_line
        self._reader = FrameReader(max_result_bytes)
        self._output_left = _OUTPUT_SLACK * 4 * max_output_chars
        self._value: Any = None
        self._error: NodeError | None = None
        self.is_done = False
        self.is_clean = False
        self.peak_mb = 0
        self.lines = 0

    def feed(self, data: bytes) -> None:
        self._reader.feed(data)
        try:
            while not self.is_done and (frame := self._reader.next_frame()) is not None:
                self._take(*frame)
        except HostileFrame as error:
            self._fail(_forged(error))

    def result(self) -> Any:
        if self._error is not None:
            raise self._error
        return self._value

    def _take(self, tag: int, payload: bytes) -> None:
        if tag == ord("L"):
            self._output_left -= len(payload) + HEADER.size
            if self._output_left < 0:
                raise HostileFrame("more output than a child may send")
            self.lines += 1
            self._on_line(*decode_line(payload))
            return
        self.peak_mb, body = decode_answer(payload, self._call)
        value = decode_value(body)
        if not self._reader.is_empty:
            raise HostileFrame("more bytes after the answer")
        if tag == ord("E"):
            self._fail(error_of(value))
            return
        self._value, self.is_done, self.is_clean = value, True, True

    def _fail(self, error: NodeError) -> None:
        self._error, self.is_done = error, True


def source_name(node_id: str) -> str:
    """What stands for the file in tracebacks: alike in each round of a loop, whose code is compiled once."""
    return f"<node {node_id.rpartition('/')[2]}>"


def encode_request(tag: bytes, body: Mapping[str, Any], *, max_bytes: int) -> bytes:
    """The frame of a request. Raises `InputError` when the inputs are not JSON or too large."""
    try:
        payload = orjson.dumps(body)
    except TypeError as error:
        if "Recursion" in str(error):
            raise InputError("The inputs are nested too deeply to be handed to the code.") from error
        # Integers past 64 bits and other things that only the slower encoder takes.
        payload = _encode_slowly(body)
    if len(payload) > max_bytes:
        raise InputError(
            f"The inputs are {len(payload) / (1 << 20):.1f} MiB as JSON; at most {max_bytes >> 20} MiB fit."
        )
    return HEADER.pack(len(payload) + 1, tag[0]) + payload


def _encode_slowly(body: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"The inputs cannot be handed to the code: {error}") from error


def error_of(body: Any) -> NodeError:
    """The error that a child reports about the author's code."""
    if not isinstance(body, dict):
        raise HostileFrame("a failure that is not an object")
    kind, message = body.get("kind"), _text(body.get("message"), 4000)
    line, text, error_type = body.get("line"), body.get("text"), _text(body.get("error_type"), 200)
    facts: dict[str, Any] = {"error_type": error_type}
    if isinstance(line, int) and not isinstance(line, bool) and 0 < line < 1 << 31:
        facts["line"] = line
        facts["text"] = _text(text, 200)
    if kind in ("output", "too_large"):
        return _output_error(kind, message, body, facts)
    if "line" in facts:
        message = f"Line {line}: {message}"
    if kind == "memory":
        return NodeError(message, code="memory", **facts)
    return NodeError(message, code="code_error", **facts)


def _output_error(kind: str, message: str, body: dict[str, Any], facts: dict[str, Any]) -> OutputError:
    """The message of an output begins with the place in the result; the author's line is a fact."""
    del facts["error_type"]
    facts["path"] = _text(body.get("path"), 500)
    if kind == "output":
        return OutputError(message, **facts)
    size = body.get("size")
    if isinstance(size, int) and not isinstance(size, bool):
        facts["bytes"] = size
    return OutputError(message, code="output_too_large", **facts)


def _text(value: Any, limit: int) -> str:
    return value[:limit] if isinstance(value, str) else ""


def error_of_death(status: int | None) -> NodeError:
    """The error for a child that ended without an answer."""
    if status is None:
        return NodeError(
            "The sandbox was restarted while the code ran.", code="sandbox_restarted", retryable=True
        )
    if status == -signal.SIGXCPU:
        return NodeTimeout("The code used up its processor time.")
    if status == -signal.SIGKILL:
        return NodeError("The code was ended by the system, most likely for its memory use.", code="memory")
    if status == -signal.SIGSYS:
        return NodeError(
            "The code was ended because it made a forbidden system call.",
            code="code_error",
            error_type="Forbidden",
        )
    if status < 0:
        message = f"The code crashed the Python interpreter ({signal_name(status)})."
        return NodeError(message, code="code_error", error_type="Crash")
    return NodeError("The code ended its own process.", code="code_error", error_type="Exit")


def _forged(error: HostileFrame) -> NodeError:
    return NodeError(
        f"The code wrote to the channel that carries its result: {error}.",
        code="code_error",
        error_type="Forged",
    )
