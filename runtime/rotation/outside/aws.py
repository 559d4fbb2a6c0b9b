"""Secrets of AWS Secrets Manager, by the stages AWSPENDING, AWSCURRENT and AWSPREVIOUS."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from runtime.rotation.outside.kept import differs, made_text, opened, part_of, secret_of, told, with_part
from runtime.rotation.outside.places import AwsPlace
from runtime.rotation.rotators import Change, Created, RotatorFailed, Surroundings
from runtime.stores.aws import CURRENT, PENDING, PREVIOUS, AwsStore


class AwsRotator:
    """A `Rotator`. `reference` is the id of the version before; that of the new one is made of the key."""

    def __init__(self, place: AwsPlace, surroundings: Surroundings) -> None:
        self._place = place
        self._around = surroundings

    async def create(self, change: Change) -> Created:
        name, store = self._place.secret, await self._store()
        with told():
            current = await store.read(name)
        if part_of(current.text, self._place.field, name) != secret_of(change.former):
            raise differs("AWS Secrets Manager", name)
        return made_text(self._place, self._around, change, source="aws_secrets", reference=current.version)

    async def set(self, change: Change) -> None:
        """Beside the current version: whoever reads the current one gets the value before."""
        name, store = self._place.secret, await self._store()
        with told():
            before = await store.read(name, version=change.reference)
            text = with_part(before.text, self._place.field, secret_of(change.made), name)
            await store.write(name, text, token=_version(change), stage=PENDING)

    async def test(self, change: Change) -> None:
        name, store = self._place.secret, await self._store()
        with told():
            found = await store.read(name, version=_version(change))
        if part_of(found.text, self._place.field, name) != secret_of(change.made):
            raise differs("AWS Secrets Manager", name)

    async def finish(self, change: Change) -> None:
        name, store, new = self._place.secret, await self._store(), _version(change)
        with told():
            current = await self._holder(store, CURRENT)
            if current not in (new, change.reference):
                raise differs("AWS Secrets Manager", name)
            if current != new:
                # AWS itself gives the one before the stage AWSPREVIOUS.
                await store.move_stage(name, CURRENT, to=new, away_from=current)
            await self._take_away(store, PENDING, new)

    async def retire(self, change: Change) -> None:
        """The version before has no stage any more: AWS deletes it when it likes."""
        store = await self._store()
        with told():
            await self._take_away(store, PREVIOUS, change.reference)

    async def undo(self, change: Change) -> None:
        name, store, new = self._place.secret, await self._store(), _version(change)
        with told():
            if await self._holder(store, CURRENT) == new:
                await store.move_stage(name, CURRENT, to=change.reference, away_from=new)
            for stage in (PENDING, PREVIOUS):
                await self._take_away(store, stage, new)

    async def _take_away(self, store: AwsStore, stage: str, version: str) -> None:
        if await self._holder(store, stage) == version:
            await store.move_stage(self._place.secret, stage, away_from=version)

    async def _holder(self, store: AwsStore, stage: str) -> str:
        """The version that has a stage; empty where none has."""
        every = await store.stages(self._place.secret)
        return next((version for version, stages in every.items() if stage in stages), "")

    async def _store(self) -> AwsStore:
        key = await opened(self._around, "aws", self._place.credential)
        return AwsStore(key, self._around.http, region=self._place.region)


def _version(change: Change) -> str:
    """AWS takes a UUID as the id of a version, and writes the same one once."""
    if not change.reference:
        raise RotatorFailed("It is not known which version of the secret was there before.")
    return str(uuid5(NAMESPACE_URL, f"lockgate:{change.key}"))
