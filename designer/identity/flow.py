"""The two halves of a sign-in by a provider: where the browser is sent, and what it comes back with.

Authorization code with PKCE (RFC 7636), `state` and `nonce`, all bound to the browser's session. Each
`state` is good for one return.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from asgiref.sync import async_to_sync
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.models import IdentityProvider
from designer.identity.asking import Asking, Client, Provider
from designer.identity.providers import secret_of
from designer.identity.refusals import SignInRefused
from designer.identity.tokens import read_id_token

_SESSION_KEY: Final = "identity.provider"
_LIFE_S: Final = 600
_MOST: Final = 5
_MAX_CODE: Final = 4_000


def begin(request: HttpRequest, row: IdentityProvider, next_path: str) -> str:
    """The provider's address to which the browser goes. Raises `SignInRefused`."""
    found = async_to_sync(_discover)(row.issuer)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    pending = _pending(request)
    pending[state] = {
        "provider": str(row.pk),
        "nonce": nonce,
        "verifier": verifier,
        "next": next_path,
        "at": time.time(),
    }
    request.session[_SESSION_KEY] = dict(list(pending.items())[-_MOST:])
    query = {
        "response_type": "code",
        "client_id": row.client_id,
        "redirect_uri": return_address(),
        "scope": " ".join(dict.fromkeys(["openid", *row.scopes])),
        "state": state,
        "nonce": nonce,
        "code_challenge": _challenge(verifier),
        "code_challenge_method": "S256",
    }
    mark = "&" if "?" in found.authorization_endpoint else "?"
    return f"{found.authorization_endpoint}{mark}{urlencode(query)}"


def finish(request: HttpRequest) -> tuple[IdentityProvider, Mapping[str, Any], str]:
    """The provider, what it says of the person, and where they wanted to go. Raises `SignInRefused`."""
    asked = _take_state(request)
    row = IdentityProvider.objects.select_related("tenant").filter(pk=asked["provider"], enabled=True).first()
    if row is None:
        raise SignInRefused("provider_off", "This way to sign in was switched off meanwhile.")
    _refuse_error(request)
    code = request.GET.get("code", "")
    if not 0 < len(code) <= _MAX_CODE:
        raise SignInRefused("no_code", "The provider sent you back without a code. Try again.")
    claims = async_to_sync(_claims)(row, Client(row.client_id, secret_of(row)), asked, code, request.GET)
    return row, claims, str(asked["next"])


def return_address() -> str:
    """Where providers send people back to; it has to be registered there."""
    return f"{settings.PUBLIC_URL}{reverse('identity_return')}"


async def _discover(issuer: str) -> Provider:
    async with Asking() as asking:
        return await asking.discover(issuer)


async def _claims(
    row: IdentityProvider, client: Client, asked: Mapping[str, Any], code: str, given: Mapping[str, str]
) -> Mapping[str, Any]:
    async with Asking() as asking:
        provider = await asking.discover(row.issuer)
        if given.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
            raise SignInRefused("mixed_up", "Another provider sent you back than you went to. Try again.")
        tokens = await asking.exchange(
            provider, client, code=code, verifier=str(asked["verifier"]), redirect_uri=return_address()
        )
        id_token, access = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            text = "The provider did not say who you are. Tell an administrator of your workspace."
            raise SignInRefused("no_id_token", text)
        claims = read_id_token(
            id_token,
            keys=await asking.keys(provider),
            issuer=provider.issuer,
            client_id=client.id,
            nonce=str(asked["nonce"]),
        )
        more = await asking.userinfo(provider, access) if isinstance(access, str) else {}
    # OpenID Connect Core 1.0, section 5.3.2: it may be about somebody else otherwise.
    if more and more.get("sub") != claims["sub"]:
        text = "The provider contradicts itself about who you are. Tell an administrator of your workspace."
        raise SignInRefused("other_subject", text)
    return {**more, **claims}


def _take_state(request: HttpRequest) -> Mapping[str, Any]:
    """What was asked under the `state` that came back: once, from this browser, within ten minutes."""
    pending = _pending(request)
    asked = pending.pop(request.GET.get("state", ""), None)
    request.session[_SESSION_KEY] = pending
    if asked is None or time.time() - asked["at"] > _LIFE_S:
        text = "This sign-in was used already, is too old, or began in another browser. Begin again."
        raise SignInRefused("unknown_state", text)
    return asked


def _refuse_error(request: HttpRequest) -> None:
    error = request.GET.get("error")
    if error == "access_denied":
        raise SignInRefused("access_denied", "The provider did not let you in, or you said no there.")
    if error is not None:
        text = "The provider refused the sign-in. Tell an administrator of your workspace."
        raise SignInRefused("provider_refused", text, f"the provider answered {error[:100]!r}")


def _pending(request: HttpRequest) -> dict[str, Mapping[str, Any]]:
    kept = request.session.get(_SESSION_KEY)
    return dict(kept) if isinstance(kept, dict) else {}


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
