"""Services, a tenant and workers for benchmarks, in a folder that is removed afterwards."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WORKER = (
    *("-m", "celery", "-A", "designer", "worker", "-P", "threads", "-Q", "drive,maintenance"),
    *("--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "error"),
)


@contextmanager
def stack() -> Iterator[None]:
    """PostgreSQL (with fsync) and Valkey of its own; Django is set up and migrated inside."""
    from designer.embedded.services import services

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "designer.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    with (
        tempfile.TemporaryDirectory(prefix="lockgate-bench-") as folder,
        services(Path(folder) / "data") as found,
    ):
        os.environ.update(found.variables())
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield


@contextmanager
def worker() -> Iterator[None]:
    """A real worker process, ready for runs."""
    from runtime.models import Host

    process = subprocess.Popen(
        [sys.executable, *WORKER], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 60
        while not Host.objects.filter(stopped_at=None).exists():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the worker did not start")
            time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(40)


@contextmanager
def web_server() -> Iterator[int]:
    """A real web process; its port."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listening:
        port = int(listening.getsockname()[1])
        process = subprocess.Popen(
            [sys.executable, "-m", "designer.web", str(listening.fileno())], pass_fds=[listening.fileno()]
        )
    try:
        yield port
    finally:
        process.terminate()
        process.wait(20)
