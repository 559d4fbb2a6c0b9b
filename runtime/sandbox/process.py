"""The host's hold on the zygote process: start, fork a child, kill one, learn how one ended."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final

from runtime.sandbox.metering import Meter
from runtime.sandbox.settings import PackageState, SandboxReport, SandboxSettings

_BOOTSTRAP: Final = (
    "import sys, json; sys.path.insert(0, sys.argv[1]); import jail.zygote as z; sys.path.pop(0); "
    "z.run_zygote(json.loads(sys.argv[2]))"
)
_PROJECT: Final = Path(__file__).resolve().parents[2]
_MAX_CONTROL: Final = 65536
# A child may start no thread, so numeric libraries must not have a pool of them.
_ONE_THREAD: Final = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "BLIS_NUM_THREADS": "1",
    "NUMEXPR_MAX_THREADS": "1",
}


class ZygoteFailed(Exception):
    """The zygote did not start; the message says why."""


class PackageUnloadable(ZygoteFailed):
    """The zygote cannot go on after loading `package`; it starts without it."""

    def __init__(self, package: str, reason: str) -> None:
        super().__init__(f"the package {package!r} cannot be loaded: {reason}")
        self.package = package
        self.reason = reason


class ChildProcess:
    """One child: its socket, and a future of its exit status (negative: the signal; None: unknown)."""

    __slots__ = (
        *("calls", "cpu_left_s", "ended", "first_peak_mb", "interrupted"),
        *("meter", "number", "socket", "zygote"),
    )

    def __init__(
        self, zygote: ZygoteProcess, number: int, channel: socket.socket, *, memory_mb: int, cpu_s: int
    ) -> None:
        self.zygote = zygote
        self.meter = Meter(channel, memory_mb=memory_mb)
        self.number = number
        self.socket = channel
        self.ended: Future[int | None] = Future()
        self.calls = 0
        self.cpu_left_s = float(cpu_s)
        self.first_peak_mb: int | None = None
        self.interrupted = False

    def receive(self, size: int) -> bytes:
        """What the child has sent. Raises as `socket.recv`."""
        return self.meter.receive(self.socket, size)

    def interrupt(self) -> None:
        """Ends the process; whoever reads its socket sees the end of the stream."""
        self.interrupted = True
        self.zygote.kill(self)

    def retire(self) -> None:
        """Ends the process and closes its socket. Nobody may be using it any more."""
        self.socket.close()
        self.zygote.kill(self)


class ZygoteProcess:
    """A running zygote. `on_idle` is called about once a second from its own thread.

    `without` are packages that an earlier start could not load, with the reasons.
    Raises `ZygoteFailed`, as `PackageUnloadable` when a package was the cause.
    """

    def __init__(
        self, settings: SandboxSettings, on_idle: Callable[[], None], *, without: Mapping[str, str]
    ) -> None:
        self._on_idle = on_idle
        self._numbers = itertools.count(1)
        self._children: dict[int, ChildProcess] = {}
        self._lock = threading.Lock()
        self.alive = True
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                self._process = _start(settings, theirs, without)
            self.report = self._greeting(settings)
        except BaseException:
            self._control.close()
            raise
        self._control.settimeout(1.0)
        self._thread = threading.Thread(target=self._listen, name="sandbox-control", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def spawn(self, *, memory_mb: int, cpu_s: int) -> ChildProcess:
        """A new child. Raises `OSError` when the zygote is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            number = next(self._numbers)
            child = ChildProcess(self, number, ours, memory_mb=memory_mb, cpu_s=cpu_s)
            order = {"spawn": number, "memory_mb": memory_mb, "cpu_s": cpu_s}
            with self._lock:
                self._children[number] = child
            try:
                socket.send_fds(self._control, [json.dumps(order).encode()], [theirs.fileno()])
            except OSError:
                self.alive = False
                with self._lock:
                    self._children.pop(number, None)
                ours.close()
                raise
        ours.setblocking(False)
        return child

    def kill(self, child: ChildProcess) -> None:
        """Ends a child; a zygote that cannot be told is ended itself."""
        if child.ended.done():
            return
        try:
            self._control.send(json.dumps({"kill": child.number}).encode())
        except OSError:
            self.stop()

    def stop(self) -> None:
        """Ends the zygote and with it every child. Idempotent."""
        self.alive = False
        with contextlib.suppress(OSError):  # it may have ended by itself
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if threading.current_thread() is not self._thread:
            self._thread.join(timeout=5)

    def _greeting(self, settings: SandboxSettings) -> SandboxReport:
        self._control.settimeout(settings.start_timeout_s)
        try:
            greeting = self._first_message()
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise
        return SandboxReport(
            policy=settings.policy,
            landlock_abi=int(greeting["landlock_abi"]),
            seccomp=bool(greeting["seccomp"]),
            files_refused=bool(greeting["files"]),
            network_refused=bool(greeting["network"]),
            processes_refused=bool(greeting["processes"]),
            namespaces=tuple(greeting["namespaces"]),
            private_tree=bool(greeting["private_tree"]),
            notes=tuple(greeting["notes"]),
            packages=_package_states(settings.packages, greeting["packages"], greeting["package_failures"]),
        )

    def _first_message(self) -> dict[str, Any]:
        loading: str | None = None
        while "loading" in (message := self._next_message(loading)):
            loading = str(message["loading"])
        if "unloadable" in message:
            raise PackageUnloadable(str(message["unloadable"]), str(message["reason"]))
        if "failed" in message:
            raise ZygoteFailed(str(message["failed"]))
        return message

    def _next_message(self, loading: str | None) -> dict[str, Any]:
        try:
            data = self._control.recv(_MAX_CONTROL)
        except OSError as error:
            if loading is not None and isinstance(error, TimeoutError):
                raise PackageUnloadable(loading, "it takes too long to load") from error
            raise ZygoteFailed(f"its process did not answer: {error}") from error
        if data:
            message: dict[str, Any] = json.loads(data)
            return message
        how = _ending(self._process.wait())
        if loading is not None:
            raise PackageUnloadable(loading, f"the interpreter {how} while it was loaded")
        raise ZygoteFailed(f"its process {how}")

    def _listen(self) -> None:
        while True:
            try:
                data = self._control.recv(_MAX_CONTROL)
            except TimeoutError:
                self._on_idle()
                continue
            except OSError:
                data = b""
            if not data:
                break
            message = json.loads(data)
            with self._lock:
                child = self._children.pop(int(message["id"]), None)
            if child is not None:
                if "cpu_s" in message:
                    child.meter.close(message["cpu_s"], message["peak_mb"])
                child.ended.set_result(message["status"])
        self._bury()

    def _bury(self) -> None:
        self.alive = False
        self._process.kill()
        self._process.wait()
        self._control.close()
        with self._lock:
            left, self._children = list(self._children.values()), {}
        for child in left:
            child.ended.set_result(None)


def _package_states(
    names: tuple[str, ...], versions: Mapping[str, str], failures: Mapping[str, str]
) -> tuple[PackageState, ...]:
    return tuple(PackageState(name, versions.get(name, ""), failures.get(name)) for name in names)


def _start(
    settings: SandboxSettings, control: socket.socket, without: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    options = {
        "control": control.fileno(),
        "host_pid": os.getpid(),
        "project": str(_PROJECT),
        "packages": list(settings.packages),
        "package_failures": dict(without),
        "search": list(settings.package_folders) if settings.packages else [],
        "output_chars": settings.max_output_chars,
    }
    command = [
        settings.python,
        "-I",
        "-S",
        "-B",
        "-c",
        _BOOTSTRAP,
        str(Path(__file__).parent),
        json.dumps(options),
    ]
    try:
        return subprocess.Popen(
            command,
            env=_ONE_THREAD,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=(control.fileno(),),
            start_new_session=True,  # Ctrl-C in a terminal is the host's to handle
        )
    except OSError as error:
        raise ZygoteFailed(f"{settings.python} did not start: {error}") from error


def _ending(status: int) -> str:
    return f"was ended by {signal_name(status)}" if status < 0 else f"ended with status {status}"


def signal_name(status: int) -> str:
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
