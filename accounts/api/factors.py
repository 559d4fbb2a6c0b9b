"""`me/factors/`: one's own authenticator app, passkeys and recovery codes."""

from __future__ import annotations

import base64
from typing import ClassVar

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authorized import AuthorizedView
from accounts.api.bodies import read
from accounts.api.identity_bodies import (
    AppBegun,
    CodeGiven,
    CodesAnswer,
    FactorsAnswer,
    NewCodes,
    NewPasskey,
    PasskeyAdded,
    PasskeyItem,
    PasskeyQuestion,
)
from accounts.api.limits import limit_guesses
from accounts.api.refusals import refusing
from accounts.identity import factors
from accounts.identity.step_up import require_own_proof
from accounts.identity.webauthn import begin_registration

_OWN = "account.manage"


class FactorsView(AuthorizedView, APIView):
    """What there is, without its secrets."""

    actions: ClassVar[dict[str, str]] = {"GET": _OWN}

    @extend_schema(operation_id="me_factors_retrieve", responses=FactorsAnswer)
    def get(self, request: Request) -> Response:
        found, tenant = factors.factors_of(self.subject), self.subject.tenant
        return Response(
            FactorsAnswer(
                app_since=found.app_since,
                app_used_at=found.app_used_at,
                passkeys=[PasskeyItem.model_validate(each) for each in found.passkeys],
                codes_left=found.codes_left,
                wanted=tenant is not None and tenant.step_up,
            )
        )


class AppBeginView(AuthorizedView, APIView):
    """A key for an authenticator app, which counts once a code of it is given."""

    actions: ClassVar[dict[str, str]] = {"POST": _OWN}

    @extend_schema(operation_id="me_app_begin", request=None, responses=AppBegun)
    def post(self, request: Request) -> Response:
        require_own_proof(request)
        secret = factors.begin_totp(request._request)
        adapter = get_adapter()
        address = adapter.build_totp_url(self.subject, secret)
        picture = base64.b64encode(adapter.build_totp_svg(address).encode()).decode()
        return Response(
            AppBegun(secret=secret, address=address, picture=f"data:image/svg+xml;base64,{picture}")
        )


class AppView(AuthorizedView, APIView):
    """One's authenticator app."""

    actions: ClassVar[dict[str, str]] = {"POST": _OWN, "DELETE": _OWN}

    @extend_schema(operation_id="me_app_add", request=CodeGiven, responses=NewCodes)
    def post(self, request: Request) -> Response:
        require_own_proof(request)
        asked = read(request, CodeGiven)
        with refusing(), limit_guesses(request):
            codes = factors.add_totp(request._request, self.subject, asked.code)
        return Response(NewCodes(recovery_codes=codes))

    @extend_schema(operation_id="me_app_remove", responses={204: None})
    def delete(self, request: Request) -> Response:
        require_own_proof(request)
        row = Authenticator.objects.filter(user=self.subject, type=Authenticator.Type.TOTP).first()
        if row is None:
            raise Http404
        factors.remove_factor(self.subject, row)
        return Response(status=204)


class RecoveryCodesView(AuthorizedView, APIView):
    """New recovery codes in the place of the earlier ones."""

    actions: ClassVar[dict[str, str]] = {"POST": _OWN}

    @extend_schema(operation_id="me_recovery_codes_renew", request=None, responses=CodesAnswer)
    def post(self, request: Request) -> Response:
        require_own_proof(request)
        with refusing():
            codes = factors.renew_recovery_codes(self.subject)
        return Response(CodesAnswer(recovery_codes=codes))


class PasskeyBeginView(AuthorizedView, APIView):
    """What the browser is asked to make a passkey with."""

    actions: ClassVar[dict[str, str]] = {"POST": _OWN}

    @extend_schema(operation_id="me_passkeys_begin", request=None, responses=PasskeyQuestion)
    def post(self, request: Request) -> Response:
        require_own_proof(request)
        return Response(PasskeyQuestion(options=begin_registration(self.subject)))


class PasskeysView(AuthorizedView, APIView):
    """One's passkeys."""

    actions: ClassVar[dict[str, str]] = {"POST": _OWN}

    @extend_schema(operation_id="me_passkeys_add", request=NewPasskey, responses={201: PasskeyAdded})
    def post(self, request: Request) -> Response:
        require_own_proof(request)
        asked = read(request, NewPasskey)
        with refusing():
            made, codes = factors.add_passkey(request._request, self.subject, asked.name, asked.credential)
        body = PasskeyAdded(passkey=PasskeyItem.model_validate(made), recovery_codes=codes)
        return Response(body, status=201)


class PasskeyView(AuthorizedView, APIView):
    """One of one's passkeys."""

    actions: ClassVar[dict[str, str]] = {"DELETE": _OWN}

    @extend_schema(operation_id="me_passkey_remove", responses={204: None})
    def delete(self, request: Request, passkey_id: int) -> Response:
        row = Authenticator.objects.filter(
            user=self.subject, type=Authenticator.Type.WEBAUTHN, pk=passkey_id
        ).first()
        if row is None:
            raise Http404
        require_own_proof(request)
        factors.remove_factor(self.subject, row)
        return Response(status=204)
