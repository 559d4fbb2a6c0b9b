"""What a rotation asks of the place where a secret is valid: a database, a service, a store.

The machine (`runtime.rotation.performing`) calls the steps in the order `create`, `set`, `test`, `finish`,
`retire`; after a failure `undo`. It may die between any two of them, and in the middle of one: the same step
is then called again with the same `change.key`, so each of them bears repetition.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from runtime.credentials.revealed import Revealed
from runtime.engine.secret import Secret
from runtime.rotation.store_settings import StoreKind
from runtime.services_protocol import HttpClient, SqlConnection

Strategy = Literal["single", "alternating"]
Tried = Sequence[Mapping[str, str]]


Opener = Callable[[StoreKind, str], Awaitable[Revealed | None]]
Connect = Callable[[Revealed], AbstractAsyncContextManager[SqlConnection]]


class RotatorFailed(Exception):
    """A step that did not come about. The reason is a sentence and holds no secret."""

    def __init__(self, reason: str, *, retryable: bool = False, tried: Tried = ()) -> None:
        """`tried`: what had no new value, where several places were asked."""
        super().__init__(reason)
        self.reason = reason
        self.retryable = retryable
        self.tried = tried


@dataclass(frozen=True, slots=True)
class Created:
    """The new value: the fields of the credential that change, secret and open ones.

    `reference` is what the place calls it, such as the id of a version; it is kept in the open.
    """

    secrets: Mapping[str, Secret]
    fields: Mapping[str, str | int] = field(default_factory=dict)
    expires_at: datetime | None = None
    source: str = ""
    reference: str = ""
    tried: Tried = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One rotation. `former` was in force before it; `new` is what `create` gave, once it is stored here.

    `key` stays the same however often a step of it is repeated, and is no other rotation's.
    """

    key: str
    strategy: Strategy
    former: Revealed
    new: Revealed | None = None
    reference: str = ""

    @property
    def made(self) -> Revealed:
        """`new`, for the steps after `create`."""
        if self.new is None:
            raise RotatorFailed("The new value was not stored.")
        return self.new


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a rotator works with. `reveal` gives another credential, such as a store's token.

    It raises `RotatorFailed` where there is none, or where whoever rotates may not use it. `connect` opens
    the database of a credential; None where nothing can. `opener` gives what opens a store, by the type and
    the name of the credential; None without it.
    """

    http: HttpClient
    reveal: Callable[[str], Awaitable[Revealed]]
    now: datetime
    connect: Connect | None = None
    opener: Opener | None = None


class Rotator(Protocol):
    """One kind of place. Every step raises `RotatorFailed`."""

    async def create(self, change: Change) -> Created:
        """The new value, not yet valid outside where that can be chosen."""
        ...

    async def set(self, change: Change) -> None:
        """Makes the new value valid outside."""
        ...

    async def test(self, change: Change) -> None:
        """Proves that the new value opens something."""
        ...

    async def finish(self, change: Change) -> None:
        """After the new value is in force here: makes it the current one outside, where that is told."""
        ...

    async def retire(self, change: Change) -> None:
        """Ends the former value outside; nothing holds it any more."""
        ...

    async def undo(self, change: Change) -> None:
        """The former value is the one outside again, and the new one opens nothing."""
        ...


def only_secret(credential: Revealed) -> str:
    """The name of its secret field. Raises `RotatorFailed` for a type that has several."""
    if len(credential.secrets) != 1:
        number = len(credential.secrets)
        raise RotatorFailed(
            f"A credential of the type {credential.type} has {number} secrets: it cannot be renewed."
        )
    return next(iter(credential.secrets))
