"""E-mail really leaves: by the server's relay, and by a workspace's own mail server."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from accounts.models import Tenant, User
from runtime.messages import smtp as mail
from runtime.models import Channel, DeliveryStatus, NoticeEvent, Outbox
from runtime.services.credentials import create_credential
from runtime.services.outbox import Message, put, send_due
from tests.unit.net.certificates import write_certificate

PASSWORD = "canary-mail-password"
FACTS: dict[str, Any] = {
    "on": "failed",
    "workflow": {"id": "w", "name": "Sync ☀"},
    "run": {"id": "r", "number": 7},
    "url": "http://localhost:8000/runs/r",
    "error": {"code": "http_status", "message": "api.example.com answered 500", "node": "call"},
}


class Inbox:
    """What a mail server took; a reply in `replies` refuses."""

    def __init__(self) -> None:
        self.messages: list[Any] = []
        self.replies: dict[str, str] = {}
        self.logins: list[tuple[bytes, bytes]] = []

    async def handle_RCPT(  # noqa: N802  (the name is aiosmtpd's)
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.messages.append(envelope)
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, kind: Any, login: Any) -> AuthResult:
        assert isinstance(login, LoginPassword)
        self.logins.append((login.login, login.password))
        if login.password == PASSWORD.encode():
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=f"535 no {login.password.decode()}")


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def serving(inbox: Inbox, **options: Any) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    yield port
    controller.stop()


@pytest.fixture
def relay(inbox: Inbox, settings: Any) -> Iterator[int]:
    """The server's own, as `EMAIL_URL=smtp://127.0.0.1:PORT` sets it up."""
    for port in serving(inbox):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_CONFIGURED = "127.0.0.1", port, True
        yield port


@pytest.fixture
def mail_server(
    inbox: Inbox, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[int]:
    """A workspace's: with STARTTLS and a password."""
    certificate = write_certificate("127.0.0.1", tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    options = {"tls_context": context, "authenticator": inbox.authenticate, "auth_required": True}
    for port in serving(inbox, **options):
        settings.EGRESS_ALLOW = f"127.0.0.1:{port}"
        yield port


def tell(tenant: Tenant, *addresses: str, user: User | None = None, credential: str = "") -> list[Outbox]:
    put(
        Message(
            about="run",
            event=NoticeEvent.FAILED,
            channel=Channel.EMAIL,
            address=address,
            payload=FACTS,
            tenant_id=tenant.pk,
            credential=credential,
            principal_id=user and user.pk,
        )
        for address in addresses
    )
    send_due()
    return list(Outbox.objects.order_by("id"))


def smtp(user: User, port: int, **changes: Any) -> None:
    values = {
        "host": "127.0.0.1",
        "port": port,
        "security": "starttls",
        "username": "lockgate",
        "password": PASSWORD,
        "sender": "Sync <sync@example.com>",
        **changes,
    }
    create_credential(user=user, name="mail", type="smtp", description="", values=values)


def test_the_servers_relay_sends_it(tenant: Tenant, inbox: Inbox, relay: int) -> None:
    [row] = tell(tenant, "ops@example.com")

    [envelope] = inbox.messages
    text = envelope.content.decode()
    assert row.status == DeliveryStatus.SENT
    assert envelope.rcpt_tos == ["ops@example.com"]
    assert "Subject: =?utf-8?" in text
    assert f"Message-ID: <{row.pk}@localhost>" in text
    assert f"X-Lockgate-Delivery: {row.pk}" in text
    assert "http://localhost:8000/runs/r" in text
    assert "api.example.com answered 500" in text


def test_who_is_refused_for_good_is_given_up_and_who_may_come_later_is_not(
    tenant: Tenant, inbox: Inbox, relay: int
) -> None:
    inbox.replies = {"no@example.com": "550 no such box", "full@example.com": "452 try later"}

    rows = {row.address: row for row in tell(tenant, "no@example.com", "full@example.com")}

    assert rows["no@example.com"].status == DeliveryStatus.DEAD
    assert rows["no@example.com"].last_error == "The mail server refused it: 550 no such box"
    assert rows["full@example.com"].status == DeliveryStatus.PENDING
    assert "452 try later" in rows["full@example.com"].last_error


def test_without_any_mail_server_it_is_given_up_with_what_to_do(tenant: Tenant, settings: Any) -> None:
    settings.EMAIL_CONFIGURED = False

    [row] = tell(tenant, "ops@example.com")

    assert row.status == DeliveryStatus.DEAD
    assert "EMAIL_URL" in row.last_error


def test_a_relay_that_is_away_is_tried_again(tenant: Tenant, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_CONFIGURED = "127.0.0.1", 1, True

    [row] = tell(tenant, "ops@example.com")

    assert row.status == DeliveryStatus.PENDING
    assert row.last_error == "The mail server cannot be reached: Connection refused."


def test_a_credential_sends_it_encrypted_and_signed_in(
    tenant: Tenant, user: User, inbox: Inbox, mail_server: int
) -> None:
    smtp(user, mail_server)

    [row] = tell(tenant, "ops@example.com", user=user, credential="mail")

    assert (row.status, row.last_error) == (DeliveryStatus.SENT, "")
    assert inbox.logins == [(b"lockgate", PASSWORD.encode())]
    [envelope] = inbox.messages
    assert envelope.mail_from == "sync@example.com"
    assert b"From: Sync <sync@example.com>" in envelope.content
    assert f"Message-ID: <{row.pk}@example.com>".encode() in envelope.content


def test_a_wrong_password_is_given_up_and_not_shown(
    tenant: Tenant, user: User, inbox: Inbox, mail_server: int
) -> None:
    smtp(user, mail_server, password="canary-wrong-password")

    [row] = tell(tenant, "ops@example.com", user=user, credential="mail")

    assert row.status == DeliveryStatus.DEAD
    assert "535" in row.last_error
    assert "canary" not in row.last_error


@pytest.mark.parametrize("case", ["private", "port", "certificate"])
def test_a_mail_server_that_cannot_be_trusted_gets_nothing(
    tenant: Tenant,
    user: User,
    inbox: Inbox,
    mail_server: int,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    case: str,
) -> None:
    smtp(user, 22 if case == "port" else mail_server, host="127.0.0.1")
    if case == "certificate":
        monkeypatch.delenv("SSL_CERT_FILE")
    else:
        settings.EGRESS_ALLOW = ""

    [row] = tell(tenant, "ops@example.com", user=user, credential="mail")

    assert row.status == (DeliveryStatus.PENDING if case == "certificate" else DeliveryStatus.DEAD)
    assert row.last_error
    assert inbox.logins == []
    assert inbox.messages == []


def test_public_mail_ports_are_open_without_the_operator() -> None:
    assert set(mail.MAIL_PORTS) >= {25, 465, 587}
