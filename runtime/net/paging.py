"""Walks a paged service: one request after another, each as careful as the first.

Addresses that a server names are followed only to the place that was asked first, so that no header of
the request, and no credential in one, travels elsewhere.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

import httpx2

from runtime.engine.errors import NodeError, NodeTimeout
from runtime.net.client import read_url
from runtime.net.content import parse_body, retry_after_s, with_query
from runtime.net.page_rules import PageRules, Place
from runtime.net.picking import ABSENT, pick
from runtime.net.redirects import origin_of
from runtime.services_protocol import HttpClient, HttpResponse

_AGAIN: Final = frozenset({429, 502, 503, 504})
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 30.0
Check = Callable[[HttpResponse], None]


@dataclass(frozen=True, slots=True)
class PageRequest:
    """The request of the first page; the others differ in their address alone.

    `timeout_s` and `max_bytes` are those of one page, `total_s` and `total_bytes` those of the walk.
    """

    url: str
    method: str = "GET"
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 30.0
    max_bytes: int = 10 * 1024 * 1024
    follow_redirects: bool = True
    total_s: float | None = None
    total_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `next` says where the walk goes on (JSON, to be given as `start`); None: it was the last.

    `cut` counts the records at its end that `max_records` left out.
    """

    index: int
    status: int
    url: str
    headers: Mapping[str, str]
    body: Any
    records: list[Any]
    next: Place | None
    cut: int = 0


def refuse_failures(response: HttpResponse) -> None:
    """The usual check of a page: raises `NodeError` (`http_status`) from 400 on."""
    if response.status >= 400:
        raise NodeError(
            f"{read_url(response.url).host} answered {response.status}",
            code="http_status",
            retryable=response.status in _AGAIN,
            status=response.status,
            retry_after_s=retry_after_s(response.headers),
        )


async def pages(
    client: HttpClient,
    request: PageRequest,
    rules: PageRules,
    *,
    start: Place | None = None,
    check: Check = refuse_failures,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> AsyncIterator[Page]:
    """The pages in order, from `start` on, until the last one or until a limit of the rules.

    Raises what the client raises, what `check` raises of a response, and `NodeError`: `http_paging` where the
    way on cannot be read, turns in a circle or leads elsewhere, `http_body`, `http_too_large` or `timeout`.
    """
    walk = _Walk(client, request, rules, check, sleep)
    place, seen = start, {start}
    records = 0
    for index in range(rules.max_pages):
        page = await walk.page(index, place)
        records += len(page.records)
        if page.next is not None and page.next in seen:
            raise NodeError(
                f"Page {index + 1} names a page as the next that was read already: the walk would never end",
                code="http_paging",
                page=index + 1,
            )
        surplus = records - (rules.max_records or records)
        if surplus > 0:
            page = replace(page, records=page.records[:-surplus], cut=surplus)
        yield page
        if page.next is None or (rules.max_records is not None and records >= rules.max_records):
            return
        place = page.next
        seen.add(place)


class _Walk:
    def __init__(
        self,
        client: HttpClient,
        request: PageRequest,
        rules: PageRules,
        check: Check,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._client = client
        self._request = request
        self._rules = rules
        self._check = check
        self._sleep = sleep
        self._bytes = 0
        self._until = None if request.total_s is None else time.monotonic() + request.total_s

    async def page(self, index: int, place: Place | None) -> Page:
        response = await self._patiently(self._url(place), index)
        self._bytes += len(response.body)
        body = parse_body(response, "json")
        records = _records(body, self._rules.records, index)
        page = Page(index, response.status, response.url, response.headers, body, records, None)
        return replace(page, next=self._rules.after(place, page))

    def _url(self, place: Place | None) -> str:
        request, rules = self._request, self._rules
        named = rules.url_for(place)
        if named is not None:
            return _beside(request.url, named)
        return with_query(request.url, {**request.query, **rules.query_for(place)})

    async def _patiently(self, url: str, index: int) -> HttpResponse:
        """One page; asked for again while the server cannot give it right now."""
        for attempt in range(self._rules.patience + 1):
            is_last = attempt == self._rules.patience
            pause_s = min(_FIRST_PAUSE_S * 2**attempt, _LONGEST_PAUSE_S) * random.uniform(0.5, 1)  # noqa: S311
            try:
                response = await self._send(url, index)
            except NodeError as error:
                if is_last or error.code != "http_error" or not error.retryable:
                    raise
            else:
                if is_last or response.status not in _AGAIN:
                    self._check(response)
                    return response
                pause_s = max(pause_s, retry_after_s(response.headers) or 0.0)
                if self._left_s() is not None and pause_s >= (self._left_s() or 0.0):
                    self._check(response)
                    return response
            await self._sleep(pause_s)
        raise AssertionError("the last attempt returns or raises")

    async def _send(self, url: str, index: int) -> HttpResponse:
        request, left_s = self._request, self._left_s()
        if left_s is not None and left_s <= 0:
            raise NodeTimeout(f"The time for all pages was over after {index}", page=index + 1)
        return await self._client.request(
            request.method,
            url,
            headers=request.headers,
            body=None,
            timeout_s=request.timeout_s if left_s is None else min(request.timeout_s, left_s),
            max_bytes=self._left_bytes(index),
            follow_redirects=request.follow_redirects,
        )

    def _left_s(self) -> float | None:
        return None if self._until is None else self._until - time.monotonic()

    def _left_bytes(self, index: int) -> int:
        request = self._request
        if request.total_bytes is None:
            return request.max_bytes
        left = request.total_bytes - self._bytes
        if left <= 0:
            raise NodeError(
                f"The first {index} pages have {self._bytes:,} bytes; {request.total_bytes:,} are allowed",
                code="http_too_large",
                max_bytes=request.total_bytes,
            )
        return min(request.max_bytes, left)


def _records(body: Any, path: str, index: int) -> list[Any]:
    found = pick(body, path) if path else _only_list(body)
    if isinstance(found, list):
        return found
    if path and found is None:
        return []
    shown = f"At {path!r}" if path else "In the body"
    what = "is nothing" if found is ABSENT else f"is no list but {type(found).__name__}"
    hint = (
        "Its keys are: " + ", ".join(list(body)[:12]) if isinstance(body, Mapping) else "Set where they are"
    )
    raise NodeError(
        f"{shown} of page {index + 1} {what}, where the records should be. {hint}",
        code="http_paging",
        page=index + 1,
    )


def _only_list(body: Any) -> Any:
    if not isinstance(body, Mapping):
        return ABSENT if body is None else body
    lists = [value for value in body.values() if isinstance(value, list)]
    return lists[0] if len(lists) == 1 else ABSENT


def _beside(first: str, named: str) -> str:
    """The address that a server names, read from the first page's; never another host."""
    base = read_url(first)
    try:
        url = base.join(named)
    except (httpx2.InvalidURL, ValueError) as error:
        raise NodeError("The next page's address is no URL", code="http_paging") from error
    if url.scheme == "http" and base.scheme == "https" and url.host == base.host and url.port is None:
        url = url.copy_with(scheme="https")  # a service behind a proxy that does not know of its encryption
    if origin_of(url) != origin_of(base) or url.userinfo:
        raise NodeError(
            f"The next page is at another place ({url.scheme}://{url.host}) than the first one "
            f"({base.scheme}://{base.host}): nothing is sent there",
            code="http_paging",
        )
    return str(url)
