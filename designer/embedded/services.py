"""Starts what no URL is configured for, and says where it is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from designer import environment
from designer.embedded.locations import (
    Running,
    exclusive,
    find_running,
    forget_running,
    socket_dir,
    write_running,
)
from designer.embedded.postgres import Postgres
from designer.embedded.valkey import Valkey


@dataclass(slots=True)
class Services:
    """The services of one `data_dir`: embedded ones where no URL was configured."""

    data_dir: Path
    database_url: str
    redis_url: str
    postgres: Postgres | None
    valkey: Valkey | None

    @property
    def is_embedded_database(self) -> bool:
        return self.postgres is not None

    def environment(self) -> dict[str, str]:
        """For child processes: this environment with the URLs in it."""
        return {**os.environ, **self.variables()}

    def variables(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "DATA_DIR": str(self.data_dir),
            "LOCKGATE_EMBEDDED": "1" if self.is_embedded_database else "0",
        }

    def announce(self, port: int | None = None) -> None:
        """Lets settings and other commands find them through `DATA_DIR/runtime.json`."""
        write_running(self.data_dir, Running(os.getpid(), self.database_url, self.redis_url, port))


@contextmanager
def services(data_dir: Path, *, postgres_settings: dict[str, str] | None = None) -> Iterator[Services]:
    """Holds `data_dir` and runs its services until the block ends. Raises `EmbeddedProblem`."""
    database_url, redis_url = environment.read("DATABASE_URL"), environment.read("REDIS_URL")
    with ExitStack() as stack:
        stack.enter_context(exclusive(data_dir))
        logs = data_dir / "logs"
        logs.mkdir(exist_ok=True)
        postgres = valkey = None
        if not (database_url and redis_url):
            sockets = socket_dir(data_dir)
            stack.callback(shutil.rmtree, sockets, ignore_errors=True)
        if not redis_url:
            valkey = Valkey(sockets, logs / "valkey.log")
            valkey.spawn()
            stack.callback(valkey.stop)
        if not database_url:
            postgres = Postgres(
                data_dir / "postgres", sockets, logs / "postgres.log", extra=postgres_settings
            )
            stack.callback(postgres.stop)
            postgres.start()
        if valkey is not None:
            valkey.wait()
        found = Services(
            data_dir=data_dir,
            database_url=database_url or (postgres.url if postgres else ""),
            redis_url=redis_url or (valkey.url if valkey else ""),
            postgres=postgres,
            valkey=valkey,
        )
        stack.callback(forget_running, data_dir)
        yield found


def running_or_configured(data_dir: Path) -> bool:
    """Whether a command can run as it is: both URLs are configured, or `up` runs on `data_dir`."""
    configured = bool(environment.read("DATABASE_URL") and environment.read("REDIS_URL"))
    return configured or find_running(data_dir) is not None
