from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest
import pytest_asyncio

from runtime.engine.errors import NodeError, NodeTimeout
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.services_protocol import HttpResponse
from tests.unit.net.peer import Peer, Received, Writer, answer


async def names(host: str, port: int) -> Sequence[str]:
    return {"one.example": ["127.0.0.1"], "two.example": ["127.0.0.1"]}[host]


@pytest_asyncio.fixture
async def client(peer: Peer) -> AsyncIterator[GuardedHttpClient]:
    policy = EgressPolicy.from_text(f"127.0.0.1:{peer.port}", resolver=names)
    client = GuardedHttpClient(policy)
    yield client
    await client.aclose()


async def get(client: GuardedHttpClient, url: str, **changes: Any) -> HttpResponse:
    headers: Mapping[str, str] = changes.pop("headers", {})
    options: dict[str, Any] = {
        "method": "GET",
        "body": None,
        "timeout_s": 5.0,
        "max_bytes": 100_000,
        "follow_redirects": True,
    }
    options.update(changes)
    return await client.request(options.pop("method"), url, headers=headers, **options)


@pytest.mark.asyncio
async def test_allowed_loopback_peer_answers(peer: Peer, client: GuardedHttpClient) -> None:
    peer.routes["/hello"] = answer(body=b"hi", X_Kind="greeting")

    response = await get(client, peer.url("/hello?q=1"), headers={"X-Mine": "yes"})

    assert (response.status, response.body, response.headers["x-kind"]) == (200, b"hi", "greeting")
    assert peer.received[0].headers["x-mine"] == "yes"
    assert peer.received[0].target == "/hello?q=1"


@pytest.mark.asyncio
async def test_name_is_kept_in_the_host_header(peer: Peer, client: GuardedHttpClient) -> None:
    peer.routes["/"] = answer()

    await get(client, peer.url("/", "one.example"))

    assert peer.received[0].headers["host"] == f"one.example:{peer.port}"


@pytest.mark.asyncio
async def test_connections_are_reused(peer: Peer, client: GuardedHttpClient) -> None:
    peer.routes["/"] = answer(body=b"x")

    for _ in range(5):
        await get(client, peer.url("/"))

    assert peer.connections == 1


@pytest.mark.asyncio
async def test_redirect_to_a_private_address_is_refused(peer: Peer, client: GuardedHttpClient) -> None:
    for number, target in enumerate(
        ["http://10.0.0.1/", "http://[::1]/", "//169.254.169.254/", "file:///etc/passwd"]
    ):
        peer.routes[f"/{number}"] = answer("302 Found", Location=target)

        with pytest.raises(NodeError) as caught:
            await get(client, peer.url(f"/{number}"))

        assert caught.value.code == "egress_refused"


@pytest.mark.asyncio
async def test_redirect_to_a_closed_port_of_the_same_address_is_refused(
    peer: Peer, client: GuardedHttpClient
) -> None:
    peer.routes["/"] = answer("302 Found", Location="http://127.0.0.1:1/")

    with pytest.raises(NodeError, match="may not reach"):
        await get(client, peer.url("/"))


@pytest.mark.asyncio
async def test_name_that_rebinds_between_redirects_is_refused(peer: Peer) -> None:
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return next(answers)

    client = GuardedHttpClient(EgressPolicy.from_text(f"127.0.0.0/8:{peer.port}", resolver=rebinding))
    peer.routes["/"] = answer("302 Found", Location=peer.url("/", "b.example"))

    with pytest.raises(NodeError) as caught:
        await get(client, peer.url("/", "a.example"))

    assert caught.value.code == "egress_refused"
    await client.aclose()


@pytest.mark.asyncio
async def test_redirect_within_the_origin_keeps_headers(peer: Peer, client: GuardedHttpClient) -> None:
    peer.routes["/a"] = answer("302 Found", Location="/b")
    peer.routes["/b"] = answer(body=b"done")

    response = await get(client, peer.url("/a"), headers={"Authorization": "Bearer t"})

    assert response.url.endswith("/b")
    assert peer.received[1].headers["authorization"] == "Bearer t"


