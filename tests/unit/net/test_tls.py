"""The connection goes to a checked address, while TLS still speaks and proves the name."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from runtime.engine.errors import NodeError
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.services_protocol import HttpResponse
from tests.unit.net.certificates import tls_contexts
from tests.unit.net.peer import Peer, answer


async def resolve(host: str, port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def fetch(host: str, folder: Path, seen: list[str | None]) -> HttpResponse:
    server_tls, client_tls = tls_contexts("secure.example", folder)
    server_tls.sni_callback = lambda connection, name, context: seen.append(name)
    peer = Peer(routes={"/": answer(body=b"proved")})
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0, ssl=server_tls)
    port = server.sockets[0].getsockname()[1]
    client = GuardedHttpClient(EgressPolicy.from_text(f"127.0.0.1:{port}", resolver=resolve), tls=client_tls)
    try:
        return await client.request(
            "GET",
            f"https://{host}:{port}/",
            headers={},
            body=None,
            timeout_s=5,
            max_bytes=1000,
            follow_redirects=False,
        )
    finally:
        await client.aclose()
        server.close()


@pytest.mark.asyncio
async def test_server_name_is_sent_and_checked(tmp_path: Path) -> None:
    seen: list[str | None] = []

    response = await fetch("secure.example", tmp_path, seen)

    assert (response.body, seen) == (b"proved", ["secure.example"])


@pytest.mark.asyncio
async def test_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NodeError) as caught:
        await fetch("other.example", tmp_path, [])

    assert caught.value.code == "http_error"
    assert "certificate" in caught.value.message
