from __future__ import annotations

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from django.test import Client, override_settings
from django.urls import path, re_path

from accounts.hints import access_group
from accounts.models import ApiToken, User
from accounts.services import create_token, deactivate_user, revoke_token, set_roles
from accounts.sockets import SubjectMiddleware, current_subject, nothing_here
from tests.people import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


class Echo(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        await self.accept()
        await self.send(self.scope["user"].email)


APPLICATION = SubjectMiddleware(URLRouter([path("ws/", Echo.as_asgi()), re_path("", nothing_here)]))


async def outcome(headers: dict[str, str], *, address: str = "/ws/") -> str | int:
    """What the consumer said, or the close code."""
    where, _, query = address.partition("?")
    scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": where,
        "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    socket = ApplicationCommunicator(APPLICATION, scope)
    await socket.send_input({"type": "websocket.connect"})
    accepted = await socket.receive_output()
    assert accepted["type"] == "websocket.accept", (
        "browsers read a close code only after an accepted handshake"
    )
    message: dict[str, Any] = await socket.receive_output()
    if message["type"] == "websocket.close":
        return int(message["code"])
    await socket.send_input({"type": "websocket.disconnect", "code": 1000})
    await socket.wait()
    return str(message["text"])


def cookies(client: Client) -> str:
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


@pytest.fixture
def session(editor: User) -> str:
    return cookies(signed_in(editor))


@pytest.fixture
def secret(editor: User) -> str:
    return create_token(editor, name="ci").secret


async def test_a_session_of_our_own_page_is_let_in(editor: User, session: str) -> None:
    headers = {"Host": "localhost:8000", "Origin": "http://localhost:8000", "Cookie": session}

    assert await outcome(headers) == editor.email


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "http://localhost",
        "http://localhost:8001",
        "https://localhost:8000",
        "http://localhost:8000.evil.example",
        "http://evil.example:8000",
        "http://localhost:8000@evil.example",
        "file://localhost:8000",
    ],
)
async def test_a_session_used_by_a_page_of_another_origin_is_refused(
    session: str, origin: str | None
) -> None:
    headers = {"Host": "localhost:8000", "Cookie": session}
    if origin is not None:
        headers["Origin"] = origin

    assert await outcome(headers) == 4403


async def test_a_host_that_is_not_ours_is_refused(session: str) -> None:
    headers = {"Host": "evil.example", "Origin": "http://evil.example", "Cookie": session}

    assert await outcome(headers) == 4403


@override_settings(CSRF_TRUSTED_ORIGINS=["https://flows.example"])
async def test_an_origin_that_the_operator_trusts_is_let_in(editor: User, session: str) -> None:
    headers = {"Host": "localhost:8000", "Origin": "https://flows.example", "Cookie": session}

    assert await outcome(headers) == editor.email


@pytest.mark.parametrize("cookie", ["", "sessionid=", "sessionid=nonsense"])
async def test_nobody_signed_in_is_4401(cookie: str) -> None:
    headers = {"Host": "localhost", "Origin": "http://localhost", "Cookie": cookie}

    assert await outcome(headers) == 4401


async def test_a_token_in_the_header_needs_no_origin(editor: User, secret: str) -> None:
    assert await outcome({"Host": "localhost", "Authorization": f"Bearer {secret}"}) == editor.email


async def test_a_bad_token_never_falls_back_to_the_session(session: str) -> None:
    headers = {
        "Host": "localhost",
        "Origin": "http://localhost",
        "Cookie": session,
        "Authorization": "Bearer lg_x",
    }

    assert await outcome(headers) == 4401


async def test_a_token_in_the_address_is_not_read(secret: str) -> None:
    headers = {"Host": "localhost", "Origin": "http://localhost"}

    assert await outcome(headers, address=f"/ws/?token={secret}") == 4401


async def test_an_address_without_a_consumer_is_4404(secret: str) -> None:
    headers = {"Host": "localhost", "Authorization": f"Bearer {secret}"}

    assert await outcome(headers, address="/ws/elsewhere/") == 4404


async def test_an_open_socket_sees_that_its_token_was_revoked(secret: str) -> None:
    scope = {
        "type": "websocket",
        "path": "/ws/",
        "headers": [(b"authorization", f"Bearer {secret}".encode())],
    }
    assert await current_subject(scope) is not None

    await database_sync_to_async(lambda: revoke_token(ApiToken.objects.get()))()

    assert await current_subject(scope) is None


async def test_an_open_socket_sees_that_its_session_ended(editor: User) -> None:
    client = await database_sync_to_async(signed_in)(editor)
    scope = {"type": "websocket", "path": "/ws/", "headers": [(b"cookie", cookies(client).encode())]}
    assert await current_subject(scope) == editor

    await database_sync_to_async(client.logout)()

    assert await current_subject(scope) is None


async def test_an_open_socket_sees_that_its_person_was_deactivated(editor: User, session: str) -> None:
    scope = {"type": "websocket", "path": "/ws/", "headers": [(b"cookie", session.encode())]}

    await database_sync_to_async(deactivate_user)(editor)

    assert await current_subject(scope) is None


async def test_sockets_are_told_when_access_changes(editor: User) -> None:
    layer = get_channel_layer()
    assert layer is not None
    channel = await layer.new_channel()
    await layer.group_add(access_group(editor.pk), channel)

    await database_sync_to_async(set_roles)(editor, ["viewer"])

    assert await layer.receive(channel) == {"type": "access.changed", "user": str(editor.pk)}
