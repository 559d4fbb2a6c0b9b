"""Policies from files: all of them or none, each as a draft."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.access import PolicyError, PolicySet
from accounts.models import Policy, User
from accounts.services.changes import lock_access
from accounts.services.policies import create_policy
from accounts.services.policy_drafts import save_draft
from accounts.services.policy_revisions import DOCUMENT
from accounts.services.refusals import Fault
from accounts.services.rule_checks import raise_faults
from accounts.vocabulary import vocabulary_of

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,119}")


@dataclass(frozen=True, slots=True)
class ImportedDraft:
    policy: Policy
    made: bool


@transaction.atomic
def import_policies(
    tenant_id: UUID, documents: Sequence[Mapping[str, Any]], *, user: User
) -> list[ImportedDraft]:
    """Each document becomes a draft: of the policy with its key, or a new one that decides nothing.

    Raises `Refused` with every fault, at `policies.3.condition.and[0]`.
    """
    lock_access(tenant_id)
    raise_faults(_faults(tenant_id, documents))
    there = {row.key: row for row in Policy.objects.filter(tenant=tenant_id)}
    return [_imported(tenant_id, document, there, user) for document in documents]


def export_policies(policies: Iterable[Policy]) -> list[dict[str, Any]]:
    """As they are imported, and as scripts read them."""
    return [policy.as_document() for policy in policies]


def _imported(
    tenant_id: UUID, document: Mapping[str, Any], there: Mapping[str, Policy], user: User
) -> ImportedDraft:
    said = _normal(document)
    policy = there.get(said["key"])
    if policy is None:
        return ImportedDraft(create_policy(tenant_id, said, user=user, note="Imported"), made=True)
    return ImportedDraft(save_draft(policy, said, user=user, version=policy.draft_version), made=False)


def _normal(document: Mapping[str, Any]) -> dict[str, Any]:
    """As the API takes a policy: the file may write one text where a list is meant."""
    said = {"label": "", "resource_type": "*", "resources": ["*"], "condition": None, **document}
    for name in ("actions", "resources"):
        if isinstance(said[name], str):
            said[name] = [said[name]]
    return {name: said[name] for name in DOCUMENT}


def _faults(tenant_id: UUID, documents: Sequence[Mapping[str, Any]]) -> list[Fault]:
    words = vocabulary_of(tenant_id)
    active = [{**document, "status": "active"} for document in documents]
    faults = [
        Fault(f"policies.{at}.status", "There are active, shadow, draft, disabled.", "bad_rule")
        for at, document in enumerate(documents)
        if document.get("status", "active") not in ("active", "shadow", "draft", "disabled")
    ]
    faults += _faults_of_keys(documents)
    try:
        PolicySet.compile(active, levels=words.levels, attributes=words.attributes)
    except PolicyError as error:
        faults += [Fault(_place(each.path), each.message, each.code) for each in error.problems]
    return faults


def _faults_of_keys(documents: Sequence[Mapping[str, Any]]) -> Iterable[Fault]:
    """A key is part of addresses and of the audit: what scripts may call a policy is more than that."""
    for at, document in enumerate(documents):
        key, label = document.get("key"), document.get("label", "")
        if isinstance(key, str) and not _KEY.fullmatch(key):
            message = "A key is at most 120 small letters, digits, - and _, and begins with neither sign."
            yield Fault(f"policies.{at}.key", message, "bad_key")
        if not isinstance(label, str) or len(label) > 200:
            yield Fault(f"policies.{at}.label", "A label is a text of at most 200 characters.", "bad_label")


def _place(path: str) -> str:
    """`policies[3].condition.and[0]` is `policies.3.condition.and[0]`, as places of requests are written."""
    head, _, rest = path.partition("]")
    return f"policies.{head.removeprefix('policies[')}{rest}" if head.startswith("policies[") else path
