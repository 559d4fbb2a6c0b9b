"""One rotation: get a new value, store it, test it, put it in force, and go back where that fails."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.nodes.http_credential import HttpCredential, Proof
from runtime.rotation.due import standing_of
from runtime.rotation.protocols import Attempt, Held, RotationDesk, RotationRefused
from runtime.rotation.settings import RotationSettings
from runtime.rotation.sources import SourceFailed, obtain
from runtime.services_protocol import HttpClient

MAX_ANSWER = 1 << 20
UNDER_WAY = "Somebody else is rotating it at this moment."


async def rotate(
    settings: RotationSettings,
    desk: RotationDesk,
    http: HttpClient,
    *,
    key: str,
    now: datetime | None = None,
) -> dict[str, Any]:
    """What came of it, `rotation_status` first; failures are values. The same key again does nothing anew."""
    done = await desk.recall(key)
    result = (
        await _looked(settings, desk, http, key, now or datetime.now(UTC)) if done is None else dict(done)
    )
    next_at = await desk.note(settings, result)
    return {**result, "next_check_at": None if next_at is None else next_at.isoformat()}


async def _looked(
    settings: RotationSettings, desk: RotationDesk, http: HttpClient, key: str, now: datetime
) -> dict[str, Any]:
    try:
        held = await desk.look(settings.credential_name)
    except RotationRefused as refusal:
        return _result(settings, "failed", str(refusal), now, code=refusal.code)
    attempt = await desk.begin(held, key)
    if attempt is None:
        return _result(settings, "in_progress", UNDER_WAY, now, held=held)
    try:
        return await _Rotation(settings, desk, http, attempt, now).perform()
    finally:
        desk.let_go(attempt)


class _Rotation:
    def __init__(
        self,
        settings: RotationSettings,
        desk: RotationDesk,
        http: HttpClient,
        attempt: Attempt,
        now: datetime,
    ) -> None:
        self._settings = settings
        self._desk = desk
        self._http = http
        self._attempt = attempt
        self._now = now
        self._tried: list[dict[str, str]] = []
        self._expires_at = attempt.held.expires_at

    async def perform(self) -> dict[str, Any]:
        try:
            result = await self._decided()
        except RotationRefused as refusal:
            await self._desk.withdraw(self._attempt)
            result = self._told("failed", str(refusal), code=refusal.code)
        await self._desk.end(self._attempt, self._settings, result)
        return result

    async def _decided(self) -> dict[str, Any]:
        held, new = self._attempt.held, self._attempt.new
        if new is None:
            standing = standing_of(
                self._settings, now=self._now, expires_at=held.expires_at, since=held.since
            )
            if not standing.is_due:
                return self._told("not_due", standing.reason)
            new = await self._new_version()
            if new is None:
                return self._told("failed", "; ".join(each["reason"] for each in self._tried))
        return await (self._tested_first(new) if self._settings.zero_downtime else self._tested_last(new))

    async def _new_version(self) -> Revealed | None:
        """The first source's that has one, stored and not in force."""
        for name in self._settings.refresh_sources:
            try:
                vault = None
                if name == "vault":
                    vault = await self._desk.vault(self._settings.refresh_config.vault.credential)
                found = await obtain(name, self._settings, vault=vault, http=self._http, now=self._now)
                if found.value == self._attempt.held.value:
                    raise SourceFailed(f"The source {name} has the value that is in force already.")
                new = await self._desk.propose(self._attempt, name, found)
            except (SourceFailed, RotationRefused) as failure:
                self._tried.append({"source": name, "reason": str(failure)})
                continue
            self._expires_at = found.expires_at
            self._attempt.new, self._attempt.source = new, name
            return new
        return None

    async def _tested_first(self, new: Revealed) -> dict[str, Any]:
        if self._attempt.is_in_force:  # it was tested before a crash
            return self._told("success", "The new value is in force.")
        complaint = await self._complaint(new)
        if complaint is not None:
            await self._desk.withdraw(self._attempt)
            return self._told("rolled_back", f"{complaint} The value so far stayed in force.")
        await self._desk.put_in_force(self._attempt)
        return self._told("success", "The new value is in force.")

    async def _tested_last(self, new: Revealed) -> dict[str, Any]:
        if not self._attempt.is_in_force:
            await self._desk.put_in_force(self._attempt)
        complaint = await self._complaint(new)
        if complaint is None:
            return self._told("success", "The new value is in force.")
        if not self._settings.rollback_on_failure:
            return self._told("failed", f"{complaint} The new value is in force all the same.")
        await self._desk.withdraw(self._attempt)
        return self._told("rolled_back", f"{complaint} The value before is in force again.")

    async def _complaint(self, new: Revealed) -> str | None:
        """Why the new value does not pass; None: it does, or nothing says how to test it."""
        test = self._settings.test_request
        if test is None:
            return None
        try:
            proof = Proof(HttpCredential(name=new.name), new, _NoOther())
            answer = await self._http.request(
                test.method,
                test.url,
                headers={proof.name: proof.value},
                body=None,
                timeout_s=test.timeout_s,
                max_bytes=MAX_ANSWER,
                follow_redirects=False,
            )
        except NodeError as error:
            return f"The test could not be made: {error.message}."
        return None if answer.status < 400 else f"The test was answered with status {answer.status}."

    def _told(self, status: str, reason: str, *, code: str = "") -> dict[str, Any]:
        attempt = self._attempt
        return _result(
            self._settings,
            status,
            reason,
            self._now,
            code=code,
            held=attempt.held,
            new=attempt.new if attempt.is_in_force else None,
            source=attempt.source,
            expires_at=self._expires_at if attempt.is_in_force else attempt.held.expires_at,
            tried=self._tried,
        )


class _NoOther:
    """Of a test nothing but its status is told, so nothing is left to take secrets out of."""

    async def reveal(self, name: str) -> Revealed:
        raise NodeError("a test has the new value alone", code="unknown_secret")

    async def newer(self, than: Revealed) -> Revealed | None:
        return None

    async def answered(self, revealed: Revealed, *, is_taken: bool) -> None:
        return None

    def redact(self, value: Any) -> Any:
        return value


def _result(
    settings: RotationSettings,
    status: str,
    reason: str,
    now: datetime,
    *,
    code: str = "",
    held: Held | None = None,
    new: Revealed | None = None,
    source: str = "",
    expires_at: datetime | None = None,
    tried: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    expiry = expires_at if expires_at is not None or held is None or new is not None else held.expires_at
    former: Mapping[str, Any] = {} if new is None or held is None else {"previous_version": held.version}
    return {
        "rotation_status": status,
        "credential_name": settings.credential_name,
        "reason": reason,
        "code": code or None,
        "source": source or None,
        "version": new.version if new is not None else None if held is None else held.version,
        **former,
        "expires_at": None if expiry is None else expiry.isoformat(),
        "tested": new is not None and settings.test_request is not None,
        "tried": tried or [],
        "checked_at": now.isoformat(),
    }
