"""A real web server in a thread, real sockets, and a host that drives runs beside it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from accounts.models import Tenant, User
from accounts.services import create_token
from runtime.host.host import RunHost
from runtime.live.doorbell import channel_layer
from runtime.models import Run, Workflow
from runtime.services.registry import node_registry
from runtime.services.runs import start_run
from runtime.services.workflows import create_workflow, snapshot_version
from tests.people import make_tenant, make_user
from tests.services.runtime import nodes
from tests.services.runtime.conftest import NoServices, chain

FINAL = {"run.succeeded", "run.failed", "run.cancelled"}


@dataclass
class WebServer:
    """`uvicorn designer.asgi:application` on a free port of this process."""

    server: uvicorn.Server
    port: int

    @asynccontextmanager
    async def socket(self, path: str, **options: Any) -> AsyncIterator[ClientConnection]:
        address = f"ws://localhost:{self.port}{path}"
        async with connect(address, open_timeout=30, max_size=None, **options) as opened:
            yield opened


@dataclass
class Reader:
    """What a client of a run's socket got."""

    socket: ClientConnection
    frames: list[dict[str, Any]]

    @property
    def events(self) -> list[dict[str, Any]]:
        """Those with a number."""
        return [event for frame in self.frames for event in frame.get("events", []) if "seq" in event]

    @property
    def seqs(self) -> list[int]:
        return [event["seq"] for event in self.events]

    async def read_until(self, condition: Callable[[Reader], bool], timeout_s: float = 20) -> None:
        async with asyncio.timeout(timeout_s):
            while not condition(self):
                self.frames.append(json.loads(await self.socket.recv()))

    async def read_to_end(self, timeout_s: float = 20) -> None:
        await self.read_until(has_ended, timeout_s)


def has_ended(reader: Reader) -> bool:
    return any(event["type"] in FINAL for event in reader.events)


async def close_code(socket: ClientConnection) -> int:
    try:
        async with asyncio.timeout(10):
            while True:
                await socket.recv()
    except ConnectionClosed:
        return int(socket.close_code or 0)


@pytest.fixture(scope="session")
def web() -> Iterator[WebServer]:
    from designer.asgi import application

    config = uvicorn.Config(application, host="localhost", port=0, lifespan="off", log_level="warning")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield WebServer(server, server.servers[0].sockets[0].getsockname()[1])
    server.should_exit = True
    thread.join()


@pytest.fixture(autouse=True)
def test_node_types() -> None:
    nodes.reset()
    for node_class in nodes.CLASSES:
        node_registry().add(node_class)


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return make_tenant()


@pytest.fixture
def user(tenant: Tenant) -> User:
    return make_user(tenant, "owner")


@pytest.fixture
def workflow(tenant: Tenant, user: User) -> Workflow:
    return create_workflow(tenant=tenant, user=user, name="Test")


@pytest.fixture
def bearer(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {create_token(user, name='test').secret}"}


@pytest.fixture
def host(transactional_db: None) -> Iterator[RunHost]:
    started = RunHost(slots=10, grace_s=1, services=NoServices, layer=channel_layer, sweep_s=0.2)
    started.start()
    yield started
    started.stop()


@pytest.fixture
def make_run(workflow: Workflow, user: User) -> Callable[..., Run]:
    def make(*steps: tuple[str, str, dict[str, Any]]) -> Run:
        return start_run(user, snapshot_version(workflow, chain(*steps), user=user))

    return make


def long_chain(length: int) -> list[tuple[str, str, dict[str, Any]]]:
    return [(f"n{number}", "TestEcho", {"value": number}) for number in range(length)]
