"""Sign-in's pages for a second factor, and sign-in by a passkey alone."""

from __future__ import annotations

from typing import Any

from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.core.internal import ratelimit
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.internal.flows import perform_passwordless_login
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.decorators import method_decorator

from accounts.identity.factors import factors_of
from accounts.identity.webauthn import begin_sign_in, plain
from accounts.models import IdentityProvider, Tenant

REFUSED = "passkey=refused"


class SignInView(LoginView):  # type: ignore[misc]
    """Password, passkey, or a provider of the workspace; `?workspace=` names it where there are several."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        slug = self.request.GET.get("workspace", "").strip().lower()
        return {
            **super().get_context_data(**kwargs),
            "workspace": slug,
            "providers": list(_providers(slug)),
            "asks_workspace": not slug and _some_ask(),
        }


def _providers(slug: str) -> QuerySet[IdentityProvider]:
    rows = IdentityProvider.objects.filter(enabled=True)
    if slug:
        return rows.filter(tenant__slug=slug)
    return rows if _is_alone() else rows.none()


def _is_alone() -> bool:
    """Whether the installation has one workspace: then nobody needs to name it."""
    return len(Tenant.objects.order_by()[:2]) == 1


def _some_ask() -> bool:
    return not _is_alone() and IdentityProvider.objects.filter(enabled=True).exists()


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
