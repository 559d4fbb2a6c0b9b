"""A PostgreSQL of its own whose roles sign in by password, by TCP: their passwords can be rotated."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from designer.embedded.postgres import DATABASE, Postgres
from tests.postgres_door import postgres_door

ADMIN, ADMIN_PASSWORD = "role_admin", "admin-password-1"
_RULES = f"local all {DATABASE} trust\nlocal all all scram-sha-256\n"


@dataclass(frozen=True, slots=True)
class RoleServer:
    port: int
    sockets: str

    def run(self, *statements: str) -> None:
        with psycopg.connect(host=self.sockets, dbname=DATABASE, user=DATABASE, autocommit=True) as link:
            for statement in statements:
                link.execute(statement)

    def make_roles(self, **passwords: str) -> None:
        """Roles with these passwords; anew, where they are there."""
        for name, password in passwords.items():
            self.run(f"DROP ROLE IF EXISTS {name}", f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")

    def takes(self, user: str, password: str) -> bool:
        """Whether the role can sign in so."""
        try:
            with psycopg.connect(
                host="127.0.0.1",
                port=self.port,
                dbname=DATABASE,
                user=user,
                password=password,
                sslmode="disable",
                connect_timeout=10,
            ) as link:
                return link.execute("SELECT 1").fetchone() == (1,)
        except psycopg.OperationalError:
            return False

    def fields(self, user: str, password: str) -> dict[str, str | int]:
        """Of a credential that signs in so."""
        return {
            "host": "127.0.0.1",
            "port": self.port,
            "database": DATABASE,
            "username": user,
            "password": password,
            "encryption": "disable",
        }


@contextmanager
def role_server() -> Iterator[RoleServer]:
    """Started, with an administrator of roles; stopped afterwards."""
    with tempfile.TemporaryDirectory(prefix="lockgate-roles-") as name:
        folder = Path(name)
        (folder / "s").mkdir(mode=0o700)
        server = Postgres(
            folder / "data", folder / "s", folder / "log", extra={"fsync": "off", "shared_buffers": "16MB"}
        )
        server._initialise()
        (folder / "data" / "pg_hba.conf").write_text(_RULES)
        try:
            server.start()
            with postgres_door(str(server.sockets)) as port:
                found = RoleServer(port, str(server.sockets))
                # A superuser, because a role that may not create others alters none but itself.
                found.run(f"CREATE ROLE {ADMIN} LOGIN SUPERUSER PASSWORD '{ADMIN_PASSWORD}'")
                yield found
        finally:
            server.stop()
