"""Azure Key Vault by its REST interface, with tokens by client credentials."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from runtime.credentials.revealed import Revealed
from runtime.credentials.store_types import is_azure_vault
from runtime.engine.secret import Secret
from runtime.services_protocol import HttpClient, HttpResponse
from runtime.stores.asking import Asking, StoreFailed, open_text, read_object

API_VERSION: Final = "7.4"
_PUBLIC: Final = "vault.azure.net"
MAX_PAGES: Final = 40
"""Of 25 versions each."""


@dataclass(frozen=True, slots=True)
class AzureSecret:
    text: Secret
    version: str
    expires_at: datetime | None


class AzureStore:
    """Secrets by name. Every method raises `StoreFailed`."""

    def __init__(self, opened: Revealed, http: HttpClient, *, vault_url: str = "") -> None:
        """`opened`: a credential of the type `azure`; `vault_url` where that leaves the vault open."""
        self._opened = opened
        self._stated = vault_url.rstrip("/")
        self._asking = Asking("Azure Key Vault", http)
        self._token: Secret | None = None

    async def who_am_i(self) -> str:
        """Gets a token, and asks the vault for one secret, which it need not be allowed; names the client."""
        await self._bearer(_audience(self._vault()) if self._is_named else _PUBLIC)
        try:
            if self._is_named:
                await self._call("GET", "secrets", "", query={"maxresults": "1"})
        except StoreFailed as failure:
            if not failure.denied:
                raise
        return open_text(self._opened, "client_id")

    async def read(self, name: str, *, version: str = "") -> AzureSecret:
        """A version by its id, else the newest."""
        return _secret(await self._call("GET", _path(name, version), name), name)

    async def write(
        self,
        name: str,
        text: Secret,
        *,
        expires_at: datetime | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """A new version, which is the newest at once; its id."""
        body: dict[str, Any] = {"value": text.reveal(), "tags": dict(tags or {})}
        if expires_at is not None:
            body["attributes"] = {"exp": int(expires_at.timestamp())}
        return _secret(await self._call("PUT", _path(name), name, body), name).version

    async def tagged(self, name: str, tag: str, value: str) -> str:
        """The id of the version that has this tag, also of one that is disabled; empty where none has."""
        page = await self._call("GET", f"{_path(name)}/versions", name)
        for _ in range(MAX_PAGES):
            for each in page.get("value") or []:
                if isinstance(each, dict) and (each.get("tags") or {}).get(tag) == value:
                    return _version(each)
            following = page.get("nextLink")
            if not isinstance(following, str) or not following.startswith(f"{self._vault()}/"):
                return ""
            page = await self._fetch("GET", following, name)
        return ""

    async def switch(self, name: str, version: str, *, is_enabled: bool) -> None:
        """Whether this version can be read from now on."""
        await self._call("PATCH", _path(name, version), name, {"attributes": {"enabled": is_enabled}})

    async def _call(
        self, method: str, path: str, name: str, body: Any = None, query: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        url = f"{self._vault()}/{path}?{urlencode({'api-version': API_VERSION, **(query or {})})}"
        return await self._fetch(method, url, name, body)

    async def _fetch(self, method: str, url: str, name: str, body: Any = None) -> dict[str, Any]:
        token = await self._bearer(_audience(self._vault()))
        headers = {"Authorization": f"Bearer {token.reveal()}"}
        sent = None if body is None else json.dumps(body).encode()
        if sent is not None:
            headers["Content-Type"] = "application/json"
        answer = await self._asking.ask(method, url, headers, sent)
        if answer.status != 200:
            raise self._refusal(answer, name)
        return read_object(answer)

    @property
    def _is_named(self) -> bool:
        return bool(self._stated or open_text(self._opened, "vault_url"))

    def _vault(self) -> str:
        """A token is sent where the credential says, or to Microsoft's own domain: to nobody else."""
        own = open_text(self._opened, "vault_url").rstrip("/")
        if own and self._stated and own != self._stated:
            raise StoreFailed(f"The credential {self._opened.name!r} is for the vault {own} alone.")
        if not own and not self._stated:
            raise StoreFailed(f"Neither the credential {self._opened.name!r} nor vault_url names a vault.")
        if not own and not is_azure_vault(self._stated):
            reason = (
                f"{self._stated} is no vault of Azure: enter it in the credential where it is one of yours."
            )
            raise StoreFailed(reason)
        return own or self._stated

    async def _bearer(self, audience: str) -> Secret:
        if self._token is not None:
            return self._token
        authority = open_text(self._opened, "authority") or "https://login.microsoftonline.com"
        tenant = quote(open_text(self._opened, "tenant_id"), safe="")
        form = {
            "grant_type": "client_credentials",
            "client_id": open_text(self._opened, "client_id"),
            "client_secret": self._opened.secret("client_secret").reveal(),
            "scope": f"https://{audience}/.default",
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url = f"{authority.rstrip('/')}/{tenant}/oauth2/v2.0/token"
        answer = await self._asking.ask("POST", url, headers, urlencode(form).encode())
        token = read_object(answer).get("access_token")
        if answer.status != 200 or not isinstance(token, str) or not token:
            raise self._sign_in_refusal(answer)
        self._token = Secret(token)
        return self._token

    def _sign_in_refusal(self, answer: HttpResponse) -> StoreFailed:
        why = {
            "invalid_client": "gives no token: the client secret is wrong or has expired.",
            "unauthorized_client": "gives no token: the tenant does not know the client.",
            "invalid_request": "gives no token: is the tenant right?",
        }.get(str(read_object(answer).get("error")), f"gives no token (status {answer.status}).")
        return self._asking.failed(answer, why)

    def _refusal(self, answer: HttpResponse, name: str) -> StoreFailed:
        error = read_object(answer).get("error")
        inner = error.get("innererror") if isinstance(error, dict) else None
        if isinstance(inner, dict) and inner.get("code") == "SecretDisabled":
            return self._asking.failed(answer, f"does not give {name!r}: that version is disabled.")
        why = {
            401: "refuses the token: is it for this vault?",
            403: f"refuses the client for {name!r}." if name else "refuses the client.",
            404: f"has no secret {name!r}, or not the version that was asked for.",
            429: "is asked too often.",
        }.get(answer.status, "")
        return self._asking.failed(answer, why, missing=answer.status == 404, denied=answer.status == 403)


def _audience(vault: str) -> str:
    """What tokens are for: the domain of a vault of Azure, the public one for an address of one's own."""
    host = urlsplit(vault).hostname or ""
    return host.partition(".")[2] if is_azure_vault(vault) else _PUBLIC


def _path(name: str, version: str = "") -> str:
    return f"secrets/{quote(name, safe='')}" + (f"/{quote(version, safe='')}" if version else "")


def _secret(found: Mapping[str, Any], name: str) -> AzureSecret:
    text, attributes = found.get("value"), found.get("attributes")
    if not isinstance(text, str):
        raise StoreFailed(f"Azure Key Vault does not say the value of {name!r}.")
    return AzureSecret(Secret(text), _version(found), _moment(attributes))


def _version(found: Mapping[str, Any]) -> str:
    return str(found.get("id") or "").rstrip("/").rpartition("/")[2]


def _moment(attributes: Any) -> datetime | None:
    stated = attributes.get("exp") if isinstance(attributes, dict) else None
    if not isinstance(stated, int) or isinstance(stated, bool):
        return None
    try:
        return datetime.fromtimestamp(stated, UTC)
    except (ValueError, OverflowError, OSError):
        return None
