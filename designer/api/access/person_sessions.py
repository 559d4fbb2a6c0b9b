"""`users/{id}/sessions/`: where somebody is signed in, for those who manage people."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.api.identity_bodies import SessionItem, SessionList
from accounts.authorization import visible
from accounts.identity.sessions import list_sessions, revoke, revoke_all
from accounts.models import User


class PersonSessionsView(AuthorizedView, APIView):
    """Somebody's sessions on one page. Deleting ends all of them; who deletes keeps their own."""

    actions: ClassVar[dict[str, str]] = {"GET": "user.manage", "DELETE": "user.manage"}

    @extend_schema(operation_id="users_sessions_list", responses=SessionList)
    def get(self, request: Request, user_id: UUID) -> Response:
        found = list_sessions(managed_person(self, user_id), _key(request))
        return Response(SessionList(results=[SessionItem.model_validate(each) for each in found]))

    @extend_schema(operation_id="users_sessions_end", responses={204: None})
    def delete(self, request: Request, user_id: UUID) -> Response:
        revoke_all(managed_person(self, user_id), but_key=_key(request))
        return Response(status=204)


class PersonSessionView(AuthorizedView, APIView):
    """One of somebody's sessions."""

    actions: ClassVar[dict[str, str]] = {"DELETE": "user.manage"}

    @extend_schema(operation_id="users_session_end", responses={204: None})
    def delete(self, request: Request, user_id: UUID, session_id: UUID) -> Response:
        if not revoke(managed_person(self, user_id), session_id):
            raise Http404
        return Response(status=204)


def managed_person(view: AuthorizedView, user_id: UUID) -> User:
    """Raises `Http404`, or as `require`."""
    person = visible(User.objects.all(), view.subject, "user.view").filter(pk=user_id).first()
    if person is None:
        raise Http404
    view.require("user.manage", person)
    return person


def _key(request: Request) -> str | None:
    """Of the browser that asks; a token has no session."""
    return None if request.auth is not None else request.session.session_key
