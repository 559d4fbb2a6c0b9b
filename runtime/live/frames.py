"""The frames of the run socket: encoded once for all who may see the run's data, and once for the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from runtime.disclosure import bare_event, bare_state
from runtime.engine.events import Event
from runtime.engine.state import RunState

PING = '{"ping":1}'
ACCESS_CHANGED = '{"access":{"changed":true}}'


class Frame(NamedTuple):
    """Text for the sockets. `first` and `last` are the events in it; 0 when it has none with a number.

    `text` tells why something failed, `bare_text` only that it did.
    """

    text: str
    bare_text: str
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
    text = _encode({"events": [event.to_dict() for event in events]})
    bare = [bare_event(event) for event in events]
    bare_text = text
    if any(one is not other for one, other in zip(bare, events, strict=True)):
        bare_text = _encode({"events": [event.to_dict() for event in bare]})
    return Frame(text, bare_text, events[0].seq, events[-1].seq, events)


def snapshot_frame(state: RunState) -> Frame:
    """Replaces all that was sent before."""
    text = _encode({"snapshot": state.to_dict()})
    return Frame(text, _encode({"snapshot": bare_state(state).to_dict()}), 0, state.seq)


def log_frame(upto: int) -> Frame:
    """There are log lines up to this position, to be fetched by REST."""
    return _plain({"log": {"upto": upto}})


def progress_frame(at: str, progress: Mapping[str, Sequence[int | None]]) -> Frame:
    """The latest progress of nodes. It has no number: it may be lost and is not replayed."""
    events = [
        {"at": at, "type": "node.progress", "node": node, "data": {"done": done, "total": total}}
        for node, (done, total) in progress.items()
    ]
    return _plain({"events": events})


def _plain(body: Mapping[str, Any]) -> Frame:
    """A frame that is the same for everybody."""
    text = _encode(body)
    return Frame(text, text)


def _encode(body: Mapping[str, Any]) -> str:
    return orjson.dumps(body).decode()
