"""Where the embedded services keep their files, and how others find them while they run."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path


class EmbeddedProblem(RuntimeError):
    """An embedded service cannot be used: what happened and what to do."""


@dataclass(frozen=True, slots=True)
class Running:
    """What `DATA_DIR/runtime.json` says of the services that run now."""

    pid: int
    database_url: str
    redis_url: str
    port: int | None = None


def socket_dir(data_dir: Path) -> Path:
    """A short private folder for unix sockets, whose paths may have 100 characters at most.

    Named from uid and `data_dir`, so that two clones never meet. Raises `EmbeddedProblem` when
    somebody else made it.
    """
    name = hashlib.sha256(f"{os.getuid()}:{data_dir}".encode()).hexdigest()[:16]
    parent = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    if len(parent) > 60 or not os.access(parent, os.W_OK):
        parent = "/tmp"  # noqa: S108 - the folder made below is private, and its owner is checked
    path = Path(parent) / f"lockgate-{name}"
    path.mkdir(mode=0o700, exist_ok=True)
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid() or facts.st_mode & 0o077:
        raise EmbeddedProblem(f"{path} is not a private folder of this user. Remove it and start again.")
    return path


@contextmanager
def exclusive(data_dir: Path) -> Iterator[None]:
    """Holds `data_dir` for this process. Raises `EmbeddedProblem` when another process holds it."""
    data_dir.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(0o700)
    with open(data_dir / "lock", "a+", encoding="utf-8") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedProblem(
                f"{data_dir} is in use by another Lockgate. Stop it first, or set DATA_DIR to another folder."
            ) from None
        yield


def write_running(data_dir: Path, running: Running) -> None:
    path = data_dir / "runtime.json"
    draft = path.with_suffix(".new")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as handle:
        json.dump(asdict(running), handle)
    draft.replace(path)


def forget_running(data_dir: Path) -> None:
    (data_dir / "runtime.json").unlink(missing_ok=True)


def find_running(data_dir: Path) -> Running | None:
    """The services that run on `data_dir` now, or None. A left-over file of a dead process counts as none."""
    try:
        facts = json.loads((data_dir / "runtime.json").read_text(encoding="utf-8"))
        running = Running(**facts)
    except (OSError, ValueError, TypeError):
        return None
    return running if _is_held(data_dir) else None


def _is_held(data_dir: Path) -> bool:
    try:
        with open(data_dir / "lock", "a+", encoding="utf-8") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
