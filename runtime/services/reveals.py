"""Showing masked values to one reader for a while, and hiding them again."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services.audit import record
from runtime.engine.errors import WorkflowError
from runtime.models import Reveal, Run

MAX_OPEN = 50


class RevealRefused(WorkflowError):
    """More nodes are revealed to this reader than can be at once."""

    code = "too_many_reveals"


def reveal(user: User, run: Run, node: str, *, reason: str, minutes: int) -> Reveal:
    """Shows this person what is masked in the node, by path without numbers; instead of an earlier reveal.

    Whoever calls has decided that they may. Raises `RevealRefused`.
    """
    now = timezone.now()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        mine = Reveal.objects.filter(run=run, user=user, expires_at__gt=now)
        mine.filter(node=node).update(expires_at=now)
        if mine.count() >= MAX_OPEN:
            raise RevealRefused(f"At most {MAX_OPEN} nodes of a run can be revealed to you at once.")
        found = Reveal.objects.create(
            tenant_id=run.tenant_id,
            run=run,
            node=node,
            user=user,
            reason=reason,
            created_at=now,
            expires_at=now + timedelta(minutes=minutes),
        )
        record(
            "data.reveal", run, by=user, label=_label(run, node), reason=reason, after=_facts(node, minutes)
        )
    return found


def hide(user: User, run: Run, node: str) -> None:
    """Ends what was revealed to this person of the node."""
    now = timezone.now()
    with transaction.atomic():
        ended = Reveal.objects.filter(run=run, user=user, node=node, expires_at__gt=now).update(
            expires_at=now
        )
        if ended:
            record("data.hide", run, by=user, label=_label(run, node))


def _label(run: Run, node: str) -> str:
    return f"{node} in run {run.number}"


def _facts(node: str, minutes: int) -> dict[str, object]:
    return {"node": node, "minutes": minutes}
