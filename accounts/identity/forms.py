"""Forms of the sign-in pages that ask for a second factor or a passkey."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm
from django.core.exceptions import ValidationError

from accounts.identity.factors import find_by_code, note_code
from accounts.identity.webauthn import complete_sign_in
from accounts.models import User
from accounts.services.audit import record_sign_in
from accounts.services.refusals import Refused


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """A code of the app, or a recovery code. Each counts once."""

    user: User

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        clear_limit = check_rate_limit(self.user)
        try:
            self.authenticator = find_by_code(self.user, code)
        except Refused as refused:
            _failed(self.user, "Wrong code.")
            raise ValidationError(refused.faults[0].message, code="incorrect_code") from refused
        clear_limit()
        return code

    def save(self) -> None:
        note_code(context.request, self.user, self.authenticator)


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey of the person who gave the password."""

    user: User | None

    def clean_credential(self) -> Authenticator:
        clear_limit = None if self.user is None else check_rate_limit(self.user)
        try:
            found = complete_sign_in(context.request, self.user, _credential(self.cleaned_data))
        except Refused as refused:
            _failed(self.user, "Wrong passkey.")
            raise ValidationError(refused.faults[0].message, code="incorrect_code") from refused
        if clear_limit is not None:
            clear_limit()
        return found


class PasskeySignInForm(PasskeyForm, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey alone says who it is."""


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    """Who comes by a provider alone gets no password: the provider says when they may not come."""

    users: list[User]

    def clean_email(self) -> str:
        email: str = super().clean_email()
        self.users = [user for user in self.users if not _comes_by_provider_alone(user)]
        return email


def _comes_by_provider_alone(user: User) -> bool:
    return not user.has_usable_password() and user.identity_links.exists()


def _credential(cleaned: dict[str, Any]) -> dict[str, Any]:
    given = cleaned["credential"]
    return given if isinstance(given, dict) else {}


def _failed(user: User | None, reason: str) -> None:
    if user is not None:
        record_sign_in("account.sign_in", user=user, reason=reason)
