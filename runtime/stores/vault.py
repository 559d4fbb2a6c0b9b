"""HashiCorp Vault or OpenBao by its HTTP interface: KV engines of both versions, and database engines."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal
from urllib.parse import quote

from runtime.credentials.revealed import Revealed
from runtime.services_protocol import HttpClient, HttpResponse
from runtime.stores.asking import Asking, StoreFailed, open_text, read_object

KvVersion = Literal["1", "2"]
_REFUSALS: Final[Mapping[int, str]] = {
    400: "does not understand the request; is the version of the KV engine right?",
    403: "refuses the token for {path!r}.",
    404: "has nothing at {path!r}.",
    429: "is asked too often.",
    472: "is a standby that does not answer.",
    503: "is sealed or under maintenance.",
}


@dataclass(frozen=True, slots=True)
class KvSecret:
    """The fields of a secret, which version it is, and what the engine tells of it."""

    fields: Mapping[str, Any]
    version: int = 0
    told: Mapping[str, Any] = field(default_factory=dict)


class VaultStore:
    """Every method raises `StoreFailed`. Paths begin with the mount of their engine."""

    def __init__(self, opened: Revealed, http: HttpClient) -> None:
        """`opened`: a credential of the type `vault`."""
        self._address = open_text(opened, "address").rstrip("/")
        self._headers = {"X-Vault-Token": opened.secret("token").reveal(), "X-Vault-Request": "true"}
        if namespace := open_text(opened, "namespace"):
            self._headers["X-Vault-Namespace"] = namespace
        self._asking = Asking("Vault", http)

    async def who_am_i(self) -> str:
        """The name of the token, such as its user; proves that it is one."""
        found = await self._call("GET", "auth/token/lookup-self")
        return str(_data(found).get("display_name") or "token")

    async def read(self, path: str, *, kv: KvVersion = "2", version: int = 0) -> KvSecret:
        """The newest version, or the one that is asked for."""
        url = _kv_path(path, "data", kv) + (f"?version={version}" if version else "")
        found = await self._call("GET", url, shown=path)
        data = _data(found)
        told = data.get("metadata") or {} if kv == "2" else {}
        fields = data.get("data") if kv == "2" else data
        if not isinstance(fields, dict) or not isinstance(told, dict):
            reason = f"Vault has no secret that can be read at {path!r}: it may have been deleted."
            raise StoreFailed(reason, status=404, missing=True)
        number = told.get("version")
        return KvSecret(fields, number if isinstance(number, int) else 0, told)

    async def write(self, path: str, fields: Mapping[str, Any], *, expecting: int) -> int:
        """A new version of a KV secret of version 2 where `expecting` is the newest; its number."""
        body = {"data": dict(fields), "options": {"cas": expecting}}
        try:
            found = await self._call("POST", _kv_path(path, "data", "2"), body, shown=path)
        except StoreFailed as failure:
            if failure.status != 400:
                raise
            reason = (
                f"Vault has a version at {path!r} that somebody else wrote meanwhile, or refuses the write."
            )
            raise StoreFailed(reason, status=400) from None
        number = _data(found).get("version")
        if not isinstance(number, int):
            raise StoreFailed(f"Vault does not say which version it wrote at {path!r}.")
        return number

    async def end_version(self, path: str, version: int) -> None:
        """Deletes one version of a KV secret, so that it cannot be read; it can be undeleted by hand."""
        await self._call("POST", _kv_path(path, "delete", "2"), {"versions": [version]}, shown=path)

    async def database_login(self, mount: str, role: str, *, is_static: bool) -> Mapping[str, Any]:
        """What a role of the database engine gives: `{username, password, lease_id, lease_duration, ...}`."""
        middle = "static-creds" if is_static else "creds"
        path = f"{mount}/{middle}/{role}"
        found = await self._call("GET", _quoted(path), shown=path)
        told = {name: found.get(name) for name in ("lease_id", "lease_duration")}
        return {**told, **_data(found)}

    async def rotate_static_role(self, mount: str, role: str) -> None:
        """A new password at once, in the database, too."""
        path = f"{mount}/rotate-role/{role}"
        await self._call("POST", _quoted(path), {}, shown=path)

    async def end_lease(self, lease_id: str) -> None:
        """What was given with this lease opens nothing any more."""
        await self._call("PUT", "sys/leases/revoke", {"lease_id": lease_id}, shown="sys/leases/revoke")

    async def _call(self, method: str, path: str, body: Any = None, *, shown: str = "") -> dict[str, Any]:
        sent = None if body is None else json.dumps(body).encode()
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        answer = await self._asking.ask(method, f"{self._address}/v1/{path}", headers, sent)
        if answer.status not in (200, 204):
            raise self._refusal(answer, shown or path)
        return read_object(answer)

    def _refusal(self, answer: HttpResponse, path: str) -> StoreFailed:
        why = _REFUSALS.get(answer.status, "").format(path=path)
        return self._asking.failed(answer, why, missing=answer.status == 404)


def _kv_path(path: str, middle: str, kv: KvVersion) -> str:
    mount, _, rest = path.strip("/").partition("/")
    return f"{quote(mount, safe='')}/{middle + '/' if kv == '2' else ''}{quote(rest)}"


def _quoted(path: str) -> str:
    return "/".join(quote(part, safe="") for part in path.split("/"))


def _data(found: Mapping[str, Any]) -> dict[str, Any]:
    data = found.get("data")
    return data if isinstance(data, dict) else {}
