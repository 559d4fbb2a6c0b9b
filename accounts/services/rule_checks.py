"""Whether policies and masking rules say something that can be decided by, with the tenant's vocabulary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from accounts.access import MaskSet, PolicyError, PolicySet
from accounts.models import MaskingRule, Policy, PolicyStatus
from accounts.services.refusals import Fault, Refused
from accounts.vocabulary import Vocabulary, vocabulary_of

_KEPT = (PolicyStatus.ACTIVE, PolicyStatus.SHADOW)
_MAX_NAMED = 5


def check_policy(tenant_id: UUID, document: Mapping[str, Any]) -> None:
    """Raises `Refused` with every place of the document that is wrong."""
    raise_faults(policy_faults(document, vocabulary_of(tenant_id)))


def check_mask(tenant_id: UUID, document: Mapping[str, Any]) -> None:
    """Raises `Refused` with every place of the rule that is wrong."""
    raise_faults(mask_faults(document, vocabulary_of(tenant_id)))


def policy_faults(document: Mapping[str, Any], words: Vocabulary) -> list[Fault]:
    """Everything that is wrong with a policy; an empty list means that it can be in force."""
    try:
        PolicySet.compile([_in_force(document)], levels=words.levels, attributes=words.attributes)
    except PolicyError as error:
        return _faults(error)
    return []


def mask_faults(document: Mapping[str, Any], words: Vocabulary) -> list[Fault]:
    """Everything that is wrong with a masking rule."""
    try:
        MaskSet.compile([_in_force(document)], levels=words.levels, attributes=words.attributes)
    except PolicyError as error:
        return _faults(error)
    return []


def refuse_broken_rules(tenant_id: UUID) -> None:
    """Raises `Refused` naming the policies and masks in force that the vocabulary of now does not fit."""
    words = vocabulary_of(tenant_id)
    broken = [
        *_broken("policy", Policy.objects.filter(tenant=tenant_id, status__in=_KEPT), policy_faults, words),
        *_broken("mask", MaskingRule.objects.filter(tenant=tenant_id, status__in=_KEPT), mask_faults, words),
    ]
    raise_faults(broken[:_MAX_NAMED])


def raise_faults(faults: Iterable[Fault]) -> None:
    """Raises `Refused` unless there are none."""
    found = list(faults)
    if found:
        raise Refused(found)


def _broken(what: str, rows: Any, faults_of: Any, words: Vocabulary) -> Iterable[Fault]:
    for row in rows:
        for fault in faults_of(row.as_document(), words):
            message = f"The {what} “{row.key}” needs this: {fault.message} Change or disable it first."
            yield Fault("", message, "used_by_rules")


def _in_force(document: Mapping[str, Any]) -> dict[str, Any]:
    """As it would be when it counts: what is a draft today may be set in force tomorrow."""
    return {**document, "status": PolicyStatus.ACTIVE.value}


def _faults(error: PolicyError) -> list[Fault]:
    """Places as clients sent them: the one policy is the whole body."""
    return [Fault(_place(problem.path), problem.message, "bad_rule") for problem in error.problems]


def _place(path: str) -> str:
    return path.removeprefix("policies[0].").removeprefix("masks[0].")
