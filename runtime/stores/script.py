"""What opens a store in a script: an entry of `credentials.json`, else the environment of its own tools."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Final

from runtime.credentials.revealed import Revealed
from runtime.engine.secret import Secret

_SECRETS: Final = {"vault": "token", "aws": "secret_access_key", "azure": "client_secret"}
"""What an entry has as its `value`."""
_NEEDED: Final = {
    "vault": ("address",),
    "aws": ("access_key_id",),
    "azure": ("tenant_id", "client_id"),
}
_OPEN: Final = {
    "vault": ("address", "namespace"),
    "aws": ("region", "endpoint", "access_key_id"),
    "azure": ("tenant_id", "client_id", "vault_url", "authority"),
}
_ENVIRONMENT: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "vault": {"address": ("VAULT_ADDR",), "token": ("VAULT_TOKEN",), "namespace": ("VAULT_NAMESPACE",)},
    "aws": {
        "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
        "endpoint": ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"),
        "access_key_id": ("AWS_ACCESS_KEY_ID",),
        "secret_access_key": ("AWS_SECRET_ACCESS_KEY",),
        "session_token": ("AWS_SESSION_TOKEN",),
    },
    "azure": {
        "tenant_id": ("AZURE_TENANT_ID",),
        "client_id": ("AZURE_CLIENT_ID",),
        "client_secret": ("AZURE_CLIENT_SECRET",),
        "authority": ("AZURE_AUTHORITY_HOST",),
    },
}
_HIDDEN: Final = frozenset({*_SECRETS.values(), "session_token"})


def script_opener(kind: str, name: str, stated: Any) -> Revealed | None:
    """A credential of the type `kind`; `stated` is the workspace's entry of that name, if it has one."""
    given = _stated(kind, stated) if isinstance(stated, Mapping) else {}
    if not all(given.get(field) for field in (*_NEEDED[kind], _SECRETS[kind])):
        given = _environment(kind)
    if not all(given.get(field) for field in (*_NEEDED[kind], _SECRETS[kind])):
        return None
    hidden = {field: Secret(text) for field, text in given.items() if field in _HIDDEN}
    return Revealed(name, kind, {field: text for field, text in given.items() if field not in hidden}, hidden)


def _stated(kind: str, entry: Mapping[str, Any]) -> dict[str, str]:
    given = {field: entry.get(field) for field in _OPEN[kind]} | {_SECRETS[kind]: entry.get("value")}
    return {field: text for field, text in given.items() if isinstance(text, str) and text}


def _environment(kind: str) -> dict[str, str]:
    found = {
        field: next((os.environ[name] for name in names if os.environ.get(name)), "")
        for field, names in _ENVIRONMENT[kind].items()
    }
    return {field: text for field, text in found.items() if text}
