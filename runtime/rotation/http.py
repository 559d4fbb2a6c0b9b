"""A service that makes, takes and ends its secrets by HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.engine.secret import Secret
from runtime.net.picking import pick
from runtime.nodes.http_credential import HttpCredential, Proof
from runtime.rotation.generated import random_text
from runtime.rotation.in_hand import InHand
from runtime.rotation.places import HttpCall, HttpPlace
from runtime.rotation.rotators import Change, Created, RotatorFailed, Surroundings, only_secret
from runtime.rotation.sources import read_moment
from runtime.services_protocol import HttpResponse

TIMEOUT_S = 30.0
MAX_BYTES = 1 << 20
_PLACE = re.compile(r"\{(new|former|key|reference)\}")


class HttpRotator:
    """A `Rotator`. Each request carries `Idempotency-Key`, so that a repeated step can be told."""

    def __init__(self, place: HttpPlace, surroundings: Surroundings) -> None:
        self._place = place
        self._around = surroundings

    async def create(self, change: Change) -> Created:
        name, call = only_secret(change.former), self._place.create_call
        if call is None:
            return Created({name: random_text(self._place.length)}, source="http")
        body = await self._call(call, change, "create", signed_by=change.former)
        value = pick(body, self._place.value_path)
        if not isinstance(value, str) or not value:
            raise RotatorFailed(f"The service answered without a text at {self._place.value_path!r}.")
        return Created(
            {name: Secret(value)},
            expires_at=self._expiry(body),
            source="http",
            reference=self._reference(body, value),
        )

    async def set(self, change: Change) -> None:
        if self._place.set_call is not None:
            await self._call(self._place.set_call, change, "set", signed_by=change.former, or_by=change.made)

    async def test(self, change: Change) -> None:
        """The test request of the settings does that."""

    async def finish(self, change: Change) -> None:
        """The service is not told which of its values is used."""

    async def retire(self, change: Change) -> None:
        if self._place.retire_call is not None:
            await self._call(self._place.retire_call, change, "retire", signed_by=change.made)

    async def undo(self, change: Change) -> None:
        if self._place.undo_call is not None:
            await self._call(self._place.undo_call, change, "undo", signed_by=change.former)
        elif self._place.set_call is not None and not self._place.keeps_former:
            swapped = Change(change.key, change.strategy, change.made, change.former, change.reference)
            await self._call(
                self._place.set_call, swapped, "undo", signed_by=change.made, or_by=change.former
            )

    async def _call(
        self, call: HttpCall, change: Change, step: str, *, signed_by: Revealed, or_by: Revealed | None = None
    ) -> Any:
        """The JSON of the answer; None where it has none. Its own words are told nobody.

        `or_by`: what the service takes instead, if this very step was done before a crash.
        """
        answer = await self._answer(call, change, step, signed_by)
        if answer.status in (401, 403) and or_by is not None and not self._place.credential:
            answer = await self._answer(call, change, step, or_by)
        if answer.status >= 300:
            passing = answer.status == 429 or answer.status >= 500
            raise RotatorFailed(f"The service answered with status {answer.status}.", retryable=passing)
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError):
            return None

    async def _answer(self, call: HttpCall, change: Change, step: str, signed_by: Revealed) -> HttpResponse:
        names = _names(change)
        proof = await self._proof(signed_by)
        headers = {"Idempotency-Key": f"{change.key}-{step}", "Accept": "application/json"}
        body = None if call.body is None else json.dumps(_filled(call.body, names)).encode()
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            return await self._around.http.request(
                call.method,
                _filled(call.url, {name: names[name] for name in ("key", "reference")}),
                headers={**headers, proof.name: proof.value},
                body=body,
                timeout_s=TIMEOUT_S,
                max_bytes=MAX_BYTES,
                follow_redirects=False,
            )
        except NodeError as error:
            told = proof.redact_error(error).message.rstrip(".")
            raise RotatorFailed(
                f"The service could not be asked: {told}.", retryable=error.retryable
            ) from None

    async def _proof(self, signed_by: Revealed) -> Proof:
        name = self._place.credential
        revealed = await self._around.reveal(name) if name else signed_by
        try:
            return Proof(HttpCredential(name=revealed.name), revealed, InHand())
        except NodeError as error:
            raise RotatorFailed(f"The service cannot be asked: {error.message}.") from None

    def _expiry(self, body: Any) -> datetime | None:
        path = self._place.expires_path
        return read_moment(pick(body, path)) if path else None

    def _reference(self, body: Any, value: str) -> str:
        """What the service calls the value; never the value itself."""
        path = self._place.reference_path
        found = pick(body, path) if path else ""
        return str(found)[:200] if isinstance(found, str | int) and str(found) != value else ""


def _names(change: Change) -> dict[str, str]:
    former = change.former.secret(only_secret(change.former)).reveal()
    new = "" if change.new is None else change.new.secret(only_secret(change.new)).reveal()
    return {"former": former, "new": new, "key": change.key, "reference": change.reference}


def _filled(value: Any, names: Mapping[str, str]) -> Any:
    """`value` with what stands in braces filled in, in one pass: what comes in is not looked at again."""
    if isinstance(value, str):
        return _PLACE.sub(lambda found: names.get(found.group(1), found.group(0)), value)
    if isinstance(value, Mapping):
        return {key: _filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, names) for item in value]
    return value
