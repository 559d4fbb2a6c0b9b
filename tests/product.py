"""The whole product as a user starts it: `manage.py up` in a `DATA_DIR` of its own, on a free port."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
# What the test stack or the developer's shell set must not reach the product under test.
FOREIGN = {
    *("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "PORT", "EMAIL_URL", "EGRESS_ALLOW"),
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    *("LOCKGATE_EMBEDDED", "LOCKGATE_TEST_STACK", "CHANNEL_PREFIX", "CELERY_QUEUE_PREFIX"),
}


@dataclass
class Product:
    """`start()`, `stop()` and `kill_everything()`; `url` while it runs."""

    data_dir: Path
    port: int = 0
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    started_in_s: float = 0.0

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.data_dir.parent / f"{self.data_dir.name}-up.log"

    def env(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in FOREIGN}
        return {**kept, **self.environment, "DATA_DIR": str(self.data_dir)}

    def start(self, deadline_s: float = 180.0) -> None:
        began = time.monotonic()
        self.port = self.port or free_port()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(PROJECT / "manage.py"), "up", "--port", str(self.port)],
                env=self.env(), stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() - began > deadline_s:
                raise AssertionError(f"the product did not start:\n{self.said()}")
            time.sleep(0.1)
        self.started_in_s = time.monotonic() - began

    def is_ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def said(self) -> str:
        logs = [self.log, *sorted((self.data_dir / "logs").glob("*.log"))]
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-3000:]}" for path in logs if path.exists()
        )

    def sign_in(self) -> tuple[str, str]:
        """(e-mail, password) of the demo's owner, as printed on the first start."""
        text = (self.data_dir / "first-sign-in.txt").read_text(encoding="utf-8")
        email = re.search(r"\S+@demo\.local", text)
        password = re.search(r"[Pp]assword:?\s+(\S+)", text)
        assert email and password, text
        return email.group(), password.group(1)

    def manage(self, *arguments: str) -> str:
        """Runs a management command beside the running product; returns what it printed."""
        done = subprocess.run(
            [sys.executable, str(PROJECT / "manage.py"), *arguments],
            env=self.env(), capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def token(self, user: str = "owner@demo.local") -> str:
        return self.manage("create_token", user).strip().splitlines()[-1]

    def api(
        self, method: str, path: str, *, token: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Any:
        """The JSON answer of `/api/v1/<path>`."""
        request = urllib.request.Request(
            f"{self.url}/api/v1/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {token}",
                "Content-Type": "application/json",
                **(headers or {}),
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def children(self) -> dict[int, str]:
        """Every process below the supervisor: pid -> command line."""
        return descendants(self.process.pid) if self.process else {}

    def stop(self) -> None:
        """Ctrl-C."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(40)

    def kill_everything(self) -> None:
        """SIGKILL to the supervisor and all below it at once, as a power cut would."""
        assert self.process is not None
        for pid in [self.process.pid, *self.children()]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def descendants(pid: int) -> dict[int, str]:
    """From /proc: all processes whose ancestor is `pid`."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            parents[int(entry.name)] = int(fields[1])
            commands[int(entry.name)] = (
                (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            )
    found: dict[int, str] = {}
    fresh = {pid}
    while fresh:
        fresh = {child for child, parent in parents.items() if parent in fresh and child not in found}
        found.update({child: commands.get(child, "") for child in fresh})
    return found
