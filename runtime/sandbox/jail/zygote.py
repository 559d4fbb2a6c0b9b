"""The zygote: a small clean process that preloads modules, locks itself in and forks children.

Started by the host as `python -I -S -B -c BOOTSTRAP FOLDER OPTIONS` with an empty environment. The
control socket (SOCK_SEQPACKET) carries JSON: `{"spawn": id, "memory_mb", "cpu_s"}` with the child's
socket attached, `{"kill": id}`; back come `{"loading": package}`, one greeting, and
`{"id", "status", "cpu_s", "peak_mb"}` as children end.
"""

from __future__ import annotations

import gc
import json
import os
import random
import select
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from . import landlock, libc, limits, namespaces, preload, syscalls
from .child import ChildLimits, become_child
from .packages import Packages, Unloadable, preload_packages
from .sdk import preload_sdk
from .seccomp import Filter

_MAX_CONTROL: Final = 65536
_PACKAGE_FOLDERS: Final = ("site-packages", "dist-packages")


@dataclass(slots=True)
class Lockdown:
    """What could be enforced, and the prepared pieces that each child applies to itself."""

    landlock_abi: int = 0
    namespaces: tuple[str, ...] = ()
    private_tree: bool = False
    notes: list[str] = field(default_factory=list)
    ruleset: landlock.Ruleset | None = None
    filter: Filter | None = None

    def enforce(self) -> None:
        """Locks the calling process in for author code."""
        if self.ruleset is not None:
            self.ruleset.enforce()
        if self.filter is not None:
            self.filter.enforce()


def run_zygote(options: dict[str, Any]) -> None:
    """Serves until the host closes the control socket or dies. Does not return."""
    control = socket.socket(fileno=int(options["control"]))
    host = _watch_host(int(options["host_pid"]))
    packages = _load_packages(control, options)
    os.environ.clear()
    base_bytes = limits.address_space() if sys.platform == "linux" else 0
    lockdown = _lock_down(packages.entries, control)
    gc.collect()
    gc.freeze()
    _Zygote(control, host, lockdown, base_bytes, packages, options).serve()


def _load_packages(control: socket.socket, options: dict[str, Any]) -> Packages:
    def tell(name: str) -> None:
        control.send(json.dumps({"loading": name}).encode())

    try:
        preload.preload_standard()
        preload_sdk(options["project"])
        return preload_packages(
            options["packages"], options["search"], failures=options["package_failures"], tell=tell
        )
    except ImportError as error:
        control.send(json.dumps({"failed": str(error)}).encode())
    except Unloadable as error:
        control.send(json.dumps({"unloadable": error.name, "reason": error.reason}).encode())
    os._exit(1)


def _watch_host(host_pid: int) -> int | None:
    """A descriptor that turns readable when the host ends."""
    if not hasattr(os, "pidfd_open"):
        return None
    if os.getppid() != host_pid:
        os._exit(0)
    try:
        return os.pidfd_open(host_pid)
    except OSError:
        return None


def _lock_down(packages: Sequence[str], control: socket.socket) -> Lockdown:
    lockdown = Lockdown()
    if sys.platform != "linux":
        lockdown.notes.append("only Linux offers Landlock and seccomp")
        return lockdown
    library = os.path.dirname(os.path.realpath(os.__file__))
    zones = _time_zones()
    readable = [library, *zones, *packages]
    hidden = [os.path.join(library, name) for name in _PACKAGE_FOLDERS]
    hidden = [
        path for path in hidden if os.path.isdir(path) and not any(p.startswith(path + "/") for p in packages)
    ]
    _enter_namespaces(lockdown, readable, hidden)
    if "pid" in lockdown.namespaces:
        _become_first_process(control)
    libc.prctl(libc.PR_SET_DUMPABLE, 0)
    if lockdown.namespaces:
        libc.drop_capabilities()
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)
    lockdown.landlock_abi = landlock.abi()
    if lockdown.landlock_abi:
        lockdown.ruleset = _ruleset(lockdown.landlock_abi, library, [*zones, *packages])
    else:
        lockdown.notes.append("the kernel has no Landlock")
    if libc.MACHINE in syscalls.TABLES:
        lockdown.filter = Filter(libc.MACHINE)
    else:
        lockdown.notes.append(f"no system call table for {libc.MACHINE}")
    return lockdown


def _time_zones() -> list[str]:
    folder = "/usr/share/zoneinfo"
    return [folder] if os.path.isdir(folder) else []


def _enter_namespaces(lockdown: Lockdown, readable: Sequence[str], hidden: Sequence[str]) -> None:
    try:
        lockdown.namespaces = namespaces.enter()
    except OSError as error:
        lockdown.notes.append(f"namespaces: {error}")
        return
    if "mount" in lockdown.namespaces:
        try:
            namespaces.enter_private_tree([os.path.realpath(path) for path in readable], hidden)
            lockdown.private_tree = True
        except (OSError, StopIteration) as error:
            lockdown.notes.append(f"private file tree: {error}")


def _ruleset(version: int, library: str, others: Sequence[str]) -> landlock.Ruleset:
    ruleset = landlock.Ruleset(version)
    ruleset.allow_tree(library, hidden=_PACKAGE_FOLDERS)
    for path in others:
        ruleset.allow(path, landlock.READ_FILE | landlock.READ_DIR)
    return ruleset


