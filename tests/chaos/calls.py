"""What web processes do for people and for other services, as a process of its own that may die of it."""

from __future__ import annotations

import time
from collections.abc import Callable


def pause(run_id: str) -> None:
    from runtime.models import Run
    from runtime.services.run_control import pause_run

    pause_run(Run.objects.get(pk=run_id))


def vote(approval_id: str, user_id: str, decision: str) -> None:
    from accounts.models import User
    from runtime.models import Approval, VoteDecision
    from runtime.services.approvals import answer

    answer(User.objects.get(pk=user_id), Approval.objects.get(pk=approval_id), VoteDecision(decision))


def decide(run_id: str, user_id: str, path: str, attempt: str, outcome: str) -> None:
    from accounts.models import User
    from runtime.models import Run
    from runtime.services.decisions import decide_step

    run, user = Run.objects.get(pk=run_id), User.objects.get(pk=user_id)
    decide_step(run, user, path=path, attempt=int(attempt), outcome=outcome)


def hook(path: str, delivery: str) -> None:
    from runtime.services.triggers.webhooks import deliver
    from runtime.triggers.calls import Call

    deliver(Call(path, "POST", "", {"x-delivery": delivery}, b"{}", time.time()))


def clear_batches() -> None:
    from runtime.services.batches import clear_ended

    clear_ended()


def finish_rotations(egress_allow: str) -> None:
    from django.conf import settings

    from runtime.services.rotation_upkeep import finish_rotations

    settings.EGRESS_ALLOW = egress_allow
    finish_rotations()


CALLS: dict[str, Callable[..., None]] = {
    "pause": pause,
    "vote": vote,
    "decide": decide,
    "hook": hook,
    "clear_batches": clear_batches,
    "finish_rotations": finish_rotations,
}
