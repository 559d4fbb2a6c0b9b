"""Circuit breakers: a host that keeps failing is not called for a while, then tried with one call.

Pure: the time comes in as a number of seconds, and nothing here waits or sends. `CircuitTable` holds the
circuits of a process by (tenant, host, port) and is safe to use from several threads.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

Key = tuple[str, str, int]
_MAX_CIRCUITS: Final = 10_000
# While the one trial call is on its way, the others ask again after at most this long.
_TRIAL_WAIT_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """After `threshold` failures in a row the circuit opens; `reset_s` seconds later one call is tried."""

    threshold: int
    reset_s: float


class Verdict(StrEnum):
    """What a call says about its host. A `neutral` one (an answer such as 404 or 429) changes nothing."""

    SUCCESS = "success"
    FAILURE = "failure"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class Pass:
    """The call may be made; `is_trial` when it decides whether the circuit closes."""

    is_trial: bool


@dataclass(frozen=True, slots=True)
class Blocked:
    """The circuit is open: after so many `failures`, since `opened_at`, with `wait_s` to the next trial."""

    failures: int
    opened_at: float
    wait_s: float


class Circuit:
    """The calls to one host. Each run judges it by its own settings; the failures are common."""

    __slots__ = ("_failed_at", "_failures", "_has_trial", "_opened_at")

    def __init__(self) -> None:
        self._failures = 0
        self._failed_at = 0.0
        self._opened_at: float | None = None
        self._has_trial = False

    @property
    def is_untroubled(self) -> bool:
        return self._failures == 0 and not self._has_trial

    def admit(self, now: float, settings: BreakerSettings) -> Pass | Blocked:
        """Whether a call may be made now. A passed trial must be reported by `conclude`."""
        if self._failures < settings.threshold:
            return Pass(is_trial=False)
        if self._opened_at is None:
            self._opened_at = self._failed_at
        wait_s = self._failed_at + settings.reset_s - now
        if wait_s <= 0 and self._has_trial:
            wait_s = min(settings.reset_s, _TRIAL_WAIT_S)
        if wait_s > 0:
            return Blocked(self._failures, self._opened_at, wait_s)
        self._has_trial = True
        return Pass(is_trial=True)

    def conclude(self, passed: Pass, verdict: Verdict, now: float, settings: BreakerSettings) -> None:
        """Takes in how a call that was passed ended."""
        if passed.is_trial:
            self._has_trial = False
        if verdict is Verdict.SUCCESS:
            self._failures = 0
            self._opened_at = None
        elif verdict is Verdict.FAILURE:
            self._count_failure(passed, now, settings)

    def _count_failure(self, passed: Pass, now: float, settings: BreakerSettings) -> None:
        was_open = self._failures >= settings.threshold
        self._failures += 1
        if was_open and not passed.is_trial:
            return  # it was on its way when the circuit opened: the wait does not start anew
        self._failed_at = now
        if self._opened_at is None and self._failures >= settings.threshold:
            self._opened_at = now


class CircuitTable:
    """The circuits of hosts that failed lately; a host without one is well."""

    def __init__(self, *, most: int = _MAX_CIRCUITS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._circuits: OrderedDict[Key, Circuit] = OrderedDict()

    def __len__(self) -> int:
        return len(self._circuits)

    def admit(self, key: Key, now: float, settings: BreakerSettings) -> Pass | Blocked:
        """As `Circuit.admit`."""
        with self._lock:
            circuit = self._circuits.get(key)
            return Pass(is_trial=False) if circuit is None else circuit.admit(now, settings)

    def conclude(
        self, key: Key, passed: Pass, verdict: Verdict, now: float, settings: BreakerSettings
    ) -> None:
        """As `Circuit.conclude`."""
        with self._lock:
            circuit = self._circuits.get(key)
            if circuit is None:
                if verdict is not Verdict.FAILURE:
                    return
                circuit = self._circuits[key] = Circuit()
            circuit.conclude(passed, verdict, now, settings)
            if circuit.is_untroubled:
                del self._circuits[key]
                return
            self._circuits.move_to_end(key)
            if len(self._circuits) > self._most:
                self._circuits.popitem(last=False)
