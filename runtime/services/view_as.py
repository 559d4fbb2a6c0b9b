"""Beginning to look at something as somebody else, which the audit tells."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services.audit import record
from accounts.view_as import Viewer, sign_view
from runtime.models import Run, Workflow


@transaction.atomic
def begin_view(looker: User, thing: Workflow | Run, viewer: Viewer) -> str:
    """The text by which this person goes on looking at the workflow and its runs. Whoever calls has decided
    that they may."""
    workflow = thing if isinstance(thing, Workflow) else thing.workflow
    kind = "workflow" if isinstance(thing, Workflow) else "run"
    label = "" if isinstance(thing, Workflow) else f"run {thing.number}"
    record(f"{kind}.view_as", thing, by=looker, label=label, after=_said(viewer))
    return sign_view(looker, workflow.pk, viewer)


def _said(viewer: Viewer) -> dict[str, Any]:
    if viewer.user is not None:
        return {"user": str(viewer.user)}
    stated = viewer.subject or {}
    return {"roles": stated.get("roles", []), "attributes": stated.get("attributes", {})}
