"""What an HTTP request carries and what its response holds: pure functions."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn
from urllib.parse import urlencode, urlsplit, urlunsplit

from runtime.engine.errors import InputError, NodeError
from runtime.services_protocol import HttpResponse

_TEXT_TYPES = (
    "application/xml",
    "application/javascript",
    "application/x-www-form-urlencoded",
    "image/svg+xml",
)


LONGEST_RETRY_AFTER_S = 24 * 3600.0  # a server's word, and a stranger's: past this it is no date for us


def with_query(url: str, query: Mapping[str, Any]) -> str:
    """The URL with the query's values after its own; None values are left out, lists repeat their key."""
    pairs = [
        (name, _query_text(item))
        for name, value in query.items()
        for item in (value if isinstance(value, (list, tuple)) else [value])
        if item is not None
    ]
    if not pairs:
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, urlencode(pairs)]))))


def encode_body(value: Any, body_type: str) -> tuple[str, bytes]:
    """`(content type, bytes)`. Raises `InputError` when the value does not fit the type."""
    if body_type == "json":
        return "application/json", json.dumps(value, ensure_ascii=False).encode()
    if body_type == "form":
        if not isinstance(value, Mapping):
            raise InputError("A form body needs an object of names and values", input="body")
        pairs = {name: _query_text(item) for name, item in value.items() if item is not None}
        return "application/x-www-form-urlencoded", urlencode(pairs).encode()
    if not isinstance(value, str):
        raise InputError("A text body needs text", input="body")
    return "text/plain; charset=utf-8", value.encode()


def parse_body(response: HttpResponse, response_format: str) -> Any:
    """The body as JSON, text or base64 text; None when it is empty. Raises `NodeError` (`http_body`)."""
    if not response.body:
        return None
    content_type = _content_type(response)
    kind = _kind_of(content_type.get_content_type()) if response_format == "auto" else response_format
    if kind == "json":
        return _json(response)
    if kind == "text":
        return _text(response.body, content_type.get_content_charset() or "utf-8")
    return base64.b64encode(response.body).decode()


def retry_after_s(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that `Retry-After` asks to wait (RFC 9110 §10.2.3), or None."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal() and text.isascii():
        return min(float(text[:20]), LONGEST_RETRY_AFTER_S)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    asked = (moment - (now or datetime.now(UTC))).total_seconds()
    return min(max(0.0, asked), LONGEST_RETRY_AFTER_S)


def _query_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    return json.dumps(value, ensure_ascii=False)


def _content_type(response: HttpResponse) -> Message:
    message = Message()
    message["content-type"] = response.headers.get("content-type", "application/octet-stream")
    return message


def _kind_of(content_type: str) -> str:
    if content_type == "application/json" or content_type.endswith("+json"):
        return "json"
    is_text = content_type.startswith("text/") or content_type in _TEXT_TYPES or content_type.endswith("+xml")
    return "text" if is_text else "bytes"


def _json(response: HttpResponse) -> Any:
    try:
        return json.loads(response.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise NodeError(
            f"The response ({response.status}) is not valid JSON: {error}",
            code="http_body",
            status=response.status,
        ) from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _text(body: bytes, charset: str) -> str:
    try:
        return body.decode(charset)
    except (LookupError, UnicodeError):
        return body.decode("utf-8", "replace")