def _become_first_process(control: socket.socket) -> None:
    """Goes on as process 1 of the new namespace: when it ends, the kernel ends all its children.

    The original process stays behind, because the host knows it, and ends with process 1.
    """
    first = os.fork()
    if first:
        control.close()
        _, status = os.waitpid(first, 0)
        os._exit(0 if status == 0 else 1)
    libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)


class _Zygote:
    def __init__(
        self,
        control: socket.socket,
        host: int | None,
        lockdown: Lockdown,
        base_bytes: int,
        packages: Packages,
        options: dict[str, Any],
    ) -> None:
        self._control = control
        self._host = host
        self._lockdown = lockdown
        self._base_bytes = base_bytes
        self._packages = packages
        self._options = options
        self._ids: dict[int, int] = {}
        self._wake, self._waker = os.pipe()

    def serve(self) -> None:
        for descriptor in (self._wake, self._waker):
            os.set_blocking(descriptor, False)
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)
        self._greet()
        poll = select.poll()
        for watched in (self._control.fileno(), self._wake, self._host):
            if watched is not None:
                poll.register(watched, select.POLLIN)
        while True:
            for descriptor, _ in poll.poll():
                if descriptor == self._host:
                    self._end()
                elif descriptor == self._wake:
                    os.read(self._wake, 4096)
                    self._reap()
                else:
                    self._obey()

    def _greet(self) -> None:
        lockdown = self._lockdown
        refused = self._probe()
        greeting = {
            "landlock_abi": lockdown.landlock_abi,
            "seccomp": lockdown.filter is not None and "syscalls" in refused,
            "files": "files" in refused,
            "network": "network" in refused,
            "processes": "processes" in refused,
            "namespaces": lockdown.namespaces,
            "private_tree": lockdown.private_tree,
            "notes": lockdown.notes,
            "packages": self._packages.versions,
            "package_failures": self._packages.failures,
        }
        self._control.send(json.dumps(greeting).encode())

    def _probe(self) -> list[str]:
        """What a locked-in child really cannot do: tried, not assumed."""
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                self._lockdown.enforce()
                os.write(
                    writing,
                    json.dumps([name for name, attempt in _ATTEMPTS.items() if _fails(attempt)]).encode(),
                )
            finally:
                os._exit(0)
        os.close(writing)
        answer = os.read(reading, 4096)
        os.close(reading)
        os.waitpid(pid, 0)
        if not answer:
            self._lockdown.notes.append("a locked-in child could not answer")
        return list(json.loads(answer)) if answer else []

    def _obey(self) -> None:
        try:
            data, descriptors, _, _ = socket.recv_fds(self._control, _MAX_CONTROL, 1)
        except ConnectionResetError:
            data, descriptors = b"", []
        if not data:
            self._end()
        order = json.loads(data)
        if "kill" in order:
            for pid, number in self._ids.items():
                if number == order["kill"]:
                    os.kill(pid, signal.SIGKILL)
            return
        self._spawn(order, descriptors[0])

    def _spawn(self, order: dict[str, Any], channel: int) -> None:
        try:
            pid = os.fork()
        except OSError as error:
            os.close(channel)
            self._tell({"id": order["spawn"], "status": None, "error": str(error)})
            return
        if pid == 0:
            try:
                self._run_child(order, channel)
            finally:
                os._exit(70)
        os.close(channel)
        self._ids[pid] = order["spawn"]

    def _run_child(self, order: dict[str, Any], channel: int) -> None:
        if "pid" not in self._lockdown.namespaces and sys.platform == "linux":
            libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL)
        bounds = ChildLimits(
            memory_mb=order["memory_mb"],
            cpu_s=order["cpu_s"],
            base_bytes=self._base_bytes,
            output_chars=self._options["output_chars"],
        )
        gc.enable()
        random.seed()
        become_child(channel, bounds, self._lockdown.enforce)
        os._exit(0)

    def _reap(self) -> None:
        while True:
            try:
                pid, status, used = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            number = self._ids.pop(pid, None)
            if number is not None:
                self._tell(
                    {
                        "id": number,
                        "status": os.waitstatus_to_exitcode(status),
                        "cpu_s": used.ru_utime + used.ru_stime,
                        "peak_mb": used.ru_maxrss / 1024,
                    }
                )

    def _tell(self, message: dict[str, Any]) -> None:
        try:
            self._control.send(json.dumps(message).encode())
        except OSError:
            self._end()

    def _end(self) -> None:
        for pid in self._ids:
            os.kill(pid, signal.SIGKILL)
        os._exit(0)


def _fails(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return True
    return False


def _open_outside() -> None:
    for path in ("/etc/passwd", "/proc/self/status", "/proc/1/status", "/"):
        try:
            descriptor = os.open(path, os.O_RDONLY)
            os.read(descriptor, 1)
            return
        except IsADirectoryError:
            os.listdir(path)
            return
        except OSError:
            continue
    raise PermissionError("nothing outside is readable")


def _fork_and_exit() -> None:
    if os.fork() == 0:
        os._exit(0)


_ATTEMPTS: Final[dict[str, Callable[[], object]]] = {
    "files": _open_outside,
    "network": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "processes": _fork_and_exit,
    "syscalls": lambda: os.getpgid(0),
}
