"""Who is told the events of the runs that a host drives: its counters, and the tracer where there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from runtime.engine.events import Event
from runtime.engine.plan import Plan
from runtime.engine.state import RunState
from runtime.host.claims import Claim

OnEvent = Callable[[Event], None]


class Watch(Protocol):
    def __call__(self, claim: Claim, plan: Plan, state: RunState) -> OnEvent:
        """What is told each event of the run after `state`. It must not raise and must not block."""
        ...


class Trace(Protocol):
    """Makes more of events than counts: spans for a collector."""

    def watch(self, claim: Claim, plan: Plan, state: RunState) -> OnEvent:
        """As `Watch`."""
        ...

    def close(self) -> None:
        """Sends what is left. May take seconds."""
        ...


def nobody(claim: Claim, plan: Plan, state: RunState) -> OnEvent:
    """Tells nobody."""
    return ignore


def ignore(event: Event) -> None:
    """What is told and makes nothing of it."""
