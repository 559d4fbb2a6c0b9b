"""Messages of a script's steps: sent at once, with the ids that they would have on the server."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from runtime.engine.errors import NodeError
from runtime.messages.email import Email
from runtime.messages.smtp import MailRefused, MailServer, hand_over
from runtime.messages.webhook import WebhookRefused, call_webhook
from runtime.net.egress import EgressPolicy
from runtime.secret_sources import Secrets
from runtime.services_protocol import Delivery, HttpClient, OutgoingMessage

if TYPE_CHECKING:
    from runtime.credentials.revealed import Revealed


class ScriptMessages:
    """A `runtime.services_protocol.Messenger`. What was sent is not sent again by a retry of the step."""

    def __init__(self, http: HttpClient, secrets: Secrets, egress: Callable[[], EgressPolicy]) -> None:
        self._http = http
        self._secrets = secrets
        self._egress = egress
        self._sent: dict[str, Delivery] = {}

    async def send(
        self, key: str, node: str, messages: Sequence[OutgoingMessage], *, is_awaited: bool
    ) -> list[Delivery]:
        """Raises `NodeError` (`not_delivered`) for the first that is not taken."""
        for message in messages:
            id_ = _id(key, message)
            if id_ in self._sent:
                continue
            try:
                await self._deliver(id_, message)
            except (MailRefused, WebhookRefused) as error:
                raise NodeError(
                    f"The message to {_shown(message)} was not taken: {error}",
                    code="not_delivered",
                    retryable=not error.is_final,
                    retry_after_s=getattr(error, "retry_after_s", None) or None,
                ) from None
            self._sent[id_] = Delivery(id_, message.address, "sent", 1, sent_at=datetime.now(UTC))
        return await self.look(key, messages)

    async def look(self, key: str, messages: Sequence[OutgoingMessage]) -> list[Delivery]:
        ids = [_id(key, message) for message in messages]
        return [self._sent[id_] for id_ in ids if id_ in self._sent]

    async def _deliver(self, id_: str, message: OutgoingMessage) -> None:
        credential = await self._secrets.reveal(message.credential) if message.credential else None
        content = self._secrets.redact(dict(message.content))
        if message.channel == "webhook":
            secret = None if credential is None else credential.secret("value").reveal()
            await call_webhook(
                self._http,
                message.address,
                content["body"],
                id=id_,
                headers=content.get("headers"),
                secret=secret,
            )
            return
        server, egress = self._mail_server(credential)
        mail = Email(id=id_, to=message.address, **content)
        await hand_over(mail.to_message(server.sender), mail.to, server, egress)

    def _mail_server(self, credential: Revealed | None) -> tuple[MailServer, EgressPolicy | None]:
        """The operator's own may be anywhere; that of a secret only where steps may go."""
        url = os.environ.get("EMAIL_URL", "")
        if credential is None and not url:
            message = "Set EMAIL_URL for this script, or name a secret that is such a URL as the credential."
            raise MailRefused(f"No mail server is set up. {message}", is_final=True)
        try:
            if credential is not None:
                return MailServer.of_credential(credential), self._egress()
            return MailServer.from_url(url), None
        except ValueError as error:
            what = "EMAIL_URL" if credential is None else f"the secret {credential.name!r}"
            raise MailRefused(f"{what} cannot be used: {error}", is_final=True) from None


def _id(key: str, message: OutgoingMessage) -> str:
    return str(uuid5(NAMESPACE_URL, f"{key}\n{message.channel}\n{message.address}"))


def _shown(message: OutgoingMessage) -> str:
    if message.channel == "email":
        return message.address
    return message.address.partition("://")[2].partition("/")[0]
