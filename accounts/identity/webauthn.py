"""Passkeys (WebAuthn): what the browser is asked, and whether what it answers is right.

Every passkey has to verify the person (a finger, a PIN) and to be found without a name, so that each is
both a second factor and a way to sign in without a password.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from allauth.account.utils import url_str_to_user_pk
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from fido2.utils import websafe_decode

from accounts.models import User
from accounts.services.refusals import Refused

_STATE: Final = auth.STATE_SESSION_KEY
# What the parser raises for JSON that is no answer of an authenticator.
_MALFORMED = (ValueError, TypeError, KeyError, AttributeError, IndexError, ValidationError)


def begin_registration(user: User) -> dict[str, Any]:
    """What `navigator.credentials.create` is to be asked; this session keeps the challenge."""
    options: dict[str, Any] = plain(auth.begin_registration(user, True))
    return options


def complete_registration(request: HttpRequest, credential: Mapping[str, Any]) -> None:
    """Raises `Refused` unless it answers this session's challenge, for this host, by a verified person."""
    try:
        auth.parse_registration_response(dict(credential))
        made = auth.complete_registration(dict(credential))
        fits = bool(made.is_user_verified())
    except _MALFORMED as error:
        raise _refused() from error
    finally:
        request.session.pop(_STATE, None)
    if not fits:
        raise Refused.at("credential", "This passkey does not ask for a finger or a PIN.", "not_verified")


def begin_sign_in(user: User | None = None) -> dict[str, Any]:
    """What `navigator.credentials.get` is to be asked: of one person, or of whoever sits there."""
    options: dict[str, Any] = plain(auth.begin_authentication(user))
    return options


def complete_sign_in(request: HttpRequest, user: User | None, credential: Mapping[str, Any]) -> Authenticator:
    """The passkey that answered. Raises `Refused` for anybody else's, and for what was not asked."""
    try:
        auth.parse_authentication_response(dict(credential))
        found = auth.complete_authentication(user or _person_in(credential), dict(credential))
    except _MALFORMED as error:
        raise _refused() from error
    finally:
        # A challenge is good for one answer, right or wrong.
        request.session.pop(_STATE, None)
    return found


def _person_in(credential: Mapping[str, Any]) -> User:
    handle = credential["response"]["userHandle"]
    found = User.objects.filter(pk=url_str_to_user_pk(websafe_decode(handle).decode())).first()
    if found is None:
        raise ValueError("nobody here has this passkey")
    return found


def plain(value: Any) -> Any:
    """Options as JSON: mappings of the library as dictionaries, without what is not set."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _refused() -> Refused:
    message = "This passkey is not known here, or its answer came too late. Try again."
    return Refused.at("credential", message, "wrong_passkey")
