"""All roles of a tenant at once: who inherits what from whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count

from accounts.access import ACTIONS, expand_actions
from accounts.models import Role, User


@dataclass(frozen=True, slots=True)
class RoleTree:
    """By the id of a role: its key, what it gives itself, its parents, its own bound, who has it."""

    keys: Mapping[int, str]
    given: Mapping[int, set[str]]
    parents: Mapping[int, list[int]]
    ceilings: Mapping[int, Any]
    members: Mapping[int, int]

    @classmethod
    def of(cls, tenant_id: UUID) -> RoleTree:
        """Read in four queries, however many roles there are."""
        roles = Role.objects.filter(tenant=tenant_id)
        rows = list(roles.order_by("key").values_list("pk", "key", "ceiling"))
        ids = [pk for pk, _, _ in rows]
        given: dict[int, set[str]] = defaultdict(set)
        through = Role.permissions.through.objects.filter(group_id__in=ids)
        for pk, name in through.values_list("group_id", "permission__codename"):
            if name in ACTIONS:
                given[pk].add(name)
        parents: dict[int, list[int]] = defaultdict(list)
        above = Role.parents.through.objects.filter(from_role_id__in=ids, to_role_id__in=ids)
        for child, parent in above.order_by("to_role__key").values_list("from_role_id", "to_role_id"):
            parents[child].append(parent)
        return cls(
            {pk: key for pk, key, _ in rows},
            given,
            parents,
            {pk: ceiling for pk, _, ceiling in rows},
            _members(tenant_id, ids),
        )

    def above(self, role: int) -> Iterator[int]:
        """Every role that this one inherits from, near ones first."""
        seen, waiting = {role}, list(self.parents[role])
        while waiting:
            parent = waiting.pop(0)
            if parent not in seen:
                seen.add(parent)
                yield parent
                waiting.extend(self.parents[parent])

    def inherited(self, role: int) -> dict[str, str]:
        """What it does not give itself, with the key of the nearest role above that does."""
        found: dict[str, str] = {}
        for parent in self.above(role):
            for action in sorted(self.given[parent] - self.given[role]):
                found.setdefault(action, self.keys[parent])
        return found

    def limit(self, role: int) -> frozenset[str] | None:
        """What its bound and those above leave; None without one. One that cannot be read leaves nothing."""
        each = [
            _actions(self.ceilings[at]) for at in (role, *self.above(role)) if self.ceilings[at] is not None
        ]
        return frozenset.intersection(*each) if each else None


def _actions(ceiling: Any) -> frozenset[str]:
    try:
        return expand_actions([str(name) for name in ceiling], "*")
    except (KeyError, TypeError):
        return frozenset()


def _members(tenant_id: UUID, ids: list[int]) -> Mapping[int, int]:
    rows = User.groups.through.objects.filter(group_id__in=ids, user__tenant=tenant_id)
    counts = rows.values_list("group_id").annotate(Count("pk"))
    return defaultdict(int, counts)
