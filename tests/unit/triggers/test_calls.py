"""Bodies and headers of deliveries, as expressions see them."""

from __future__ import annotations

import pytest

from runtime.triggers.addresses import digest_of, path_of
from runtime.triggers.calls import Call, CallRefused, read_body, values_of


def call(body: bytes = b"", query: str = "", **headers: str) -> Call:
    names = {name.replace("_", "-").lower(): text for name, text in headers.items()}
    return Call("path", "POST", query, names, body, 0.0)


def test_bodies_are_read_as_their_kind_says() -> None:
    assert read_body(b'{"a": 1}', "json") == {"a": 1}
    assert read_body(b"", "json") == {}
    assert read_body("grüß".encode(), "text") == "grüß"
    assert read_body(b"a=1&b=2&b=3", "form") == {"a": "1", "b": ["2", "3"]}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "not_json"),
        (b"NaN", "not_json"),
        (b"\xff", "not_utf8"),
        (b'{"a": "\\u0000"}', "nul_character"),
        (b'{"a\\u0000": 1}', "nul_character"),
        (b'"\\ud800"', "lone_surrogate"),
        (b"1e999", "number_too_large"),
        (b"[" * 101 + b"]" * 101, "too_deep"),
        (b"[" * 200_000, "too_deep"),
    ],
)
def test_a_body_that_cannot_be_kept_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(CallRefused) as caught:
        read_body(body, "json")

    assert caught.value.code == code
    assert caught.value.status in (400, 422)


def test_headers_that_say_who_sends_are_not_shown() -> None:
    values = values_of(
        call(Authorization="Bearer x", Cookie="a=b", X_Event="push", X_Signature="s"),
        "json",
        frozenset({"x-signature"}),
    )

    assert values["headers"] == {"x-event": "push"}
    assert values["method"] == "POST"


def test_a_query_with_too_many_fields_is_refused() -> None:
    with pytest.raises(CallRefused):
        values_of(call(query="a=1&" * 2000), "json")


def test_addresses_differ_by_trigger_number_and_purpose() -> None:
    from uuid import UUID

    one, other = UUID(int=1), UUID(int=2)
    paths = {
        path_of("key", one, 1, "live"),
        path_of("key", one, 2, "live"),
        path_of("key", one, 1, "test"),
        path_of("key", other, 1, "live"),
        path_of("other key", one, 1, "live"),
    }

    assert len(paths) == 5
    assert all(len(path) == 43 for path in paths)
    assert path_of("key", one, 1, "live") in paths
    assert len({digest_of(path) for path in paths}) == 5
