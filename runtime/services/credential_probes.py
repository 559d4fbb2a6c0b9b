"""The cheapest thing that shows whether a credential opens what it is for, by type."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

from runtime.credentials.redactor import Redactor
from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.engine.secret import Secret
from runtime.messages.smtp import MailRefused, MailServer, log_in
from runtime.messages.webhook import WebhookRefused, call_webhook
from runtime.net.egress import EgressPolicy
from runtime.nodes.http_credential import HttpCredential, Proof
from runtime.services_protocol import HttpClient, SqlTarget
from runtime.stores.asking import StoreFailed
from runtime.stores.aws import AwsStore
from runtime.stores.azure import AzureStore
from runtime.stores.vault import VaultStore

TIMEOUT_S: Final = 10.0
_MAX_ANSWER: Final = 64 << 10
_REFUSALS: Final = frozenset({401, 403})


class ProbeFailed(Exception):
    """It does not open what it is for; the text says why, in words without a secret."""


@dataclass(frozen=True, slots=True)
class Probed:
    """What is tried. `url` is stated by whoever asks, for the types that open any address."""

    revealed: Revealed
    http: HttpClient
    egress: EgressPolicy
    url: str = ""


Probe = Callable[[Probed], Awaitable[str]]
"""What was seen, as a sentence. Raises `ProbeFailed`."""


async def probe(asked: Probed) -> str:
    """What was seen. Raises `ProbeFailed`; neither text holds a secret of the credential."""
    redactor = Redactor()
    redactor.learn(*asked.revealed.texts())
    try:
        return redactor.text(await PROBES[asked.revealed.type](asked))
    except (ProbeFailed, MailRefused, WebhookRefused) as failure:
        raise ProbeFailed(redactor.text(str(failure))) from None
    except StoreFailed as failure:
        raise ProbeFailed(redactor.text(failure.reason)) from None
    except NodeError as error:
        raise ProbeFailed(redactor.text(_sentence(error.message))) from None


async def _call(asked: Probed) -> str:
    """A GET that proves itself as a step would."""
    proof = Proof(HttpCredential(name=asked.revealed.name), asked.revealed, _Alone())
    status = await _get(asked.http, asked.url, {proof.name: proof.value})
    place = urlsplit(asked.url).netloc
    if status in _REFUSALS:
        raise ProbeFailed(f"{place} answered {status}: it is refused.")
    if status >= 400:
        raise ProbeFailed(f"{place} answered {status}, which says nothing about the credential.")
    return f"{place} answered {status}."


async def _sign(asked: Probed) -> str:
    """A signed webhook that says that it is a test."""
    secret = asked.revealed.secret("secret").reveal()
    body = {"on": "test", "credential": asked.revealed.name}
    await call_webhook(asked.http, asked.url, body, id=str(uuid4()), secret=secret, timeout_s=TIMEOUT_S)
    return f"{urlsplit(asked.url).netloc} took a signed message."


async def _log_in_to_mail(asked: Probed) -> str:
    server = MailServer.of_credential(asked.revealed)
    await log_in(server, asked.egress)
    return f"{server.host} let {server.username} in." if server.username else f"{server.host} answers."


async def _ask_database(asked: Probed) -> str:
    from runtime.sql.desk import Databases

    async def nowhere() -> None:
        return None

    desk = Databases(
        secrets=_Alone(asked.revealed), egress=lambda: asked.egress, folder=nowhere, no_folder=""
    )
    started = time.monotonic()
    async with desk.connect(SqlTarget("postgresql", asked.revealed.name)) as database:
        async for _ in database.rows("SELECT 1 AS one", {}, timeout_s=TIMEOUT_S):
            pass
    fields = asked.revealed.fields
    took_ms = (time.monotonic() - started) * 1000
    return f"{fields['database']} at {fields['host']} answered in {took_ms:.0f} ms."


async def _ask_vault(asked: Probed) -> str:
    return f"Vault knows the token as “{await VaultStore(asked.revealed, asked.http).who_am_i()}”."


async def _ask_aws(asked: Probed) -> str:
    return f"AWS takes the key {await AwsStore(asked.revealed, asked.http).who_am_i()}."


async def _ask_azure(asked: Probed) -> str:
    return f"Azure takes the client {await AzureStore(asked.revealed, asked.http).who_am_i()}."


async def _get(http: HttpClient, url: str, headers: Mapping[str, str]) -> int:
    try:
        answer = await http.request(
            "GET",
            url,
            headers=headers,
            body=None,
            timeout_s=TIMEOUT_S,
            max_bytes=_MAX_ANSWER,
            follow_redirects=False,
        )
    except NodeError as error:
        if error.code == "http_too_large":  # it has answered, with more than anybody reads
            return 200
        raise
    return answer.status


class _Alone:
    """Knows one credential, and keeps nothing."""

    def __init__(self, revealed: Revealed | None = None) -> None:
        self._revealed = revealed or Revealed("", "secret", {}, {"value": Secret("")})

    async def reveal(self, name: str) -> Revealed:
        return self._revealed

    async def newer(self, than: Revealed) -> Revealed | None:
        return None

    async def answered(self, revealed: Revealed, *, is_taken: bool) -> None:
        return None

    def redact(self, value: Any) -> Any:
        return value


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")


PROBES: Final[Mapping[str, Probe]] = {
    "bearer_token": _call,
    "basic_auth": _call,
    "api_key": _call,
    "secret": _call,
    "signing_secret": _sign,
    "smtp": _log_in_to_mail,
    "postgresql": _ask_database,
    "vault": _ask_vault,
    "aws": _ask_aws,
    "azure": _ask_azure,
}
NEEDS_URL: Final = frozenset({"bearer_token", "basic_auth", "api_key", "secret", "signing_secret"})
"""Types that say nothing of where they are taken."""
