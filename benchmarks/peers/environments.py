"""A virtual environment for a peer, and what its script measures in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
FOLDER = _HERE.parent.parent / ".bench"
_INSTALL_S, _MEASURE_S = 120, 60


class PeerUnavailable(Exception):
    """The peer cannot be installed or does not run here; the message says why."""


def measured(package: str, script: str = "", **variables: str) -> dict[str, Any]:
    """What `<package>_peer.py` (or `<script>_peer.py`) prints in that package's own environment, with
    `variables` set."""
    path = _HERE / f"{script or package}_peer.py"
    with tempfile.TemporaryDirectory(prefix="lockgate-peer-") as home:
        # Whatever the peer writes for itself goes there; it reports its use to nobody.
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": home, "DO_NOT_TRACK": "1", **variables}
        output = _run([str(python_of(package)), str(path)], _MEASURE_S, package, environment)
    found: dict[str, Any] = json.loads(output.splitlines()[-1])
    return found


def python_of(package: str) -> Path:
    """The interpreter of the environment, made when it is not there. Raises `PeerUnavailable`."""
    python = FOLDER / package / "bin" / "python"
    done = FOLDER / f"{package}.installed"
    if not done.exists():
        uv = str(Path(sys.executable).parent / "uv")
        _run(
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(FOLDER / package)], 30, package
        )
        _run([uv, "pip", "install", "--quiet", "--python", str(python), package], _INSTALL_S, package)
        done.touch()
    return python


def _run(command: list[str], limit_s: float, package: str, environment: dict[str, str] | None = None) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=limit_s, env=environment, check=True
        )
    except subprocess.TimeoutExpired as error:
        raise PeerUnavailable(f"{package}: {Path(command[1]).name} took longer than {limit_s:g} s") from error
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no message"])[-1]
        raise PeerUnavailable(f"{package}: {last[:200]}") from error
    except OSError as error:
        raise PeerUnavailable(f"{package}: {error}") from error
    return done.stdout
