"""How many people a masking rule would mask for, and how many would see the value."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.access import Environment, MaskSet, Resource, Subject
from accounts.models import User
from accounts.role_book import RoleBook, read_roles

MAX_PEOPLE = 20_000
ROOTS_OF_THINGS = ("resource.", "data.")


@dataclass(frozen=True, slots=True)
class Reach:
    """`sees` of `people` surely see the value, by role too. `depends`: it may hang on the thing."""

    people: int
    sees: int
    by_role: Mapping[str, tuple[int, int]]
    depends: bool


def reach_of(
    rule: Mapping[str, Any], people: QuerySet[User], tenant_id: UUID, *, levels: Iterable[str]
) -> Reach:
    """Of a rule that can be in force, as it stands now and whatever the thing is."""
    anywhere = {**rule, "resources": ["*"], "resource_type": "*", "status": "active"}
    masks = MaskSet.compile([anywhere], levels=levels)
    thing, env = Resource("data", "", tenant_id), Environment.now()
    totals, seeing = Counter[str](), Counter[str]()
    count = sees = 0
    for subject in _subjects(people, tenant_id):
        is_open = masks.for_reader(subject, thing, env) is None
        count += 1
        sees += is_open
        totals.update(subject.roles)
        if is_open:
            seeing.update(subject.roles)
    by_role = {role: (seeing[role], total) for role, total in totals.items()}
    return Reach(count, sees, by_role, _asks_about_things(rule.get("condition")))


def _subjects(people: QuerySet[User], tenant_id: UUID) -> Iterator[Subject]:
    """In two queries and those for the roles. Roles with those that they inherit from."""
    book: RoleBook = read_roles(tenant_id)
    rows = list(people.filter(is_active=True).values_list("pk", "email", "attributes")[:MAX_PEOPLE])
    given = User.groups.through.objects.filter(group__role__tenant=tenant_id, user__in=people)
    roles: defaultdict[UUID, set[str]] = defaultdict(set)
    for user_id, key in given.values_list("user_id", "group__role__key"):
        roles[user_id].add(key)
    for user_id, email, attributes in rows:
        held = book.held(roles[user_id])
        stated = attributes if isinstance(attributes, Mapping) else {}
        yield Subject(user_id, tenant_id, roles=held.keys, attributes=stated, email=email)


def _asks_about_things(condition: Any) -> bool:
    if isinstance(condition, Mapping):
        named = [condition.get("attribute_path"), condition.get("value_path")]
        if any(isinstance(path, str) and path.startswith(ROOTS_OF_THINGS) for path in named):
            return True
        return any(_asks_about_things(inner) for inner in condition.values())
    return isinstance(condition, list) and any(_asks_about_things(inner) for inner in condition)
