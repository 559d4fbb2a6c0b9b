"""What `/healthz` and `/readyz` of a real web process say while servers and workers are really stopped."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from designer.embedded.postgres import Postgres
from designer.embedded.valkey import Valkey
from runtime.models import Host
from tests.chaos.conftest import RunMaker
from tests.chaos.hosts import Workers, until
from tests.chaos.invariants import check_run, wait_until_ended
from tests.chaos.report import report
from tests.chaos.test_servers import OWN, bring_back, drop_dead, postgres, valkey
from tests.chaos.worker_environment import worker_environment
from tests.chaos.workers import COMMAND

__all__ = ["postgres", "valkey"]
pytestmark = [OWN, pytest.mark.chaos]
# The product gives up on a check after 3 s; on a busy machine the answer takes longer.
LONGEST_ANSWER_S = 6.0


@dataclass
class Web:
    port: int
    log: Path

    def ask(self, path: str = "/readyz", longest_s: float = LONGEST_ANSWER_S) -> tuple[int, dict[str, Any]]:
        began = time.monotonic()
        try:
            address = f"http://127.0.0.1:{self.port}{path}"
            with urllib.request.urlopen(address, timeout=max(20, longest_s)) as answer:
                found = answer.status, json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                found = refusal.code, json.load(refusal)
        assert time.monotonic() - began < longest_s
        return found

    def missing(self) -> dict[str, str]:
        """What it says is missing; its status says the same, and the process is alive all the time."""
        status, body = self.ask()
        missing = {name: told for name, told in body["checks"].items() if told != "ok"}
        assert status == (503 if missing else 200)
        assert body["status"] == ("not ready" if missing else "ok")
        assert self.ask("/healthz") == (200, {"status": "ok"})
        return missing

    def wait_for(self, missing: set[str]) -> dict[str, str]:
        until(lambda: self.missing().keys() == missing, f"{missing or 'readiness'}", said=self.said)
        return self.missing()

    def said(self) -> str:
        return f"{self.ask()}\n{self.log.read_text()}"


@pytest.fixture
def web(workers: Workers, tmp_path: Path) -> Iterator[Web]:
    with socket.create_server(("127.0.0.1", 0)) as bound, (tmp_path / "web.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "designer.web", str(bound.fileno())],
            env=worker_environment(), pass_fds=[bound.fileno()], stdout=log, stderr=log,
        )  # fmt: skip
        started = Web(bound.getsockname()[1], tmp_path / "web.log")
        try:
            started.ask(longest_s=90)  # it imports what it needs
            yield started
        finally:
            process.terminate()
            process.wait(20)


def test_ready_as_long_as_a_worker_lives(workers: Workers, web: Web) -> None:
    assert web.wait_for({"workers"}) == {"workers": "no worker is alive"}

    first = workers.start()
    web.wait_for(set())
    first.kill()
    web.wait_for({"workers"})
    second = workers.start()
    web.wait_for(set())
    second.stop()

    assert web.missing() == {"workers": "no worker is alive"}, web.said()


def test_ready_tells_of_slots_and_of_one_that_hangs(workers: Workers, web: Web) -> None:
    first, second = workers.start(settings={"RUN_SLOTS": 3}), workers.start(settings={"RUN_SLOTS": 4})
    both = web.ask()[1]

    first.signal(19)  # stopped, not dead: its lease runs out all the same
    until(lambda: web.ask()[1]["slots"] == 4, "the end of a lease", said=web.said)

    assert (both["slots"], both["free_slots"]) == (7, 7)
    assert web.missing() == {}
    second.kill()
    web.wait_for({"workers"})


def test_ready_as_long_as_the_database_answers(workers: Workers, web: Web, postgres: Postgres) -> None:
    worker = workers.start()
    web.wait_for(set())

    drop_dead(postgres)
    said = web.wait_for({"database", "migrations", "workers"} - known_for_good(web))
    bring_back(postgres)

    assert said["database"] in ("the database does not answer", "no answer within 3 s")
    web.wait_for(set())
    assert worker.is_alive()


def known_for_good(web: Web) -> set[str]:
    """A process that has seen that no migration waits does not ask again."""
    return {"migrations"} - web.missing().keys()


def test_ready_as_long_as_the_broker_keeps_what_it_is_told(
    workers: Workers, web: Web, valkey: Valkey
) -> None:
    workers.start()
    web.wait_for(set())

    assert valkey.process is not None
    report().server_stops += 1
    valkey.process.kill()
    valkey.process.wait(10)
    said = web.wait_for({"broker"})
    valkey.spawn()
    valkey.wait()

    assert said == {"broker": "the broker does not answer"}
    web.wait_for(set())


def test_a_worker_that_starts_without_the_database_ends(
    workers: Workers, postgres: Postgres, tmp_path: Path
) -> None:
    """Whoever looks after processes starts it again; as a worker without a host it would wait for ever."""
    environment, log = worker_environment(), tmp_path / "worker.log"
    drop_dead(postgres)
    with log.open("wb") as said:
        worker = subprocess.Popen([sys.executable, *COMMAND], env=environment, stdout=said, stderr=said)
    try:
        worker.wait(90)
    finally:
        worker.kill()
        worker.wait(10)
        bring_back(postgres)

    assert "its host did not start" in log.read_text()
    assert "Signal handler" not in log.read_text(), "the rest of the worker is stopped as well"
    assert not Host.objects.exists()


def test_a_worker_that_starts_without_the_broker_drives_runs(
    make_run: RunMaker, workers: Workers, user: User, valkey: Valkey, tmp_path: Path
) -> None:
    rest = {"nodes": [{"id": "rest", "type": "WaitNode", "config": {"seconds": 0.1}}], "connections": []}
    run, log = make_run(rest), tmp_path / "worker.log"
    assert valkey.process is not None
    report().server_stops += 1
    valkey.process.kill()
    valkey.process.wait(10)

    with log.open("wb") as said:
        worker = subprocess.Popen(
            [sys.executable, *COMMAND], env=worker_environment(), stdout=said, stderr=said
        )
    try:
        wait_until_ended(said=log.read_text)
    finally:
        worker.terminate()
        worker.wait(40)

    check_run(run, user)
    assert "Cannot connect to redis" in log.read_text()
    assert Host.objects.get().stopped_at is not None, "it has drained"
