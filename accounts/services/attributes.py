"""Which attributes there are in a tenant, and whether values fit them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.access.paths import USER_FIELDS
from accounts.models import (
    AttributeDefinition,
    AttributeKind,
    AttributeOwner,
    SecurityLevel,
    User,
)
from accounts.services.audit import record
from accounts.services.changes import lock_access
from accounts.services.refusals import Conflict, Fault, Refused
from accounts.services.rule_checks import refuse_broken_rules
from accounts.services.versions import bump_policy_version
from accounts.vocabulary import CLASSIFIED

MAX_DEFINITIONS = 200


@transaction.atomic
def create_attribute(
    tenant_id: UUID,
    *,
    name: str,
    label: str,
    kind: str,
    applies_to: str,
    allowed: list[Any] | None = None,
    description: str = "",
) -> AttributeDefinition:
    """A new attribute. Raises `Conflict` for a name that is taken, `Refused` for values that do not fit."""
    lock_access(tenant_id)
    if AttributeDefinition.objects.filter(tenant=tenant_id).count() >= MAX_DEFINITIONS:
        raise Refused.at(
            "name", f"There are {MAX_DEFINITIONS} attributes already. Delete one first.", "too_many"
        )
    row = AttributeDefinition(
        tenant_id=tenant_id,
        name=name,
        label=label,
        kind=kind,
        applies_to=applies_to,
        allowed=allowed,
        description=description,
    )
    _check_name(row)
    _check_allowed(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("attribute_taken", f"There is an attribute “{name}” already.") from error
    _refuse_misfits(row)
    record("attribute.create", row, after=_said(row))
    bump_policy_version(tenant_id)
    return row


@transaction.atomic
def change_attribute(row: AttributeDefinition, changes: Mapping[str, Any]) -> AttributeDefinition:
    """Changes label, kind, values or description. Raises `Conflict` when people's values would not fit."""
    lock_access(row.tenant_id)
    before = _said(row)
    for name, value in changes.items():
        setattr(row, name, value)
    _check_name(row)
    _check_allowed(row)
    row.save()
    _refuse_misfits(row)
    refuse_broken_rules(row.tenant_id)
    record("attribute.change", row, before=before, after=_said(row))
    bump_policy_version(row.tenant_id)
    return row


@transaction.atomic
def delete_attribute(row: AttributeDefinition) -> None:
    """Raises `Conflict` while a person has it, `Refused` while a policy or mask names it."""
    tenant_id = row.tenant_id
    lock_access(tenant_id)
    if row.applies_to == AttributeOwner.USER:
        person = User.objects.filter(tenant=tenant_id, attributes__has_key=row.name).first()
        if person is not None:
            raise Conflict(
                "attribute_in_use", f"{person.email} has the attribute “{row.name}”. Take it away first."
            )
    record("attribute.delete", row, before=_said(row))
    row.delete()
    refuse_broken_rules(tenant_id)
    bump_policy_version(tenant_id)


def check_values(
    tenant_id: UUID,
    values: Mapping[str, Any],
    *,
    applies_to: str = AttributeOwner.USER,
    at: str = "attributes",
) -> None:
    """Raises `Refused` that names each value that is not defined, or not of its type."""
    rows = AttributeDefinition.objects.filter(tenant=tenant_id, applies_to=applies_to)
    definitions = {row.name: row for row in rows}
    levels = levels_of(tenant_id)
    faults = []
    for name, value in values.items():
        place = f"{at}.{name}" if at else name
        definition = definitions.get(name)
        if definition is None:
            known = ", ".join(sorted(definitions)) or "none"
            message = f"There is no such attribute. Define it first; there are: {known}."
            faults.append(Fault(place, message, "unknown_attribute"))
        elif (problem := value_problem(definition, value, levels)) is not None:
            faults.append(Fault(place, problem, "wrong_value"))
    if faults:
        raise Refused(faults)


