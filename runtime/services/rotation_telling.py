"""Tells how a rotation ended, by the outbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings as project

from runtime.models import ROTATION_EVENT, Channel, CredentialRotation, RotationPolicy, Workflow
from runtime.rotation.settings import RotationSettings
from runtime.services.outbox import Message, put


def tell_of(
    row: CredentialRotation,
    settings: RotationSettings,
    result: Mapping[str, Any],
    *,
    workflow_id: UUID | None,
    principal_id: UUID | None,
) -> None:
    """In the transaction that ends the rotation. The same failure again is told once."""
    if result["rotation_status"] == "failed" and _is_known(row, result["reason"]):
        return
    addresses = [(Channel.WEBHOOK, url) for url in settings.notification_webhooks]
    addresses += [(Channel.EMAIL, email) for email in settings.notification_emails]
    if not addresses:
        return
    workflow = Workflow.objects.filter(pk=workflow_id).first() if workflow_id else None
    facts = {
        "on": ROTATION_EVENT,
        "credential": {"id": str(row.credential_id), "name": row.credential.name},
        "rotation": {
            name: result[name] for name in ("rotation_status", "reason", "version", "source", "expires_at")
        },
        "workflow": None if workflow is None else {"id": str(workflow.pk), "name": workflow.name},
        "url": f"{project.PUBLIC_URL}/credentials",
    }
    put(
        Message(
            about=f"rotation:{row.pk}:{row.status}",
            event=ROTATION_EVENT,
            channel=channel,
            address=address,
            payload=facts,
            tenant_id=row.tenant_id,
            workflow_id=workflow_id,
            run_id=row.run_id,
            principal_id=principal_id,
            credential=settings.notification_signing if channel == Channel.WEBHOOK else "",
        )
        for channel, address in addresses
    )


def _is_known(row: CredentialRotation, reason: str) -> bool:
    last = RotationPolicy.objects.filter(credential=row.credential_id).first()
    return last is not None and (last.last_status, last.last_reason) == ("failed", reason)
