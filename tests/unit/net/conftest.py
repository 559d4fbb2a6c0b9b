from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio

from tests.unit.net.peer import Peer


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[Peer]:
    """A peer on 127.0.0.1."""
    peer = Peer()
    server = await asyncio.start_server(peer.serve, "127.0.0.1", 0)
    peer.port = server.sockets[0].getsockname()[1]
    yield peer
    server.close()
