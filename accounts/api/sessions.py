"""`me/sessions/`: where one is signed in."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authorized import AuthorizedView
from accounts.api.identity_bodies import SessionItem, SessionList
from accounts.identity.sessions import list_sessions, revoke, revoke_all


class SessionsView(AuthorizedView, APIView):
    """One's own sessions, on one page. Deleting ends all others."""

    actions: ClassVar[dict[str, str]] = {"GET": "account.manage", "DELETE": "account.manage"}

    @extend_schema(operation_id="me_sessions_list", responses=SessionList)
    def get(self, request: Request) -> Response:
        found = list_sessions(self.subject, _key(request))
        return Response(SessionList(results=[SessionItem.model_validate(each) for each in found]))

    @extend_schema(operation_id="me_sessions_end", responses={204: None})
    def delete(self, request: Request) -> Response:
        revoke_all(self.subject, but_key=_key(request))
        return Response(status=204)


class SessionView(AuthorizedView, APIView):
    """One of one's own sessions."""

    actions: ClassVar[dict[str, str]] = {"DELETE": "account.manage"}

    @extend_schema(operation_id="me_session_end", responses={204: None})
    def delete(self, request: Request, session_id: UUID) -> Response:
        if not revoke(self.subject, session_id):
            raise Http404
        return Response(status=204)


def _key(request: Request) -> str | None:
    """Of the browser that asks; a token has no session."""
    return None if request.auth is not None else request.session.session_key
