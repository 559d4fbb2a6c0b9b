"""What rotating needs from its surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from runtime.credentials.revealed import Revealed
from runtime.engine.secret import Secret
from runtime.rotation.rotators import Change, Connect, Created, Rotator
from runtime.rotation.settings import RotationSettings
from runtime.rotation.steps import Step
from runtime.rotation.store_settings import StoreKind


class RotationRefused(Exception):
    """A credential that is not there, or that may not be changed. The text holds no secret."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Held:
    """A credential as it is in force since `since`."""

    revealed: Revealed
    since: datetime
    expires_at: datetime | None

    @property
    def name(self) -> str:
        return self.revealed.name

    @property
    def version(self) -> int:
        return self.revealed.version


@dataclass(slots=True)
class Attempt:
    """A rotation under way, held by one at a time. `is_in_force`: the new version is.

    `id` is the rotation's own, however often its steps are repeated. `reached` is the last step that is done,
    by this process or by one before a crash; `new` is the version that was stored. `undoing` says why it is
    being taken back, where it is.
    """

    id: str
    held: Held
    new: Revealed | None = None
    expires_at: datetime | None = None
    source: str = ""
    reference: str = ""
    reached: Step | None = None
    is_in_force: bool = False
    undoing: str = ""
    handle: Any = None

    def change(self, settings: RotationSettings) -> Change:
        """What a rotator is told."""
        return Change(self.id, settings.strategy, self.held.revealed, self.new, self.reference)


class RotationDesk(Protocol):
    """The credentials of a workspace. Each call is one step that leaves one version in force."""

    @property
    def connect(self) -> Connect | None:
        """Opens the database of a credential; None where nothing can."""
        ...

    async def recall(self, key: str) -> Mapping[str, Any] | None:
        """What came of the rotation of this step, when it had ended before."""
        ...

    async def settled(self, settings: RotationSettings) -> RotationSettings:
        """With the place that the credential's own policy names, where these name none."""
        ...

    async def look(self, name: str) -> Held:
        """Raises `RotationRefused`."""
        ...

    async def begin(self, held: Held, key: str, settings: RotationSettings) -> Attempt | None:
        """None while somebody else is at it. The same key goes on where it was."""
        ...

    async def reveal(self, name: str) -> Revealed:
        """Another credential, in the name of whoever rotates. Raises `RotationRefused`."""
        ...

    async def opener(self, kind: StoreKind, name: str) -> Revealed | None:
        """What opens a store; None without a credential of this name and type. Raises `RotationRefused`."""
        ...

    def watched(self, rotator: Rotator) -> Rotator:
        """The rotator as this surroundings has it called."""
        ...

    async def complaint(self, attempt: Attempt, source: str, secrets: Mapping[str, Secret]) -> str | None:
        """Why these cannot be the credential's."""
        ...

    async def propose(self, attempt: Attempt, created: Created) -> Revealed:
        """Stores the new version beside the one in force. Raises `RotationRefused` for what does not fit."""
        ...

    async def reach(self, attempt: Attempt, step: Step, note: str) -> None:
        """Keeps that the step is done. Raises `RotationRefused` when somebody else has taken over."""
        ...

    async def put_in_force(self, attempt: Attempt) -> None:
        """Raises `RotationRefused` when somebody has changed the credential meanwhile."""
        ...

    async def withdraw(self, attempt: Attempt, reason: str) -> None:
        """The version before is in force, and what is outside is about to be undone for this reason."""
        ...

    async def retires_later(self, attempt: Attempt) -> bool:
        """Whether somebody ends the former value once nothing holds it; else that is done at once."""
        ...

    async def end(self, attempt: Attempt, settings: RotationSettings, result: Mapping[str, Any]) -> None:
        """Keeps what came of it, and tells the audit and whoever is to be told."""
        ...

    def let_go(self, attempt: Attempt) -> None:
        """Afterwards in any case, also when it was interrupted."""
        ...

    async def note(self, settings: RotationSettings, result: Mapping[str, Any]) -> datetime | None:
        """After each look: tells the audit where that is wanted; when it is looked again, if ever."""
        ...
