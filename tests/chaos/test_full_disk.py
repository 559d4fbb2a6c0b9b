"""The disk of the database is full: runs wait for room, and what was recorded stays."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import User
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import in_a_row, step
from tests.chaos.hosts import Workers, until
from tests.chaos.invariants import check_runs, wait_until_ended

MB = 1 << 20


@pytest.fixture
def small_disk(tmp_path: Path, workers: Workers) -> Iterator[Path]:
    """A filesystem of 24 MiB with the tables of events, lines and values on it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", str(folder)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if mounted.returncode:
        pytest.skip(f"a filesystem of its own needs root: {mounted.stderr.strip()}")
    try:
        (folder / "tables").mkdir(mode=0o700)
        yield from _with_tables_on(folder)
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _with_tables_on(folder: Path) -> Iterator[Path]:
    tables = ("run_event", "run_log", "blob")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLESPACE small LOCATION '{folder / 'tables'}'")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} SET TABLESPACE small")
    yield folder
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
        cursor.execute("DROP TABLESPACE small")


@pytest.mark.chaos
@pytest.mark.parametrize("victim", ["nobody", "worker"])
def test_runs_go_on_when_there_is_room_again(
    victim: str, make_run: RunMaker, workers: Workers, user: User, small_disk: Path
) -> None:
    runs = [
        make_run(in_a_row([step(name, seconds=0.05, is_large=True) for name in "abcdefgh"])) for _ in range(3)
    ]
    filler = small_disk / "filler"
    fill(filler, small_disk)

    worker = workers.start()
    until(lambda: "tried again" in worker.said(), "a refused commit", said=worker.said)
    if victim == "worker":
        worker.kill()
        worker.expire()
        worker = workers.start()
        time.sleep(0.5)
    filler.unlink()
    wait_until_ended(said=worker.said)

    check_runs(runs, user)
    assert {run.status for run in runs} == {"succeeded"}
    workers.end_all()


def fill(filler: Path, disk: Path) -> None:
    """To the last byte."""
    handle = os.open(filler, os.O_WRONLY | os.O_CREAT)
    try:
        while True:
            os.write(handle, b"x" * (MB // 16))
    except OSError:
        facts = os.statvfs(disk)
        assert facts.f_bavail * facts.f_frsize < MB // 8
    finally:
        os.close(handle)
