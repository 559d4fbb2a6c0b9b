"""What calls of every store have in common: limits, JSON, and failures whose words hold no secret."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.services_protocol import HttpClient, HttpResponse

TIMEOUT_S: Final = 10.0
MAX_BYTES: Final = 1 << 20
_PASSING: Final = frozenset({408, 429, 472, 473, 500, 502, 503, 504})


class StoreFailed(Exception):
    """A store that does not do what was asked; `reason` is a sentence. `status` is 0 without an answer.

    `missing`: what was asked for is not there. `denied`: who asks is known, and may not.
    `retryable`: later it may go.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int = 0,
        missing: bool = False,
        denied: bool = False,
        retryable: bool | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.missing = missing
        self.denied = denied
        self.retryable = status in _PASSING if retryable is None else retryable


class Asking:
    """Sends the requests of one store, whose `label` failures begin with."""

    def __init__(self, label: str, http: HttpClient) -> None:
        self.label = label
        self._http = http

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> HttpResponse:
        """The answer, whatever its status. Raises `StoreFailed` where there is none."""
        try:
            return await self._http.request(
                method,
                url,
                headers=headers,
                body=body,
                timeout_s=TIMEOUT_S,
                max_bytes=MAX_BYTES,
                follow_redirects=False,
            )
        except NodeError as error:
            if "CERTIFICATE_VERIFY_FAILED" in error.message:
                reason = (
                    f"{self.label} has a certificate that nobody trusted vouches for (see SSL_CERT_FILE)."
                )
                raise StoreFailed(reason) from None
            reason = f"{self.label}: {error.message.rstrip('.')}."
            raise StoreFailed(reason, retryable=error.retryable) from None

    def failed(
        self, answer: HttpResponse, why: str = "", *, missing: bool = False, denied: bool = False
    ) -> StoreFailed:
        """The store's own words are not repeated: they may hold what was asked with."""
        words = why or f"answers with status {answer.status}."
        return StoreFailed(f"{self.label} {words}", status=answer.status, missing=missing, denied=denied)


def read_object(answer: HttpResponse) -> dict[str, Any]:
    """The JSON object of an answer; an empty one where it holds none."""
    try:
        found = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def open_text(opened: Revealed, name: str) -> str:
    """An open field of the credential that opens a store."""
    return str(opened.fields.get(name) or "")
