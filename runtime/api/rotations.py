"""`credentials/{id}/rotation/`: how a credential is looked after, what came of it, and what would."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from pydantic import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import Subject, may_somewhere, visible
from accounts.identity.step_up import Purpose, require_step_up
from accounts.models import User
from runtime.api.credentials import find_credential
from runtime.api.errors import ApiProblem, invalid
from runtime.api.idempotency import once
from runtime.api.parsing import field_errors, read_body
from runtime.api.people import person_body
from runtime.api.rotation_bodies import (
    AffectedWorkflow,
    NewRotationPolicy,
    PlannedStep,
    RotationImpact,
    RotationItem,
    RotationPolicyItem,
    RotationState,
    RotationStep,
)
from runtime.models import Credential, CredentialRotation, RotationPolicy, Workflow
from runtime.queries.credential_users import users_of
from runtime.rotation.plan import plan_of
from runtime.rotation.registry import complaint_of
from runtime.rotation.settings import RotationSettings
from runtime.services.credential_leases import live_leases
from runtime.services.rotation_policies import end_policy
from runtime.services.rotation_requests import (
    RotationConflict,
    ask_for_rollback,
    ask_for_rotation,
    can_go_back,
    set_policy,
)

SHOWN = 20
_NO_POLICY = "Nobody has said how it is renewed."


class RotationView(AuthorizedView, APIView):
    """The policy of a credential, and its last rotations."""

    actions: ClassVar[dict[str, str]] = {
        "GET": "credential.view",
        "PUT": "credential.edit",
        "POST": "credential.edit",
        "DELETE": "credential.edit",
    }

    @extend_schema(operation_id="credentials_rotation", responses=RotationState)
    def get(self, request: Request, credential_id: UUID) -> Response:
        return Response(_state(find_credential(self, credential_id)))

    @extend_schema(
        operation_id="credentials_rotation_set", request=NewRotationPolicy, responses=RotationState
    )
    def put(self, request: Request, credential_id: UUID) -> Response:
        """From now on it is renewed so, in the name of whoever says it."""
        credential = find_credential(self, credential_id, "credential.edit")
        require_step_up(request, Purpose.CREDENTIAL)
        set_policy(credential, _settings(request, credential), user=self.subject)
        return Response(_state(credential))

    @extend_schema(operation_id="credentials_rotate", request=None, responses={202: RotationState})
    def post(self, request: Request, credential_id: UUID) -> Response:
        """Renews it now, whether it is due or not; a worker performs the steps, which the answer shows."""
        credential = find_credential(self, credential_id, "credential.edit")
        require_step_up(request, Purpose.CREDENTIAL)
        return once(request, lambda: _performed(credential, self.subject, ask_for_rotation))

    @extend_schema(operation_id="credentials_rotation_end", responses={204: None})
    def delete(self, request: Request, credential_id: UUID) -> Response:
        """Nobody looks after it any more. A step that runs again sets it up again."""
        end_policy(find_credential(self, credential_id, "credential.edit"))
        return Response(status=204)


class RotationRollbackView(AuthorizedView, APIView):
    """Takes the newest rotation back."""

    actions: ClassVar[dict[str, str]] = {"POST": "credential.edit"}

    @extend_schema(operation_id="credentials_rotation_rollback", request=None, responses={202: RotationState})
    def post(self, request: Request, credential_id: UUID) -> Response:
        """The version before is in force again, here and outside; a worker does that."""
        credential = find_credential(self, credential_id, "credential.edit")
        require_step_up(request, Purpose.CREDENTIAL)
        return once(request, lambda: _performed(credential, self.subject, ask_for_rollback))


class RotationImpactView(AuthorizedView, APIView):
    """What a rotation would do and touch; nothing is done."""

    actions: ClassVar[dict[str, str]] = {"GET": "credential.view"}

    @extend_schema(operation_id="credentials_rotation_impact", responses=RotationImpact)
    def get(self, request: Request, credential_id: UUID) -> Response:
        credential = find_credential(self, credential_id)
        policy = RotationPolicy.objects.filter(credential=credential).first()
        settings = None if policy is None else _of(policy.settings, credential)
        complaint = None if settings is None else complaint_of(settings)
        naming = {user.workflow_id for user in users_of(credential)}
        seen = _seen(naming, self.subject)
        plan = [] if settings is None else plan_of(settings, credential.version)
        return Response(
            RotationImpact(
                refused=_NO_POLICY if settings is None else complaint and complaint.words,
                plan=[PlannedStep(step=step.value, words=words) for step, words in plan],
                overlaps=settings is not None and settings.zero_downtime,
                version=credential.version,
                workflows=seen,
                hidden=len(naming) - len(seen),
                running=live_leases(credential).count(),
                next_at=None if policy is None else policy.next_at,
            )
        )


def _settings(request: Request, credential: Credential) -> RotationSettings:
    """Raises `ApiProblem` 422, at the fields."""
    given = read_body(request, NewRotationPolicy).settings
    try:
        settings = _of(given, credential)
    except ValidationError as error:
        found = field_errors(error)
        raise invalid(
            [{**each, "field": f"settings.{each['field']}".rstrip(".")} for each in found]
        ) from None
    complaint = complaint_of(settings)
    if complaint is not None:
        told = {"message": f"{complaint.words}.", "code": "cannot_rotate_so"}
        raise invalid([{**told, "field": f"settings.{complaint.field}"}])
    return settings


def _of(settings: object, credential: Credential) -> RotationSettings:
    stated = settings if isinstance(settings, dict) else {}
    return RotationSettings.model_validate({**stated, "credential_name": credential.name})


def _performed(credential: Credential, user: User, ask: Callable[..., CredentialRotation]) -> Response:
    try:
        ask(credential, user=user)
    except RotationConflict as conflict:
        raise ApiProblem(409, conflict.code, str(conflict)) from None
    return Response(_state(credential), status=202)


def _seen(workflows: set[UUID], subject: Subject) -> list[AffectedWorkflow]:
    if not workflows or not may_somewhere(subject, "workflow.view"):
        return []
    rows = visible(Workflow.objects.filter(pk__in=workflows), subject, "workflow.view").order_by("name")
    return [AffectedWorkflow(id=row.pk, name=row.name) for row in rows]


def _state(credential: Credential) -> RotationState:
    credential.refresh_from_db()
    return RotationState(policy=_policy(credential), rotations=_rotations(credential))


def _policy(credential: Credential) -> RotationPolicyItem | None:
    row = RotationPolicy.objects.select_related("principal").filter(credential=credential).first()
    if row is None:
        return None
    given = row.settings
    rotator = given.get("rotator")
    return RotationPolicyItem(
        rotation_policy=given["rotation_policy"],
        expiration_threshold=given["expiration_threshold"],
        schedule_cron=given["schedule_cron"],
        check_interval=given["check_interval"],
        refresh_sources=given["refresh_sources"],
        rotator=rotator["kind"] if rotator else None,
        strategy=given.get("strategy", "single"),
        zero_downtime=given["zero_downtime"],
        settings={
            name: value for name, value in given.items() if name not in ("credential_name", "operation")
        },
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
        _item(row, credential, is_newest=place == 0)
        for place, row in enumerate(rows.order_by("-started_at", "-id")[:SHOWN])
    ]


def _item(row: CredentialRotation, credential: Credential, *, is_newest: bool) -> RotationItem:
    return RotationItem(
        id=row.pk,
        status=row.status or "in_progress",
        from_version=row.from_version,
        to_version=row.to_version,
        is_in_force=row.to_version is not None and row.to_version == credential.version,
        source=row.source,
        strategy=row.strategy or "single",
        steps=[RotationStep(**{"failed": False, **step}) for step in row.steps],
        reason=str((row.result or {}).get("reason", "")),
        by=person_body(row.by),
        started_at=row.started_at,
        ended_at=row.ended_at,
        retire_at=row.retire_at,
        retired_at=row.retired_at,
        can_roll_back=is_newest and can_go_back(credential, row),
    )
