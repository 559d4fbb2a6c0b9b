"""Who is told the events of the runs that a host drives: its counters, and the tracer where there is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from runtime.engine.events import Event
from runtime.engine.plan import Plan

OnEvent = Callable[[Event], None]


class Watch(Protocol):
    def __call__(self, run_id: UUID, plan: Plan) -> OnEvent:
        """What is told each event of the run from now on. It must not raise and must not block."""
        ...


def nobody(run_id: UUID, plan: Plan) -> OnEvent:
    """Tells nobody."""
    return _ignore


def _ignore(event: Event) -> None:
    return None