@pytest.mark.asyncio
async def test_redirect_to_another_origin_drops_every_secret_header(
    peer: Peer, client: GuardedHttpClient
) -> None:
    peer.routes["/a"] = answer("302 Found", Location=peer.url("/b", "two.example"))
    peer.routes["/b"] = answer(body=b"done")

    await get(
        client,
        peer.url("/a", "one.example"),
        headers={"Authorization": "Bearer t", "Cookie": "s=1", "X-Api-Key": "k", "Accept": "text/plain"},
    )

    forwarded = peer.received[1].headers
    assert forwarded["accept"] == "text/plain"
    assert not {"authorization", "cookie", "x-api-key"} & forwarded.keys()


@pytest.mark.asyncio
async def test_redirect_with_a_body_to_another_origin_is_refused(
    peer: Peer, client: GuardedHttpClient
) -> None:
    peer.routes["/a"] = answer("307 Temporary Redirect", Location=peer.url("/b", "two.example"))

    with pytest.raises(NodeError) as caught:
        await get(client, peer.url("/a", "one.example"), method="POST", body=b"secret")

    assert caught.value.code == "http_redirect"


@pytest.mark.asyncio
async def test_see_other_turns_post_into_get(peer: Peer, client: GuardedHttpClient) -> None:
    peer.routes["/a"] = answer("303 See Other", Location="/b")
    peer.routes["/b"] = answer(body=b"ok")

    await get(client, peer.url("/a"), method="POST", body=b"{}", headers={"Content-Type": "application/json"})

    assert (peer.received[1].method, peer.received[1].body) == ("GET", b"")
    assert "content-type" not in peer.received[1].headers


@pytest.mark.asyncio
async def test_redirect_loop_ends(peer: Peer, client: GuardedHttpClient) -> None:
    peer.routes["/"] = answer("302 Found", Location="/")

    with pytest.raises(NodeError, match="more than 10 times"):
        await get(client, peer.url("/"))


@pytest.mark.asyncio
async def test_redirect_is_returned_when_not_followed(peer: Peer, client: GuardedHttpClient) -> None:
    peer.routes["/"] = answer("302 Found", Location="http://10.0.0.1/")

    response = await get(client, peer.url("/"), follow_redirects=False)

    assert response.status == 302


@pytest.mark.asyncio
async def test_announced_body_over_the_cap_is_not_read(peer: Peer, client: GuardedHttpClient) -> None:
    peer.routes["/"] = answer(body=b"x" * 2001)

    with pytest.raises(NodeError) as caught:
        await get(client, peer.url("/"), max_bytes=2000)

    assert caught.value.code == "http_too_large"


@pytest.mark.asyncio
async def test_endless_body_stops_at_the_cap(peer: Peer, client: GuardedHttpClient) -> None:
    async def endless(writer: Writer, _: Received) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"400\r\n" + b"x" * 1024 + b"\r\n")
            await writer.drain()

    peer.routes["/"] = endless

    with pytest.raises(NodeError) as caught:
        await get(client, peer.url("/"), max_bytes=50_000)

    assert caught.value.code == "http_too_large"


@pytest.mark.asyncio
async def test_body_of_exactly_the_cap_passes(peer: Peer, client: GuardedHttpClient) -> None:
    peer.routes["/"] = answer(body=b"x" * 2000)

    assert len((await get(client, peer.url("/"), max_bytes=2000)).body) == 2000


@pytest.mark.asyncio
@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_compression_bomb_stops_at_the_cap(
    peer: Peer, client: GuardedHttpClient, encoding: str
) -> None:
    plain = b"\0" * 50_000_000
    bomb = gzip.compress(plain) if encoding == "gzip" else zlib.compress(plain)
    peer.routes["/"] = answer(body=bomb, Content_Encoding=encoding)

    with pytest.raises(NodeError) as caught:
        await get(client, peer.url("/"), max_bytes=100_000)

    assert caught.value.code == "http_too_large"


