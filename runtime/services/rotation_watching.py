"""A rotator whose steps are named places for tests: before and after each call to the outside."""

from __future__ import annotations

from runtime.host.fault_points import reach
from runtime.rotation.rotators import Change, Created, Rotator


class Watched:
    """A `Rotator` that does what another one does."""

    def __init__(self, rotator: Rotator) -> None:
        self._rotator = rotator

    async def create(self, change: Change) -> Created:
        reach("rotation_create.before")
        created = await self._rotator.create(change)
        reach("rotation_create.after")
        return created

    async def set(self, change: Change) -> None:
        reach("rotation_set.before")
        await self._rotator.set(change)
        reach("rotation_set.after")

    async def test(self, change: Change) -> None:
        reach("rotation_test.before")
        await self._rotator.test(change)
        reach("rotation_test.after")

    async def finish(self, change: Change) -> None:
        reach("rotation_finish.before")
        await self._rotator.finish(change)
        reach("rotation_finish.after")

    async def retire(self, change: Change) -> None:
        reach("rotation_retire.before")
        await self._rotator.retire(change)
        reach("rotation_retire.after")

    async def undo(self, change: Change) -> None:
        reach("rotation_undo.before")
        await self._rotator.undo(change)
        reach("rotation_undo.after")
