"""Text and JSON as PostgreSQL takes them: NUL and lone surrogates, which it refuses, become U+FFFD."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

_REPLACEMENT = "\ufffd"


def json_text(value: Any) -> str:
    """JSON text that jsonb takes: NUL and lone surrogates, which it refuses, become U+FFFD."""
    try:
        text = orjson.dumps(value).decode()
    except TypeError:
        text = json.dumps(_clean_deep(value), ensure_ascii=False)
    if "\\u0000" in text:
        text = json.dumps(_clean_deep(value), ensure_ascii=False)
    return text


def clean_text(text: str) -> str:
    """Text that PostgreSQL takes."""
    if text.isascii() and "\x00" not in text:
        return text
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\x00", _REPLACEMENT)


def shortened(text: str, limit: int) -> str:
    """The text, or its beginning and how long it is."""
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def shortened_texts(value: Any, limit: int) -> Any:
    """The value with every text in it shortened."""
    if isinstance(value, str):
        return shortened(value, limit)
    if isinstance(value, Mapping):
        return {key: shortened_texts(item, limit) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [shortened_texts(item, limit) for item in value]
    return value


def _clean_deep(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Mapping):
        return {clean_text(str(key)): _clean_deep(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean_deep(item) for item in value]
    return value if isinstance(value, int | float | bool) or value is None else str(value)
