"""Ctrl-C and SIGTERM end a script at once, whatever it is doing, and leave nothing behind."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.guide.peer import Peer
from tests.guide.running import SCRIPTS, start

AT_ONCE_S = 4.0  # on a machine that does much else; alone it is 0.1 to 0.3 s
IN_A_PROCESS = {"sandbox", "async"}
WAYS = ["script", "thread", "sandbox", "inline", "http", "wait", "async", "pool"]


def descendants(pid: int) -> set[int]:
    """Processes below `pid`."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # The name in parentheses may hold anything; the parent is the second field behind it.
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (FileNotFoundError, ProcessLookupError):
                continue
    found: set[int] = set()
    while more := {child for child, parent in parents.items() if parent in {pid, *found}} - found:
        found |= more
    return found


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


@contextmanager
def begun(way: str, peer: Peer, *more: str) -> Iterator[subprocess.Popen[Any]]:
    url = peer.url(f"{way}/wait=600")
    with start(SCRIPTS / "endless.py", way, url, *more, EGRESS_ALLOW=peer.address) as script:
        try:
            assert script.stdout is not None
            assert script.stdout.readline() == "begun\n"
            wait_until(lambda: way not in IN_A_PROCESS or bool(descendants(script.pid)))
            yield script
        finally:
            script.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
@pytest.mark.parametrize("way", WAYS)
def test_a_script_ends_at_once_with_one_line(way: str, number: signal.Signals, peer: Peer) -> None:
    with begun(way, peer) as script:
        children = descendants(script.pid)
        sent = time.monotonic()
        script.send_signal(number)
        out, err = script.communicate(timeout=30)

    assert time.monotonic() - sent < AT_ONCE_S
    assert (out, err) == ("", f"Stopped by {'Ctrl-C' if number is signal.SIGINT else 'SIGTERM'}.\n")
    assert script.returncode == 128 + number
    wait_until(lambda: not any(map(is_alive, children)))
    assert [child for child in children if is_alive(child)] == []


@pytest.mark.parametrize("way", ["sandbox", "async"])
def test_a_stopped_run_with_a_journal_is_left_to_the_next_one(way: str, peer: Peer, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with begun(way, peer, str(journal)) as script:
        script.send_signal(signal.SIGTERM)
        script.communicate(timeout=30)

    types = [json.loads(line).get("type") for line in journal.read_text("utf-8").splitlines()]
    assert types == [None, "run.started", "node.started"]
