"""Pages by key instead of by offset: as fast on the last page as on the first, stable while rows arrive."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from rest_framework.request import Request

from runtime.api.body import PageParameters
from runtime.api.errors import invalid

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: its time and its id, which breaks ties."""

    at: datetime
    id: UUID

    def to_text(self) -> str:
        return base64.urlsafe_b64encode(json.dumps([self.at.isoformat(), str(self.id)]).encode()).decode()

    @classmethod
    def from_text(cls, text: str) -> Cursor:
        """Raises `ApiProblem` 422 for a text that no page gave out."""
        try:
            at, row_id = json.loads(base64.urlsafe_b64decode(text.encode("ascii")))
            cursor = cls(datetime.fromisoformat(at), UUID(row_id))
        except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
            raise _bad_cursor() from error
        if cursor.at.tzinfo is None:
            raise _bad_cursor()
        return cursor


def _bad_cursor() -> Exception:
    return invalid(
        [{"field": "cursor", "message": "Use the cursor from `next`, unchanged.", "code": "bad_cursor"}]
    )


def newest_first(
    queryset: QuerySet[Row, Any], page: PageParameters, *, key: str = "created_at"
) -> tuple[list[Row], str | None]:
    """The page's rows, newest `key` first, and the cursor of the next page (null on the last)."""
    if page.cursor is not None:
        cursor = Cursor.from_text(page.cursor)
        # The first condition is implied, but the index on (tenant, key, id) can start from it.
        queryset = queryset.filter(Q(**{f"{key}__lte": cursor.at})).filter(
            Q(**{f"{key}__lt": cursor.at}) | Q(**{key: cursor.at, "id__lt": cursor.id})
        )
    rows = list(queryset.order_by(f"-{key}", "-id")[: page.limit + 1])
    if len(rows) <= page.limit:
        return rows, None
    last = rows[page.limit - 1]
    return rows[: page.limit], Cursor(getattr(last, key), last.pk).to_text()


def next_address(request: Request, cursor: str | None) -> str | None:
    """The path and query of the next page: the same filters, another cursor."""
    if cursor is None:
        return None
    query = request.query_params.copy()
    query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}"


def next_after(request: Request, last: int) -> str:
    """The path and query for what follows number `last` (an event's `seq`, a line's `pos`)."""
    query = request.query_params.copy()
    query["after"] = str(last)
    return f"{request.path}?{query.urlencode()}"


def latest_first(queryset: QuerySet[Row, Any], page: PageParameters) -> tuple[list[Row], str | None]:
    """Pages of a journal whose rows are numbered as they come: by that number, the latest first."""
    if page.cursor is not None:
        if not (page.cursor.isdecimal() and page.cursor.isascii() and len(page.cursor) < 19):
            raise _bad_cursor()
        queryset = queryset.filter(pk__lt=int(page.cursor))
    rows = list(queryset.order_by("-pk")[: page.limit + 1])
    if len(rows) <= page.limit:
        return rows, None
    return rows[: page.limit], str(rows[page.limit - 1].pk)
