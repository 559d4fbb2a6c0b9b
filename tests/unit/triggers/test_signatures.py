"""Who sent a delivery, and when."""

from __future__ import annotations

import pytest

from runtime.triggers.signatures import Scheme, SignatureRefused, sign, verify

BODY = b'{"order": 7}'
NOW = 1_780_000_000


def refusal(scheme: Scheme, header: str | None, body: bytes = BODY, *, now: float = NOW) -> str:
    with pytest.raises(SignatureRefused) as caught:
        verify(scheme, header, body, "key", now=now, tolerance_s=300)
    return caught.value.code


@pytest.mark.parametrize("scheme", ["lockgate", "stripe", "github"])
def test_what_was_signed_is_accepted(scheme: Scheme) -> None:
    verify(scheme, sign(scheme, BODY, "key", at=NOW), BODY, "key", now=NOW + 200, tolerance_s=300)


def test_the_example_of_githubs_documentation_is_accepted() -> None:
    header = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

    verify("github", header, b"Hello, World!", "It's a Secret to Everybody", now=0, tolerance_s=1)


@pytest.mark.parametrize("scheme", ["lockgate", "stripe", "github"])
def test_another_body_or_another_secret_is_refused(scheme: Scheme) -> None:
    assert refusal(scheme, sign(scheme, BODY, "key", at=NOW), b"{}") == "signature_wrong"
    assert refusal(scheme, sign(scheme, BODY, "other", at=NOW)) == "signature_wrong"


@pytest.mark.parametrize("later", [301, -301])
def test_an_old_time_and_one_that_lies_ahead_are_refused(later: int) -> None:
    assert refusal("lockgate", sign("lockgate", BODY, "key", at=NOW), now=NOW + later) == "timestamp_stale"


def test_a_time_that_was_changed_does_not_fit_the_signature() -> None:
    header = sign("lockgate", BODY, "key", at=NOW - 1000).replace(str(NOW - 1000), str(NOW))

    assert refusal("lockgate", header) == "signature_wrong"


def test_one_of_two_signatures_is_enough_while_the_secret_changes() -> None:
    old = sign("lockgate", BODY, "old", at=NOW)
    new = sign("lockgate", BODY, "key", at=NOW).partition(",")[2]

    verify("lockgate", f"{old},{new}", BODY, "key", now=NOW, tolerance_s=300)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "signature_missing"),
        ("", "signature_missing"),
        ("t=1", "signature_malformed"),
        ("v1=00", "signature_malformed"),
        ("t=x,v1=00", "signature_malformed"),
        ("t=1,t=2,v1=00", "signature_malformed"),
        ("t=٣,v1=00", "signature_malformed"),
        ("t=1," + "v1=00," * 400, "signature_malformed"),
        (f"t={NOW},v1=ünicode", "signature_wrong"),
    ],
)
def test_what_is_no_signature_is_refused(header: str | None, code: str) -> None:
    assert refusal("lockgate", header) == code
