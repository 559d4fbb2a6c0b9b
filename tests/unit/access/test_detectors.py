"""Detectors of values that need a mask: checked against their checksums, and against everything near them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.access.detectors import FieldScan, detect

# Published test numbers: of card networks, of the ECBS's IBAN examples, of the SSA's own leaflet.
KNOWN = {
    "4111 1111 1111 1111": "card",
    "5555555555554444": "card",
    "3782-822463-10005": "card",
    "GB82 WEST 1234 5698 7654 32": "iban",
    "DE89370400440532013000": "iban",
    "NO9386011117947": "iban",
    "123-45-6789": "ssn",
    "ada@example.org": "email",
    "+44 20 7946 0958": "phone",
    "(212) 555-0123": "phone",
}
NEAR = [
    *(
        "4111111111111112",
        "1234567812345678",
        "GB82WEST12345698765433",
        "DE8937040044053201300",
        "000-12-3456",
    ),
    *(
        "666-12-3456",
        "923-45-6789",
        "123-00-6789",
        "123-45-0000",
        "ada@example",
        "a b@example.org",
        "2026-01-31",
    ),
    *("12:30", "1,234,567", "A-20931", "", "hello", "••••••", "+1", "order 4111111111111111"),
]


@pytest.mark.parametrize(("text", "detector"), KNOWN.items(), ids=KNOWN.values())
def test_published_numbers_are_found(text: str, detector: str) -> None:
    assert detect(text) == detector


@pytest.mark.parametrize("text", NEAR)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert detect(text) is None


@given(st.from_regex(r"4\d{14}", fullmatch=True))
def test_exactly_one_check_digit_makes_a_card(body: str) -> None:
    assert sum(detect(body + digit) == "card" for digit in "0123456789") == 1


@given(st.from_regex(r"DE\d{2}[0-9]{18}", fullmatch=True), st.integers(4, 21), st.integers(1, 9))
def test_an_iban_with_one_wrong_digit_is_none(text: str, place: int, by: int) -> None:
    digits = f"{98 - int(text[4:] + '131400') % 97:02}"
    right = "DE" + digits + text[4:]
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]

    assert detect(right) == "iban"
    assert detect(wrong) != "iban"


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.text())))
def test_any_value_can_be_looked_at(value: object) -> None:
    detect(value)
    FieldScan().look_at({"a": value})


def test_a_field_is_told_when_most_of_its_values_fit() -> None:
    scan = FieldScan()
    scan.look_at([{"id": n, "mail": f"a{n}@example.org", "note": "call +44 20 7946 0958"} for n in range(8)])
    scan.look_at([{"id": 9, "mail": "none"}, {"id": 10, "mail": ""}, {"id": 11, "mail": "••••••"}])

    (finding,) = scan.findings()

    assert (finding.path, finding.detector, finding.values, finding.matching) == ("[*].mail", "email", 9, 8)


def test_one_value_alone_is_no_field() -> None:
    scan = FieldScan()
    scan.look_at({"support": "help@example.org"})

    assert scan.findings() == []


def test_numbers_are_looked_at_as_they_are_written() -> None:
    assert detect(4111111111111111) == "card"
    assert detect(4711) is None
