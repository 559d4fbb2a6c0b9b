"""Faults at named points: `commit.after:3=kill` says what happens when a point is reached for the third time.

`kill` is SIGKILL to the own process, `stop` SIGSTOP, `raise` a lost database connection, `delay:S` takes S
seconds, and `wait:FILE` writes FILE and waits until it is gone. Without `:3` the fault happens every time.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import psycopg


class Fault(NamedTuple):
    """`nth` counts from 1; 0 is every time."""

    point: str
    nth: int
    act: str

    @classmethod
    def from_text(cls, text: str) -> Fault:
        place, _, act = text.partition("=")
        point, _, nth = place.partition(":")
        return cls(point, int(nth or 0), act)

    def __str__(self) -> str:
        return f"{self.point}:{self.nth}={self.act}"


class Handler:
    """Counts the points that are reached, in whatever thread, and does what the faults say.

    `count_in` is a file that holds a line for each point reached: it outlives the process.
    """

    def __init__(self, faults: Sequence[Fault], count_in: Path | None = None) -> None:
        self._faults = faults
        self._reached: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._file = None if count_in is None else os.open(count_in, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def __call__(self, name: str) -> None:
        with self._lock:
            self._reached[name] += 1
            nth = self._reached[name]
        if self._file is not None:
            os.write(self._file, f"{name}\n".encode())
        for fault in self._faults:
            if fault.point == name and fault.nth in (0, nth):
                act(fault.act)


def act(text: str) -> None:
    name, _, argument = text.partition(":")
    _ACTS[name](argument)


def _kill(_: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _stop(_: str) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def _raise(_: str) -> None:
    raise psycopg.OperationalError("server closed the connection unexpectedly")


def _delay(seconds: str) -> None:
    time.sleep(float(seconds))


def _wait(name: str) -> None:
    flag = Path(name)
    flag.touch()
    while flag.exists():
        time.sleep(0.005)


_ACTS: dict[str, Callable[[str], None]] = {
    "kill": _kill,
    "stop": _stop,
    "raise": _raise,
    "delay": _delay,
    "wait": _wait,
}
