"""Sign-in's addresses for providers of identities: away to one, and back."""

from __future__ import annotations

import logging
from uuid import UUID

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.identity.proofs import PROVIDER, note_proof
from accounts.models import IdentityProvider
from accounts.services.audit import record_sign_in
from designer.identity.arrivals import arrive
from designer.identity.flow import begin, finish
from designer.identity.refusals import SignInRefused

log = logging.getLogger(__name__)


@require_safe
def leave(request: HttpRequest, provider_id: UUID) -> HttpResponse:
    """Sends the browser to the provider."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if limited is not None:
        return limited
    row = IdentityProvider.objects.filter(pk=provider_id, enabled=True).first()
    try:
        if row is None:
            raise SignInRefused("provider_off", "There is no such way to sign in, or it was switched off.")
        return HttpResponseRedirect(begin(request, row, get_next_redirect_url(request) or ""))
    except SignInRefused as refused:
        return _refuse(request, refused)


@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """Signs in whoever the provider vouches for; a second factor set up here is still asked for."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, action="login")
    if limited is not None:
        return limited
    try:
        provider, claims, next_path = finish(request)
        user = arrive(provider, claims)
    except SignInRefused as refused:
        return _refuse(request, refused)
    note_proof(request, user, PROVIDER, provider=provider.key)
    answer: HttpResponse = perform_login(request, Login(user=user, redirect_url=next_path or None))
    return answer


def _refuse(request: HttpRequest, refused: SignInRefused) -> HttpResponse:
    log.warning("sign-in by a provider refused (%s): %s", refused.code, refused.log)
    record_sign_in("account.sign_in", user=None, reason=f"By a provider: {refused.message}")
    return render(request, "account/provider_refused.html", {"refused": refused}, status=403)
