"""Opens databases for steps: servers by a credential and the operator's egress rules, files by name."""

from __future__ import annotations

import importlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, Protocol

from runtime.credentials.revealed import Revealed
from runtime.engine.errors import NodeError
from runtime.engine.problems import near_match
from runtime.net.egress import EgressPolicy, Opening
from runtime.services_protocol import SqlConnection, SqlTarget
from runtime.sql.address import address_of
from runtime.sql.sqlite import open_sqlite

CONNECT_S: Final = 10.0
# Open to public hosts without the operator, as web ports are; private hosts stay closed until named.
POSTGRES_PORTS: Final = (5432, 6432)
SUFFIXES: Final = (".sqlite", ".sqlite3", ".db")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,99}")


class Secrets(Protocol):
    async def reveal(self, name: str) -> Revealed: ...
    async def newer(self, than: Revealed) -> Revealed | None: ...


class Databases:
    """A `runtime.services_protocol.SqlDesk`."""

    def __init__(
        self,
        *,
        secrets: Secrets,
        egress: Callable[[], EgressPolicy],
        folder: Callable[[], Awaitable[Path | None]],
        no_folder: str,
    ) -> None:
        """`folder` holds the SQLite files; `no_folder` says what to do where there is none."""
        self._secrets = secrets
        self._egress = egress
        self._folder = folder
        self._no_folder = no_folder

    @asynccontextmanager
    async def connect(
        self, target: SqlTarget, *, is_writing: bool = False, timeout_s: float = CONNECT_S
    ) -> AsyncIterator[SqlConnection]:
        """An open connection for as long as the block runs.

        Raises `NodeError`: `sql_unreachable`, `egress_refused`, `unknown_database`, `invalid_credential` and
        what reading the credential raises.
        """
        if target.kind == "sqlite":
            connection: Any = await open_sqlite(
                await self._file(target.name), is_writing=is_writing, timeout_s=timeout_s
            )
        else:
            connection = await self._server(target.name, is_writing, timeout_s)
        try:
            yield connection
        finally:
            await connection.close()

    async def _server(self, credential: str, is_writing: bool, timeout_s: float) -> Any:
        """Tried once more where a later version of the credential is in force by then."""
        revealed = await self._secrets.reveal(credential)
        try:
            return await self._open(revealed, is_writing, timeout_s)
        except NodeError as error:
            newer = await self._secrets.newer(revealed) if error.code == "sql_unreachable" else None
            if newer is None:
                raise
        return await self._open(newer, is_writing, timeout_s)

    async def _open(self, revealed: Revealed, is_writing: bool, timeout_s: float) -> Any:
        address = address_of(revealed)
        egress = self._egress()
        openings = (*egress.openings, *(Opening("*", None, port) for port in POSTGRES_PORTS))
        numbers = await EgressPolicy(openings, egress.resolver).resolve(
            address.host.strip("[]"), address.port
        )
        # By name, so that what only may ask a server is loaded without the driver.
        postgres = importlib.import_module("runtime.sql.postgres")
        return await postgres.open_postgres(
            address, numbers[0], is_writing=is_writing, timeout_s=min(timeout_s, CONNECT_S)
        )

    async def _file(self, name: str) -> Path:
        folder = await self._folder()
        if folder is None:
            raise NodeError(self._no_folder, code="unknown_database", database=name)
        if not _NAME.fullmatch(name) or ".." in name:
            raise NodeError(f"{name[:120]!r} is no name of a database file", code="unknown_database")
        files = [path for path in _files(folder) if name in (path.name, path.stem)]
        if len(files) == 1:
            return files[0]
        if files:
            shown = " and ".join(path.name for path in files)
            raise NodeError(f"The database {name!r} is there twice: {shown}", code="unknown_database")
        names = sorted({path.stem for path in _files(folder)})
        hint = near_match(name, names) or (
            f"There are: {', '.join(names[:12])}." if names else "There are none."
        )
        raise NodeError(f"There is no database {name!r}. {hint}", code="unknown_database", database=name)


def _files(folder: Path) -> list[Path]:
    """Only files that are in the folder itself: a link could lead anywhere."""
    if not folder.is_dir():
        return []
    return [
        path
        for path in sorted(folder.iterdir())
        if path.suffix in SUFFIXES and path.is_file() and not path.is_symlink()
    ]
