"""Real worker processes on the test database."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Self
from urllib.parse import quote, urlencode

from django.db import connection

from runtime.models import Host

COMMAND = (
    *("-m", "celery", "-A", "designer", "worker", "-P", "threads", "-Q", "drive,maintenance"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "warning"),
)


class WorkerProcess:
    """`with WorkerProcess(log) as worker:` is a worker that looks for runs."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        before = living_hosts()
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *COMMAND], env=_environment(), stdout=log, stderr=log
            )
        until = time.monotonic() + 60
        while living_hosts() <= before:
            assert self.process.poll() is None, self._log.read_text()
            assert time.monotonic() < until, self._log.read_text()
            time.sleep(0.05)
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(40)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)


def living_hosts() -> int:
    return Host.objects.filter(stopped_at=None).count()


def _environment() -> dict[str, str]:
    facts = connection.settings_dict
    query = {key: str(facts[name]) for key, name in (("host", "HOST"), ("port", "PORT")) if facts[name]}
    user = f"{quote(facts['USER'])}@" if facts["USER"] else ""
    url = f"postgresql://{user}/{quote(facts['NAME'])}?{urlencode(query)}"
    return {**os.environ, "DATABASE_URL": url, "PYTHONPATH": str(Path(__file__).parents[2])}
