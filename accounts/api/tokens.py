from __future__ import annotations

from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authorized import AuthorizedView
from accounts.api.bodies import NewToken, Token, TokenList, TokenRequest, read
from accounts.authorization import visible
from accounts.models import ApiToken
from accounts.services import TokenProblem, create_token, revoke_token


class TokensView(AuthorizedView, APIView):
    """One's own tokens. There are at most 100, so the list has one page."""

    actions: ClassVar[dict[str, str]] = {"GET": "token.manage", "POST": "token.manage"}

    @extend_schema(operation_id="tokens_list", responses=TokenList)
    def get(self, request: Request) -> Response:
        tokens = visible(ApiToken.objects.all(), self.subject, "token.manage")
        return Response(TokenList(results=[Token.model_validate(token) for token in tokens]))

    @extend_schema(operation_id="tokens_create", request=TokenRequest, responses={201: NewToken})
    def post(self, request: Request) -> Response:
        asked = read(request, TokenRequest)
        life = timedelta(days=asked.expires_in_days)
        try:
            minted = create_token(self.subject, name=asked.name, scopes=asked.scopes, life=life)
        except TokenProblem as problem:
            raise serializers.ValidationError({problem.field: [str(problem)]}) from problem
        shown = Token.model_validate(minted.row).model_dump()
        return Response(NewToken(**shown, token=minted.secret), status=201)


class TokenView(AuthorizedView, APIView):
    """One of one's own tokens."""

    actions: ClassVar[dict[str, str]] = {"DELETE": "token.manage"}

    @extend_schema(operation_id="tokens_destroy", responses={204: None})
    def delete(self, request: Request, token_id: UUID) -> Response:
        token = visible(ApiToken.objects.all(), self.subject, "token.manage").filter(pk=token_id).first()
        if token is None:
            raise Http404
        self.require("token.manage", token)
        revoke_token(token)
        return Response(status=204)
