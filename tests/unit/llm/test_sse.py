from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.llm import sse
from runtime.llm.messages import ModelError, ServerEvent
from runtime.llm.sse import EventParser

STREAM = (
    b'\xef\xbb\xbf: a comment\r\n\r\nevent: delta\r\ndata: {"a": 1}\r\n\r\ndata:first\ndata: second\n\n'
    b"id: 7\rdata: caf\xc3\xa9\r\rdata\n\nevent: nothing\n\ndata: left open\n"
)
EVENTS = [
    ServerEvent("delta", '{"a": 1}'),
    ServerEvent("message", "first\nsecond"),
    ServerEvent("message", "café"),
    ServerEvent("message", ""),
]


def read(*chunks: bytes) -> list[ServerEvent]:
    parser = EventParser()
    return [event for chunk in chunks for event in parser.feed(chunk)]


def test_stream_in_one_piece() -> None:
    assert read(STREAM) == EVENTS


@given(st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_stream_gives_the_same_however_it_is_cut(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]

    assert read(*(STREAM[a:b] for a, b in pairwise(places))) == EVENTS


def test_an_event_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sse, "MAX_EVENT_CHARACTERS", 100)

    with pytest.raises(ModelError, match="longer than 100 characters"):
        read(*[b"data: " + b"x" * 30 + b"\n"] * 10)


def test_bytes_that_are_no_text_do_not_end_the_stream() -> None:
    assert read(b"data: \xff\n\n") == [ServerEvent("message", "\ufffd")]
