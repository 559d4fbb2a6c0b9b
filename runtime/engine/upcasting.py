"""Events that older releases wrote, as this one reads them. Histories are kept: each must fold for ever.

Whatever reads stored events makes them here. A fact in `data` that nobody knows is left alone; a type that
nobody knows was written by a newer release, and a run that has one cannot be read by this one: a host that
meets it pauses the run.
"""

from __future__ import annotations

from runtime.engine.control import OUTCOME_UNKNOWN
from runtime.engine.errors import WorkflowError
from runtime.engine.events import Event, EventType
from runtime.engine.node import TIMER

_TYPES = {str(kind): kind for kind in EventType}


class UnknownEvent(WorkflowError, ValueError):
    """A stored event of a type that this release does not have."""

    code = "unknown_event"


def event_type(text: str) -> EventType:
    """Raises `UnknownEvent`."""
    kind = _TYPES.get(text)
    if kind is None:
        raise UnknownEvent(
            f"the record of this run has an event {text!r}, which this release does not know: "
            "a newer one wrote it. Resume the run under that release, or run the workflow anew.",
            type=text,
        )
    return kind


def upcast(event: Event) -> Event:
    """The event as this release writes it; the same object when nothing is to be changed."""
    if event.type is EventType.NODE_WAITING and "reason" not in event.data:
        until = event.data.get("until")
        reason = OUTCOME_UNKNOWN if until is None else TIMER
        return event._replace(data={**event.data, "reason": reason, "until": until})
    return event
