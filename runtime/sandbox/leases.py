"""Which children belong to which lease, and who waits for one. Pure bookkeeping under one lock."""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class Member(Protocol):
    """What the book does to a child."""

    def interrupt(self) -> None:
        """Ends the process; whoever talks to it sees the end of its answers."""

    def retire(self) -> None:
        """Ends the process and lets go of it. Nobody talks to it any more."""


Child = TypeVar("Child", bound=Member)
Key = tuple[str, int]


@dataclass(slots=True)
class _Lease(Generic[Child]):
    generation: int = 0
    used: int = 0
    busy: dict[int, Child] = field(default_factory=dict)
    idle: list[tuple[float, Child]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Slot(Generic[Child]):
    """The right to use one child of a lease. `child` is None when a new one has to be made."""

    key: Key
    generation: int
    child: Child | None


class LeaseBook(Generic[Child]):
    """Hands out slots: at most `total` children in all, and as many in a lease as who asks allows it, in
    the order of asking.

    A lease is named by (name, memory limit in MiB): children of different limits are not mixed.
    """

    def __init__(self, *, total: int) -> None:
        self._total = total
        self._lock = threading.Lock()
        self._leases: dict[Key, _Lease[Child]] = {}
        self._waiting: deque[tuple[Key, int, Future[Slot[Child]]]] = deque()
        self._count = 0

    def take_idle(self, key: Key) -> Slot[Child] | None:
        """A slot with a warm child, if there is one right now."""
        with self._lock:
            lease = self._leases.get(key)
            return self._reuse(key, lease) if lease is not None and lease.idle else None

    def request(self, key: Key, *, per_lease: int) -> Future[Slot[Child]]:
        """A future of a slot in a lease of at most `per_lease` children. Cancel it to stop waiting."""
        future: Future[Slot[Child]] = Future()
        with self._lock:
            self._waiting.append((key, per_lease, future))
            retired = self._serve()
        _retire(retired)
        return future

    def fill(self, slot: Slot[Child], child: Child) -> None:
        """Says which child now uses a slot that had none."""
        with self._lock:
            lease = self._leases[slot.key]
            lease.busy[id(child)] = child
            ended = lease.generation != slot.generation
        if ended:
            child.interrupt()

    def replace(self, slot: Slot[Child], worn: Child, fresh: Child) -> None:
        """Puts a fresh child in the place of one that cannot go on."""
        with self._lock:
            self._leases[slot.key].busy.pop(id(worn), None)
        worn.retire()
        self.fill(slot, fresh)

    def give_back(self, slot: Slot[Child], child: Child) -> None:
        """Makes the child available to its lease again, unless the lease ended meanwhile."""
        with self._lock:
            lease = self._leases[slot.key]
            self._release(lease, child)
            retired: list[Child] = []
            if lease.generation == slot.generation:
                lease.idle.append((time.monotonic(), child))
            else:
                self._count -= 1
                retired.append(child)
            retired += self._serve()
            self._forget(slot.key)
        _retire(retired)

    def discard(self, slot: Slot[Child], child: Child | None) -> None:
        """Ends a slot whose child failed (or could not be made) and the lease's other idle children."""
        with self._lock:
            lease = self._leases[slot.key]
            self._release(lease, child)
            lease.generation += 1
            self._count -= 1
            retired = [*self._take_all_idle(lease), *([child] if child is not None else [])]
            retired += self._serve()
            self._forget(slot.key)
        _retire(retired)

    def end_lease(self, name: str) -> None:
        """Ends every child of a lease, also those in the middle of a call."""
        retired: list[Child] = []
        interrupted: list[Child] = []
        with self._lock:
            for key in [key for key in self._leases if key[0] == name]:
                lease = self._leases[key]
                lease.generation += 1
                retired += self._take_all_idle(lease)
                interrupted += lease.busy.values()
                self._forget(key)
            retired += self._serve()
        _retire(retired)
        for child in interrupted:
            child.interrupt()

    def end_idle(self, unused_s: float) -> None:
        """Ends children that nobody used for that long."""
        limit = time.monotonic() - unused_s
        with self._lock:
            retired: list[Child] = []
            for key, lease in list(self._leases.items()):
                retired += [child for since, child in lease.idle if since <= limit]
                lease.idle = [(since, child) for since, child in lease.idle if since > limit]
                self._forget(key)
            self._count -= len(retired)
            retired += self._serve()
        _retire(retired)

    @property
    def count(self) -> int:
        """Children that exist or are being made."""
        return self._count

    def _serve(self) -> list[Child]:
        """Gives slots to those who wait, in order; the children that have to end to make room."""
        retired: list[Child] = []
        still_waiting: deque[tuple[Key, int, Future[Slot[Child]]]] = deque()
        while self._waiting:
            key, per_lease, future = self._waiting.popleft()
            lease = self._leases.setdefault(key, _Lease())
            if not self._has_room(lease, per_lease, retired):
                if not future.cancelled():
                    still_waiting.append((key, per_lease, future))
            elif future.set_running_or_notify_cancel():
                future.set_result(self._reuse(key, lease) if lease.idle else self._reserve(key, lease))
            self._forget(key)
        self._waiting = still_waiting
        return retired

    def _has_room(self, lease: _Lease[Child], per_lease: int, retired: list[Child]) -> bool:
        if lease.idle:
            return True
        if lease.used >= per_lease:
            return False
        if self._count >= self._total:
            victim = min((other for other in self._leases.values() if other.idle), key=_oldest, default=None)
            if victim is None:
                return False
            retired.append(victim.idle.pop(0)[1])
            self._count -= 1
        return True

    def _reuse(self, key: Key, lease: _Lease[Child]) -> Slot[Child]:
        _, child = lease.idle.pop()
        lease.used += 1
        lease.busy[id(child)] = child
        return Slot(key, lease.generation, child)

    def _reserve(self, key: Key, lease: _Lease[Child]) -> Slot[Child]:
        lease.used += 1
        self._count += 1
        return Slot(key, lease.generation, None)

    def _release(self, lease: _Lease[Child], child: Child | None) -> None:
        lease.used -= 1
        if child is not None:
            lease.busy.pop(id(child), None)

    def _take_all_idle(self, lease: _Lease[Child]) -> list[Child]:
        taken = [child for _, child in lease.idle]
        lease.idle = []
        self._count -= len(taken)
        return taken

    def _forget(self, key: Key) -> None:
        lease = self._leases.get(key)
        if lease is not None and not lease.idle and not lease.used:
            del self._leases[key]


def _oldest(lease: _Lease[Child]) -> float:
    return lease.idle[0][0]


def _retire(children: list[Child]) -> None:
    for child in children:
        child.retire()
