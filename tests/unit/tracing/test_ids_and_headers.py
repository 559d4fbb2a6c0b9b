"""The ids of traces, and the header that hands them on."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.attempts import current_attempt
from runtime.services_protocol import HttpResponse
from runtime.tracing.ids import RUN, span_id_of, trace_id_of, traceparent
from runtime.tracing.outgoing import TracingHttpClient

FORM = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[01]")


@given(st.text(), st.text(), st.integers(0, 2**31), st.booleans())
def test_every_run_and_attempt_has_valid_ids(run: str, path: str, attempt: int, is_sampled: bool) -> None:
    assert FORM.fullmatch(traceparent(run, path, attempt, is_sampled=is_sampled))


def test_ids_are_the_same_in_every_process_and_differ_between_what_they_stand_for() -> None:
    assert trace_id_of("r") == 0x7E5BB6F60AD4CB0E5A518C378AE4732A
    assert len({span_id_of("r", *of) for of in ((RUN, 0), ("a", 1), ("a", 2), ("a/1", 1))}) == 4
    assert trace_id_of("r") != trace_id_of("s")


class Client:
    """Keeps the headers that it is given."""

    async def request(self, *_: Any, headers: Mapping[str, str], **__: Any) -> HttpResponse:
        self.headers = dict(headers)
        return HttpResponse(204, {}, "http://x/", b"")


def sent(headers: Mapping[str, str], attempt: Any) -> dict[str, str]:
    inner = Client()
    client = TracingHttpClient(cast("Any", inner), lambda *of: "/".join(map(str, of)))

    async def call() -> None:
        current_attempt.set(attempt)
        await client.request(
            "GET",
            "http://x/",
            headers=headers,
            body=None,
            timeout_s=1,
            max_bytes=1,
            follow_redirects=False,
        )

    asyncio.run(call())
    return inner.headers


def test_a_request_names_the_attempt_that_makes_it() -> None:
    attempt = SimpleNamespace(run_id="r", node_id="loop/2/call", attempt=3)

    assert sent({"A": "b"}, attempt) == {"A": "b", "traceparent": "r/loop/2/call/3"}


def test_a_header_set_by_hand_stays() -> None:
    attempt = SimpleNamespace(run_id="r", node_id="call", attempt=1)

    assert sent({"Traceparent": "mine"}, attempt) == {"Traceparent": "mine"}


def test_a_request_of_no_attempt_names_none() -> None:
    assert sent({}, None) == {}
