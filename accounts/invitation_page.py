"""The page behind the link of an invitation: whoever was asked says their name and sets a password."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from accounts.models import Invitation
from accounts.services.invitations import accept_invitation, find_invitation
from accounts.services.refusals import Conflict

_NO_USE = "account/invitation_no_use.html"


class JoinForm(forms.Form):
    name = forms.CharField(max_length=120)
    password = forms.CharField(max_length=4096, strip=False)
    again = forms.CharField(max_length=4096, strip=False)

    def clean(self) -> dict[str, Any]:
        given = {**(super().clean() or {})}
        if "again" in given and given.get("password", given["again"]) != given["again"]:
            self.add_error("again", "This is not what you wrote above.")
        return given


class InvitationView(View):
    """GET shows the form, POST makes the account. The secret in the address is the permission."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest, secret: str) -> HttpResponse:
        invitation = find_invitation(secret)
        if invitation is None:
            return render(request, _NO_USE, status=404)
        return _shown(request, invitation, JoinForm())

    def post(self, request: HttpRequest, secret: str) -> HttpResponse:
        if not ratelimit.consume(request, action="reset_password_from_key"):
            return render(request, "429.html", status=429)
        invitation, form = find_invitation(secret), JoinForm(request.POST)
        if invitation is None:
            return render(request, _NO_USE, status=404)
        if not form.is_valid():
            return _shown(request, invitation, form)
        return _joined(request, invitation, secret, form)


def _joined(request: HttpRequest, invitation: Invitation, secret: str, form: JoinForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        person = accept_invitation(secret, name=given["name"], password=given["password"])
    except ValidationError as problem:
        for field, messages in problem.message_dict.items():
            form.add_error(field if field in form.fields else None, messages)
        return _shown(request, invitation, form)
    except Conflict as conflict:
        form.add_error(None, f"{conflict.message} Sign in with it, or ask for an invitation of another one.")
        return _shown(request, invitation, form)
    if person is None:
        return render(request, _NO_USE, status=404)
    return render(request, "account/invitation_done.html", {"person": person})


def _shown(request: HttpRequest, invitation: Invitation, form: JoinForm) -> HttpResponse:
    return render(request, "account/invitation.html", {"invitation": invitation, "form": form})
