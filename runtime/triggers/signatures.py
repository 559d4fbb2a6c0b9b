"""Signatures of webhook deliveries: HMAC-SHA256 over the body as it came, compared in constant time.

`lockgate` and `stripe` sign `<unix time>.<body>` and send `t=<unix time>,v1=<hex>`: an old delivery cannot
be sent again. `github` signs the body alone and sends `sha256=<hex>`, which says nothing of when.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Literal

from runtime.engine.errors import WorkflowError

Scheme = Literal["lockgate", "github", "stripe"]
HEADERS: dict[Scheme, str] = {
    "lockgate": "X-Lockgate-Signature",
    "stripe": "Stripe-Signature",
    "github": "X-Hub-Signature-256",
}
MAX_HEADER = 1000


class SignatureRefused(WorkflowError):
    """The delivery is not from whom it should be, or is old."""


def sign(scheme: Scheme, body: bytes, secret: str, *, at: int) -> str:
    """The value of the header."""
    if scheme == "github":
        return f"sha256={_mac(secret, body)}"
    return f"t={at},v1={_mac(secret, _timed(at, body))}"


def verify(
    scheme: Scheme, header: str | None, body: bytes, secret: str, *, now: float, tolerance_s: float
) -> None:
    """Raises `SignatureRefused`: `signature_missing`, `signature_malformed`, `signature_wrong`,
    `timestamp_stale`."""
    if not header:
        raise SignatureRefused(
            "This webhook takes signed deliveries only, and this one has no signature.",
            code="signature_missing",
        )
    if len(header) > MAX_HEADER:
        raise _malformed(scheme)
    if scheme == "github":
        _compare([header.removeprefix("sha256=")], _mac(secret, body))
        return
    at, given = _timed_parts(scheme, header)
    _compare(given, _mac(secret, _timed(at, body)))
    if abs(now - at) > tolerance_s:
        raise SignatureRefused(
            f"The delivery was signed {abs(now - at):.0f} s from now; {tolerance_s:g} s are accepted.",
            code="timestamp_stale",
        )


def _timed_parts(scheme: Scheme, header: str) -> tuple[int, list[str]]:
    """The time, and each signature: a sender that changes its secret sends two for a while."""
    pairs = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in pairs if name == "t"]
    given = [value for name, _, value in pairs if name == "v1"]
    if len(times) != 1 or not given or not _is_number(times[0]):
        raise _malformed(scheme)
    return int(times[0]), given


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12


def _timed(at: int, body: bytes) -> bytes:
    return f"{at}.".encode() + body


def _mac(secret: str, message: bytes) -> str:
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def _compare(given: list[str], expected: str) -> None:
    matches = [hmac.compare_digest(one.encode("utf-8", "replace"), expected.encode()) for one in given]
    if not any(matches):
        raise SignatureRefused(
            "The signature does not fit the body and this webhook's secret.", code="signature_wrong"
        )


def _malformed(scheme: Scheme) -> SignatureRefused:
    form = "sha256=<hex>" if scheme == "github" else "t=<unix time>,v1=<hex>"
    return SignatureRefused(f"The signature has another form than {form}.", code="signature_malformed")
