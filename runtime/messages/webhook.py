"""A webhook: one POST of JSON, with an id that stays the same and, where there is a secret, a signature."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from runtime.engine.errors import NodeError
from runtime.net.content import retry_after_s
from runtime.services_protocol import HttpClient
from runtime.triggers.signatures import HEADERS, sign

TIMEOUT_S = 10.0
ID_HEADER = "X-Lockgate-Delivery"
_MAX_ANSWER = 64 << 10
_TEMPORARY = frozenset({408, 409, 425, 429})


class WebhookRefused(Exception):
    """It did not arrive. `is_final`: trying again would not help."""

    def __init__(
        self, message: str, *, is_final: bool = False, retry_after_s: float = 0.0, status: int | None = None
    ) -> None:
        super().__init__(message)
        self.is_final = is_final
        self.retry_after_s = retry_after_s
        self.status = status


async def call_webhook(
    http: HttpClient,
    address: str,
    body: Any,
    *,
    id: str,
    headers: Mapping[str, str] | None = None,
    secret: str | None = None,
    timeout_s: float = TIMEOUT_S,
) -> None:
    """Returns once the receiver has taken it. Raises `WebhookRefused`."""
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    sent = {**(headers or {}), "Content-Type": "application/json", ID_HEADER: id}
    if secret is not None:
        sent[HEADERS["lockgate"]] = sign("lockgate", content, secret, at=int(time.time()))
    try:
        answer = await http.request(
            "POST",
            address,
            headers=sent,
            body=content,
            timeout_s=timeout_s,
            max_bytes=_MAX_ANSWER,
            follow_redirects=False,
        )
    except NodeError as error:
        if error.code == "http_too_large":  # it has answered, with more than anybody reads
            return
        raise WebhookRefused(error.message, is_final=not error.retryable) from None
    if answer.status >= 300:
        raise _refusal(answer.status, retry_after_s(answer.headers) or 0.0)


def _refusal(status: int, wait_s: float) -> WebhookRefused:
    is_final = 300 <= status < 500 and status not in _TEMPORARY
    text = "It redirects, which is not followed" if status < 400 else "The receiver refused it"
    return WebhookRefused(
        f"{text} (status {status}).", is_final=is_final, retry_after_s=wait_s, status=status
    )
