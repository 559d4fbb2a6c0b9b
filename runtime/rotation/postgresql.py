"""Passwords of PostgreSQL roles: one role, or two that take turns so that one is always untouched."""

from __future__ import annotations

from datetime import timedelta

from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.rotation.generated import random_text
from runtime.rotation.places import PostgresqlPlace
from runtime.rotation.rotators import Change, Connect, Created, RotatorFailed, Surroundings
from runtime.rotation.scram import verifier_of

TIMEOUT_S = 15.0


class PostgresqlRotator:
    """A `Rotator`. The server gets verifiers (SCRAM-SHA-256), never a password."""

    def __init__(self, place: PostgresqlPlace, surroundings: Surroundings) -> None:
        self._place = place
        self._around = surroundings

    async def create(self, change: Change) -> Created:
        if change.former.type != "postgresql":
            raise RotatorFailed("Roles of PostgreSQL are renewed by a credential of the type postgresql.")
        self._connect()
        place, user = self._place, str(change.former.fields["username"])
        ends = None if place.valid_for_s is None else self._around.now + timedelta(seconds=place.valid_for_s)
        if change.strategy == "alternating":
            user = next(role for role in place.roles if role != user)
        password = random_text(place.length, "letters_digits")
        fields = {"username": user} if change.strategy == "alternating" else {}
        return Created({"password": password}, fields, expires_at=ends, source="postgresql", reference=user)

    async def set(self, change: Change) -> None:
        await self._give(change.made, instead_of=change.former)

    async def test(self, change: Change) -> None:
        await self._sign_in(change.made)

    async def finish(self, change: Change) -> None:
        """Both roles are known to the server; which one is used is decided here."""

    async def retire(self, change: Change) -> None:
        if _user(change.former) != _user(change.made):
            await self._lock_out(_user(change.former))

    async def undo(self, change: Change) -> None:
        if _user(change.former) != _user(change.made):
            await self._lock_out(_user(change.made))
        else:
            await self._give(change.former, instead_of=change.made)

    async def _give(self, wanted: Revealed, *, instead_of: Revealed) -> None:
        """The role has the password of `wanted`."""
        user = _user(wanted)
        statement = f"ALTER ROLE {_quoted(user)} PASSWORD '{verifier_of(wanted.secret('password').reveal())}'"
        if self._place.admin:
            return await self._perform(await self._around.reveal(self._place.admin), statement)
        try:
            await self._perform(instead_of, statement)
        except RotatorFailed:
            # Before a crash it may have been given already: then only the wanted one opens.
            await self._sign_in(wanted)

    async def _lock_out(self, user: str) -> None:
        """No password opens it. Sessions that are open stay so."""
        admin = await self._around.reveal(self._place.admin)
        await self._perform(admin, f"ALTER ROLE {_quoted(user)} PASSWORD NULL")

    async def _perform(self, who: Revealed, statement: str) -> None:
        try:
            async with self._connect()(who) as connection:
                await connection.change(statement, {}, max_rows=1, timeout_s=TIMEOUT_S)
        except NodeError as error:
            raise RotatorFailed(_sentence(error), retryable=error.retryable) from None

    async def _sign_in(self, who: Revealed) -> None:
        try:
            async with self._connect()(who) as connection:
                async for _ in connection.rows("SELECT 1 AS one", {}, timeout_s=TIMEOUT_S):
                    pass
        except NodeError as error:
            raise RotatorFailed(_sentence(error), retryable=error.retryable) from None

    def _connect(self) -> Connect:
        if self._around.connect is None:
            raise RotatorFailed("Roles of PostgreSQL are renewed on the server alone, not in a script.")
        return self._around.connect


def _user(credential: Revealed) -> str:
    return str(credential.fields["username"])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sentence(error: NodeError) -> str:
    text = error.message.rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
