"""Sockets tell everybody that something failed, and why only to those who may see the run's data."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async

from accounts.models import Tenant, User
from accounts.services import create_token, set_roles
from runtime import consumers
from runtime.disclosure import NOT_SHOWN
from runtime.engine.state import RunStatus
from runtime.host.host import RunHost
from runtime.models import Run
from tests.people import make_user
from tests.services.runtime import nodes
from tests.services.runtime.conftest import wait_for_status
from tests.sockets.conftest import Reader, WebServer

RunMaker = Callable[..., Run]
# What a `TestFail` says.
SECRET = "x" * 40
FAILING = (("gate", "TestGate", {}), ("fail", "TestFail", {"length": 40}))


def headers_of(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {create_token(user, name='test').secret}"}


def frames_of(web: WebServer, run: Run, user: User, *, opening_gate: bool = False) -> list[str]:
    """Everything that the user's socket got, to the end of the run."""
    headers = headers_of(user)

    async def scenario() -> Reader:
        async with web.socket(f"/ws/runs/{run.id}/", additional_headers=headers) as socket:
            reader = Reader(socket, [])
            await reader.read_until(lambda found: bool(found.frames))
            if opening_gate:
                nodes.open_gate("gate")
            await reader.read_until(lambda found: "failed" in json.dumps(found.frames[-1]))
            return reader

    return [json.dumps(frame) for frame in asyncio.run(scenario()).frames]


@pytest.mark.parametrize(("role", "told"), [("viewer", False), ("auditor", False), ("operator", True)])
@pytest.mark.parametrize("way", ["live", "replay", "snapshot"])
def test_messages_are_for_those_who_may_see_data(
    web: WebServer,
    make_run: RunMaker,
    host: RunHost,
    tenant: Tenant,
    monkeypatch: pytest.MonkeyPatch,
    role: str,
    told: bool,
    way: str,
) -> None:
    if way == "snapshot":
        monkeypatch.setattr(consumers, "MAX_REPLAY", -1)
    run = make_run(*FAILING)
    host.ring()
    if way != "live":
        nodes.open_gate("gate")
        wait_for_status(run, RunStatus.FAILED)

    text = " ".join(frames_of(web, run, make_user(tenant, role), opening_gate=way == "live"))

    assert (SECRET in text) is told
    assert (NOT_SHOWN in text) is not told
    assert '"code": "always"' in text


def test_who_may_see_data_no_more_is_told_no_more(
    web: WebServer, make_run: RunMaker, host: RunHost, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "RECHECK_S", 0.1)
    run = make_run(*FAILING)
    host.ring()
    person = make_user(tenant, "analyst")
    headers = headers_of(person)

    async def scenario() -> Reader:
        async with web.socket(f"/ws/runs/{run.id}/", additional_headers=headers) as socket:
            reader = Reader(socket, [])
            await reader.read_until(lambda found: len(found.events) >= 3)
            await sync_to_async(set_roles)(person, ["viewer"])
            await asyncio.sleep(0.5)
            nodes.open_gate("gate")
            await reader.read_to_end()
            return reader

    assert SECRET not in json.dumps(asyncio.run(scenario()).frames)
