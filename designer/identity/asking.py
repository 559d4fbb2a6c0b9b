"""Requests to a provider: its documents, its tokens, its claims. Under the operator's `EGRESS_ALLOW`.

An administrator of a workspace names the address, so it is asked as nodes ask theirs: no private network
unless the operator opened it, no redirect, a bounded answer, one deadline.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

from django.conf import settings

from designer.identity.refusals import SignInRefused
from runtime.engine.errors import NodeError
from runtime.net.client import GuardedHttpClient
from runtime.net.egress import EgressPolicy

_TIMEOUT_S: Final = 10.0
_MAX_BYTES: Final = 512 << 10
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Client:
    """Who we are to a provider. Without a secret it is a public client."""

    id: str
    secret: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's discovery document, as far as it is used."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    posts_secret: bool


class Asking:
    """One conversation with a provider; close it afterwards."""

    def __init__(self) -> None:
        self._http = GuardedHttpClient(EgressPolicy.from_text(settings.EGRESS_ALLOW))

    async def __aenter__(self) -> Asking:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def discover(self, issuer: str) -> Provider:
        """Raises `SignInRefused` when it cannot be reached, or does not say what it has to."""
        check_address(issuer)
        found = await self._json("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise _odd(f"it calls itself {str(found.get('issuer'))[:200]!r}, not {issuer!r}")
        endpoints = {name: found.get(name) for name in _ENDPOINTS}
        userinfo = found.get("userinfo_endpoint")
        for name, address in {**endpoints, "userinfo_endpoint": userinfo or endpoints["jwks_uri"]}.items():
            if not isinstance(address, str):
                raise _odd(f"its document has no {name}")
            check_address(address)
        methods = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return Provider(
            issuer=issuer,
            userinfo_endpoint=userinfo,
            posts_secret="client_secret_basic" not in methods and "client_secret_post" in methods,
            **{name: str(address) for name, address in endpoints.items()},
        )

    async def keys(self, provider: Provider) -> Mapping[str, Any]:
        """The provider's public keys (JWKS)."""
        return await self._json("GET", provider.jwks_uri)

    async def exchange(
        self, provider: Provider, client: Client, *, code: str, verifier: str, redirect_uri: str
    ) -> Mapping[str, Any]:
        """The tokens for a code (RFC 6749, section 4.1.3, with PKCE: RFC 7636)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if client.secret is None or provider.posts_secret:
            form["client_id"] = client.id
            form.update({} if client.secret is None else {"client_secret": client.secret})
        else:
            pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        return await self._json("POST", provider.token_endpoint, headers, urlencode(form).encode())

    async def userinfo(self, provider: Provider, access_token: str) -> Mapping[str, Any]:
        """What the provider says of the person beside the ID token; nothing where it has no such address."""
        if provider.userinfo_endpoint is None:
            return {}
        headers = {"Authorization": f"Bearer {access_token}"}
        return await self._json("GET", provider.userinfo_endpoint, headers)

    async def _json(
        self, method: str, url: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Mapping[str, Any]:
        place = urlsplit(url)
        where = f"{place.hostname}{place.path}"
        try:
            answer = await self._http.request(
                method,
                url,
                headers={"Accept": "application/json", **(headers or {})},
                body=body,
                timeout_s=_TIMEOUT_S,
                max_bytes=_MAX_BYTES,
                follow_redirects=False,
            )
        except (NodeError, UnicodeError) as error:
            raise _unreachable(f"{where}: {error}") from error
        try:
            found = json.loads(answer.body)
        except (ValueError, RecursionError):
            found = None
        if answer.status != 200 or not isinstance(found, dict):
            code = f" ({str(found['error'])[:60]})" if isinstance(found, dict) and "error" in found else ""
            raise _odd(f"{where} answered {answer.status}{code} instead of a JSON object")
        return found


def check_address(address: str) -> None:
    """Raises `SignInRefused` unless it is https, or on this machine, without anything hidden in it."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise _odd(f"{address[:200]!r} is no address") from error
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)
    if not host or not is_safe or parts.username is not None or parts.fragment:
        raise _odd(f"{address[:200]!r} is no https address")


def _unreachable(log: str) -> SignInRefused:
    text = "The provider cannot be reached. Try again later, or sign in by password."
    return SignInRefused("provider_unreachable", text, log)


def _odd(log: str) -> SignInRefused:
    text = "The provider did not answer as it has to. Tell an administrator of your workspace."
    return SignInRefused("provider_broken", text, log)
