"""Sends an e-mail: by the server's own relay (`EMAIL_URL`), or by a workspace's mail server."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.messages.email import ID_HEADER, Email
from runtime.messages.smtp import MailRefused, MailServer, hand_over, refusal_of
from runtime.net.egress import EgressPolicy


def is_mail_ready() -> bool:
    """Whether the operator has set up how e-mail leaves."""
    return bool(settings.EMAIL_CONFIGURED)


def send_by_server(mail: Email) -> None:
    """By `EMAIL_URL`. Blocks. Raises `MailRefused`."""
    if not is_mail_ready():
        raise MailRefused(
            "E-mail is not set up here: the operator sets EMAIL_URL, or the sender names a credential"
            " of the type smtp.",
            is_final=True,
        )
    try:
        _of_django(mail, settings.DEFAULT_FROM_EMAIL).send()
    except (smtplib.SMTPException, OSError) as error:
        raise refusal_of(error, Redactor()) from None


async def send_by_credential(mail: Email, credential: Revealed, egress: EgressPolicy) -> None:
    """By the mail server of an `smtp` credential, when nodes could reach it. Raises `MailRefused`."""
    server = MailServer.of_credential(credential)
    await hand_over(mail.to_message(server.sender), mail.to, server, egress)


def _of_django(mail: Email, sender: str) -> EmailMultiAlternatives:
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    message = EmailMultiAlternatives(
        " ".join(mail.subject.split()),
        mail.text,
        sender,
        [mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={
            "Message-ID": f"<{mail.id}@{domain}>",
            ID_HEADER: mail.id,
            "Auto-Submitted": "auto-generated",
        },
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    return message
