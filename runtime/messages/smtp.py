"""Hands an e-mail to a mail server, by a connection to a checked address."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from email.utils import parseaddr
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.engine.secret import Secret
from runtime.net.egress import EgressPolicy, Opening

MAIL_PORTS = (25, 465, 587, 2525)
TIMEOUT_S = 10.0
Encryption = Literal["starttls", "tls", "none"]
_SCHEMES: dict[str, tuple[Encryption, int]] = {
    "smtp": ("none", 25),
    "smtp+tls": ("starttls", 587),
    "smtps": ("tls", 465),
}


class MailRefused(Exception):
    """It was not taken. `is_final`: trying again would not help. `is_login`: who sends it was refused."""

    def __init__(self, message: str, *, is_final: bool = False, is_login: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final
        self.is_login = is_login


@dataclass(frozen=True, slots=True)
class MailServer:
    host: str
    port: int
    security: Encryption
    sender: str
    username: str = ""
    password: Secret = Secret("")  # noqa: RUF009  (it cannot change)

    @classmethod
    def of_credential(cls, credential: Revealed) -> MailServer:
        """From a credential of the type `smtp`, or a secret that is a URL as `from_url` reads it."""
        if credential.type != "smtp":
            return cls.from_url(credential.secret("value").reveal())
        fields: Any = credential.fields
        return cls(
            host=str(fields["host"]),
            port=int(fields["port"]),
            security=fields["security"],
            sender=str(fields["sender"]),
            username=str(fields["username"]),
            password=credential.secret("password"),
        )

    @classmethod
    def from_url(cls, url: str) -> MailServer:
        """`smtp://`, `smtp+tls://` (STARTTLS) or `smtps://USER:PASSWORD@HOST:PORT?from=ADDRESS`.

        Raises `ValueError`, which quotes nothing of it.
        """
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError(
                "it must be smtp://, smtp+tls:// or smtps://USER:PASSWORD@HOST:PORT?from=ADDRESS"
            )
        security, port = _SCHEMES[parts.scheme]
        return cls(
            host=parts.hostname,
            port=parts.port or port,
            security=security,
            sender=parse_qs(parts.query).get("from", ["Lockgate <lockgate@localhost>"])[0],
            username=unquote(parts.username or ""),
            password=Secret(unquote(parts.password or "")),
        )


async def hand_over(message: Message, to: str, server: MailServer, egress: EgressPolicy | None) -> None:
    """Sends it when nodes could reach the server; without rules to any. Raises `MailRefused`."""
    number = server.host if egress is None else await _checked_number(server, egress)
    await asyncio.to_thread(_send, message, to, server, number)


async def log_in(server: MailServer, egress: EgressPolicy) -> None:
    """Connects, proves who it is, and leaves without a message. Raises `MailRefused`."""
    number = await _checked_number(server, egress)
    await asyncio.to_thread(_in_conversation, server, number, lambda connection: connection.noop())


async def _checked_number(server: MailServer, egress: EgressPolicy) -> str:
    opened = (*egress.openings, *(Opening("*", None, known) for known in MAIL_PORTS))
    try:
        numbers = await EgressPolicy(opened, egress.resolver).resolve(server.host.strip("[]"), server.port)
    except NodeError as error:
        raise MailRefused(error.message, is_final=not error.retryable) from None
    return numbers[0]


def refusal_of(error: Exception, redactor: Redactor) -> MailRefused:
    """In the server's words, which may hold what was sent to it."""
    text: bytes | str
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, text = next(iter(error.recipients.values()), (0, b""))
        case smtplib.SMTPResponseException():
            code, text = error.smtp_code, error.smtp_error
        case smtplib.SMTPNotSupportedError():
            return MailRefused(f"The mail server cannot do what is asked: {error}", is_final=True)
        case ssl.SSLError():
            return MailRefused(f"No encrypted connection to the mail server: {error.reason or 'TLS failed'}.")
        case _:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            return MailRefused(f"The mail server cannot be reached: {reason}.")
    said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return MailRefused(
        redactor.text(f"The mail server refused it: {code} {said}")[:500],
        is_final=500 <= code < 600,
        is_login=isinstance(error, smtplib.SMTPAuthenticationError),
    )


def _send(message: Message, to: str, server: MailServer, number: str) -> None:
    sender = parseaddr(server.sender)[1]

    def send(connection: smtplib.SMTP) -> None:
        connection.send_message(message, from_addr=sender, to_addrs=[to])

    _in_conversation(server, number, send)


def _in_conversation(server: MailServer, number: str, act: Callable[[smtplib.SMTP], object]) -> None:
    redactor = Redactor()
    password = server.password.reveal()
    redactor.learn(*([password] if password else []))
    try:
        with _open(server, number) as connection:
            if server.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.username:
                connection.login(server.username, password)
            act(connection)
    except (smtplib.SMTPException, OSError) as error:
        raise refusal_of(error, redactor) from None


def _open(server: MailServer, number: str) -> smtplib.SMTP:
    """Connected to the checked address; TLS still sees the name."""

    class Checked(smtplib.SMTP):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            return socket.create_connection((number, port), timeout)

    class CheckedTls(smtplib.SMTP_SSL):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            plain = socket.create_connection((number, port), timeout)
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)

    kind: Any = CheckedTls if server.security == "tls" else Checked
    connection: smtplib.SMTP = kind(server.host, server.port, timeout=TIMEOUT_S)
    return connection
