"""Who, what and when of a question that is only asked to see the answer: test cases and simulations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

from accounts.access import Environment, Resource, Subject
from accounts.access.explaining import plain
from accounts.role_book import RoleBook, read_roles
from accounts.services.refusals import Refused

SELF = "self"
"""As the owner of a stated resource: whoever asks."""
_NAMESPACE = UUID("7d3c2a6e-5f1b-4c52-9d1f-3c8f7b0f9a10")


def stated_subject(tenant_id: UUID, stated: Mapping[str, Any], book: RoleBook | None = None) -> Subject:
    """Somebody with `{roles, attributes, email}` who need not exist. Raises `Refused` for an unknown role.

    With a `book` of the tenant's roles nothing is read.
    """
    keys = frozenset(str(key) for key in stated.get("roles") or ())
    book = book or read_roles(tenant_id)
    unknown = keys - book.keys
    if unknown:
        raise Refused.at("subject.roles", f"No such role: {', '.join(sorted(unknown))}.", "unknown_role")
    held = book.held(keys)
    email = str(stated.get("email") or "")
    return Subject(
        id=uuid5(_NAMESPACE, email),
        tenant_id=tenant_id,
        roles=held.keys,
        permissions=held.permissions,
        attributes=stated.get("attributes") or {},
        ceiling=held.ceiling,
        email=email,
    )


def stated_resource(tenant_id: UUID, stated: Mapping[str, Any], subject: Subject) -> Resource:
    """A thing with `{type, id, owner, attributes, parent}` that need not exist."""
    parent = stated.get("parent")
    return Resource(
        type=str(stated["type"]),
        id=str(stated.get("id") or ""),
        tenant_id=tenant_id,
        owner_id=_owner(stated.get("owner"), subject),
        attributes=dict(stated.get("attributes") or {}),
        parent=stated_resource(tenant_id, parent, subject) if isinstance(parent, Mapping) else None,
    )


def stated_form(subject: Subject, resource: Resource | None) -> dict[str, Any]:
    """`{subject, resource}` as test cases state them: somebody, and a thing, like these."""
    return {
        "subject": {
            "roles": sorted(subject.roles),
            "attributes": _given(subject.attributes),
            "email": subject.email,
        },
        "resource": None if resource is None else _resource_form(resource, subject),
    }


def _resource_form(resource: Resource, subject: Subject) -> dict[str, Any]:
    owner = resource.owner_id
    return {
        "type": resource.type,
        "id": resource.id,
        "owner": SELF if owner is not None and owner == subject.id else str(owner) if owner else None,
        "attributes": _given(resource.attributes),
        "parent": None if resource.parent is None else _resource_form(resource.parent, subject),
    }


def _given(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are there, as JSON."""
    shown = {str(name): plain(value) for name, value in attributes.items()}
    return {name: value for name, value in shown.items() if value not in (None, "")}


def stated_environment(stated: Mapping[str, Any]) -> Environment:
    """`{at, ip, mfa_at}`; without `at` it is now. Raises `Refused` for what is no time."""
    at = _moment("env.at", stated.get("at")) or datetime.now(UTC)
    return Environment(at, ip=stated.get("ip"), mfa_at=_moment("env.mfa_at", stated.get("mfa_at")))


def _owner(stated: Any, subject: Subject) -> UUID | None:
    if stated is None:
        return None
    if stated == SELF:
        return subject.id
    try:
        return UUID(str(stated))
    except ValueError:
        message = f"An owner is the id of a person, or “{SELF}” for whoever asks."
        raise Refused.at("resource.owner", message, "no_owner") from None


def _moment(field: str, stated: Any) -> datetime | None:
    if stated is None:
        return None
    if isinstance(stated, datetime):
        return stated
    try:
        moment = datetime.fromisoformat(str(stated))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        message = "A time has a date and a zone, such as 2026-01-31T12:00:00+00:00."
        raise Refused.at(field, message, "no_time")
    return moment
