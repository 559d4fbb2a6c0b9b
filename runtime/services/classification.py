"""What policies know of a thing: how secret it is, and which department and region it belongs to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.authorization import is_allowed
from accounts.hints import hint_tenant_changed
from accounts.models import AttributeOwner, User
from accounts.services.attributes import check_values, levels_of
from accounts.services.audit import record
from accounts.services.refusals import Refused
from runtime.models import Credential, Dataset, Workflow

FIELDS = ("classification", "department", "region", "tags")


@transaction.atomic
def classify(
    thing: Workflow | Dataset | Credential, *, user: User, changes: Mapping[str, str | Sequence[str]]
) -> None:
    """Changes what is given. Raises `Refused` for an unknown level, and for a value that is not to be had.

    Who manages no policies cannot make a thing less secret: that would open it to others.
    """
    locked = type(thing)._default_manager.select_for_update(of=("self",)).get(pk=thing.pk)
    before = said(locked)
    for name in FIELDS:
        if name in changes:
            setattr(locked, name, _tidied(changes[name]))
    _check(locked, before["classification"], user)
    locked.save(update_fields=FIELDS)
    for name in FIELDS:
        setattr(thing, name, getattr(locked, name))
    record(f"{locked.as_resource().type}.classify", locked, by=user, before=before, after=said(locked))
    hint_tenant_changed(locked.tenant_id)


def said(thing: Workflow | Dataset | Credential) -> dict[str, Any]:
    """What policies know of it by now."""
    return {name: getattr(thing, name) for name in FIELDS}


def _tidied(value: str | Sequence[str]) -> str | list[str]:
    return value if isinstance(value, str) else list(dict.fromkeys(value))


def _check(thing: Workflow | Dataset | Credential, before: str, user: User) -> None:
    levels = levels_of(thing.tenant_id)
    if thing.classification not in levels:
        message = f"There is no such level. There are: {', '.join(levels)}."
        raise Refused.at("classification", message, "unknown_level")
    if _is_lowered(before, thing.classification, levels) and not is_allowed(user, "policy.manage"):
        message = f"It is {before}. Only who may change policies (policy.manage) can lower that."
        raise Refused.at("classification", message, "lowered")
    _check_defined(thing)


def _is_lowered(before: str, after: str, levels: Sequence[str]) -> bool:
    """A level that is gone by now counts as the highest."""
    rank = levels.index(before) if before in levels else len(levels)
    return levels.index(after) < rank


def _check_defined(thing: Workflow | Dataset | Credential) -> None:
    """Where the workspace names the values that these may have, only those."""
    defined = thing.tenant.attributes.filter(applies_to=AttributeOwner.RESOURCE).values_list(
        "name", flat=True
    )
    given: dict[str, Any] = {name: value for name in defined if (value := getattr(thing, name))}
    check_values(thing.tenant_id, given, applies_to=AttributeOwner.RESOURCE, at="")
