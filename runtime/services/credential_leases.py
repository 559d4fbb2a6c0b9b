"""Who holds which version of a credential, as facts: a version that nobody holds can be ended where it opens.

A lease is a row that its holder's process renews. It is written before the value is handed out, and whoever
gets one looks afterwards whether the version is still in force. So from the moment a new version is in force,
nobody begins to hold the one before, and those who hold it are counted.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.models import User
from runtime.credentials.revealed import Revealed
from runtime.models import Credential, CredentialLease
from runtime.services.credentials import find_for_use, reveal_version

log = logging.getLogger(__name__)

# A process that dies holds what it held for so long.
LEASE: Final = timedelta(seconds=60)
RENEW_S: Final = 20.0
BEAT_S: Final = 1.0
_KEEP_LAPSED: Final = timedelta(hours=1)
_MOST_TURNS: Final = 20

IsHeld = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Held:
    """A credential in somebody's hands, and under which lease."""

    lease: UUID
    credential: Credential
    revealed: Revealed


def in_use(credential: Credential, version: int) -> int:
    """How many hold this version now."""
    return live_leases(credential).filter(version=version).count()


def live_leases(credential: Credential) -> QuerySet[CredentialLease]:
    """The leases of all its versions that have not ended, the oldest first."""
    return CredentialLease.objects.filter(credential=credential, until__gt=Now())


def close(credential: Credential, version: int) -> int:
    """Counts nobody as a holder of this version any more; how many there were.

    It takes nothing away from them: for a version that must end whoever still uses it.
    """
    return CredentialLease.objects.filter(credential=credential, version=version).delete()[0]


def forget_lapsed() -> int:
    """Deletes the leases of processes that died. A job of upkeep."""
    return CredentialLease.objects.filter(until__lt=Now() - _KEEP_LAPSED).delete()[0]


def take(
    tenant_id: UUID,
    name: str,
    *,
    principal: User | None,
    purpose: str,
    is_held: IsHeld,
    run_id: UUID | None = None,
    node: str = "",
) -> Held:
    """The version in force, under a lease that lasts while `is_held` says so. Raises `CredentialError`."""
    for _ in range(_MOST_TURNS):
        found = find_for_use(tenant_id, name, principal=principal)
        lease = CredentialLease.objects.create(
            credential=found,
            version=found.version,
            run_id=run_id,
            node=node,
            purpose=purpose,
            at=Now(),
            until=Now() + LEASE,
        )
        if Credential.objects.filter(pk=found.pk, version=found.version).exists():
            break
        lease.delete()  # another version came into force meanwhile
    try:
        revealed = reveal_version(found, found.version)
    except BaseException:
        lease.delete()
        raise
    BOOK.keep(lease.pk, is_held)
    return Held(lease.pk, found, revealed)


@contextlib.contextmanager
def holding(tenant_id: UUID, name: str, *, principal: User | None, purpose: str) -> Iterator[Held]:
    """`take` for the length of a block, for what runs outside of a run."""
    ended = threading.Event()
    held = take(tenant_id, name, principal=principal, purpose=purpose, is_held=lambda: not ended.is_set())
    try:
        yield held
    finally:
        ended.set()


@dataclass(slots=True)
class _Kept:
    """`holders` by what tells them apart."""

    renewed_at: float
    holders: dict[int, IsHeld] = field(default_factory=dict)


class LeaseBook:
    """The leases that this process holds. A thread renews them and gives them back, while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[UUID, _Kept] = {}
        self._ended: list[UUID] = []
        self._thread: threading.Thread | None = None

    def keep(self, lease: UUID, is_held: IsHeld, key: int = 0) -> None:
        """From now on the lease lasts as long as one of its holders does."""
        with self._lock:
            self._kept[lease] = _Kept(time.monotonic(), {key: is_held})
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="credential-leases", daemon=True)
                self._thread.start()

    def join(self, lease: UUID, is_held: IsHeld, key: int) -> bool:
        """Adds a holder, once for each key; False where the lease has ended."""
        with self._lock:
            kept = self._kept.get(lease)
            if kept is not None:
                kept.holders[key] = is_held
            return kept is not None

    def sweep(self) -> None:
        """Gives back what nobody holds any more, and renews the rest in time. Raises `DatabaseError`."""
        now = time.monotonic()
        with self._lock:
            due = self._look(now)
            ended = list(self._ended)
        if ended:
            CredentialLease.objects.filter(pk__in=ended).delete()
        if due:
            CredentialLease.objects.filter(pk__in=due).update(until=Now() + LEASE)
        with self._lock:
            self._ended = [lease for lease in self._ended if lease not in set(ended)]
            for lease in due:
                if lease in self._kept:
                    self._kept[lease].renewed_at = now

    def _look(self, now: float) -> list[UUID]:
        """Sets aside what has ended; the leases that are to be renewed."""
        due = []
        for lease, kept in list(self._kept.items()):
            kept.holders = {key: is_held for key, is_held in kept.holders.items() if is_held()}
            if not kept.holders:
                del self._kept[lease]
                self._ended.append(lease)
            elif kept.renewed_at < now - RENEW_S:
                due.append(lease)
        return due

    def _work(self) -> None:
        while not self._is_idle():
            time.sleep(BEAT_S)
            try:
                self.sweep()
            except DatabaseError as error:
                log.warning("leases of credentials are not renewed: %s", error)
            except Exception:
                log.exception("leases of credentials are not renewed")
            finally:
                connection.close()

    def _is_idle(self) -> bool:
        with self._lock:
            is_idle = not self._kept and not self._ended
            if is_idle:
                self._thread = None
            return is_idle


BOOK: Final = LeaseBook()
