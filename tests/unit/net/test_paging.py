"""Walking pages of a real peer on loopback."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import TypeAdapter

from runtime.engine.errors import NodeError
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.net.link_header import next_link
from runtime.net.page_rules import PageRules, Pagination
from runtime.net.paging import Page, PageRequest, pages
from runtime.net.picking import ABSENT, pick
from tests.unit.net.peer import Peer, Received, Writer, answer

ALL = [{"id": number} for number in range(1, 8)]
_RULES: TypeAdapter[PageRules] = TypeAdapter(Pagination)
Said = tuple[dict[str, str], Any]


def rules(**config: Any) -> PageRules:
    return _RULES.validate_python(config)


def said(peer: Peer, say: Callable[[dict[str, str]], Said]) -> None:
    """`/items` answers what `say` makes of the query: headers and a JSON body."""

    async def write(writer: Writer, received: Received) -> None:
        query = {name: values[0] for name, values in parse_qs(urlsplit(received.target).query).items()}
        headers, body = say(query)
        await answer("200 OK", json.dumps(body).encode(), **headers)(writer, received)

    peer.routes["/items"] = write


async def walked(
    peer: Peer,
    rule: PageRules,
    *,
    start: Any = None,
    sleep: Callable[[float], Awaitable[None]] | None = None,
    **request: Any,
) -> list[Page]:
    client = GuardedHttpClient(EgressPolicy.from_text("127.0.0.1"))
    asked = PageRequest(**{"url": peer.url("/items?a=1"), **request})
    options = {} if sleep is None else {"sleep": sleep}
    try:
        return [page async for page in pages(client, asked, rule, start=start, **options)]
    finally:
        await client.aclose()


def by_number(query: dict[str, str]) -> Said:
    at = (int(query.get("page", 1)) - 1) * 3
    return {}, {"items": ALL[at : at + 3], "meta": {"pages": 3}}


def by_offset(query: dict[str, str]) -> Said:
    at = int(query.get("offset", 0))
    return {}, ALL[at : at + int(query.get("limit", 3))]


def by_cursor(query: dict[str, str]) -> Said:
    at = int(query.get("after", 0))
    return {}, {"data": ALL[at : at + 3], "has_more": at + 3 < 7, "next": str(at + 3) if at + 3 < 7 else None}


def by_link(query: dict[str, str]) -> Said:
    at = int(query.get("at", 0))
    header = f'</items?at={at + 3}>; rel="next", </items?at=6>; rel="last"' if at + 3 < 7 else ""
    return ({"Link": header} if header else {}), ALL[at : at + 3]


def by_next_link(query: dict[str, str]) -> Said:
    at = int(query.get("at", 0))
    return {}, {"value": ALL[at : at + 3], **({"@odata.next": f"items?at={at + 3}"} if at + 3 < 7 else {})}


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("say", "config"),
    [
        (by_number, {"kind": "page", "size": 3, "size_parameter": "per_page"}),
        (by_number, {"kind": "page", "pages": "meta.pages"}),
        (by_offset, {"kind": "offset", "size": 3, "size_parameter": "limit"}),
        (by_offset, {"kind": "offset"}),
        (by_cursor, {"kind": "cursor", "path": "next", "parameter": "after", "records": "data"}),
        (by_cursor, {"kind": "cursor", "path": "data.-1.id", "parameter": "after", "more": "has_more"}),
        (by_link, {"kind": "link"}),
        (by_next_link, {"kind": "next_link", "path": "@odata.next", "records": "value"}),
    ],
)
async def test_every_kind_reads_all_pages_in_order(
    peer: Peer, say: Callable[[dict[str, str]], Said], config: dict[str, Any]
) -> None:
    said(peer, say)

    found = await walked(peer, rules(**config), query={"b": 2}, headers={"X-Key": "k"})

    assert [record for page in found for record in page.records] == ALL
    assert found[-1].next is None
    assert peer.received[0].target.startswith("/items?a=1&b=2")
    assert all(received.headers["x-key"] == "k" for received in peer.received)


@pytest.mark.asyncio
async def test_a_walk_goes_on_where_another_stopped(peer: Peer) -> None:
    said(peer, by_cursor)
    config = {"kind": "cursor", "path": "next", "parameter": "after"}

    [first] = await walked(peer, rules(**config, max_pages=1))
    rest = await walked(peer, rules(**config), start=first.next)

    assert first.records + [record for page in rest for record in page.records] == ALL


@pytest.mark.asyncio
async def test_records_past_the_limit_are_cut_and_not_asked_for(peer: Peer) -> None:
    said(peer, by_number)

    found = await walked(peer, rules(kind="page", max_records=4))

    assert [len(page.records) for page in found] == [3, 1]
    assert found[-1].cut == 2
    assert len(peer.received) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("say", "config", "words"),
    [
        (lambda _: ({}, {"next": "/items?at=1", "items": []}), {"kind": "next_link"}, "never end"),
        (lambda _: ({}, {"next": 7, "items": []}), {"kind": "next_link"}, "no URL but int"),
        (lambda _: ({}, {"next_cursor": {}, "items": []}), {"kind": "cursor"}, "no cursor but dict"),
        (lambda _: ({}, {"a": [], "b": []}), {"kind": "page"}, "Its keys are: a, b"),
        (lambda _: ({}, {"a": 1}), {"kind": "page", "records": "a"}, "is no list but int"),
        (lambda _: ({}, "text"), {"kind": "page"}, "is no list but str"),
        (lambda _: ({}, {"items": [], "n": "x"}), {"kind": "page", "pages": "n"}, "no whole number"),
        (lambda _: ({"Link": '<http://evil.example/x>; rel="next"'}, []), {"kind": "link"}, "another place"),
        (
            lambda _: ({"Link": '<http://me:pw@127.0.0.1/>; rel="next"'}, []),
            {"kind": "link"},
            "another place",
        ),
        (lambda _: ({"Link": "<file:///etc/passwd>; rel=next"}, []), {"kind": "link"}, "another place"),
    ],
)
async def test_a_way_that_cannot_be_gone_is_a_located_error(
    peer: Peer, say: Callable[[dict[str, str]], Said], config: dict[str, Any], words: str
) -> None:
    said(peer, say)

    with pytest.raises(NodeError, match=words) as caught:
        await walked(peer, rules(**config))

    assert caught.value.code == "http_paging"
    assert len(peer.received) <= 2


@pytest.mark.asyncio
async def test_a_page_is_asked_for_again_as_late_as_the_server_says(peer: Peer) -> None:
    waited: list[float] = []
    refusals = iter([("429 Too Many Requests", {"Retry_After": "7"}), ("503 Service Unavailable", {})])
    said(peer, by_offset)
    willing = peer.routes["/items"]

    async def write(writer: Writer, received: Received) -> None:
        refusal = next(refusals, None) if "offset=3" in received.target else None
        await (willing if refusal is None else answer(refusal[0], **refusal[1]))(writer, received)

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    peer.routes["/items"] = write

    found = await walked(peer, rules(kind="offset"), sleep=sleep)

    assert [record for page in found for record in page.records] == ALL
    assert waited[0] == 7.0
    assert 0.5 <= waited[1] <= 1.0


@pytest.mark.asyncio
async def test_patience_ends_with_the_refusal(peer: Peer) -> None:
    async def sleep(seconds: float) -> None:
        return None

    peer.routes["/items"] = answer("503 Service Unavailable")

    with pytest.raises(NodeError) as caught:
        await walked(peer, rules(kind="page", patience=2), sleep=sleep)

    assert (caught.value.code, caught.value.facts["status"]) == ("http_status", 503)
    assert len(peer.received) == 3


@pytest.mark.asyncio
async def test_all_pages_together_have_a_limit_of_bytes(peer: Peer) -> None:
    said(peer, lambda query: ({}, [{"text": "x" * 600}]))

    with pytest.raises(NodeError) as caught:
        await walked(peer, rules(kind="page"), total_bytes=1500)

    assert caught.value.code == "http_too_large"
    assert len(peer.received) == 3


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ("", None),
        ('<https://a/?p=1>; rel="prev"', None),
        (
            '<https://a/?p=1>; rel="prev", <https://a/?p=3,4>; title="x, y"; rel="next last"',
            "https://a/?p=3,4",
        ),
        ("<b>;rel=NEXT", "b"),
        ("nonsense" * 10_000, None),
        ('<a>; title="rel=next"', None),
    ],
)
def test_link_header_is_read(header: str, target: str | None) -> None:
    assert next_link(header) == target


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", {"a": [{"b": 1}], "c.d": {"e": 2}}),
        ("a.0.b", 1),
        ("a.-1.b", 1),
        ("a.1.b", ABSENT),
        ("a.x", ABSENT),
        ("c.d", {"e": 2}),
        ("a.0.b.c", ABSENT),
        ("a." + "9" * 40, ABSENT),
    ],
)
def test_values_are_picked_by_path(path: str, found: Any) -> None:
    assert pick({"a": [{"b": 1}], "c.d": {"e": 2}}, path) == found
