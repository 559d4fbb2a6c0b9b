"""Logins that Vault's database engine makes: a new one each time, or one whose password it changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.engine.secret import Secret
from runtime.rotation.outside.kept import opened, told
from runtime.rotation.outside.places import VaultDatabasePlace
from runtime.rotation.rotators import Change, Created, RotatorFailed, Surroundings
from runtime.stores.vault import VaultStore

TIMEOUT_S = 15.0


class VaultDatabaseRotator:
    """A `Rotator` of credentials with a user name and a password. `reference` is the lease of a new login.

    A login is valid from the moment that Vault makes it. One that was made just before a crash ends with its
    lease, as the one before does that is not used any more.
    """

    def __init__(self, place: VaultDatabasePlace, surroundings: Surroundings) -> None:
        self._place = place
        self._around = surroundings

    async def create(self, change: Change) -> Created:
        if "username" not in change.former.fields or set(change.former.secrets) != {"password"}:
            raise RotatorFailed("Logins of Vault fit credentials with a user name and a password.")
        if self._place.role_kind == "static":
            return self._created(await self._changed(change.former), "ttl")
        with told():
            login = await (await self._store()).database_login(
                self._place.mount, self._place.role, is_static=False
            )
        return self._created(login, "lease_duration", str(login.get("lease_id") or ""))

    async def set(self, change: Change) -> None:
        """Vault has told the database already."""

    async def test(self, change: Change) -> None:
        if self._around.connect is None or change.made.type != "postgresql":
            return
        try:
            async with self._around.connect(change.made) as connection:
                async for _ in connection.rows("SELECT 1 AS one", {}, timeout_s=TIMEOUT_S):
                    pass
        except NodeError as error:
            raise RotatorFailed(f"{error.message.rstrip('.')}.", retryable=error.retryable) from None

    async def finish(self, change: Change) -> None:
        """Which login is used is decided here."""

    async def retire(self, change: Change) -> None:
        """The login before ends with its lease."""

    async def undo(self, change: Change) -> None:
        if self._place.role_kind == "static":
            raise RotatorFailed(
                "Vault has changed the password of the role and keeps none before it:"
                " rotate once more to take up the one that it has."
            )
        if change.reference:
            with told():
                await (await self._store()).end_lease(change.reference)

    async def _changed(self, former: Revealed) -> Mapping[str, Any]:
        """What Vault has where that is newer than ours: a repeated step changes nothing."""
        store, place = await self._store(), self._place
        with told():
            found = await store.database_login(place.mount, place.role, is_static=True)
            if found.get("password") != former.secret("password").reveal():
                return found
            await store.rotate_static_role(place.mount, place.role)
            return await store.database_login(place.mount, place.role, is_static=True)

    def _created(self, login: Mapping[str, Any], lasts: str, reference: str = "") -> Created:
        user, password, left = login.get("username"), login.get("password"), login.get(lasts)
        if not isinstance(user, str) or not isinstance(password, str) or not password:
            raise RotatorFailed(f"Vault gives no login for the role {self._place.role!r}.")
        ends = self._around.now + timedelta(seconds=left) if isinstance(left, int) and left > 0 else None
        return Created(
            {"password": Secret(password)}, {"username": user}, ends, source="vault", reference=reference
        )

    async def _store(self) -> VaultStore:
        return VaultStore(await opened(self._around, "vault", self._place.credential), self._around.http)
