"""`workflows/{id}/grants/`: sharing a workflow with people and roles."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.models import Grant, Role, User
from accounts.queries import user_by_email
from accounts.services import grants
from designer.api.access.grant_bodies import GrantItem, GrantList, NewGrant, RoleName
from designer.api.access.refusals import refusing
from designer.api.lookup import find_workflow
from runtime.api.body import PageParameters
from runtime.api.errors import invalid
from runtime.api.idempotency import once
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.api.people import person_body


class WorkflowGrantsView(AuthorizedView, APIView):
    """Whom a workflow is shared with now, newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "grant.manage", "POST": "grant.manage"}

    @extend_schema(
        operation_id="workflows_grants_list", parameters=query_of(PageParameters), responses=GrantList
    )
    def get(self, request: Request, workflow_id: UUID) -> Response:
        asked = read_query(request, PageParameters)
        workflow = find_workflow(self, workflow_id, "grant.manage")
        rows = grants.running_grants(workflow.as_resource()).select_related("user", "role", "granted_by")
        page, cursor = newest_first(rows, asked)
        return Response(
            GrantList(results=[grant_body(row) for row in page], next=next_address(request, cursor))
        )

    @extend_schema(operation_id="workflows_grants_create", request=NewGrant, responses={201: GrantItem})
    def post(self, request: Request, workflow_id: UUID) -> Response:
        return once(request, lambda: self._create(request, workflow_id))

    def _create(self, request: Request, workflow_id: UUID) -> Response:
        workflow = find_workflow(self, workflow_id, "grant.manage")
        asked = read_body(request, NewGrant)
        with refusing():
            grant = grants.create_grant(
                workflow,
                by=self.subject,
                actions=asked.actions,
                user=_person(asked.email, self.subject),
                role=_role(asked.role, self.subject),
                expires_at=asked.expires_at,
                reason=asked.reason,
            )
        return Response(grant_body(grant), status=201)


class WorkflowGrantView(AuthorizedView, APIView):
    """One share."""

    actions: ClassVar[dict[str, str]] = {"DELETE": "grant.manage"}

    @extend_schema(operation_id="workflows_grants_destroy", responses={204: None})
    def delete(self, request: Request, workflow_id: UUID, grant_id: UUID) -> Response:
        workflow = find_workflow(self, workflow_id, "grant.manage")
        grant: Grant | None = grants.running_grants(workflow.as_resource()).filter(pk=grant_id).first()
        if grant is None:
            raise Http404
        with refusing():
            grants.revoke_grant(grant)
        return Response(status=204)


def grant_body(grant: Grant) -> GrantItem:
    return GrantItem(
        id=grant.pk,
        user=person_body(grant.user),
        role=None if grant.role is None else RoleName(key=grant.role.key, label=grant.role.label),
        actions=grant.actions,
        expires_at=grant.expires_at,
        reason=grant.reason,
        granted_by=person_body(grant.granted_by),
        created_at=grant.created_at,
    )


def _person(email: str | None, by: User) -> User | None:
    if email is None:
        return None
    person = user_by_email(email)
    if person is None or person.tenant_id != by.tenant_id:
        raise invalid([{"field": "email", "message": "Nobody here has this address.", "code": "unknown"}])
    return person


def _role(key: str | None, by: User) -> Role | None:
    if key is None:
        return None
    role = Role.objects.filter(tenant=by.tenant_id, key=key).first()
    if role is None:
        raise invalid([{"field": "role", "message": "There is no such role.", "code": "unknown"}])
    return role
