"""Values that others make: the first of several sources that has a new one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from runtime.credentials.revealed import Revealed
from runtime.engine.secret import Secret
from runtime.rotation.rotators import Change, Created, RotatorFailed, Surroundings, only_secret
from runtime.rotation.settings import RotationSettings, SourceName
from runtime.rotation.sources import SourceFailed, obtain, opener_of
from runtime.rotation.store_settings import StoreKind

Complaint = Callable[[str, Mapping[str, Secret]], Awaitable[str | None]]


class SourcesRotator:
    """A `Rotator` that only reads: whoever keeps the source has made the value valid already."""

    def __init__(
        self,
        settings: RotationSettings,
        surroundings: Surroundings,
        *,
        opener: Callable[[StoreKind, str], Awaitable[Revealed | None]],
        complaint: Complaint,
    ) -> None:
        """`complaint` says why a value of a source cannot be a value of this credential."""
        self._settings = settings
        self._around = surroundings
        self._opener = opener
        self._complaint = complaint

    async def create(self, change: Change) -> Created:
        name = only_secret(change.former)
        tried: list[dict[str, str]] = []
        for source in self._settings.refresh_sources:
            try:
                created = await self._read(source, name, change)
            except (SourceFailed, RotatorFailed) as failure:
                tried.append({"source": source, "reason": str(failure)})
                continue
            return Created(created.secrets, {}, created.expires_at, source, tried=tried)
        raise RotatorFailed("; ".join(each["reason"] for each in tried), tried=tried)

    async def _read(self, source: SourceName, name: str, change: Change) -> Created:
        needed = opener_of(source, self._settings)
        found = await obtain(
            source,
            self._settings,
            opened=None if needed is None else await self._opener(*needed),
            http=self._around.http,
            now=self._around.now,
        )
        if found.value == change.former.secret(name):
            raise SourceFailed(f"The source {source} has the value that is in force already.")
        secrets = {name: found.value}
        if complaint := await self._complaint(source, secrets):
            raise SourceFailed(complaint)
        return Created(secrets, expires_at=found.expires_at)

    async def set(self, change: Change) -> None:
        """It is valid where it came from."""

    async def test(self, change: Change) -> None:
        """The test request of the settings does that."""

    async def finish(self, change: Change) -> None:
        """The source has it already."""

    async def retire(self, change: Change) -> None:
        """Whoever keeps the source ends the former value."""

    async def undo(self, change: Change) -> None:
        """The source keeps what it has."""
