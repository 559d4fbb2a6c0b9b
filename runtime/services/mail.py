"""Sends an e-mail: by the server's own relay (`EMAIL_URL`), or by a workspace's mail server."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage

from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.net.egress import EgressPolicy, Opening

MAIL_PORTS = (25, 465, 587, 2525)
TIMEOUT_S = 10.0


class MailRefused(Exception):
    """It was not taken. `is_final`: trying again would not help."""

    def __init__(self, message: str, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.is_final = is_final


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one person; `id` stays the same when it is sent again."""

    id: str
    to: str
    subject: str
    text: str

    def to_message(self, sender: str) -> EmailMessage:
        domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
        headers = {
            "Message-ID": f"<{self.id}@{domain}>",
            "X-Lockgate-Delivery": self.id,
            "Auto-Submitted": "auto-generated",
        }
        return EmailMessage(self.subject, self.text, sender, [self.to], headers=headers)


def is_mail_ready() -> bool:
    """Whether the operator has set up how e-mail leaves."""
    return bool(settings.EMAIL_CONFIGURED)


def send_by_server(mail: Mail) -> None:
    """By `EMAIL_URL`. Blocks. Raises `MailRefused`."""
    if not is_mail_ready():
        raise MailRefused(
            "E-mail is not set up here: the operator sets EMAIL_URL, or the notice names a credential"
            " of the type smtp.",
            is_final=True,
        )
    try:
        mail.to_message(settings.DEFAULT_FROM_EMAIL).send()
    except (smtplib.SMTPException, OSError) as error:
        raise _refused(error, Redactor()) from None


async def send_by_credential(mail: Mail, credential: Revealed, egress: EgressPolicy) -> None:
    """By the mail server of an `smtp` credential, when nodes could reach it. Raises `MailRefused`."""
    host, port = str(credential.fields["host"]), int(credential.fields["port"])
    opened = (*egress.openings, *(Opening("*", None, known) for known in MAIL_PORTS))
    try:
        addresses = await EgressPolicy(opened, egress.resolver).resolve(host.strip("[]"), port)
    except NodeError as error:
        raise MailRefused(error.message, is_final=not error.retryable) from None
    await asyncio.to_thread(_send, mail, credential, addresses[0])


def _send(mail: Mail, credential: Revealed, address: str) -> None:
    fields, password = credential.fields, credential.secret("password").reveal()
    redactor = Redactor()
    redactor.learn(*credential.texts())
    try:
        with _open(credential, address) as connection:
            if fields["security"] == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if fields["username"]:
                connection.login(str(fields["username"]), password)
            sender = str(fields["sender"])
            message = mail.to_message(sender).message()
            connection.send_message(message, from_addr=parseaddr(sender)[1], to_addrs=[mail.to])
    except (smtplib.SMTPException, OSError) as error:
        raise _refused(error, redactor) from None


def _open(credential: Revealed, address: str) -> smtplib.SMTP:
    """Connected to the checked address; TLS still sees the name."""
    host, port = str(credential.fields["host"]), int(credential.fields["port"])

    class Checked(smtplib.SMTP):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            return socket.create_connection((address, port), timeout)

    class CheckedTls(smtplib.SMTP_SSL):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
            plain = socket.create_connection((address, port), timeout)
            return ssl.create_default_context().wrap_socket(plain, server_hostname=host)

    kind: Any = CheckedTls if credential.fields["security"] == "tls" else Checked
    connection: smtplib.SMTP = kind(host, port, timeout=TIMEOUT_S)
    return connection


def _refused(error: Exception, redactor: Redactor) -> MailRefused:
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
        redactor.text(f"The mail server refused it: {code} {said}"[:500]), is_final=500 <= code < 600
    )
