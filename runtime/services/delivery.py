"""Sends one message of the outbox: by e-mail, or to a webhook through the guarded client."""

from __future__ import annotations

import asyncio
from typing import Any

from django.conf import settings

from accounts.models import User
from runtime.credentials.revealed import Revealed
from runtime.messages.email import Email
from runtime.messages.smtp import MailRefused
from runtime.messages.webhook import TIMEOUT_S, WebhookRefused, call_webhook
from runtime.models import STEP_EVENT, Channel, Outbox
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.notices.messages import subject_of, text_of
from runtime.services.credentials import CredentialError, reveal
from runtime.services.in_thread import in_thread
from runtime.services.mail import send_by_credential, send_by_server

__all__ = ["TIMEOUT_S", "Deliveries", "DeliveryFailed"]


class DeliveryFailed(Exception):
    """It did not arrive. `is_final`: trying again would not help."""

    def __init__(self, message: str, *, is_final: bool = False, retry_after_s: float = 0.0) -> None:
        super().__init__(message)
        self.is_final = is_final
        self.retry_after_s = retry_after_s


class Deliveries:
    """The connections of one batch."""

    def __init__(self) -> None:
        self._egress = EgressPolicy.from_text(settings.EGRESS_ALLOW)
        self._http = GuardedHttpClient(self._egress)

    async def deliver(self, row: Outbox) -> None:
        """Raises `DeliveryFailed`."""
        credential = await in_thread(_credential, row)
        if row.channel == Channel.WEBHOOK:
            await self._call(row, credential)
        else:
            await self._mail(row, credential)

    async def close(self) -> None:
        await self._http.aclose()

    async def _call(self, row: Outbox, credential: Revealed | None) -> None:
        is_step = row.event == STEP_EVENT
        try:
            await call_webhook(
                self._http,
                row.address,
                row.payload["content"]["body"] if is_step else row.payload,
                id=str(row.pk),
                headers=row.payload["content"].get("headers") if is_step else None,
                secret=None if credential is None else credential.secret("secret").reveal(),
                timeout_s=TIMEOUT_S,
            )
        except WebhookRefused as error:
            raise DeliveryFailed(
                str(error), is_final=error.is_final, retry_after_s=error.retry_after_s
            ) from None

    async def _mail(self, row: Outbox, credential: Revealed | None) -> None:
        mail = _email(row)
        try:
            if credential is None:
                await asyncio.to_thread(send_by_server, mail)
            else:
                await send_by_credential(mail, credential, self._egress)
        except MailRefused as error:
            raise DeliveryFailed(str(error), is_final=error.is_final) from None


def _email(row: Outbox) -> Email:
    if row.event == STEP_EVENT:
        return Email(id=str(row.pk), to=row.address, **row.payload["content"])
    return Email(id=str(row.pk), to=row.address, subject=subject_of(row.payload), text=text_of(row.payload))


def _credential(row: Outbox) -> Revealed | None:
    """The credential that the row names, in the name of who asked for the message."""
    if not row.credential:
        return None
    wanted = "signing_secret" if row.channel == Channel.WEBHOOK else "smtp"
    principal = User.objects.filter(pk=row.principal_id).first() if row.principal_id else None
    try:
        found: Any = reveal(row.tenant_id, row.credential, principal=principal)
    except CredentialError as error:
        raise DeliveryFailed(error.message, is_final=error.code != "credential_key_missing") from None
    if found.type != wanted:
        message = f"The credential {row.credential!r} is of the type {found.type}, not {wanted}."
        raise DeliveryFailed(message, is_final=True)
    return found if isinstance(found, Revealed) else None
