"""Who may open a run's socket, and how long it stays theirs."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings

from accounts.models import ApiToken, Effect, Policy, PolicyStatus, User
from accounts.services import create_token, deactivate_user, revoke_token
from accounts.services.versions import bump_policy_version
from runtime import consumers
from runtime.models import Run
from tests.people import make_tenant, make_user, signed_in
from tests.sockets.conftest import Reader, WebServer, close_code

RunMaker = Callable[..., Run]


@pytest.fixture
def run(make_run: RunMaker) -> Run:
    return make_run(("a", "TestEcho", {}))


def code_for(web: WebServer, run_id: object, headers: dict[str, str]) -> int:
    async def scenario() -> int:
        async with web.socket(f"/ws/runs/{run_id}/", additional_headers=headers) as socket:
            return await close_code(socket)

    return asyncio.run(scenario())


def of(user: User, **options: object) -> dict[str, str]:
    return {"Authorization": f"Bearer {create_token(user, name='test', **options).secret}"}  # type: ignore[arg-type]


def test_nobody_is_asked_to_sign_in(web: WebServer, run: Run) -> None:
    origin = {"Origin": f"http://localhost:{web.port}"}

    assert code_for(web, run.id, origin) == 4401
    assert code_for(web, run.id, {"Authorization": "Bearer nonsense"}) == 4401


def test_another_tenants_run_is_not_there(web: WebServer, run: Run) -> None:
    stranger = make_user(make_tenant("Other"), "owner")

    assert code_for(web, run.id, of(stranger)) == 4404


def test_a_run_that_does_not_exist_is_not_there(web: WebServer, bearer: dict[str, str]) -> None:
    assert code_for(web, uuid.uuid4(), bearer) == 4404


def test_a_person_without_a_role_sees_no_run(web: WebServer, run: Run) -> None:
    nobody = make_user(run.tenant)

    assert code_for(web, run.id, of(nobody)) in (4403, 4404)


def test_a_page_of_another_origin_cannot_use_the_session(web: WebServer, run: Run, user: User) -> None:
    cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    session = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}"}

    assert code_for(web, run.id, {**session, "Origin": "http://evil.example"}) == 4403


def test_a_session_reads_from_its_own_origin(web: WebServer, run: Run, user: User) -> None:
    cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    headers = {
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={cookie}",
        "Origin": f"http://localhost:{web.port}",
    }

    async def scenario() -> list[int]:
        async with web.socket(f"/ws/runs/{run.id}/", additional_headers=headers) as socket:
            reader = Reader(socket, [])
            await reader.read_until(lambda found: bool(found.events))
            return reader.seqs

    assert asyncio.run(scenario()) == [1]


@pytest.mark.parametrize("end", ["revoked", "deactivated"])
def test_a_token_that_ends_closes_its_sockets_at_once(web: WebServer, run: Run, user: User, end: str) -> None:
    headers = of(user)
    token = ApiToken.objects.get(user=user)

    async def scenario() -> tuple[int, str]:
        async with web.socket(f"/ws/runs/{run.id}/", additional_headers=headers) as socket:
            await socket.recv()
            if end == "revoked":
                await sync_to_async(revoke_token)(token)
            else:
                await sync_to_async(deactivate_user)(user)
            return await close_code(socket), socket.close_reason or ""

    code, reason = asyncio.run(scenario())
    assert code == 4401
    assert ("was deactivated" in reason) == (end == "deactivated")


def test_a_policy_that_denies_closes_open_sockets_and_says_why(web: WebServer, run: Run, user: User) -> None:
    headers = of(user)

    def deny() -> None:
        Policy.objects.create(
            tenant=run.tenant,
            key="closed",
            label="Closed for the night",
            effect=Effect.DENY,
            actions=["run.view"],
            status=PolicyStatus.ACTIVE,
        )
        bump_policy_version(run.tenant_id)

    async def scenario() -> tuple[int, str | None]:
        async with web.socket(f"/ws/runs/{run.id}/", additional_headers=headers) as socket:
            await socket.recv()
            await sync_to_async(deny)()
            return await close_code(socket), socket.close_reason

    assert asyncio.run(scenario()) == (4403, "The policy “Closed for the night” denies it.")


def test_access_is_checked_again_without_a_hint(
    web: WebServer, run: Run, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "RECHECK_S", 0.3)
    headers = of(user)

    async def scenario() -> int:
        async with web.socket(f"/ws/runs/{run.id}/", additional_headers=headers) as socket:
            await socket.recv()
            await sync_to_async(ApiToken.objects.filter(user=user).delete)()
            return await close_code(socket)

    assert asyncio.run(scenario()) == 4401
