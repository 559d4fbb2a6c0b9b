"""Secrets of Azure Key Vault: a new version is the newest at once; the one before is switched off last."""

from __future__ import annotations

from runtime.engine.secret import Secret
from runtime.rotation.outside.kept import differs, made_text, opened, part_of, secret_of, told, with_part
from runtime.rotation.outside.places import AzurePlace
from runtime.rotation.rotators import Change, Created, Surroundings
from runtime.stores.azure import AzureSecret, AzureStore

TAG = "lockgate-rotation"


class AzureRotator:
    """A `Rotator`. `reference` is the id of the version before; versions of ours are known by their tag."""

    def __init__(self, place: AzurePlace, surroundings: Surroundings) -> None:
        self._place = place
        self._around = surroundings

    async def create(self, change: Change) -> Created:
        with told():
            newest = await (await self._store()).read(self._place.secret)
        if self._value(newest) != secret_of(change.former):
            raise differs("Azure Key Vault", self._place.secret)
        return made_text(
            self._place, self._around, change, source="azure_key_vault", reference=newest.version
        )

    async def set(self, change: Change) -> None:
        await self._write(change, secret_of(change.former), secret_of(change.made), change.key)

    async def test(self, change: Change) -> None:
        with told():
            newest = await (await self._store()).read(self._place.secret)
        if self._value(newest) != secret_of(change.made):
            raise differs("Azure Key Vault", self._place.secret)

    async def finish(self, change: Change) -> None:
        """The newest version is the one that is read."""

    async def retire(self, change: Change) -> None:
        with told():
            await (await self._store()).switch(self._place.secret, change.reference, is_enabled=False)

    async def undo(self, change: Change) -> None:
        """Azure cannot make an older version the newest: the former value is written once more."""
        store = await self._store()
        with told():
            new = await store.tagged(self._place.secret, TAG, change.key)
        if not new:
            return
        await self._write(change, secret_of(change.made), secret_of(change.former), f"{change.key}-undo")
        with told():
            await store.switch(self._place.secret, new, is_enabled=False)

    async def _write(self, change: Change, instead_of: Secret, wanted: Secret, tag: str) -> None:
        name, store = self._place.secret, await self._store()
        with told():
            if await store.tagged(name, TAG, tag):
                return
            newest = await store.read(name)
            if self._value(newest) != instead_of:
                raise differs("Azure Key Vault", name)
            text = with_part(newest.text, self._place.field, wanted, name)
            await store.write(name, text, tags={TAG: tag})

    def _value(self, found: AzureSecret) -> Secret:
        return part_of(found.text, self._place.field, self._place.secret)

    async def _store(self) -> AzureStore:
        client = await opened(self._around, "azure", self._place.credential)
        return AzureStore(client, self._around.http, vault_url=self._place.vault_url)
