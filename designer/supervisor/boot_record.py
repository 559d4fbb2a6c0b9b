"""What the database itself remembers of its set-up, so that an unchanged tree starts without a check.

One table, read with psycopg alone: importing Django to ask for the migration plan would cost a second.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import psycopg


def schema_stamp(project: Path) -> str:
    """A hash of everything that decides the schema: our migrations and the locked packages."""
    digest = hashlib.sha256()
    files = [*project.glob("*/migrations/*.py"), project / "requirements.lock"]
    for path in sorted(path for path in files if path.exists()):
        digest.update(path.relative_to(project).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class BootRecord:
    """`schema`: the stamp last migrated to. `demo`: `pending` or `done`."""

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url

    def read(self) -> dict[str, str]:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            if connection.execute("SELECT to_regclass('lockgate_boot')").fetchone() == (None,):
                return {}
            return dict(connection.execute("SELECT key, value FROM lockgate_boot").fetchall())

    def is_empty_database(self) -> bool:
        with psycopg.connect(self.database_url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchone()
        return row == (0,)

    def write(self, **values: str) -> None:
        with psycopg.connect(self.database_url) as connection:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS lockgate_boot (key text PRIMARY KEY, value text NOT NULL)"
            )
            for key, value in values.items():
                connection.execute(
                    "INSERT INTO lockgate_boot VALUES (%s, %s)"
                    " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (key, value),
                )
