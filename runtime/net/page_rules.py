"""How a paged service is walked: where its next page is named, and how it is asked for.

Each kind decides from one page where the walk goes on, as a JSON value that can be kept and continued from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Protocol

from pydantic import ConfigDict, Field

from runtime.engine.errors import NodeError
from runtime.engine.node import NodeParameters
from runtime.net.link_header import next_link
from runtime.net.picking import ABSENT, pick

Place = str | int


class Answered(Protocol):
    """What a page says, as far as the way to the next one goes."""

    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> Any: ...
    @property
    def records(self) -> list[Any]: ...


class _Rule(NodeParameters):
    records: str = Field(
        "",
        title="Records are at",
        description="Path in the body, such as data.items. Empty: the body, or the one list in it.",
        max_length=500,
    )
    max_pages: int = Field(
        100, title="At most pages", description="The walk stops after so many.", ge=1, le=10_000
    )
    max_records: int | None = Field(
        None,
        title="At most records",
        description="What is past them is not asked for.",
        ge=1,
        le=10_000_000,
    )
    patience: int = Field(
        3,
        title="Ask again",
        description="How often a single page is asked for again after 429, 502, 503, 504 or a broken "
        "connection, before the step fails. Retry-After is kept.",
        ge=0,
        le=20,
        json_schema_extra={"x-advanced": True},
    )

    def query_for(self, place: Place | None) -> dict[str, Any]:
        """What is added to the query for the page at this place; None is the first."""
        return {}

    def url_for(self, place: Place | None) -> str | None:
        """The address of the page where it is not that of the first."""
        return None

    def after(self, place: Place | None, answered: Answered) -> Place | None:
        """Where the next page is; None: this was the last."""
        raise NotImplementedError


class _ByLink(_Rule):
    def url_for(self, place: Place | None) -> str | None:
        return None if place is None else str(place)


class LinkPages(_ByLink):
    """The response header `Link: <...>; rel="next"` (RFC 8288)."""

    model_config = ConfigDict(title="Link header")
    kind: Literal["link"] = "link"

    def after(self, place: Place | None, answered: Answered) -> Place | None:
        return next_link(answered.headers.get("link", ""))


class NextLinkPages(_ByLink):
    """An address in the body."""

    model_config = ConfigDict(title="Link in the body")
    kind: Literal["next_link"] = "next_link"
    path: str = Field(
        "next",
        title="Next page is at",
        description="Path of its URL in the body.",
        min_length=1,
        max_length=500,
    )

    def after(self, place: Place | None, answered: Answered) -> Place | None:
        found = pick(answered.body, self.path)
        if found is ABSENT or found is None or found == "":
            return None
        if not isinstance(found, str):
            raise _misread(f"at {self.path!r} stands no URL but {type(found).__name__}")
        return found


class CursorPages(_Rule):
    """A mark in the body that is sent back in the query."""

    model_config = ConfigDict(title="Cursor")
    kind: Literal["cursor"] = "cursor"
    path: str = Field(
        "next_cursor",
        title="Cursor is at",
        description="Path in the body; items.-1.id is the id of the last of the items.",
        min_length=1,
        max_length=500,
    )
    parameter: str = Field("cursor", title="Send it as", min_length=1, max_length=200)
    more: str = Field(
        "",
        title="More pages while",
        description="Path of a value in the body that is true until the last page, such as has_more.",
        max_length=500,
    )

    def query_for(self, place: Place | None) -> dict[str, Any]:
        return {} if place is None else {self.parameter: place}

    def after(self, place: Place | None, answered: Answered) -> Place | None:
        if self.more and pick(answered.body, self.more) in (ABSENT, False, None, 0, ""):
            return None
        found = pick(answered.body, self.path)
        if found is ABSENT or found is None or found == "":
            return None
        if isinstance(found, bool) or not isinstance(found, str | int):
            raise _misread(f"at {self.path!r} stands no cursor but {type(found).__name__}")
        return found


class _Counted(_Rule):
    size_parameter: str = Field(
        "",
        title="Ask for a page's size as",
        description="Name in the query, such as per_page. Empty: it is not sent.",
        max_length=200,
    )
    size: int | None = Field(
        None, title="Page size", description="A page with fewer records is the last.", ge=1, le=100_000
    )

    def _sized(self, query: dict[str, Any]) -> dict[str, Any]:
        is_sent = self.size_parameter and self.size is not None
        return {**query, self.size_parameter: self.size} if is_sent else query

    def _is_last(self, answered: Answered) -> bool:
        return len(answered.records) < (self.size or 1)


class NumberedPages(_Counted):
    """Pages 1, 2, 3 until one is empty, or shorter than the page size."""

    model_config = ConfigDict(title="Page number")
    kind: Literal["page"] = "page"
    parameter: str = Field("page", title="Page number as", min_length=1, max_length=200)
    first: int = Field(1, title="First page", ge=0)
    pages: str = Field(
        "",
        title="Number of pages is at",
        description="Path in the body, where it tells.",
        max_length=500,
        json_schema_extra={"x-advanced": True},
    )

    def query_for(self, place: Place | None) -> dict[str, Any]:
        return self._sized({self.parameter: self.first if place is None else place})

    def after(self, place: Place | None, answered: Answered) -> Place | None:
        number = self.first if place is None else int(place)
        total = _count(answered.body, self.pages)
        if total is not None:
            return number + 1 if number + 1 < self.first + total else None
        return None if self._is_last(answered) else number + 1


class OffsetPages(_Counted):
    """How many records to pass over, until a page is empty, or shorter than the page size."""

    model_config = ConfigDict(title="Offset")
    kind: Literal["offset"] = "offset"
    parameter: str = Field("offset", title="Offset as", min_length=1, max_length=200)
    total: str = Field(
        "",
        title="Number of records is at",
        description="Path in the body, where it tells.",
        max_length=500,
        json_schema_extra={"x-advanced": True},
    )

    def query_for(self, place: Place | None) -> dict[str, Any]:
        return self._sized({self.parameter: 0 if place is None else place})

    def after(self, place: Place | None, answered: Answered) -> Place | None:
        if not answered.records:
            return None
        following = (0 if place is None else int(place)) + len(answered.records)
        total = _count(answered.body, self.total)
        if total is not None:
            return following if following < total else None
        return None if self._is_last(answered) else following


Pagination = Annotated[
    LinkPages | NextLinkPages | CursorPages | NumberedPages | OffsetPages, Field(discriminator="kind")
]
PageRules = LinkPages | NextLinkPages | CursorPages | NumberedPages | OffsetPages


def _count(body: Any, path: str) -> int | None:
    found = pick(body, path) if path else ABSENT
    if found is ABSENT:
        return None
    if isinstance(found, bool) or not isinstance(found, int):
        raise _misread(f"at {path!r} stands no whole number")
    return found


def _misread(what: str) -> NodeError:
    return NodeError(f"The way to the next page cannot be read: {what}", code="http_paging")
