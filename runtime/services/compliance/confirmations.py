"""What people confirm that no table can tell."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from accounts.services.refusals import Conflict
from runtime.models import ComplianceConfirmation
from runtime.reports.controls import BY_KEY
from runtime.services.compliance.workspace import workspace_of


@transaction.atomic
def confirm(control: str, note: str, *, user: User) -> ComplianceConfirmation:
    """That `user` stands for it. Raises `Conflict` for a control that the tables tell of."""
    found = BY_KEY.get(control)
    if found is None or found.family != "people":
        title = control if found is None else found.title
        raise Conflict("computed", f"“{title}” is computed: nobody can confirm it. Do what its advice says.")
    made = ComplianceConfirmation.objects.create(
        tenant=workspace_of(user),
        control=control,
        note=note,
        by=user,
        by_name=user.email,
        at=timezone.now(),
    )
    record("compliance.confirm", made, by=user, label=found.title, after={"control": control, "note": note})
    return made
