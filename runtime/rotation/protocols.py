"""What rotating needs from its surroundings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from runtime.credentials.revealed import Revealed
from runtime.engine.secret import Secret
from runtime.rotation.settings import RotationSettings
from runtime.rotation.sources import Obtained, VaultAccess


class RotationRefused(Exception):
    """A credential that is not there, or that may not be changed. The text holds no secret."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Held:
    """A credential as it is in force since `since`."""

    name: str
    version: int
    value: Secret
    since: datetime
    expires_at: datetime | None


@dataclass(slots=True)
class Attempt:
    """A rotation under way, held by one at a time. `is_in_force`: the new version is.

    `result`: it had ended before, and this came of it. `new` is the version that a step before a crash had
    stored, not yet tested.
    """

    held: Held
    result: Mapping[str, Any] | None = None
    new: Revealed | None = None
    source: str = ""
    is_in_force: bool = False
    handle: Any = None


class RotationDesk(Protocol):
    """The credentials of a workspace. Each call is one step that leaves one version in force."""

    async def recall(self, key: str) -> Mapping[str, Any] | None:
        """What came of the rotation of this step, when it had ended before."""
        ...

    async def look(self, name: str) -> Held:
        """Raises `RotationRefused`."""
        ...

    async def begin(self, held: Held, key: str) -> Attempt | None:
        """None while somebody else is at it. The same key goes on where it was."""
        ...

    async def vault(self, name: str) -> VaultAccess | None:
        """None without a credential of this name that opens a Vault. Raises `RotationRefused`."""
        ...

    async def propose(self, attempt: Attempt, source: str, obtained: Obtained) -> Revealed:
        """Stores the new version beside the one in force. Raises `RotationRefused` for what does not fit."""
        ...

    async def put_in_force(self, attempt: Attempt) -> None:
        """Raises `RotationRefused` when somebody has changed the credential meanwhile."""
        ...

    async def withdraw(self, attempt: Attempt) -> None:
        """The version before is in force, and the new one is gone."""
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
