"""Sends one message: by e-mail, or to a webhook through the guarded client."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from django.conf import settings

from accounts.models import User
from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.models import Channel, Outbox
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy
from runtime.nodes.http_content import retry_after_s
from runtime.notices.messages import subject_of, text_of
from runtime.services.credentials import CredentialError, reveal
from runtime.services.in_thread import in_thread
from runtime.services.mail import Mail, MailRefused, send_by_credential, send_by_server
from runtime.triggers.signatures import HEADERS, sign

TIMEOUT_S = 10.0
ID_HEADER = "X-Lockgate-Delivery"
_MAX_ANSWER = 64 << 10
_TEMPORARY = frozenset({408, 409, 425, 429})


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
        body = json.dumps(row.payload, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", ID_HEADER: str(row.pk)}
        if credential is not None:
            secret = credential.secret("secret").reveal()
            headers[HEADERS["lockgate"]] = sign("lockgate", body, secret, at=int(time.time()))
        try:
            answer = await self._http.request(
                "POST",
                row.address,
                headers=headers,
                body=body,
                timeout_s=TIMEOUT_S,
                max_bytes=_MAX_ANSWER,
                follow_redirects=False,
            )
        except NodeError as error:
            if error.code == "http_too_large":  # it has answered, with more than anybody reads
                return
            raise DeliveryFailed(error.message, is_final=not error.retryable) from None
        if answer.status >= 300:
            raise _refusal(answer.status, retry_after_s(answer.headers) or 0.0)

    async def _mail(self, row: Outbox, credential: Revealed | None) -> None:
        mail = Mail(
            id=str(row.pk), to=row.address, subject=subject_of(row.payload), text=text_of(row.payload)
        )
        try:
            if credential is None:
                await asyncio.to_thread(send_by_server, mail)
            else:
                await send_by_credential(mail, credential, self._egress)
        except MailRefused as error:
            raise DeliveryFailed(str(error), is_final=error.is_final) from None


def _refusal(status: int, wait_s: float) -> DeliveryFailed:
    is_final = 300 <= status < 500 and status not in _TEMPORARY
    text = "It redirects, which is not followed" if status < 400 else "The receiver refused it"
    return DeliveryFailed(f"{text} (status {status}).", is_final=is_final, retry_after_s=wait_s)


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
