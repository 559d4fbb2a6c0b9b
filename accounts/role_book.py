"""What every role of a tenant gives, with those that it inherits from, read at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.access import ACTIONS, expand_actions
from accounts.models import Role


@dataclass(frozen=True, slots=True)
class _Entry:
    parents: tuple[str, ...]
    permissions: frozenset[str]
    ceiling: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Held:
    """What somebody with certain roles has: `keys` are these roles and those that they inherit from."""

    keys: frozenset[str]
    permissions: frozenset[str]
    ceiling: frozenset[str] | None


class RoleBook:
    """Answers without asking the database again. Make one with `read_roles`."""

    def __init__(self, entries: Mapping[str, _Entry]) -> None:
        self._entries = entries
        self._held: dict[frozenset[str], Held] = {}

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self._entries)

    def held(self, keys: Iterable[str]) -> Held:
        """What these roles give together. A role that is not there gives nothing."""
        asked = frozenset(keys)
        found = self._held.get(asked)
        if found is None:
            found = self._held[asked] = self._hold(asked)
        return found

    def _hold(self, asked: frozenset[str]) -> Held:
        reached: set[str] = set()
        waiting = [key for key in asked if key in self._entries]
        while waiting:
            key = waiting.pop()
            if key not in reached:
                reached.add(key)
                waiting.extend(self._entries[key].parents)
        entries = [self._entries[key] for key in reached]
        ceilings = [each.ceiling for each in entries if each.ceiling is not None]
        return Held(
            frozenset(reached),
            frozenset().union(*(each.permissions for each in entries)),
            frozenset.intersection(*ceilings) if ceilings else None,
        )


def read_roles(tenant_id: UUID) -> RoleBook:
    """The tenant's roles: three queries, however many there are."""
    rows = Role.objects.filter(tenant=tenant_id).prefetch_related("permissions", "parents")
    return RoleBook({row.key: _entry(row) for row in rows})


def _entry(row: Role) -> _Entry:
    names = (permission.codename for permission in row.permissions.all())
    return _Entry(
        tuple(parent.key for parent in row.parents.all()),
        frozenset(name for name in names if name in ACTIONS),
        None if row.ceiling is None else _readable(row.ceiling),
    )


def _readable(names: Iterable[object]) -> frozenset[str]:
    """The actions of a ceiling. What cannot be read allows nothing."""
    found: frozenset[str] = frozenset()
    for name in names if isinstance(names, list) else ():
        try:
            found |= expand_actions([str(name)])
        except KeyError:
            continue
    return found
