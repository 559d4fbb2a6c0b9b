"""What the calls of one child cost, measured from outside of it: a child's own word counts for little.

The kernel says which process wrote to the child's socket, and reads that process's clock; how much memory it
has held is in its status, and at its end in what its parent is told. The child's own figure only says when to
look again, and stands in, within its limit, where the kernel tells nothing.
"""

from __future__ import annotations

import socket
import struct
import time
from collections.abc import Callable
from typing import Final, NamedTuple

_CREDENTIALS: Final = struct.Struct("3i")
_PASSES_CREDENTIALS: Final = hasattr(socket, "SO_PASSCRED")
# Reading a status takes as long as a short call: after one, the child's word that nothing grew is taken.
_LOOK_AFTER_S: Final = 0.002
# What the interpreter and the modules that all children share take beside the author's data.
_SHARED_MB: Final = 512


class Usage(NamedTuple):
    """Seconds of processor time of a call, and the most memory (MiB) its process has held so far.

    None: not known here.
    """

    cpu_s: float | None
    peak_mb: float | None


OnUsage = Callable[[float | None, float | None], None]


class Meter:
    """One child's. `begin` and `end` around each call; `close` when the process has ended."""

    __slots__ = ("_claimed_mb", "_cpu_s", "_ended", "_limit_mb", "_peak_mb", "_pid", "_started")

    def __init__(self, channel: socket.socket, *, memory_mb: int) -> None:
        self._limit_mb = memory_mb + _SHARED_MB
        self._pid: int | None = None
        self._cpu_s = 0.0
        self._peak_mb: float | None = None
        self._claimed_mb = 0
        self._started = 0.0
        self._ended: Usage | None = None
        if _PASSES_CREDENTIALS:
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)

    def receive(self, channel: socket.socket, size: int) -> bytes:
        """As `recv`; learns from the kernel which process writes."""
        if self._pid is not None or not _PASSES_CREDENTIALS:
            return channel.recv(size)
        data, ancillary, _, _ = channel.recvmsg(size, socket.CMSG_SPACE(_CREDENTIALS.size))
        for level, kind, content in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_CREDENTIALS:
                self._pid = _CREDENTIALS.unpack(content[: _CREDENTIALS.size])[0] or None
        return data

    def begin(self) -> None:
        self._started = time.monotonic()

    def end(self, claimed_mb: int) -> Usage:
        """The usage of the call that began last; `claimed_mb` is the peak that the child tells of itself."""
        if self._ended is not None:
            return self._taken(self._ended)
        is_short = time.monotonic() - self._started < _LOOK_AFTER_S
        if not is_short or claimed_mb != self._claimed_mb or self._peak_mb is None:
            self._claimed_mb = claimed_mb
            seen = _peak_mb(self._pid)
            self._peak_mb = min(float(claimed_mb), self._limit_mb) if seen is None else seen
        return self._taken(Usage(_cpu_s(self._pid), self._peak_mb))

    def close(self, cpu_s: float, peak_mb: float) -> None:
        """What the kernel told the parent at the end of the process: of all its calls together."""
        self._ended = Usage(cpu_s, peak_mb)

    def _taken(self, total: Usage) -> Usage:
        """Of the processor time the part since the last call."""
        if total.cpu_s is None:
            return total
        used, self._cpu_s = max(0.0, total.cpu_s - self._cpu_s), total.cpu_s
        return Usage(used, total.peak_mb)


def _cpu_s(pid: int | None) -> float | None:
    """The processor time of a process: its clock has a number made of its id (clock_getcpuclockid(3))."""
    if pid is None:
        return None
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:
        return None


def _peak_mb(pid: int | None) -> float | None:
    if pid is None:
        return None
    try:
        with open(f"/proc/{pid}/status", "rb") as status:
            text = status.read()
        start = text.index(b"VmHWM:") + 6
        return int(text[start : text.index(b"kB", start)]) / 1024
    except (OSError, ValueError):
        return None
