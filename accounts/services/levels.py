"""The security levels of a tenant, and in which order they are."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.apps import apps
from django.db import transaction

from accounts.models import AttributeDefinition, AttributeKind, SecurityLevel, User
from accounts.services.audit import record
from accounts.services.changes import lock_access
from accounts.services.refusals import Conflict, Fault, Refused
from accounts.services.rule_checks import refuse_broken_rules
from accounts.services.versions import bump_policy_version

NEW_THINGS = "internal"
"""What is classified as nothing else when it is made."""
MAX_LEVELS = 20


@transaction.atomic
def set_levels(tenant_id: UUID, wanted: Sequence[tuple[str, str]]) -> list[SecurityLevel]:
    """Makes these (key, label) the levels, the least secret first.

    Raises `Refused` for a list that is none, and `Conflict` while something still has a level that would go.
    """
    _check(wanted)
    lock_access(tenant_id)
    before = list(SecurityLevel.objects.filter(tenant=tenant_id).values_list("key", flat=True))
    _refuse_used(tenant_id, set(before) - {key for key, _ in wanted})
    SecurityLevel.objects.filter(tenant=tenant_id).exclude(key__in=[key for key, _ in wanted]).delete()
    for rank, (key, label) in enumerate(wanted):
        SecurityLevel.objects.update_or_create(
            tenant_id=tenant_id, key=key, defaults={"label": label, "rank": rank}
        )
    refuse_broken_rules(tenant_id)
    after = [key for key, _ in wanted]
    record("level.change", before={"levels": before}, after={"levels": after}, tenant_id=tenant_id)
    bump_policy_version(tenant_id)
    return list(SecurityLevel.objects.filter(tenant=tenant_id))


def _check(wanted: Sequence[tuple[str, str]]) -> None:
    keys = [key for key, _ in wanted]
    faults = [
        Fault(f"levels.{place}.key", f"“{key}” is there twice.", "twice")
        for place, key in enumerate(keys)
        if key in keys[:place]
    ]
    if NEW_THINGS not in keys:
        message = f"Keep “{NEW_THINGS}”: it is what new things are classified as."
        faults.append(Fault("levels", message, "default_level"))
    if len(keys) > MAX_LEVELS:
        faults.append(Fault("levels", f"At most {MAX_LEVELS} levels.", "too_many"))
    if faults:
        raise Refused(faults)


def _refuse_used(tenant_id: UUID, gone: set[str]) -> None:
    for key in sorted(gone):
        if (what := _user_of(tenant_id, key)) is not None:
            raise Conflict("level_in_use", f"The level “{key}” cannot go: {what} still has it.")


def _user_of(tenant_id: UUID, key: str) -> str | None:
    """Something that has this level: a person's attribute, or a thing's classification."""
    names = AttributeDefinition.objects.filter(tenant=tenant_id, kind=AttributeKind.LEVEL)
    for name in names.values_list("name", flat=True):
        person = User.objects.filter(tenant=tenant_id, **{f"attributes__{name}": key}).first()
        if person is not None:
            return person.email
    for model in apps.get_models():
        if any(field.name == "classification" for field in model._meta.get_fields()):
            thing = model._default_manager.filter(tenant=tenant_id, classification=key).first()
            if thing is not None:
                return f"{model._meta.verbose_name} “{thing}”"
    return None
