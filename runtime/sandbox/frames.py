"""Frames that come out of the sandbox. Whoever wrote them is treated as hostile."""

from __future__ import annotations

import json
import re
from math import isfinite
from typing import Any, Final

import orjson

from runtime.sandbox.jail.channel import ANSWER, HEADER
from runtime.sandbox.jail.values import MAX_VALUES

MAX_LINE_BYTES: Final = 64 << 10
_MAX_FAILURE_BYTES: Final = 64 << 10
MAX_DEPTH: Final = 128
# Every value has at most one comma and one opening bracket.
_MAX_MARKS: Final = 2 * MAX_VALUES
_LEVELS: Final = {ord("d"): "debug", ord("i"): "info", ord("w"): "warning", ord("e"): "error"}
_NOT_STRUCTURE: Final = bytes(byte for byte in range(256) if byte not in b'[]{}"\\')
_BRACES_TO_BRACKETS: Final = bytes.maketrans(b"{}", b"[]")
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_DIGITS_ONLY: Final = bytes(ord("0") if byte in b"0123456789" else ord(" ") for byte in range(256))
_LONG_NUMBER: Final = b"0" * 19


class HostileFrame(Exception):
    """Bytes that the sandbox's own code would never send."""


class FrameReader:
    """Cuts the byte stream into (tag, payload); never holds more than one frame's limit."""

    def __init__(self, max_answer_bytes: int) -> None:
        self._buffer = bytearray()
        self._limits = {
            ord("L"): MAX_LINE_BYTES,
            ord("R"): max_answer_bytes + ANSWER.size + 1,
            ord("E"): _MAX_FAILURE_BYTES + ANSWER.size + 1,
        }

    def feed(self, data: bytes) -> None:
        self._buffer += data

    @property
    def is_empty(self) -> bool:
        return not self._buffer

    def next_frame(self) -> tuple[int, bytes] | None:
        if len(self._buffer) < HEADER.size:
            return None
        length, tag = HEADER.unpack_from(self._buffer)
        if not 1 <= length <= self._limits.get(tag, 0):
            raise HostileFrame(f"a frame of kind {tag} and {length} bytes")
        end = HEADER.size + length - 1
        if len(self._buffer) < end:
            return None
        payload = bytes(memoryview(self._buffer)[HEADER.size : end])
        del self._buffer[:end]
        return tag, payload


def decode_line(payload: bytes) -> tuple[str, str]:
    """(level, text) of a line."""
    if not payload or payload[0] not in _LEVELS:
        raise HostileFrame("a line without a level")
    return _LEVELS[payload[0]], payload[1:].decode("utf-8", "replace").replace("\x00", "\ufffd")


def decode_answer(payload: bytes, call: int) -> tuple[int, bytes]:
    """(peak memory in MiB, JSON bytes) of an answer to `call`."""
    if len(payload) < ANSWER.size:
        raise HostileFrame("an answer without a head")
    answered, peak_mb = ANSWER.unpack_from(payload)
    if answered != call:
        raise HostileFrame(f"an answer to call {answered} instead of {call}")
    return peak_mb, payload[ANSWER.size :]


def decode_value(body: bytes) -> Any:
    """The JSON value of `body`. Refuses deep nesting, too many values, NaN, infinities, NUL, surrogates.

    What could be inexact in the fast parser (integers past 64 bits) goes through the careful one.
    """
    if _marks(body) > _MAX_MARKS and _marks(_STRING.sub(b"", body)) > _MAX_MARKS:
        raise HostileFrame("too many values")
    if _depth(body) > MAX_DEPTH:
        raise HostileFrame("nested too deeply")
    try:
        if _LONG_NUMBER not in body.translate(_DIGITS_ONLY) and b"\\u" not in body:
            return orjson.loads(body)
        return _decode_carefully(body)
    except (ValueError, RecursionError) as error:
        raise HostileFrame(f"not JSON: {error}") from error


def _marks(body: bytes) -> int:
    return body.count(b"[") + body.count(b"{") + body.count(b",")


def _depth(body: bytes) -> int:
    """Nesting depth, without parsing: brackets outside strings, innermost pairs taken off level by level.

    Braces count as brackets; that they match is the parser's business.
    """
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return 0
    marks = body.translate(_BRACES_TO_BRACKETS, _NOT_STRUCTURE)
    brackets = marks.replace(b'""', b"")
    if b'"' in brackets or b"\\" in brackets:
        brackets = _STRING.sub(b"", marks)
    for depth in range(MAX_DEPTH + 1):
        if not brackets:
            return depth
        brackets = brackets.replace(b"[]", b"")
    return MAX_DEPTH + 1


def _decode_carefully(body: bytes) -> Any:
    value = json.loads(body.decode(), parse_constant=_refuse_constant, parse_float=_finite)
    if b"\\u" in body:
        _refuse_bad_text(value)
    return value


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text[:40]} is out of range")
    return number


def _refuse_bad_text(value: Any) -> None:
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            item.encode()  # UnicodeEncodeError is a ValueError
            if "\x00" in item:
                raise ValueError("NUL in a text")
        elif isinstance(item, dict):
            waiting.extend(item)
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
