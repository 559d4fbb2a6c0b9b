"""A child: locks itself in, then answers requests one by one until the host closes the channel."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from . import limits
from .analysis import analyse_code
from .channel import ANSWER, Channel
from .execution import Failure, execute
from .streams import LineBudget, LineHandler, LineStream

_MAX_DESCRIPTORS: Final = 256
_RESERVE_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class ChildLimits:
    memory_mb: int
    cpu_s: int
    base_bytes: int
    output_chars: int


def become_child(descriptor: int, bounds: ChildLimits, lock_in: Callable[[], None]) -> None:
    """Runs as the child until the host goes. `lock_in` enforces Landlock and seccomp."""
    os.dup2(descriptor, 0)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    limits.apply(memory_bytes=bounds.base_bytes + (bounds.memory_mb << 20), cpu_s=bounds.cpu_s)
    lock_in()
    os.closerange(1, _MAX_DESCRIPTORS)
    _Child(Channel(0), bounds).serve()


class _Child:
    def __init__(self, channel: Channel, bounds: ChildLimits) -> None:
        self._channel = channel
        self._bounds = bounds
        self._budget = LineBudget(channel.send_line, bounds.output_chars)
        self._handler = LineHandler(self._budget)
        self._handler.setFormatter(logging.Formatter("%(message)s"))
        self._reserve: bytearray | None = bytearray(_RESERVE_BYTES)
        sys.stdin = None

    def serve(self) -> None:
        while (request := self._channel.receive()) is not None:
            tag, body = request
            answer = self._check(body) if tag == ord("C") else self._run(body)
            self._answer(int(body["call"]), answer)

    def _check(self, body: dict[str, Any]) -> bytes | Failure:
        return json.dumps(analyse_code(body["code"]).to_dict()).encode()

    def _run(self, body: dict[str, Any]) -> bytes | Failure:
        streams = self._fresh_streams()
        _limit_checks(body.get("may"), body.get("ground"))
        try:
            answer = execute(
                body["code"],
                body["inputs"],
                name=body["name"],
                seed=body["seed"],
                max_bytes=body["max_bytes"],
            )
        except MemoryError:
            answer = Failure("memory", "MemoryError", "The code needed more memory than it may use.")
        if isinstance(answer, Failure) and answer.kind == "memory":
            self._reserve = None
        for stream in streams:
            stream.finish()
        return answer

    def _fresh_streams(self) -> tuple[LineStream, LineStream]:
        self._budget.reset()
        out, err = LineStream("info", self._budget), LineStream("warning", self._budget)
        sys.stdout = sys.__stdout__ = out  # type: ignore[misc, assignment]
        sys.stderr = sys.__stderr__ = err  # type: ignore[misc, assignment]
        root = logging.getLogger()
        if root.handlers != [self._handler] or root.level != logging.INFO:
            root.handlers[:] = [self._handler]
            root.setLevel(logging.INFO)
        return out, err

    def _answer(self, call: int, answer: bytes | Failure) -> None:
        head = ANSWER.pack(call, limits.peak_memory_bytes() >> 20)
        if isinstance(answer, Failure):
            self._channel.send(b"E", head, json.dumps(answer.to_dict()).encode())
        else:
            self._channel.send(b"R", head, answer)


def _limit_checks(may: list[str] | None, ground: dict[str, Any] | None) -> None:
    """Sets what checks in the code go by, and what they can allow. Without the access rules in here there
    are no checks.
    """
    principal = sys.modules.get("accounts.access.principal")
    grounds = sys.modules.get("accounts.access.grounds")
    if principal is not None and grounds is not None:
        principal.limit_to(may)
        grounds.stand_on(ground)
