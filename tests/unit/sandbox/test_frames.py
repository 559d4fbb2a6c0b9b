"""What the host makes of bytes from the sandbox."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.sandbox.frames import (
    MAX_DEPTH,
    FrameReader,
    HostileFrame,
    decode_answer,
    decode_line,
    decode_value,
)
from runtime.sandbox.jail.values import NotJson, to_json

MOST = 64 << 20

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("ab\"\\[]{}'", max_size=5), inner),
    max_leaves=20,
)


def frame(tag: str, payload: bytes) -> bytes:
    return struct.pack("!IB", len(payload) + 1, ord(tag)) + payload


@given(JSON)
def test_every_json_value_survives_both_sides(value: Any) -> None:
    decoded = decode_value(to_json(value, max_bytes=MOST))

    assert decoded == value
    assert json.dumps(decoded) == json.dumps(value)


@given(st.lists(st.binary(max_size=50), max_size=8), st.integers(1, 7))
def test_frames_are_cut_out_of_any_pieces(payloads: list[bytes], size: int) -> None:
    stream = b"".join(frame("L", payload) for payload in payloads)
    reader, seen = FrameReader(100), []

    for start in range(0, len(stream), size):
        reader.feed(stream[start : start + size])
        while (found := reader.next_frame()) is not None:
            seen.append(found[1])

    assert seen == payloads
    assert reader.is_empty


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_hostile_frame(data: bytes) -> None:
    reader = FrameReader(100)
    reader.feed(data)
    try:
        while (found := reader.next_frame()) is not None:
            decode_line(found[1])
            decode_value(decode_answer(found[1], 1)[1])
    except HostileFrame:
        return


@pytest.mark.parametrize(
    "head", [b"\xff\xff\xff\xffR", b"\0\0\0\0R", b"\0\0\0\5Z", struct.pack("!IB", 200, ord("R"))]
)
def test_bad_heads_are_refused_before_anything_is_read(head: bytes) -> None:
    reader = FrameReader(100)
    reader.feed(head)

    with pytest.raises(HostileFrame):
        reader.next_frame()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[",
        b"[1,]",
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b"[1e999]",
        b"[-1" + b"0" * 400 + b".5]",
        b'"\\u0000"',
        b'{"\\u0000": 1}',
        b'"\\ud800"',
        b'["\\udc00\\ud800"]',
        b'"\x00"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf1",
        b"1 2",
        b"[" * 200 + b"]" * 200,
        b'{"a":' * 200 + b"1" + b"}" * 200,
        b"[" * 1_000_000,
        b"[" + b"0," * 4_000_001 + b"0]",
        b"1" * 10_000,
    ],
)
def test_hostile_json_is_refused(body: bytes) -> None:
    with pytest.raises(HostileFrame):
        decode_value(body)


@pytest.mark.parametrize(
    "text",
    ["[" * 500, '"[[[' * 200, "]" * 500, "\\" * 300 + "[" * 300, '\\"' * 100 + "{" * 300, '""[[""' * 99],
)
def test_brackets_inside_text_are_not_depth(text: str) -> None:
    value = {"a": [text, {text: text}]}

    assert decode_value(to_json(value, max_bytes=MOST)) == value


def test_depth_is_counted_across_mixed_containers() -> None:
    allowed = b'[{"a":' * (MAX_DEPTH // 2) + b"1" + b"}]" * (MAX_DEPTH // 2)
    padding = b'["[", {}, {}],' * 100

    decode_value(b"[" + padding[:-1] + b"]")
    decode_value(allowed)
    with pytest.raises(HostileFrame):
        decode_value(b"[" + padding + allowed + b"]")


def test_big_integers_stay_exact() -> None:
    assert decode_value(b"[123456789012345678901234567890, 18446744073709551616]") == [
        123456789012345678901234567890,
        18446744073709551616,
    ]


def test_an_answer_to_another_call_is_refused() -> None:
    with pytest.raises(HostileFrame):
        decode_answer(struct.pack("!II", 7, 0) + b"1", 8)


def test_a_line_never_carries_nul_or_bad_text() -> None:
    assert decode_line(b"ia\0b\xff") == ("info", "a\ufffdb\ufffd")


@pytest.mark.parametrize(
    "value", [{"a": {1: 2}}, [{"a": (1, {2})}], object(), {"x": "\ud800"}, "\0", float("nan")]
)
def test_what_is_not_json_is_refused_in_the_child(value: Any) -> None:
    with pytest.raises(NotJson):
        to_json(value, max_bytes=MOST)
