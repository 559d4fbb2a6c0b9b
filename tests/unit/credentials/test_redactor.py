"""What a secret looks like when it tries to leave, and what is left of it."""

from __future__ import annotations

import base64
import html
import json
import time
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from runtime.credentials.forms_of_secrets import telling_texts
from runtime.credentials.redactor import Redactor
from runtime.engine.secret import DOTS

SECRET = 'p/ss "wörd"+k3y&<x>'


@pytest.fixture
def redactor() -> Redactor:
    redactor = Redactor()
    redactor.learn(SECRET)
    return redactor


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        json.dumps(SECRET),
        json.dumps(SECRET, ensure_ascii=False),
        repr(SECRET),
        quote(SECRET),
        quote(SECRET, safe="").lower(),
        quote_plus(SECRET),
        urlencode({"key": SECRET}),
        html.escape(SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        SECRET.encode().hex(),
        base64.b64encode(f"user:{SECRET}".encode()).decode(),
    ],
    ids=[
        "plain", "json", "json in UTF-8", "repr", "url", "url in lower case", "url with +", "form", "html",
        "base64", "base64 for URLs", "hex", "within base64",
    ],
)  # fmt: skip
def test_every_form_of_a_secret_becomes_dots(redactor: Redactor, form: str) -> None:
    shown = redactor.text(f"before {form} after")

    assert DOTS in shown
    assert "wörd" not in shown
    assert len(shown) <= len("before  after") + 16
    assert shown.startswith("before ") and shown.endswith(" after")


@given(
    secret=st.text(st.characters(codec="utf-8"), min_size=8, max_size=40),
    before=st.binary(max_size=20),
    after=st.binary(max_size=20),
)
def test_base64_of_anything_around_a_secret_does_not_give_it_back(
    secret: str, before: bytes, after: bytes
) -> None:
    redactor = Redactor()
    redactor.learn(secret)

    shown = redactor.text(base64.b64encode(before + secret.encode() + after).decode())

    assert DOTS in shown


@given(
    secret=st.text(st.characters(codec="utf-8"), min_size=4, max_size=20),
    value=st.recursive(
        st.none() | st.booleans() | st.text(st.characters(codec="utf-8")),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ),
)
def test_no_value_holds_a_secret_after_it(secret: str, value: object) -> None:
    assume(secret not in ("null", "true", "false"))  # JSON's own words stand in its text
    redactor = Redactor()
    redactor.learn(secret)
    holding = {"deep": [value, f"x{secret}y", {secret: secret}]}
    text = json.dumps(holding, ensure_ascii=False).encode()

    shown = redactor.value(holding)

    assert redactor.is_in(text)
    assert not redactor.is_in(json.dumps(shown, ensure_ascii=False).replace(DOTS, "").encode()) or (
        secret in DOTS * 20
    )


def test_what_holds_no_secret_is_the_same_object(redactor: Redactor) -> None:
    value = {"rows": [{"a": 1}, ("b", None)], "text": "nothing"}

    assert redactor.value(value) is value
    assert Redactor().value(value) is value


def test_a_number_that_is_the_secret_is_dots_too() -> None:
    redactor = Redactor()
    redactor.learn("20261123")

    assert redactor.value({"pin": 20261123, "other": 2026}) == {"pin": DOTS, "other": 2026}


def test_the_lines_of_a_long_secret_are_found_one_by_one() -> None:
    key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0B\nAQEFAASCBKcwggSjAgEAAoIB\n-----END KEY-----"
    redactor = Redactor()
    redactor.learn(key)

    assert redactor.text("line 2: MIIEvQIBADANBgkqhkiG9w0B") == f"line 2: {DOTS}"
    assert redactor.text("-----BEGIN KEY-----") == "-----BEGIN KEY-----"


