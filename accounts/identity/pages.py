"""Sign-in's pages for a second factor, and sign-in by a passkey alone."""

from __future__ import annotations

from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.core.internal import ratelimit
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator

from accounts.identity.factors import factors_of
from accounts.identity.webauthn import begin_sign_in, plain

REFUSED = "passkey=refused"


class SecondFactorView(AuthenticateView):  # type: ignore[misc]
    """After the password: a code of the app, a recovery code, or a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = super().get_context_data(**kwargs)
        ways = factors_of(self.stage.login.user)
        options = plain(found["js_data"]["request_options"]) if ways.passkeys else None
        return {**found, "has_app": ways.app_since is not None, "passkey_options": options}


@method_decorator(ratelimit.decorator(app="allauth.mfa", action="webauthn_login"), name="dispatch")
class PasskeySignInView(LoginWebAuthnView):  # type: ignore[misc]
    """GET asks the question of the browser's passkeys, POST takes the answer and signs in."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return JsonResponse({"options": begin_sign_in()})

    def form_valid(self, form: Any) -> HttpResponse:
        authenticator = form.cleaned_data["credential"]
        login = Login(user=authenticator.user, redirect_url=get_next_redirect_url(self.request))
        answer: HttpResponse = perform_passwordless_login(self.request, authenticator, login)
        return answer

    def form_invalid(self, form: Any) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('account_login')}?{REFUSED}")
