"""Secrets of Vault's KV engine: a new version with the new value, the one before until nobody holds it."""

from __future__ import annotations

from runtime.engine.secret import Secret
from runtime.rotation.outside.kept import differs, made_text, opened, secret_of, told
from runtime.rotation.outside.places import VaultKvPlace
from runtime.rotation.rotators import Change, Created, RotatorFailed, Surroundings
from runtime.stores.vault import KvSecret, VaultStore


class VaultKvRotator:
    """A `Rotator`. `reference` is the number of the version before."""

    def __init__(self, place: VaultKvPlace, surroundings: Surroundings) -> None:
        self._place = place
        self._around = surroundings

    async def create(self, change: Change) -> Created:
        newest = await self._newest()
        if self._value(newest) != secret_of(change.former):
            raise differs("Vault", self._place.path)
        return made_text(self._place, self._around, change, source="vault", reference=str(newest.version))

    async def set(self, change: Change) -> None:
        await self._write(change, instead_of=secret_of(change.former), wanted=secret_of(change.made))

    async def test(self, change: Change) -> None:
        if self._value(await self._newest()) != secret_of(change.made):
            raise differs("Vault", self._place.path)

    async def finish(self, change: Change) -> None:
        """The newest version is the one that is read."""

    async def retire(self, change: Change) -> None:
        await self._end(int(change.reference))

    async def undo(self, change: Change) -> None:
        newest = await self._newest()
        if self._value(newest) != secret_of(change.made):
            return  # it was never written, or is gone already
        await self._write(change, instead_of=secret_of(change.made), wanted=secret_of(change.former))
        await self._end(newest.version)

    async def _write(self, change: Change, *, instead_of: Secret, wanted: Secret) -> None:
        newest = await self._newest()
        value = self._value(newest)
        if value == wanted:
            return
        if value != instead_of:
            raise differs("Vault", self._place.path)
        fields = {**newest.fields, self._place.field: wanted.reveal()}
        with told():
            await (await self._store()).write(self._place.path, fields, expecting=newest.version)

    async def _end(self, version: int) -> None:
        with told():
            await (await self._store()).end_version(self._place.path, version)

    async def _newest(self) -> KvSecret:
        with told():
            return await (await self._store()).read(self._place.path)

    def _value(self, found: KvSecret) -> Secret:
        value = found.fields.get(self._place.field)
        if not isinstance(value, str):
            path, field = self._place.path, self._place.field
            raise RotatorFailed(f"The secret at {path!r} has no text in the field {field!r}.")
        return Secret(value)

    async def _store(self) -> VaultStore:
        return VaultStore(await opened(self._around, "vault", self._place.credential), self._around.http)
