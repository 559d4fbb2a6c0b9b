"""`me/step-up/`: proves afresh that it is oneself, for what asks for that."""

from __future__ import annotations

from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.authorized import AuthorizedView
from accounts.api.bodies import read
from accounts.api.identity_bodies import PasskeyQuestion, ProofGiven, ProofState
from accounts.api.limits import limit_guesses
from accounts.api.refusals import refusing
from accounts.identity.factors import give_code, give_passkey
from accounts.identity.proofs import PASSWORD, note_proof
from accounts.identity.step_up import fresh_until, own_methods
from accounts.identity.webauthn import begin_sign_in
from accounts.models import User
from accounts.services.audit import record
from accounts.services.refusals import Conflict, Refused


class StepUpView(AuthorizedView, APIView):
    """How one can prove it, and the proof."""

    actions: ClassVar[dict[str, str]] = {"GET": "account.manage", "POST": "account.manage"}

    @extend_schema(operation_id="me_step_up_retrieve", responses=ProofState)
    def get(self, request: Request) -> Response:
        return Response(_state(request, self.subject))

    @extend_schema(operation_id="me_step_up_give", request=ProofGiven, responses=ProofState)
    def post(self, request: Request) -> Response:
        asked, user = read(request, ProofGiven), self.subject
        with refusing():
            _refuse_tokens(user)
            with limit_guesses(request):
                _prove(request, user, asked)
        record("account.step_up", user, by=user)
        return Response(_state(request, user))


class StepUpPasskeyView(AuthorizedView, APIView):
    """What the browser is asked, to prove it by a passkey."""

    actions: ClassVar[dict[str, str]] = {"POST": "account.manage"}

    @extend_schema(operation_id="me_step_up_passkey", request=None, responses=PasskeyQuestion)
    def post(self, request: Request) -> Response:
        with refusing():
            _refuse_tokens(self.subject)
            if "passkey" not in own_methods(self.subject):
                raise Conflict("no_passkey", "You have no passkey.")
        return Response(PasskeyQuestion(options=begin_sign_in(self.subject)))


def _prove(request: Request, user: User, asked: ProofGiven) -> None:
    """Raises `Refused` for what is wrong, or is no proof of this person."""
    if asked.code is not None:
        give_code(request._request, user, asked.code)
    elif asked.credential is not None:
        give_passkey(request._request, user, asked.credential)
    elif asked.password is not None:
        if "password" not in own_methods(user):
            raise Refused.at("password", "Give a second factor instead.", "factor_wanted")
        if not user.check_password(asked.password):
            raise Refused.at("password", "This is not your password.", "wrong")
        note_proof(request._request, user, PASSWORD, reauthenticated=True)
    else:
        raise Refused.at("", "Give a code, a passkey or the password.", "nothing_given")


def _refuse_tokens(user: User) -> None:
    if user.token is not None:
        raise Conflict("session_needed", "A token cannot prove who uses it: sign in.")


def _state(request: Request, user: User) -> ProofState:
    return ProofState(methods=own_methods(user), fresh_until=fresh_until(request))
