"""One sandbox for the folder, and canaries outside it that no code may touch."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from runtime.sandbox import Sandbox, SandboxSettings

SECRET = "canary-6b1f"


@dataclass(frozen=True)
class Canary:
    """A file, a process, a listening port, an abstract socket and an environment variable of the host."""

    file: Path
    process: subprocess.Popen[bytes]
    listener: socket.socket
    abstract: socket.socket

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def assert_intact(self) -> None:
        assert self.file.read_text() == SECRET
        assert [entry.name for entry in self.file.parent.iterdir()] == [self.file.name]
        assert self.process.poll() is None
        for server in (self.listener, self.abstract):
            with pytest.raises(BlockingIOError):
                server.accept()


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(SandboxSettings(max_result_bytes=4 << 20, max_output_chars=64 << 10))
    assert made.report().isolated, made.report().reason
    yield made
    made.close()


@pytest.fixture(scope="session")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canary]:
    file = tmp_path_factory.mktemp("canary") / "secret.txt"
    file.write_text(SECRET)
    os.environ["LOCKGATE_CANARY"] = SECRET
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    listener, abstract = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
    abstract.bind(b"\0lockgate-canary-%d" % os.getpid())
    abstract.listen()
    for server in (listener, abstract):
        server.setblocking(False)
    try:
        yield Canary(file, process, listener, abstract)
    finally:
        del os.environ["LOCKGATE_CANARY"]
        for server in (listener, abstract):
            server.close()
        process.kill()
        process.wait()
