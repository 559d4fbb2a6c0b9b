"""A call that a new value has to pass."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.nodes.http_credential import HttpCredential, Proof
from runtime.rotation.in_hand import InHand
from runtime.rotation.rotators import RotatorFailed
from runtime.rotation.settings import Trial
from runtime.services_protocol import HttpClient

MAX_ANSWER = 1 << 20


async def try_out(test: Trial, new: Revealed, http: HttpClient, pauses_s: Sequence[float]) -> str:
    """How it was answered. Raises `RotatorFailed`; what may pass is tried again after each pause."""
    for number, pause_s in enumerate((*pauses_s, None), 1):
        try:
            status = await _try(test, new, http)
        except RotatorFailed as failure:
            if pause_s is None or not failure.retryable:
                raise
            await asyncio.sleep(pause_s)
        else:
            tries = "" if number == 1 else f" at try {number}"
            return f"{test.method} answers {status} with version {new.version}{tries}."
    raise AssertionError("the last try returns or raises")


async def _try(test: Trial, new: Revealed, http: HttpClient) -> int:
    try:
        proof = Proof(HttpCredential(name=new.name), new, InHand())
        answer = await http.request(
            test.method,
            test.url,
            headers={proof.name: proof.value},
            body=None,
            timeout_s=test.timeout_s,
            max_bytes=MAX_ANSWER,
            follow_redirects=False,
        )
    except NodeError as error:
        raise RotatorFailed(
            f"The test could not be made: {error.message}.", retryable=error.retryable
        ) from None
    if answer.status >= 400:
        passing = answer.status == 429 or answer.status >= 500
        raise RotatorFailed(f"The test was answered with status {answer.status}.", retryable=passing)
    return answer.status
