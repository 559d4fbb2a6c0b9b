"""Sends one message of the outbox: by e-mail, or to a webhook through the guarded client."""

from __future__ import annotations

import asyncio
from typing import Self

from django.conf import settings

from accounts.models import User
from runtime.credentials.revealed import Revealed
from runtime.messages.email import Email
from runtime.messages.smtp import MailRefused
from runtime.messages.webhook import TIMEOUT_S, WebhookRefused, call_webhook
from runtime.models import STEP_EVENT, Channel, Outbox
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.nodes.http_credential import UNAUTHORIZED
from runtime.notices.messages import subject_of, text_of
from runtime.services.credential_leases import Held, take
from runtime.services.credentials import CredentialError, note_answer
from runtime.services.in_thread import in_thread
from runtime.services.mail import send_by_credential, send_by_server

__all__ = ["TIMEOUT_S", "Deliveries", "DeliveryFailed"]


class DeliveryFailed(Exception):
    """It did not arrive. `is_final`: trying again would not help.

    `is_proof_refused`: the receiver did not take what it was proved with.
    """

    def __init__(
        self,
        message: str,
        *,
        is_final: bool = False,
        retry_after_s: float = 0.0,
        is_proof_refused: bool = False,
    ) -> None:
        super().__init__(message)
        self.is_final = is_final
        self.retry_after_s = retry_after_s
        self.is_proof_refused = is_proof_refused


class Deliveries:
    """The connections of one batch."""

    def __init__(self) -> None:
        self._egress = EgressPolicy.from_text(settings.EGRESS_ALLOW)
        self._http = GuardedHttpClient(self._egress)

    async def deliver(self, row: Outbox) -> None:
        """Tried at once again where a later version of the credential has come into force meanwhile.

        Raises `DeliveryFailed`.
        """
        with _Hand() as hand:
            held = await in_thread(_take, row, hand)
            try:
                await self._send(row, held)
            except DeliveryFailed as failure:
                if held is None or not failure.is_proof_refused:
                    raise
                newer = await in_thread(_take, row, hand)
                if newer is None or newer.revealed.version == held.revealed.version:
                    await in_thread(note_answer, held.credential, held.revealed.version, is_taken=False)
                    raise
                held = newer
                await self._send(row, held)
            if held is not None and held.credential.refused_at is not None:
                await in_thread(note_answer, held.credential, held.revealed.version, is_taken=True)

    async def _send(self, row: Outbox, held: Held | None) -> None:
        credential = None if held is None else held.revealed
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
                str(error),
                is_final=error.is_final,
                retry_after_s=error.retry_after_s,
                is_proof_refused=error.status == UNAUTHORIZED,
            ) from None

    async def _mail(self, row: Outbox, credential: Revealed | None) -> None:
        mail = _email(row)
        try:
            if credential is None:
                await asyncio.to_thread(send_by_server, mail)
            else:
                await send_by_credential(mail, credential, self._egress)
        except MailRefused as error:
            raise DeliveryFailed(
                str(error), is_final=error.is_final, is_proof_refused=error.is_login
            ) from None


def _email(row: Outbox) -> Email:
    if row.event == STEP_EVENT:
        return Email(id=str(row.pk), to=row.address, **row.payload["content"])
    return Email(id=str(row.pk), to=row.address, subject=subject_of(row.payload), text=text_of(row.payload))


class _Hand:
    """Holds credentials for as long as a message is being sent."""

    def __init__(self) -> None:
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._is_open = False

    def is_held(self) -> bool:
        return self._is_open


def _take(row: Outbox, hand: _Hand) -> Held | None:
    """The credential that the row names, in the name of who asked for the message."""
    if not row.credential:
        return None
    wanted = "signing_secret" if row.channel == Channel.WEBHOOK else "smtp"
    principal = User.objects.filter(pk=row.principal_id).first() if row.principal_id else None
    try:
        held = take(
            row.tenant_id,
            row.credential,
            principal=principal,
            purpose="message",
            is_held=hand.is_held,
            run_id=row.run_id,
        )
    except CredentialError as error:
        raise DeliveryFailed(error.message, is_final=error.code != "credential_key_missing") from None
    if held.revealed.type != wanted:
        message = f"The credential {row.credential!r} is of the type {held.revealed.type}, not {wanted}."
        raise DeliveryFailed(message, is_final=True)
    return held
