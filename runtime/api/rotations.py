"""`credentials/{id}/rotation/`: how a credential is looked after, and what came of it."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.credentials import find_credential
from runtime.api.people import person_body
from runtime.api.rotation_bodies import RotationItem, RotationPolicyItem, RotationState
from runtime.models import Credential, CredentialRotation, RotationPolicy
from runtime.services.rotation_policies import end_policy

SHOWN = 20


class RotationView(AuthorizedView, APIView):
    """The policy of a credential, and its last rotations."""

    actions: ClassVar[dict[str, str]] = {"GET": "credential.view", "DELETE": "credential.edit"}

    @extend_schema(operation_id="credentials_rotation", responses=RotationState)
    def get(self, request: Request, credential_id: UUID) -> Response:
        credential = find_credential(self, credential_id)
        return Response(RotationState(policy=_policy(credential), rotations=_rotations(credential)))

    @extend_schema(operation_id="credentials_rotation_end", responses={204: None})
    def delete(self, request: Request, credential_id: UUID) -> Response:
        """Nobody looks after it any more. A step that runs again sets it up again."""
        end_policy(find_credential(self, credential_id, "credential.edit"))
        return Response(status=204)


def _policy(credential: Credential) -> RotationPolicyItem | None:
    row = RotationPolicy.objects.select_related("principal").filter(credential=credential).first()
    if row is None:
        return None
    given = row.settings
    return RotationPolicyItem(
        rotation_policy=given["rotation_policy"],
        expiration_threshold=given["expiration_threshold"],
        schedule_cron=given["schedule_cron"],
        check_interval=given["check_interval"],
        refresh_sources=given["refresh_sources"],
        zero_downtime=given["zero_downtime"],
        principal=person_body(row.principal),
        workflow=row.workflow_id,
        next_at=row.next_at,
        last_at=row.last_at,
        last_status=row.last_status,
        last_reason=row.last_reason,
    )


def _rotations(credential: Credential) -> list[RotationItem]:
    rows = CredentialRotation.objects.filter(credential=credential).select_related("by")
    return [
        RotationItem(
            id=row.pk,
            status=row.status or "in_progress",
            from_version=row.from_version,
            to_version=row.to_version,
            is_in_force=row.to_version is not None and row.to_version == credential.version,
            source=row.source,
            reason=str((row.result or {}).get("reason", "")),
            by=person_body(row.by),
            started_at=row.started_at,
            ended_at=row.ended_at,
        )
        for row in rows.order_by("-started_at", "-id")[:SHOWN]
    ]
