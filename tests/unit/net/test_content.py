from __future__ import annotations

from datetime import UTC, datetime

import pytest

from runtime.net.content import parse_body, retry_after_s
from runtime.services_protocol import HttpResponse

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120.0),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_moment(text: str, seconds: float | None) -> None:
    assert retry_after_s({"retry-after": text}, NOW) == seconds


def test_a_server_cannot_ask_for_a_wait_past_all_dates() -> None:
    day_s = 24 * 3600.0

    assert retry_after_s({"retry-after": "9" * 400}, NOW) == day_s
    assert retry_after_s({"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}, NOW) == day_s
    assert retry_after_s({"retry-after": "\u00b2"}, NOW) is None


@pytest.mark.parametrize("charset", ["idna", "undefined", "rot13", "no-such"])
def test_a_charset_that_is_none_reads_as_utf_8(charset: str) -> None:
    answer = HttpResponse(
        200, {"content-type": f"text/plain; charset={charset}"}, "https://a.example/", b"\xff.a"
    )

    assert parse_body(answer, "auto") == "\ufffd.a"
