"""The frames of the run socket, as text that is encoded once and sent to many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from runtime.engine.events import Event

PING = '{"ping":1}'


class Frame(NamedTuple):
    """Text for the sockets. `first` and `last` are the events in it; 0 when it has none with a number."""

    text: str
    first: int = 0
    last: int = 0
    events: Sequence[Event] = ()

    def after(self, seq: int) -> Frame:
        """The part for a reader that has had the events up to `seq`."""
        if self.first > seq or self.last == 0:
            return self
        return events_frame(self.events[seq + 1 - self.first :])


def events_frame(events: Sequence[Event]) -> Frame:
    """One frame of consecutive events."""
    text = orjson.dumps({"events": [event.to_dict() for event in events]}).decode()
    return Frame(text, events[0].seq, events[-1].seq, events)


def snapshot_frame(snapshot: Mapping[str, Any]) -> Frame:
    """Replaces all that was sent before: `snapshot` is `RunState.to_dict()`."""
    return Frame(orjson.dumps({"snapshot": snapshot}).decode(), 0, int(snapshot["seq"]))


def log_frame(upto: int) -> Frame:
    """There are log lines up to this position, to be fetched by REST."""
    return Frame(orjson.dumps({"log": {"upto": upto}}).decode())


def progress_frame(at: str, progress: Mapping[str, Sequence[int | None]]) -> Frame:
    """The latest progress of nodes. It has no number: it may be lost and is not replayed."""
    events = [
        {"at": at, "type": "node.progress", "node": node, "data": {"done": done, "total": total}}
        for node, (done, total) in progress.items()
    ]
    return Frame(orjson.dumps({"events": events}).decode())
