"""Writes answers: bodies by pydantic's serializer, anything else by orjson."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from pydantic import BaseModel
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder


class BodyRenderer(BaseRenderer):
    """JSON in UTF-8."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        if isinstance(data, bytes):  # an answer kept as it was sent
            return data
        if isinstance(data, BaseModel):
            return data.__pydantic_serializer__.to_json(data)
        return dump(data)


def dump(data: Any) -> bytes:
    """JSON of any size; integers past 64 bits, which orjson refuses, go through the standard library."""
    try:
        return orjson.dumps(data, default=_plain)
    except TypeError:
        return json.dumps(data, cls=JSONEncoder, ensure_ascii=False).encode("utf-8", "replace")


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    return JSONEncoder().default(value)


class AlwaysJSON(BaseContentNegotiation):
    """JSON whatever `Accept` says: an error that cannot be shown helps nobody."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        content_type = (request.content_type or "").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == content_type), None)

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        first = next(iter(renderers))
        return first, str(first.media_type)
