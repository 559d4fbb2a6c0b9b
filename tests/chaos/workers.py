"""Real worker processes on the test database."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Self

from runtime.models import Host
from tests.chaos.worker_environment import SHORT_LEASES, worker_environment

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
    return {**worker_environment(), **SHORT_LEASES}
