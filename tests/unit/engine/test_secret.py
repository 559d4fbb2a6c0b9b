"""A secret does not show itself."""

from __future__ import annotations

import copy
import json
import logging
import pickle

import orjson
import pytest

from runtime.engine.secret import Secret
from runtime.secret_sources import Secrets

SECRET = Secret("hunter2")


@pytest.mark.parametrize(
    "text",
    [
        str(SECRET),
        repr(SECRET),
        f"{SECRET}",
        f"{SECRET!r:>40}",
        f"{SECRET:>40}",
        f"{SECRET}",
        "%s %r" % (SECRET, SECRET),  # noqa: UP031
        str([SECRET]),
        str({"x": SECRET}),
        str(vars(Secret)),
    ],
)
def test_it_prints_as_dots(text: str) -> None:
    assert "hunter2" not in text


@pytest.mark.parametrize(
    "give_away",
    [
        lambda: json.dumps(SECRET),
        lambda: json.dumps({"x": SECRET}),
        lambda: orjson.dumps(SECRET),
        lambda: pickle.dumps(SECRET),
        lambda: "" + SECRET,  # type: ignore[operator]
        lambda: list(SECRET),  # type: ignore[call-overload]
        lambda: bytes(SECRET),  # type: ignore[call-overload]
        lambda: vars(SECRET),
        lambda: SECRET.__value,  # type: ignore[attr-defined]
    ],
)
def test_it_is_not_given_away_by_accident(give_away: object) -> None:
    with pytest.raises((TypeError, AttributeError)) as refused:
        give_away()  # type: ignore[operator]

    assert "hunter2" not in str(refused.value)


def test_only_reveal_tells() -> None:
    assert SECRET.reveal() == "hunter2"
    assert copy.copy(SECRET) is copy.deepcopy(SECRET) is SECRET
    assert Secret("hunter2") == SECRET != Secret("hunter3")
    assert SECRET != "hunter2"
    assert bool(Secret("")) is True


def test_it_does_not_change() -> None:
    with pytest.raises(AttributeError, match="does not change"):
        SECRET.value = "x"


def test_only_a_text_is_a_secret() -> None:
    with pytest.raises(TypeError, match="a secret is a text, not int"):
        Secret(5)  # type: ignore[arg-type]


def test_the_log_gets_dots(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        logging.getLogger("runtime").info("using %s", SECRET)

    assert caplog.messages == ["using ••••"]


def test_what_was_asked_for_is_taken_out_at_any_depth() -> None:
    secrets = Secrets({"a": "hunter2", "long": "hunter2-and-more", "short": "abc"}.get)
    echoed = {"hunter2": ["x hunter2-and-more y", ("hunter2", 5, None)], "n": {"deep": "hunter2hunter2"}}

    assert secrets.redact(echoed) == echoed
    for name in ("a", "long", "short"):
        secrets.get(name)

    assert secrets.redact(echoed) == {"••••": ["x •••• y", ("••••", 5, None)], "n": {"deep": "••••••••"}}
    assert secrets.redact("abc") == "abc"
