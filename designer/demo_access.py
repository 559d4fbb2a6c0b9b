"""Who may see what in the demo workspace: people's attributes, a policy in force, and masks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import MaskingRule, Policy, PolicyStatus, User
from accounts.services.attributes import check_values
from accounts.services.masks import create_mask
from accounts.services.people import set_attributes
from accounts.services.policies import create_policy, set_policy_status
from runtime.models import Workflow
from runtime.services.classification import classify

_NOTE = "As it comes with the demo"


@transaction.atomic
def load_access(owner: User, emails: Mapping[str, str], made: list[str]) -> None:
    """Makes what is missing of `examples/access.json`; what somebody changed stays. `emails` are by role."""
    wanted = json.loads((settings.BASE_DIR / "examples" / "access.json").read_text(encoding="utf-8"))
    for role, attributes in wanted["people"].items():
        _person(emails[role], attributes)
    for name, attributes in wanted["workflows"].items():
        _workflow(owner, name, attributes)
    for document in wanted["policies"]:
        _policy(owner, document, made)
    for document in wanted["masks"]:
        _mask(owner, document, made)


def _person(email: str, attributes: Mapping[str, Any]) -> None:
    person = User.objects.get(email=email)
    if not person.attributes and person.tenant_id is not None:
        check_values(person.tenant_id, attributes)
        set_attributes(person, attributes)


def _workflow(owner: User, name: str, attributes: Mapping[str, Any]) -> None:
    """As long as nobody classified it otherwise."""
    rows = Workflow.objects.filter(
        tenant=owner.tenant_id, created_by=owner, name=name, department="", tags=[]
    )
    for workflow in rows:
        classify(workflow, user=owner, changes=attributes)


def _policy(owner: User, document: Mapping[str, Any], made: list[str]) -> None:
    tenant = owner.tenant
    if tenant is None or Policy.objects.filter(tenant=tenant, key=document["key"]).exists():
        return
    policy = create_policy(tenant.pk, document, user=owner, note=_NOTE)
    set_policy_status(policy, PolicyStatus.ACTIVE, user=owner, revision=policy.revision, note=_NOTE)
    made.append(f"policy “{policy.label}”")


def _mask(owner: User, document: Mapping[str, Any], made: list[str]) -> None:
    tenant = owner.tenant
    if tenant is None or MaskingRule.objects.filter(tenant=tenant, key=document["key"]).exists():
        return
    rule = create_mask(tenant.pk, document, user=owner)
    made.append(f"mask “{rule.label}”")
