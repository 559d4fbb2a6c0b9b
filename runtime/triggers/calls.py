"""Calls of webhook addresses as plain values, and what expressions read of them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from runtime.engine.errors import WorkflowError

MAX_FIELDS = 1000
MAX_DEPTH = 100
# What says who the sender is, or lets others be it, is not for workflows.
HIDDEN_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-csrftoken"})


class CallRefused(WorkflowError):
    """A call that starts nothing: its HTTP `status`, and `headers` of the answer."""

    def __init__(
        self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.status = status
        self.headers = dict(headers or {})


@dataclass(frozen=True, slots=True)
class Call:
    """`headers` have lower-case names; `at` is seconds since 1970."""

    path: str
    method: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    def header(self, name: str) -> str | None:
        return self.headers.get(name.lower())


def values_of(call: Call, kind: str, hidden: frozenset[str] = frozenset()) -> dict[str, Any]:
    """`body`, `query`, `headers` and `method` for expressions. Raises `CallRefused`."""
    concealed = HIDDEN_HEADERS | hidden
    return {
        "body": read_body(call.body, kind),
        "query": _one_or_many(call.query_string, "query string"),
        "headers": {name: text for name, text in call.headers.items() if name not in concealed},
        "method": call.method,
    }


def read_body(raw: bytes, kind: str) -> Any:
    """The body as `json`, `text` or `form`; an empty one is an empty object, or an empty text."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CallRefused(400, "not_utf8", f"The body is not UTF-8 (byte {error.start}).") from error
    if "\0" in text:
        raise CallRefused(422, "nul_character", "The body contains a NUL character.")
    if kind == "text":
        return text
    if kind == "form":
        return _one_or_many(text, "form")
    return _read_json(text) if text.strip() else {}


def _read_json(text: str) -> Any:
    try:
        value = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise CallRefused(400, "not_json", f"The body is not JSON: {error.msg}, {place}.") from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise CallRefused(400, "not_json", f"The body is not JSON that can be used: {error}.") from error
    _check(value)
    return value


def _check(value: Any) -> None:
    """Refuses what cannot be stored: NUL, halves of characters, infinite numbers, great depth."""
    pending: list[tuple[Any, int]] = [(value, 0)]
    while pending:
        item, depth = pending.pop()
        if isinstance(item, str):
            _check_text(item)
        elif isinstance(item, float) and not math.isfinite(item):
            raise CallRefused(422, "number_too_large", "The body holds a number that is too large.")
        elif isinstance(item, dict | list):
            if depth >= MAX_DEPTH:
                raise _too_deep()
            pending += [(key, depth) for key in item] if isinstance(item, dict) else []
            pending += [(child, depth + 1) for child in (item.values() if isinstance(item, dict) else item)]


def _check_text(text: str) -> None:
    if "\0" in text:
        raise CallRefused(422, "nul_character", "The body contains a NUL character.")
    if not text.isascii() and any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise CallRefused(422, "lone_surrogate", "The body contains half of a surrogate pair.")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _too_deep() -> CallRefused:
    return CallRefused(422, "too_deep", f"The body is nested more than {MAX_DEPTH} levels deep.")


def _one_or_many(text: str, what: str) -> dict[str, Any]:
    """A name that comes once has a text, one that comes again a list."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise CallRefused(422, "too_many_fields", f"The {what} has more than {MAX_FIELDS} fields.") from error
    found: dict[str, Any] = {}
    for name, value in pairs:
        _check_text(name + value)
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found
