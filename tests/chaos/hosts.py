"""Worker processes of these tests: started, killed, stopped, continued, and the rows of their hosts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from tests.chaos.report import report
from tests.chaos.worker_environment import worker_environment

PROJECT = Path(__file__).resolve().parents[2]
# Short leases: a death is noticed in about a second. The soak runs with the product's own.
QUICK = {"RUN_LEASE_S": 1.0, "RUN_BEAT_S": 0.25, "RUN_SWEEP_S": 0.1, "RUN_DRAIN_S": 2.0}


class Worker:
    """One process with a host."""

    def __init__(self, pid: int, log: Path) -> None:
        self.pid, self.log = pid, log
        self.host_id: str | None = None

    def is_alive(self) -> bool:
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state not in "ZX"

    def is_stopped(self) -> bool:
        try:
            return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
        except OSError:
            return False

    def signal(self, number: int) -> None:
        if self.is_alive():
            os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL, as the kernel does when memory is out."""
        if self.is_alive():
            report().kills += 1
            self.signal(signal.SIGKILL)
            until(lambda: not self.is_alive(), "the end of a killed process")

    def stop(self) -> None:
        """SIGTERM: it drains."""
        self.signal(signal.SIGTERM)
        until(lambda: not self.is_alive(), f"the end of a stopped worker: {self.said()}", timeout_s=30)

    def has_started(self) -> bool:
        """Whether its host has a row; `host_id` is known from then on."""
        if self.host_id is None:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT id FROM run_host WHERE name LIKE %s AND stopped_at IS NULL"
                    " ORDER BY started_at DESC LIMIT 1",
                    [f"%:{self.pid}"],
                )
                row = cursor.fetchone()
            self.host_id = None if row is None else str(row[0])
        return self.host_id is not None

    def expire(self) -> None:
        """As if its last beat were long ago: nobody waits for a lease here but those who measure it."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE run_host SET lease_until = now() - interval '1 s' WHERE name LIKE %s",
                [f"%:{self.pid}"],
            )

    def exit_code(self) -> int:
        """Of a dead one: negative for a signal."""
        end = Path(f"{self.log}.end")
        until(lambda: end.exists() and bool(end.read_text()), "the exit code of a worker")
        return int(end.read_text())

    def said(self) -> str:
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else "(nothing)"


class Workers:
    """Starts them, from one process that has imported everything; whoever is left dies with it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._nursery: subprocess.Popen[bytes] | None = None
        self._numbers = 0
        self.started: list[Worker] = []

    def start(
        self,
        *faults: str,
        settings: dict[str, Any] | None = None,
        count_in: Path | None = None,
        celery: bool = False,
        asks: bool = True,
        waits: bool = True,
    ) -> Worker:
        """A worker with these faults; returns when its host has its lease, or it is dead already.

        One that never `asks` for work does what it is rung for alone; then it has to have `celery`.
        """
        self._numbers += 1
        log = self._folder / f"worker-{self._numbers}.log"
        arguments = [f"--fault={fault}" for fault in faults]
        arguments += [f"--setting={name}={value}" for name, value in {**QUICK, **(settings or {})}.items()]
        arguments += [f"--count-in={count_in}"] if count_in else []
        arguments += ["--celery"] if celery else []
        arguments += [] if asks else ["--asks-never"]
        worker = Worker(self._fork(log, arguments), log)
        self.started.append(worker)
        if waits:
            until(
                lambda: not worker.is_alive() or worker.has_started(),
                "the start of a worker",
                said=worker.said,
                timeout_s=60,
            )
        return worker

    def call(self, *words: str, fault: str = "") -> int:
        """A process that does one of `tests.chaos.calls` and ends; its exit code."""
        self._numbers += 1
        log = self._folder / f"call-{self._numbers}.log"
        arguments = [f"--fault={fault}"] if fault else []
        caller = Worker(self._fork(log, [*arguments, "--call", *words]), log)
        self.started.append(caller)
        until(lambda: not caller.is_alive(), f"the end of {words}", said=caller.said)
        code = caller.exit_code()
        if code == -signal.SIGKILL:
            report().kills += 1
        return code

    def end_all(self) -> None:
        """After a test: nothing of it goes on."""
        for worker in self.started:
            worker.signal(signal.SIGKILL)
        for worker in self.started:
            until(lambda worker=worker: not worker.is_alive(), "the end of a worker")  # type: ignore[misc]
        self.started.clear()

    def close(self) -> None:
        if self._nursery is not None:
            self._nursery.kill()
            self._nursery.wait(10)
            for pipe in (self._nursery.stdin, self._nursery.stdout):
                if pipe is not None:
                    pipe.close()

    def _fork(self, log: Path, arguments: Sequence[str]) -> int:
        if self._nursery is None:
            self._nursery = _start_nursery(self._folder / "nursery.log")
        assert self._nursery.stdin is not None and self._nursery.stdout is not None
        self._nursery.stdin.write(json.dumps([str(log), list(arguments)]).encode() + b"\n")
        self._nursery.stdin.flush()
        answer = self._nursery.stdout.readline()
        assert answer, (self._folder / "nursery.log").read_text()
        return int(answer)


def _start_nursery(log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as said:
        nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.nursery"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
            env=worker_environment(), cwd=PROJECT,
        )  # fmt: skip
    assert nursery.stdout is not None
    assert nursery.stdout.readline() == b"ready\n", log.read_text()
    return nursery


def until(
    condition: Callable[[], bool],
    what: str,
    *,
    timeout_s: float = 20.0,
    said: Callable[[], str] | None = None,
) -> None:
    """Returns when the condition holds; raises when it does not within the time."""
    end = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not come within {timeout_s:g} s\n{said() if said else ''}")
        time.sleep(0.01)
