"""Two people watch one run: what one of them may see changes, and their page follows without a reload."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.models import MaskingRule, Policy, Tenant, User
from accounts.services import create_token, set_attributes
from accounts.services.versions import bump_policy_version
from runtime.host.host import RunHost
from runtime.models import Run
from tests.contract import Api
from tests.people import make_user
from tests.services.runtime import nodes
from tests.sockets.conftest import Reader, WebServer, close_code

RunMaker = Callable[..., Run]
SSN = "123-45-6789"
STEPS: Any = (
    ("give", "TestEcho", {"value": {"ssn": SSN}}),
    ("gate", "TestGate", {}),
    ("fail", "TestFail", {"length": 40}),
)
BELOW_SECRET = {
    "attribute_path": "user.attributes.clearance",
    "operator": "security_level_below",
    "value": "secret",
}
CHANGED = {"access": {"changed": True}}


def cleared(tenant: Tenant) -> User:
    user = make_user(tenant, "analyst")
    set_attributes(user, {"clearance": "secret"})
    return user


def headers_of(user: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {create_token(user, name='test').secret}"}


@pytest.fixture
def masked(tenant: Tenant) -> Tenant:
    MaskingRule.objects.create(
        tenant=tenant, key="ssn", label="SSN", field="ssn", mask_type="redact", condition=BELOW_SECRET
    )
    bump_policy_version(tenant.pk)
    return tenant


def test_masked_fields_and_the_socket_follow_a_lost_clearance(
    web: WebServer, make_run: RunMaker, host: RunHost, masked: Tenant
) -> None:
    run = make_run(*STEPS)
    host.ring()
    loser, keeper = cleared(masked), cleared(masked)
    node = f"runs/{run.pk}/nodes/give/"
    path = f"/ws/runs/{run.pk}/"
    headers = [headers_of(user) for user in (loser, keeper)]

    def shown(user: User) -> Any:
        return Api(user).get(node).json()["outputs"]["result"]["ssn"]

    async def scenario() -> tuple[Reader, Reader, list[Any]]:
        async with (
            web.socket(path, additional_headers=headers[0]) as one,
            web.socket(path, additional_headers=headers[1]) as two,
        ):
            first, second = Reader(one, []), Reader(two, [])
            for reader in (first, second):
                await reader.read_until(lambda found: len(found.events) >= 4)
            seen = [await sync_to_async(shown)(user) for user in (loser, keeper)]
            await sync_to_async(set_attributes)(loser, {"clearance": "internal"})
            await first.read_until(lambda found: CHANGED in found.frames)
            seen += [await sync_to_async(shown)(user) for user in (loser, keeper)]
            nodes.open_gate("gate")
            for reader in (first, second):
                await reader.read_to_end()
            return first, second, seen

    first, second, seen = asyncio.run(scenario())

    assert seen[:2] == [SSN, SSN]
    assert seen[2] != SSN
    assert seen[3] == SSN
    assert CHANGED not in second.frames
    assert "x" * 40 not in json.dumps(first.frames)
    assert "x" * 40 in json.dumps(second.frames)


def test_who_may_not_see_the_run_any_more_is_told_why(
    web: WebServer, make_run: RunMaker, host: RunHost, tenant: Tenant
) -> None:
    run = make_run(*STEPS)
    host.ring()
    headers = headers_of(cleared(tenant))

    async def scenario() -> int:
        async with web.socket(f"/ws/runs/{run.pk}/", additional_headers=headers) as socket:
            await Reader(socket, []).read_until(lambda found: len(found.events) >= 3)
            await sync_to_async(deny_runs)(tenant)
            return await close_code(socket)

    assert asyncio.run(scenario()) in (4403, 4404)
    nodes.open_gate("gate")


def deny_runs(tenant: Tenant) -> None:
    Policy.objects.create(
        tenant=tenant, key="closed", label="", effect="deny", actions=["run.view"], status="active"
    )
    bump_policy_version(tenant.pk)
