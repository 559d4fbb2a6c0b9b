"""Masking rules: write, change, delete. They count from the next request on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import MaskingRule, User
from accounts.services.audit import record
from accounts.services.changes import lock_access
from accounts.services.policy_gates import RevisionChanged
from accounts.services.refusals import Conflict, Refused
from accounts.services.rule_checks import check_mask
from accounts.services.versions import bump_policy_version

MAX_RULES = 1_000
FIELDS = (
    "key",
    "label",
    "resource_type",
    "resources",
    "field",
    "condition",
    "mask_type",
    "options",
    "status",
)


@transaction.atomic
def create_mask(tenant_id: UUID, document: Mapping[str, Any], *, user: User) -> MaskingRule:
    """Raises `Refused` for what is wrong with the rule, `Conflict` for a key that is taken."""
    lock_access(tenant_id)
    if MaskingRule.objects.filter(tenant=tenant_id).count() >= MAX_RULES:
        raise Refused.at("key", f"There are {MAX_RULES} masking rules already. Delete one first.", "too_many")
    rule = MaskingRule(tenant_id=tenant_id, created_by=user, updated_by=user)
    _fill(rule, document)
    rule = _stored(rule)
    record("mask.create", rule, by=user, after=rule.as_document())
    return rule


@transaction.atomic
def change_mask(rule: MaskingRule, changes: Mapping[str, Any], *, user: User, revision: int) -> MaskingRule:
    """Changes what is given. Raises `RevisionChanged`, `Refused` and `Conflict`."""
    lock_access(rule.tenant_id)
    rule = MaskingRule.objects.get(pk=rule.pk)
    if rule.revision != revision:
        raise RevisionChanged(rule.revision)
    before = rule.as_document()
    _fill(rule, changes)
    rule.revision += 1
    rule.updated_by = user
    rule = _stored(rule)
    record("mask.change", rule, by=user, before=before, after=rule.as_document())
    return rule


@transaction.atomic
def delete_mask(rule: MaskingRule) -> None:
    """What it hid is shown from the next request on."""
    tenant_id = rule.tenant_id
    lock_access(tenant_id)
    record("mask.delete", rule, before=rule.as_document())
    rule.delete()
    bump_policy_version(tenant_id)


def _fill(rule: MaskingRule, document: Mapping[str, Any]) -> None:
    for name in FIELDS:
        if name in document:
            setattr(rule, name, document[name])
    rule.label = rule.label or rule.key


def _stored(rule: MaskingRule) -> MaskingRule:
    check_mask(rule.tenant_id, rule.as_document())
    try:
        with transaction.atomic():
            rule.save()
    except IntegrityError as error:
        raise Conflict("mask_taken", f"There is a masking rule with the key “{rule.key}” already.") from error
    bump_policy_version(rule.tenant_id)
    return rule
