"""The facts about many people and things at once, as `access_facts` and `as_resource` give them of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.access import GrantFacts, Resource, Subject, expand_actions
from accounts.models import Grant, Role, User
from accounts.resource_maps import ResourceMap, map_of
from accounts.role_book import RoleBook, read_roles

Build = Callable[[Iterator[Any]], Resource | None]


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Who they are, and what is shared with them."""

    subject: Subject
    grants: tuple[GrantFacts, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """What roles and shares give in a tenant, to be used for many people."""

    book: RoleBook
    to_people: Mapping[UUID, list[GrantFacts]]
    to_roles: Mapping[str, list[GrantFacts]]


def read_given(tenant_id: UUID) -> Given:
    return Given(read_roles(tenant_id), *_grants(tenant_id))


def people_in_bulk(tenant_id: UUID, ids: Iterable[UUID], given: Given) -> dict[UUID, PersonFacts]:
    """Those of the tenant who are still there: in as many queries for many as for one."""
    wanted = list(ids)
    if not wanted:
        return {}
    roles = _roles_of(tenant_id, wanted)
    columns = ("pk", "is_active", "attributes", "email", "attributes_version")
    found = {}
    for key, is_active, attributes, email, version in User.objects.filter(
        tenant=tenant_id, pk__in=wanted
    ).values_list(*columns):
        subject = _subject(tenant_id, key, is_active, attributes, email, version, given.book, roles[key])
        shared = [
            *given.to_people.get(key, ()),
            *(grant for role in subject.roles for grant in given.to_roles.get(role, ())),
        ]
        found[key] = PersonFacts(subject, tuple(shared))
    return found


def things_in_bulk(tenant_id: UUID, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Resource]:
    """The tenant's things of these types and ids that are still there: a query for each type."""
    by_type: dict[str, set[str]] = defaultdict(set)
    for kind, key in wanted:
        by_type[kind].add(key)
    found = {}
    for model in apps.get_models():
        ids = by_type.get(getattr(model, "resource_kind", ""))
        if ids:
            for resource in _read(model, tenant_id, ids):
                found[resource.type, resource.id] = resource
    return found


def _subject(
    tenant_id: UUID,
    key: UUID,
    is_active: bool,
    attributes: Any,
    email: str,
    version: int,
    book: RoleBook,
    roles: Iterable[str],
) -> Subject:
    held = book.held(roles)
    return Subject(
        id=key,
        tenant_id=tenant_id,
        is_active=is_active,
        roles=held.keys,
        permissions=held.permissions,
        attributes=attributes if isinstance(attributes, Mapping) else {},
        ceiling=held.ceiling,
        email=email,
        attributes_version=version,
    )


def _roles_of(tenant_id: UUID, people: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    rows = Role.objects.filter(tenant=tenant_id, user__in=people).values_list("user", "key")
    for person, key in rows:
        found[person].append(key)
    return found


def _grants(tenant_id: UUID) -> tuple[dict[Any, list[GrantFacts]], dict[Any, list[GrantFacts]]]:
    """What is shared with people, by their id, and with roles, by their key."""
    people: dict[Any, list[GrantFacts]] = defaultdict(list)
    roles: dict[Any, list[GrantFacts]] = defaultdict(list)
    is_open = Q(expires_at=None) | Q(expires_at__gt=timezone.now())
    for grant in Grant.objects.filter(is_open, tenant=tenant_id, revoked_at=None).select_related("role"):
        facts = GrantFacts(
            grant.resource_type,
            grant.resource_id,
            _readable(grant.actions, grant.resource_type),
            grant.expires_at,
        )
        if grant.role is None:
            people[grant.user_id].append(facts)
        else:
            roles[grant.role.key].append(facts)
    return people, roles


def _readable(names: Any, resource_type: str) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for name in names if isinstance(names, list) else ():
        try:
            found |= expand_actions([str(name)], resource_type)
        except KeyError:
            continue
    return found


def _read(model: type[models.Model], tenant_id: UUID, ids: Iterable[str]) -> Iterator[Resource]:
    known = map_of(model)
    paths, build = _plan(known, tenant_id, "", {})
    tenant_path = getattr(model, "tenant_path", "tenant")
    keys = [key for each in ids if (key := _key(model, each)) is not None]
    rows = model._default_manager.filter(**{tenant_path: tenant_id, "pk__in": keys})
    for row in rows.values_list(*paths).iterator(chunk_size=5_000):
        resource = build(iter(row))
        if resource is not None:
            yield resource


def _plan(
    known: ResourceMap, tenant_id: UUID, prefix: str, kept: dict[tuple[str, Any], Resource]
) -> tuple[list[str], Build]:
    """The columns of a resource and of what it belongs to, and what makes it of their values, in order.

    What many belong to is made once.
    """
    names = list(known.own)
    paths = [f"{prefix}pk", f"{prefix}{known.owner_path or 'pk'}"]
    paths += [f"{prefix}{known.own[name].path}" for name in names]
    above: Build | None = None
    if known.parent is not None and known.parent_path is not None:
        more, above = _plan(known.parent, tenant_id, f"{prefix}{known.parent_path}__", kept)
        paths += more

    def build(values: Iterator[Any]) -> Resource | None:
        key, owner = next(values), next(values)
        own = [next(values) for _ in names]
        parent = None if above is None else above(values)
        if key is None:
            return None
        found = kept.get((known.type, key)) if prefix else None
        if found is None:
            attributes = {
                name: value
                for name, value in zip(names, own, strict=True)
                if value is not None and value != ""
            }
            owner_id = owner if known.owner_path is not None else None
            found = Resource(known.type, str(key), tenant_id, owner_id, attributes, parent)
            if prefix:
                kept[known.type, key] = found
        return found

    return paths, build


def _key(model: type[models.Model], text: str) -> Any:
    """The id as the model has it; None for what is none."""
    try:
        return UUID(text) if isinstance(model._meta.pk, models.UUIDField) else int(text)
    except ValueError:
        return None
