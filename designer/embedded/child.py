"""Child processes that die with their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

_LIBC = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1
_CLONE_NEWUSER = 0x10000000
_NOBODY = 65534


def spawn(
    command: Sequence[str],
    *,
    log: IO[bytes] | None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    as_nobody: bool = False,
    pass_fds: Sequence[int] = (),
    death_signal: int = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Starts `command` in a session of its own; the kernel sends it `death_signal` when this process ends.

    `as_nobody` maps uid 0 to an unprivileged one inside a new user namespace: PostgreSQL refuses to run
    as root, and this needs neither a system user nor changed file modes. Call from the main thread: the
    kernel's parent-death signal follows the thread that spawned.
    """
    return subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT if log else None,
        env=None if env is None else dict(env),
        cwd=cwd,
        pass_fds=tuple(pass_fds),
        start_new_session=True,
        preexec_fn=_preparation(as_nobody, death_signal, os.getpid()),
    )


def _preparation(as_nobody: bool, death_signal: int, parent: int) -> Callable[[], None]:
    uid, gid = os.geteuid(), os.getegid()

    def prepare() -> None:
        if as_nobody:
            _enter_user_namespace(uid, gid)
        # After unshare, which clears it.
        if _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
        if os.getppid() != parent:
            os._exit(1)

    return prepare


def _enter_user_namespace(uid: int, gid: int) -> None:
    if _LIBC.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare(CLONE_NEWUSER)")
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{_NOBODY} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{_NOBODY} {gid} 1", encoding="ascii")


def stop(process: subprocess.Popen[bytes], *, first: int = signal.SIGTERM, grace_s: float = 10.0) -> int:
    """Ends a child: `first`, then SIGKILL to its whole session after `grace_s`. Returns its exit code."""
    if process.poll() is None:
        process.send_signal(first)
        try:
            process.wait(grace_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(5)
    return process.returncode
