from __future__ import annotations

from typing import Any, ClassVar, cast

from allauth.core import ratelimit
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError as DjangoValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import ACTIONS
from accounts.api.authorized import AuthorizedView
from accounts.api.bodies import Me, PasswordChange, RoleBrief, TenantBrief, read
from accounts.authorization import allowed_actions
from accounts.models import User
from accounts.pending import pending
from accounts.queries import access_ends_at, access_version, count_requests_to_decide, roles_of
from accounts.services import change_password


class MeView(AuthorizedView, APIView):
    """Who is signed in and what they may do."""

    actions: ClassVar[dict[str, str]] = {"GET": "account.view"}

    @extend_schema(operation_id="me_retrieve", responses=Me)
    def get(self, request: Request) -> Response:
        return Response(_me(self.subject))


class PasswordView(AuthorizedView, APIView):
    """Changes one's own password; other sessions end, this one stays."""

    actions: ClassVar[dict[str, str]] = {"POST": "account.manage"}

    @extend_schema(operation_id="me_password_change", request=PasswordChange, responses={204: None})
    def post(self, request: Request) -> Response:
        asked = read(request, PasswordChange)
        user = self.subject
        if not ratelimit.consume(request._request, action="change_password", user=user):
            raise exceptions.Throttled(wait=60)
        try:
            change_password(user, current=asked.current_password, new=asked.new_password)
        except DjangoValidationError as problem:
            raise serializers.ValidationError(
                cast(Any, serializers.as_serializer_error(problem))
            ) from problem
        if request.auth is None:
            update_session_auth_hash(request._request, user)
        return Response(status=204)


def _me(user: User) -> Me:
    return Me(
        id=user.pk,
        email=user.email,
        name=user.name,
        tenant=TenantBrief.model_validate(user.tenant) if user.tenant else None,
        roles=[RoleBrief.model_validate(role) for role in roles_of(user)],
        permissions=allowed_actions(user, None, ACTIONS),
        attributes=user.attributes,
        pending_approvals=pending("approvals", user),
        pending_access_requests=count_requests_to_decide(user),
        access_version=access_version(user),
        access_ends_at=access_ends_at(user),
    )
