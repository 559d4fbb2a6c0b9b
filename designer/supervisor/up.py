"""Starts everything, says where it is, keeps it alive, and stops it on Ctrl-C."""

from __future__ import annotations

import argparse
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from designer import environment
from designer.embedded.locations import EmbeddedProblem
from designer.embedded.services import Services, services
from designer.supervisor.boot_record import BootRecord, schema_stamp
from designer.supervisor.ports import bind_free
from designer.supervisor.process import Backoff, Supervised

WORKER = (
    "-m celery -A designer worker -P threads -c 4 -Q drive,maintenance"
    " --without-gossip --without-mingle --without-heartbeat"
)
LOOPBACK = ("127.0.0.1", "::1")
# A worker first lets its runs reach the end of their steps.
STOP_GRACE_S = 25.0


def main(arguments: Sequence[str]) -> int:
    """`manage.py up [--port N] [--bind HOST]`. Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="manage.py up", description="Start Lockgate: services, web and worker."
    )
    parser.add_argument("--port", type=int, default=environment.read_int("PORT", 8000))
    parser.add_argument(
        "--bind", default=environment.read("BIND"), help="an address to listen on; default: loopback alone"
    )
    options = parser.parse_args(arguments)
    # Set by hand: a shell starts background jobs with SIGINT ignored, and Python then leaves it so.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        with services(environment.data_dir()) as found:
            _run(found, options.port, (options.bind,) if options.bind else LOOPBACK)
    except KeyboardInterrupt:
        say("Stopped.")
    except (EmbeddedProblem, OSError) as problem:
        print(f"Lockgate cannot start: {problem}", file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as problem:
        print(f"Lockgate cannot start: `{' '.join(problem.cmd[1:])}` failed; see above.", file=sys.stderr)
        return 1
    return 0


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _run(found: Services, wanted_port: int, hosts: tuple[str, ...]) -> None:
    port, sockets = bind_free(wanted_port, hosts)
    if port != wanted_port:
        say(f"Port {wanted_port} is taken; using {port}.")
    env = {**found.environment(), "PORT": str(port), "PYTHONUNBUFFERED": "1"}
    found.announce(port)
    _prepare_database(found, env)
    children = _children(found.data_dir, env, sockets)
    try:
        for child in children:
            child.start()
        _wait_until_ready(probe_of(sockets[0]), children)
        _greet(found.data_dir, address_of(hosts, port))
        _warn(probe_of(sockets[0]))
        _watch(found, children)
    finally:
        for child in children:
            child.ask_to_stop()
        for child in children:
            child.stop(grace_s=STOP_GRACE_S)


def _children(data_dir: Path, env: dict[str, str], sockets: list[socket.socket]) -> list[Supervised]:
    fds = [each.fileno() for each in sockets]
    web = [sys.executable, "-m", "designer.web", *(str(fd) for fd in fds)]
    logs = data_dir / "logs"
    return [
        Supervised("web", web, env=env, log=logs / "web.log", pass_fds=fds),
        Supervised("worker", [sys.executable, *WORKER.split()], env=env, log=logs / "worker.log"),
    ]


def _prepare_database(found: Services, env: dict[str, str]) -> None:
    """Migrates when the tree changed, and fills the demo workspace once, on an empty embedded database."""
    record, stamp = BootRecord(found.database_url), schema_stamp(environment.PROJECT_DIR)
    known = record.read()
    if known.get("schema") != stamp:
        first_start = found.is_embedded_database and record.is_empty_database()
        if first_start:
            record.write(demo="pending")
            known["demo"] = "pending"
        _manage(env, "migrate", "--no-input", "--verbosity", "0")
        record.write(schema=stamp)
    if known.get("demo") == "pending":
        _manage(env, "demo")
        record.write(demo="done")


def _manage(env: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, str(environment.PROJECT_DIR / "manage.py"), *arguments], env=env, check=True
    )


def _wait_until_ready(
    probe: urllib.request.Request, children: list[Supervised], deadline_s: float = 60.0
) -> None:
    until = time.monotonic() + deadline_s
    while time.monotonic() < until:
        for child in children:
            child.keep_alive(say)
        if _is_ready(probe):
            return
        time.sleep(0.1)
    logs = ", ".join(str(child.log) for child in children)
    raise EmbeddedProblem(f"it did not become ready within {deadline_s:.0f} s. Look into {logs}.")


def probe_of(bound: socket.socket) -> urllib.request.Request:
    """Asks for `/readyz` where the product listens, under a host name that it answers to."""
    host, port = bound.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - it is being replaced
    address = f"[{host}]" if ":" in host else host
    allowed = environment.read_list("ALLOWED_HOSTS", "localhost") or ["localhost"]
    name = "localhost" if allowed[0] == "*" else allowed[0].lstrip(".")
    return urllib.request.Request(f"http://{address}:{port}/readyz", headers={"Host": name})


def _is_ready(probe: urllib.request.Request) -> bool:
    try:
        with urllib.request.urlopen(probe, timeout=5) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def address_of(hosts: tuple[str, ...], port: int) -> str:
    """What a person types: `localhost` on loopback, which browsers trust, else the address asked for."""
    host = "localhost" if hosts == LOOPBACK else hosts[0]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _greet(data_dir: Path, address: str) -> None:
    say(f"Lockgate is ready: {address}")
    sign_in = data_dir / "first-sign-in.txt"
    if sign_in.exists():
        say(f"The demo owner's sign-in is in {sign_in}.")
    say("Ctrl-C stops it.")


def _warn(probe: urllib.request.Request) -> None:
    """Of what does not keep it from being ready."""
    try:
        with urllib.request.urlopen(probe, timeout=5) as answer:  # noqa: S310 - our own address
            told = json.load(answer).get("credentials")
    except (OSError, ValueError):
        return
    if told not in (None, "ok"):
        say(f"Warning: {told}.")


def _watch(found: Services, children: list[Supervised]) -> None:
    backoff = Backoff()
    backoff.started()
    while True:
        time.sleep(0.25)
        for child in children:
            child.keep_alive(say)
        for service in (found.postgres, found.valkey):
            process = service.process if service is not None else None
            if service and process and process.poll() is not None and backoff.may_start():
                say(f"{type(service).__name__} ended with {process.returncode}; started again")
                service.spawn()
                backoff.started()


def say(text: str) -> None:
    print(text, flush=True)
