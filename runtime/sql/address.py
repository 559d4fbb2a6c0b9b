"""Where a PostgreSQL server is and who asks it, from a credential."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast, get_args
from urllib.parse import parse_qs, unquote, urlsplit

from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.engine.secret import Secret

Encryption = Literal["disable", "prefer", "require", "verify-full"]
_HOST = re.compile(r"[A-Za-z0-9.:_\[\]-]+")


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    host: str
    port: int
    database: str
    user: str
    password: Secret
    encryption: Encryption = "require"

    @property
    def shown(self) -> str:
        return f"{self.database} at {self.host}:{self.port}"


def address_of(credential: Revealed) -> PostgresAddress:
    """From a credential of the type `postgresql`, or a secret that is a `postgresql://` URL.

    Raises `NodeError` (`invalid_credential`), which quotes nothing of it.
    """
    if credential.type == "postgresql":
        fields = credential.fields
        return PostgresAddress(
            host=str(fields["host"]),
            port=int(fields["port"]),
            database=str(fields["database"]),
            user=str(fields["username"]),
            password=credential.secret("password"),
            encryption=cast(Encryption, fields["encryption"]),
        )
    if credential.type != "secret":
        raise _invalid(credential.name, f"is of the type {credential.type!r}, which opens no database")
    return _from_url(credential.name, credential.secret("value").reveal())


def _from_url(name: str, text: str) -> PostgresAddress:
    try:
        parts = urlsplit(text)
        port = parts.port or 5432
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        raise _invalid(name, "is no postgresql:// URL") from None
    if parts.scheme not in ("postgresql", "postgres") or not parts.hostname or not parts.username:
        raise _invalid(name, "is no URL of the form postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
    if not _HOST.fullmatch(parts.hostname):
        raise _invalid(name, "names no host that can be reached over the network")
    mode = options.pop("sslmode", ["require"])[-1]
    if options or mode not in get_args(Encryption):
        known = ", ".join(get_args(Encryption))
        raise _invalid(name, f"has options that are not taken: sslmode alone is, as one of {known}")
    user = unquote(parts.username)
    return PostgresAddress(
        host=parts.hostname,
        port=port,
        database=unquote(parts.path.removeprefix("/")) or user,
        user=user,
        password=Secret(unquote(parts.password or "")),
        encryption=cast(Encryption, mode),
    )


def _invalid(name: str, problem: str) -> NodeError:
    return NodeError(f"the credential {name!r} {problem}", code="invalid_credential")
