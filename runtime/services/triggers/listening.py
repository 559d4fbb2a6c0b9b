"""Listening at a webhook's test address: for two minutes calls run the draft, as the one who listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.authorization import AccessDenied, authorize
from accounts.models import User
from runtime.engine.errors import GraphError
from runtime.models import Run, WebhookListener, WorkflowTrigger, WorkflowVersion
from runtime.services.triggers.flood import count_call, refuse_flood
from runtime.services.triggers.starting import FiringRefused, Start, start
from runtime.services.triggers.webhooks import (
    Accepted,
    as_call_refused,
    check_call,
    check_signature,
    wait_of,
)
from runtime.triggers.addresses import digest_of
from runtime.triggers.calls import Call, CallRefused, values_of
from runtime.triggers.configs import WebhookConfig
from runtime.triggers.kinds import TriggerKind

LISTEN_FOR = timedelta(minutes=2)
TESTS_PER_MINUTE = 120

MakeDraftVersion = Callable[[WorkflowTrigger, User], WorkflowVersion]
"""A version of the draft as it stands; the editor's part, which keeps drafts."""


@dataclass(frozen=True, slots=True)
class Listening:
    """Until when somebody listens, None: nobody does; and the last call that came."""

    until: datetime | None
    received: dict[str, Any] | None


def listen(trigger: WorkflowTrigger, user: User) -> Listening:
    """From now on, for two minutes; whoever listened before does so no more."""
    until = timezone.now() + LISTEN_FOR
    WebhookListener.objects.update_or_create(
        trigger=trigger, defaults={"user": user, "until": until, "received": None}
    )
    return Listening(until, None)


def listening_at(trigger: WorkflowTrigger, user: User) -> Listening:
    """What this person hears."""
    found = WebhookListener.objects.filter(trigger=trigger, user=user).first()
    if found is None:
        return Listening(None, None)
    return Listening(found.until if found.until > timezone.now() else None, found.received)


def stop_listening(trigger: WorkflowTrigger, user: User) -> None:
    WebhookListener.objects.filter(trigger=trigger, user=user).delete()


def deliver_test(call: Call, draft_version: MakeDraftVersion) -> Accepted:
    """Runs the draft for a call of a test address. Raises `CallRefused`: 404 when nobody listens.

    The same checks as at the live address, so that they can be tried; the same delivery may come again.
    """
    listener = _listener_at(call.path)
    trigger = listener.trigger
    try:
        config = WebhookConfig.model_validate(trigger.config)
        check_call(config, call)
        check_signature(config, call, trigger.tenant_id, listener.user)
        run = _start(trigger, listener.user, config, call, draft_version)
        wait = wait_of(config, trigger, listener.user)
    except FiringRefused as refused:
        _note(listener, call, problem=refused.message)
        raise as_call_refused(refused) from refused
    except CallRefused as refused:
        _note(listener, call, problem=refused.message)
        raise
    _note(listener, call, run=run)
    return Accepted(run.pk, run.number, wait)


def _listener_at(path: str) -> WebhookListener:
    digest = digest_of(path)
    refuse_flood(digest)
    found = (
        WebhookListener.objects.select_related("trigger__workflow", "user")
        .filter(
            trigger__test_digest=digest,
            trigger__kind=TriggerKind.WEBHOOK,
            trigger__workflow__deleted_at=None,
            until__gt=timezone.now(),
        )
        .first()
    )
    if found is None:
        message = "Nobody listens at this test address. Choose Listen in the editor, then call again."
        raise CallRefused(404, "nobody_listens", message)
    count_call(digest, limit=TESTS_PER_MINUTE)
    return found


def _start(
    trigger: WorkflowTrigger,
    user: User,
    config: WebhookConfig,
    call: Call,
    draft_version: MakeDraftVersion,
) -> Run:
    try:
        authorize(user, "workflow.run", trigger.workflow)
        version = draft_version(trigger, user)
    except AccessDenied as denied:
        raise FiringRefused("run_as_denied", f"{user.email} may not run this workflow: {denied}") from denied
    except GraphError as problem:
        raise FiringRefused("draft_has_errors", f"The draft has errors: {problem.message}") from problem
    version.workflow = trigger.workflow
    concealed = frozenset() if config.signature is None else frozenset({config.signature.header_name.lower()})
    return start(trigger, Start(version, user, values_of(call, config.body, concealed)))


def _note(
    listener: WebhookListener, call: Call, *, run: Run | None = None, problem: str | None = None
) -> None:
    received = {
        "at": datetime.fromtimestamp(call.at, UTC).isoformat(),
        "method": call.method,
        "problem": problem,
        "run": None if run is None else {"id": str(run.pk), "number": run.number},
    }
    WebhookListener.objects.filter(pk=listener.pk).update(received=received)
