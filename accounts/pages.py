"""Pages that Django renders itself: the shell of the interface, sign-in's side roads, refusals."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.views import PasswordResetView
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from django_vite.core.exceptions import DjangoViteAssetNotFoundError

from accounts.authorization import AccessDenied, authorize
from accounts.declared import declared
from accounts.ended import is_of_deactivated
from accounts.models import User

ADMIN = "/django-admin/"
_View = Callable[..., HttpResponse]


def _tells_who_is_deactivated(view: _View) -> _View:
    """Sends a session that ended so to the page that says it, instead of to sign in."""

    @wraps(view)
    def told(request: HttpRequest, **names: Any) -> HttpResponse:
        if not request.user.is_authenticated and is_of_deactivated(request.session):
            return HttpResponseRedirect(reverse("account_inactive"))
        return view(request, **names)

    return told


@declared(action="account.view")
@require_safe
@_tells_who_is_deactivated
@login_required
@ensure_csrf_cookie
def shell(request: HttpRequest, **_: Any) -> HttpResponse:
    """The page in which the interface runs; it asks the API for everything else."""
    user = request.user
    if isinstance(user, User) and user.tenant_id is None:
        return HttpResponseRedirect(ADMIN)
    try:
        authorize(user, "account.view")
    except AccessDenied:
        return redirect_to_login(request.get_full_path())
    try:
        return render(request, "shell.html")
    except DjangoViteAssetNotFoundError:
        return render(request, "not_built.html", status=503)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/workflows")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """For pages that name no icon, such as the admin's."""
    return HttpResponseRedirect(static("accounts/favicon.svg"))


class ResetView(PasswordResetView):  # type: ignore[misc]
    """Sends a link to set a new password; says what to do instead where no e-mail can be sent."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not settings.EMAIL_CONFIGURED:
            return render(request, "account/password_reset_unavailable.html")
        return super().dispatch(request, *args, **kwargs)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's hook for a form without a valid token. The reason is for the log, not for the page."""
    return render(request, "403_csrf.html", status=403)