def levels_of(tenant_id: UUID) -> tuple[str, ...]:
    """The keys of the tenant's levels, the least secret first."""
    return tuple(
        SecurityLevel.objects.filter(tenant=tenant_id).order_by("rank").values_list("key", flat=True)
    )


def value_problem(definition: AttributeDefinition, value: Any, levels: Iterable[str]) -> str | None:
    """What keeps the value from being one of this attribute; None when it fits."""
    known = tuple(levels)
    if definition.kind == AttributeKind.LEVEL:
        return None if value in known else f"It is one of the levels: {', '.join(known)}."
    fits, wanted = _KINDS[definition.kind]
    if not fits(value):
        return f"It is {wanted}."
    if definition.allowed is None:
        return None
    items = value if isinstance(value, list) else [value]
    allowed = ", ".join(str(item) for item in definition.allowed)
    return None if all(item in definition.allowed for item in items) else f"It is one of: {allowed}."


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_moment(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


_KINDS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    AttributeKind.TEXT: (_is_text, "a text that is not empty"),
    AttributeKind.NUMBER: (_is_number, "a number"),
    AttributeKind.BOOLEAN: (lambda value: isinstance(value, bool), "true or false"),
    AttributeKind.LIST_TEXT: (
        lambda value: isinstance(value, list) and all(map(_is_text, value)),
        "a list of texts",
    ),
    AttributeKind.LIST_NUMBER: (
        lambda value: isinstance(value, list) and all(map(_is_number, value)),
        "a list of numbers",
    ),
    AttributeKind.DATETIME: (_is_moment, "a date and time with its zone, such as 2026-01-31T12:00:00+00:00"),
}


def _check_name(row: AttributeDefinition) -> None:
    """People have what is defined, beside what everybody has; things have what tables have columns for."""
    if row.applies_to == AttributeOwner.USER:
        if row.name in USER_FIELDS:
            raise Refused.at("name", f"Everybody has “{row.name}”. Choose another name.", "taken")
        return
    possible = {name: kind for name, kind in CLASSIFIED.items() if kind != AttributeKind.LEVEL}
    if possible.get(row.name) != row.kind:
        there_are = ", ".join(f"{name} ({kind})" for name, kind in possible.items())
        message = f"Of things only the values of these can be laid down: {there_are}."
        raise Refused.at("name", message, "no_such_column")


def _check_allowed(row: AttributeDefinition) -> None:
    if row.allowed is None:
        return
    if row.kind in (AttributeKind.LEVEL, AttributeKind.BOOLEAN):
        raise Refused.at(
            "allowed", "Levels, and yes or no, have their own values. Leave it out.", "no_values"
        )
    if not row.allowed:
        raise Refused.at("allowed", "Name at least one value, or leave it out for any.", "no_values")
    is_list = row.kind in (AttributeKind.LIST_TEXT, AttributeKind.LIST_NUMBER)
    fits, _ = _KINDS[row.kind]
    faults = [
        Fault(f"allowed.{place}", "It is not of the attribute's type.", "wrong_value")
        for place, value in enumerate(row.allowed)
        if not fits([value] if is_list else value)
    ]
    if faults:
        raise Refused(faults)


def _said(row: AttributeDefinition) -> dict[str, Any]:
    """As the audit tells of it."""
    return {name: getattr(row, name) for name in ("name", "label", "kind", "applies_to", "allowed")}


def _refuse_misfits(row: AttributeDefinition) -> None:
    """A value that does not fit counts as missing: nobody shall lose access by a change of types unawares."""
    if row.applies_to != AttributeOwner.USER:
        return
    levels = levels_of(row.tenant_id)
    for person in User.objects.filter(tenant=row.tenant_id, attributes__has_key=row.name):
        if value_problem(row, person.attributes[row.name], levels) is not None:
            message = f"The “{row.name}” of {person.email} would not fit. Change it first."
            raise Conflict("values_do_not_fit", message)