@pytest.mark.asyncio
async def test_compressed_body_is_decoded(peer: Peer, client: GuardedHttpClient) -> None:
    peer.routes["/two"] = answer(body=gzip.compress(b"he") + gzip.compress(b"llo"), Content_Encoding="gzip")
    peer.routes["/deflate"] = answer(body=zlib.compress(b"hello"), Content_Encoding="deflate")

    assert (await get(client, peer.url("/two"))).body == b"hello"
    assert (await get(client, peer.url("/deflate"))).body == b"hello"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "encoding"),
    [(b"not gzip", "gzip"), (gzip.compress(b"hello")[:-9], "gzip"), (b"x", "br")],
    ids=[
        "damaged",
        "cut",
        "unoffered",
    ],  # gzip writes the time into its header, which no test's name may hold
)
async def test_damaged_or_unoffered_encoding_is_an_error(
    peer: Peer, client: GuardedHttpClient, body: bytes, encoding: str
) -> None:
    peer.routes["/"] = answer(body=body, Content_Encoding=encoding)

    with pytest.raises(NodeError) as caught:
        await get(client, peer.url("/"))

    assert caught.value.code == "http_error"


@pytest.mark.asyncio
async def test_slow_body_times_out_as_a_whole(peer: Peer, client: GuardedHttpClient) -> None:
    async def drip(writer: Writer, _: Received) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _step in range(1000):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    peer.routes["/"] = drip

    with pytest.raises(NodeTimeout) as caught:
        await get(client, peer.url("/"), timeout_s=0.2)

    assert caught.value.retryable


@pytest.mark.asyncio
async def test_silent_peer_times_out(peer: Peer, client: GuardedHttpClient) -> None:
    async def silent(writer: Writer, _: Received) -> None:
        await asyncio.sleep(3)

    peer.routes["/"] = silent

    with pytest.raises(NodeTimeout):
        await get(client, peer.url("/"), timeout_s=0.1)


@pytest.mark.asyncio
async def test_broken_connection_can_be_tried_again(peer: Peer, client: GuardedHttpClient) -> None:
    async def hang_up(writer: Writer, _: Received) -> None:
        writer.close()

    peer.routes["/"] = hang_up

    with pytest.raises(NodeError) as caught:
        await get(client, peer.url("/"))

    assert (caught.value.code, caught.value.retryable) == ("http_error", True)


@pytest.mark.asyncio
async def test_cookies_of_one_request_never_reach_the_next(peer: Peer, client: GuardedHttpClient) -> None:
    peer.routes["/"] = answer(Set_Cookie="session=secret; Path=/")

    await get(client, peer.url("/"))
    await get(client, peer.url("/"))

    assert "cookie" not in peer.received[1].headers


@pytest.mark.asyncio
async def test_proxies_of_the_environment_are_not_used(
    peer: Peer, client: GuardedHttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    peer.routes["/"] = answer(body=b"direct")

    assert (await get(client, peer.url("/"))).body == b"direct"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "name", ["Host", "Content-Length", "Transfer-Encoding", "Accept-Encoding", "Bad\r\nName"]
)
async def test_headers_of_the_connection_cannot_be_set(
    peer: Peer, client: GuardedHttpClient, name: str
) -> None:
    with pytest.raises(NodeError) as caught:
        await get(client, peer.url("/"), headers={name: "x"})

    assert caught.value.code == "invalid_header"
    assert not peer.received


def test_each_event_loop_has_its_own_pool() -> None:
    async def once(client: GuardedHttpClient) -> int:
        peer = Peer(routes={"/": answer(body=b"x")})
        server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
        peer.port = server.sockets[0].getsockname()[1]
        status = (await get(client, peer.url("/"))).status
        await client.aclose()
        server.close()
        return status

    client = GuardedHttpClient(EgressPolicy.from_text("127.0.0.1"))

    assert [asyncio.run(once(client)), asyncio.run(once(client))] == [200, 200]


@pytest.mark.parametrize(
    "url",
    [
        "http://user:s3cret@host.example:bad/",
        "http://user:s3cret@host.example/",
        "http://user:s3cret/",
        "https://user:s3cret@[::1/",
        "http:///path?token=s3cret",
        "http://exa%6dple.com/?token=s3cret",
        "file:///etc/passwd?token=s3cret",
        "http://127.0.0.2/?token=s3cret",
        "http://host.example:99999/?token=s3cret",
        "s3cret",
    ],
)
@pytest.mark.asyncio
async def test_no_refusal_repeats_what_a_url_may_hide(client: GuardedHttpClient, url: str) -> None:
    with pytest.raises(NodeError) as caught:
        await get(client, url)

    assert "s3cret" not in str(caught.value.to_dict())
