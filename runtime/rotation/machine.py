"""The steps of one rotation, each of which may be repeated after a crash."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from runtime.credentials.revealed import Revealed
from runtime.engine.secret import Secret
from runtime.rotation.due import standing_of
from runtime.rotation.protocols import Attempt, RotationDesk, RotationRefused
from runtime.rotation.reading import SourcesRotator
from runtime.rotation.registry import complaint_of, rotator_at
from runtime.rotation.results import result_of
from runtime.rotation.rotators import Rotator, RotatorFailed, Surroundings, Tried
from runtime.rotation.settings import RotationSettings
from runtime.rotation.steps import Step, is_behind
from runtime.rotation.store_settings import StoreKind
from runtime.rotation.trial import try_out
from runtime.services_protocol import HttpClient

PAUSES_S = (1.0, 3.0)
"""Between the tries of a step that may work a moment later."""
IN_FORCE = "The new value is in force."
TAKEN_OVER = "taken_over"


class Machine:
    """Goes from what an attempt has reached to its end."""

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
        self._tried: Tried = ()
        around = Surroundings(
            http=http, reveal=self._reveal, now=now, connect=desk.connect, opener=self._opener
        )
        rotator = rotator_at(settings, around) or SourcesRotator(
            settings, around, opener=self._opener, complaint=self._complaint
        )
        self._rotator: Rotator = desk.watched(rotator)

    async def retire(self) -> None:
        """Ends the former value of a rotation that has succeeded. Raises `RotatorFailed`."""
        await self._rotator.retire(self._attempt.change(self._settings))

    async def perform(self) -> dict[str, Any]:
        """What came of it; it is kept and told by then."""
        try:
            result = await self._ended()
        except RotationRefused as refusal:  # somebody else goes on with it
            return self._told("in_progress", str(refusal), code=refusal.code)
        await self._desk.end(self._attempt, self._settings, result)
        return result

    async def _ended(self) -> dict[str, Any]:
        """Raises `RotationRefused` (`taken_over`) alone."""
        try:
            return await self._decided()
        except RotationRefused as refusal:
            if refusal.code == TAKEN_OVER:
                raise
            return await self._taken_back("failed", str(refusal), code=refusal.code)

    async def _decided(self) -> dict[str, Any]:
        attempt = self._attempt
        if attempt.undoing:
            return await self._taken_back("rolled_back", attempt.undoing)
        if attempt.new is None:
            ended = await self._created()
            if ended is not None:
                return ended
        complaint = await self._failure_of(self._set) or await self._failure_of(self._test)
        if complaint and self._goes_back:
            stayed = "is in force again" if attempt.is_in_force else "stayed in force"
            return await self._taken_back(
                "rolled_back",
                f"{complaint} The value {'before' if attempt.is_in_force else 'so far'} {stayed}.",
            )
        if complaint and not attempt.is_in_force:
            return await self._taken_back("failed", complaint)
        late = await self._failure_of(self._finish)
        if late:
            return await self._taken_back("rolled_back", f"{late} The value before is in force again.")
        if complaint:
            return self._told("failed", f"{complaint} The new value is in force all the same.")
        return self._told("success", IN_FORCE)

    # --- the steps ------------------------------------------------------------------------------------------

    async def _created(self) -> dict[str, Any] | None:
        """None: there is a new version beside the one in force. Else why there is none."""
        held = self._attempt.held
        standing = standing_of(self._settings, now=self._now, expires_at=held.expires_at, since=held.since)
        if not standing.is_due:
            return self._told("not_due", standing.reason)
        if complaint := complaint_of(self._settings):
            return self._told(
                "failed", f"It cannot be renewed so: {complaint.words}.", code="cannot_rotate_so"
            )
        try:
            created = await self._rotator.create(self._attempt.change(self._settings))
        except RotatorFailed as failure:
            self._tried = failure.tried
            return self._told("failed", failure.reason)
        self._tried = created.tried
        # What was made may be valid outside already, so it is taken back if it does not fit here.
        self._attempt.source, self._attempt.reference = created.source, created.reference
        self._attempt.expires_at = created.expires_at
        self._attempt.new = await self._desk.propose(self._attempt, created)
        self._attempt.reached = Step.CREATE
        return None

    async def _set(self) -> None:
        if not self._is_done(Step.SET):
            await self._repeated(self._rotator.set)
            await self._reach(Step.SET, "It is valid where it is used.")
        if not self._settings.zero_downtime and not self._attempt.is_in_force:
            await self._desk.put_in_force(self._attempt)

    async def _test(self) -> None:
        if self._is_done(Step.TEST):
            return
        await self._repeated(self._rotator.test)
        words = "Nothing says how to try it; it fits its type."
        if self._settings.test_request is not None:
            words = await try_out(self._settings.test_request, self._new(), self._http, PAUSES_S)
        elif self._settings.rotator is not None and self._settings.rotator.proves_itself:
            words = "It opens what it is for."
        await self._reach(Step.TEST, words)

    async def _finish(self) -> None:
        if not self._attempt.is_in_force:
            await self._desk.put_in_force(self._attempt)
        if not self._is_done(Step.FINISH):
            await self._repeated(self._rotator.finish)
            await self._reach(Step.FINISH, f"Steps use version {self._new().version} from now on.")
        if not await self._desk.retires_later(self._attempt):
            await self.retire()

    async def _taken_back(self, status: str, reason: str, *, code: str = "") -> dict[str, Any]:
        """The value before is in force, here and outside; or the reason says that it is not."""
        attempt = self._attempt
        try:
            await self._desk.withdraw(attempt, reason)
        except RotationRefused as refusal:
            if refusal.code == TAKEN_OVER:
                raise
            # The credential is gone; what was changed outside is still to be undone.
            attempt.is_in_force = False
        if attempt.new is not None:
            try:
                await self._repeated(self._rotator.undo)
            except (RotatorFailed, RotationRefused) as failure:
                reason = f"{reason} What was changed outside could not be undone: {failure} Look there."
                return self._told("failed", reason, code=code or "not_undone")
        return self._told(status, reason, code=code)

    # --- inside ---------------------------------------------------------------------------------------------

    @property
    def _goes_back(self) -> bool:
        return self._settings.zero_downtime or self._settings.rollback_on_failure

    async def _failure_of(self, step: Callable[[], Awaitable[None]]) -> str:
        """Why the step failed; empty: it did not."""
        try:
            await step()
        except RotatorFailed as failure:
            return failure.reason
        return ""

    async def _repeated(self, step: Callable[[Any], Awaitable[None]]) -> None:
        """A few times, where the failure may pass."""
        for pause_s in (*PAUSES_S, None):
            try:
                return await step(self._attempt.change(self._settings))
            except RotatorFailed as failure:
                if pause_s is None or not failure.retryable:
                    raise
            await asyncio.sleep(pause_s)

    async def _reach(self, step: Step, words: str) -> None:
        await self._desk.reach(self._attempt, step, words)
        self._attempt.reached = step

    def _is_done(self, step: Step) -> bool:
        return is_behind(self._attempt.reached, step)

    def _new(self) -> Revealed:
        return self._attempt.change(self._settings).made

    async def _reveal(self, name: str) -> Revealed:
        try:
            return await self._desk.reveal(name)
        except RotationRefused as refusal:
            raise RotatorFailed(str(refusal)) from None

    async def _opener(self, kind: StoreKind, name: str) -> Revealed | None:
        try:
            return await self._desk.opener(kind, name)
        except RotationRefused as refusal:
            raise RotatorFailed(str(refusal)) from None

    async def _complaint(self, source: str, secrets: Mapping[str, Secret]) -> str | None:
        return await self._desk.complaint(self._attempt, source, secrets)

    def _told(self, status: str, reason: str, *, code: str = "") -> dict[str, Any]:
        return result_of(
            self._settings, status, reason, self._now, attempt=self._attempt, code=code, tried=self._tried
        )


async def retiring(
    settings: RotationSettings, desk: RotationDesk, http: HttpClient, attempt: Attempt
) -> None:
    """Ends the former value; nobody holds it any more. Raises `RotatorFailed`."""
    await Machine(settings, desk, http, attempt, datetime.now(UTC)).retire()