def test_a_secret_that_is_a_word_of_the_fold_does_not_break_the_fold() -> None:
    redactor = Redactor()
    redactor.learn("timer", "error", "message", "code")
    data = {
        "reason": "timer",
        "until": "2026-11-23",
        "error": {"code": "timer", "message": "the timer", "x": "a timer"},
    }

    assert redactor.event_data(data) == {
        "reason": "timer",
        "until": "2026-11-23",
        "error": {"code": "timer", "message": f"the {DOTS}", "x": f"a {DOTS}"},
    }


def test_texts_too_short_to_be_told_from_others_are_left_alone() -> None:
    redactor = Redactor()
    redactor.learn("abc")

    assert redactor.is_empty
    assert redactor.text("abc") == "abc"


def test_it_shows_nothing_of_itself(redactor: Redactor) -> None:
    assert SECRET not in repr(redactor)


@pytest.mark.parametrize(
    "filling",
    [SECRET[:-1], SECRET, "x", SECRET[:5] * 3 + "<", base64.b64encode(SECRET.encode()).decode()[:-6]],
    ids=["almost it", "nothing else", "one letter", "its beginning", "almost its base64"],
)
def test_the_time_grows_with_the_length_alone(redactor: Redactor, filling: str) -> None:
    """What a server may send to hold a worker up: 4 MB take 0.1 s, not the hours of a square."""
    text = (filling * (4_000_000 // len(filling))) + SECRET
    began = time.process_time()

    assert SECRET not in redactor.text(text)
    assert SECRET.encode() not in redactor.raw(text.encode())
    assert redactor.is_in(json.dumps([text], ensure_ascii=False).encode())
    assert time.process_time() - began < 3


def test_many_secrets_are_learnt_quickly() -> None:
    redactor = Redactor()
    began = time.process_time()

    for number in range(100):
        redactor.learn(f"secret number {number:04} of many")

    assert time.process_time() - began < 3
    assert redactor.text("a secret number 0099 of many b secret number 0000 of many") == f"a {DOTS} b {DOTS}"


def one_by_one(secrets: list[str], text: str) -> str:
    """What is shown where every form is searched for in the whole text."""
    for form in telling_texts(secrets):
        text = text.replace(form, DOTS)
    return text


PARTS = st.text(st.sampled_from('ab1é😀•"/ \ud800'), min_size=4, max_size=9)


@settings(deadline=None)
@given(secrets=st.lists(PARTS, max_size=12), around=st.lists(PARTS, max_size=12), data=st.data())
def test_many_secrets_are_taken_out_as_each_would_be(
    secrets: list[str], around: list[str], data: st.DataObject
) -> None:
    redactor = Redactor()
    redactor.learn(*(f"another secret, number {number}" for number in range(6)))
    for secret in secrets:
        redactor.learn(secret)
    forms = telling_texts([*secrets, "another secret, number 3"])
    pieces = [*around, *data.draw(st.lists(st.sampled_from(forms), max_size=12))]
    text = "".join(data.draw(st.permutations(pieces)))
    expected = one_by_one([*secrets, *(f"another secret, number {number}" for number in range(6))], text)

    assert redactor.text(text) == expected
    assert redactor.raw(text.encode("utf-8", "surrogatepass")) == expected.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("length", [4, 5, 6, 7, 8, 30])
def test_a_secret_among_many_is_found_wherever_it_begins(length: int) -> None:
    redactor = Redactor()
    secrets = [f"{number:03}{'x' * length}"[:length] for number in range(200)]
    redactor.learn(*secrets)

    for shift in range(9):
        for secret in secrets[::17]:
            assert redactor.text("." * shift + secret + "." * (shift % 3)).strip(".") == DOTS
            assert redactor.is_in(b"." * shift + secret.encode())


def test_200_secrets_cost_little() -> None:
    redactor = Redactor()
    redactor.learn(*(f"{number * 7919:x} of many secrets" for number in range(200)))
    text = "the answer of a server, with nothing in it to hide\n" * 260

    def took() -> float:
        began = time.thread_time()
        redactor.text(text)
        return time.thread_time() - began

    assert min(took() for _ in range(20)) < 0.002
