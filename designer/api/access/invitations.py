"""`users/invitations/`: who is asked to join the workspace."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import visible
from accounts.models import Invitation
from accounts.services.invitations import invite, take_back
from designer.api.access.grant_bodies import RoleName
from designer.api.access.person_bodies import InvitationItem, InvitationList, Invited, NewInvitation
from designer.api.access.refusals import refusing
from designer.api.access.tenants import tenant_of
from runtime.api.body import PageParameters
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.api.people import person_body
from runtime.messages.email import Email
from runtime.messages.smtp import MailRefused
from runtime.services.mail import send_by_server


class InvitationsView(AuthorizedView, APIView):
    """Invitations without an answer, newest first. A new one is mailed where e-mail is set up."""

    actions: ClassVar[dict[str, str]] = {"GET": "user.manage", "POST": "user.manage"}
    by_object = frozenset({"GET"})

    @extend_schema(
        operation_id="users_invitations_list", parameters=query_of(PageParameters), responses=InvitationList
    )
    def get(self, request: Request) -> Response:
        asked = read_query(request, PageParameters)
        waiting = Invitation.objects.filter(accepted_at=None, revoked_at=None)
        rows = visible(waiting, self.subject, "user.manage")
        page, cursor = newest_first(rows.select_related("invited_by").prefetch_related("roles"), asked)
        body = InvitationList(
            results=[InvitationItem(**_said(row)) for row in page], next=next_address(request, cursor)
        )
        return Response(body)

    @extend_schema(operation_id="users_invitations_create", request=NewInvitation, responses={201: Invited})
    def post(self, request: Request) -> Response:
        asked = read_body(request, NewInvitation)
        with refusing():
            invited = invite(tenant_of(self), by=self.subject, email=asked.email, roles=asked.roles)
        link = settings.PUBLIC_URL + reverse("invitation", args=[invited.secret])
        problem = _mail(invited.row, link)
        body = Invited(**_said(invited.row), link=link, is_mailed=not problem, mail_problem=problem)
        return Response(body, status=201)


class InvitationView(AuthorizedView, APIView):
    """One invitation. Deleting makes its link useless."""

    actions: ClassVar[dict[str, str]] = {"DELETE": "user.manage"}

    @extend_schema(operation_id="users_invitations_destroy", responses={204: None})
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        row = visible(Invitation.objects.all(), self.subject, "user.manage").filter(pk=invitation_id).first()
        if row is None:
            raise Http404
        with refusing():
            take_back(row, by=self.subject)
        return Response(status=204)


def _said(row: Invitation) -> dict[str, Any]:
    return {
        "id": row.pk,
        "email": row.email,
        "roles": [RoleName(key=role.key, label=role.label) for role in row.roles.all()],
        "invited_by": None if row.invited_by is None else person_body(row.invited_by),
        "created_at": row.created_at,
        "expires_at": row.expires_at,
        "is_expired": row.expires_at <= timezone.now(),
    }


def _mail(row: Invitation, link: str) -> str:
    """Why no e-mail went out; empty when one did. The link is stored nowhere, so nobody tries again."""
    words = {"invitation": row, "link": link, "address": settings.PUBLIC_URL}
    text = render_to_string("account/email/invitation.txt", words)
    subject = " ".join(f"Join {row.tenant.name} on Lockgate".split())
    try:
        send_by_server(Email(str(row.pk), row.email, subject, text))
    except MailRefused as refused:
        return str(refused)
    return ""
