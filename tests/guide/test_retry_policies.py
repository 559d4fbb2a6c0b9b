"""What each key of the guide's `retry_config` does, seen by a server that fails on command."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from tests.guide.peer import serving
from tests.guide.running import SCRIPTS, run
from tests.once import once

# name -> (path on the peer, what differs from the guide's configuration)
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "always_down": ("always_down/503", {}),
    "no_retries": ("no_retries/503", {"max_retries": 0}),
    "recovers": ("recovers/503,502,200", {}),
    "constant": ("constant/500", {"backoff_strategy": "constant", "initial_delay": 0.1}),
    "linear": ("linear/500", {"backoff_strategy": "linear", "initial_delay": 0.1}),
    "exponential": ("exponential/500", {"initial_delay": 0.1}),
    "half_the_delay": ("half_the_delay/500", {"initial_delay": 0.05}),
    "capped": ("capped/500", {"initial_delay": 0.1, "max_delay": 0.15}),
    "other_status": ("other_status/429,200", {}),
    "own_status": ("own_status/429,200", {"retry_on_status": [429]}),
    "refused": ("refused/404,200", {}),
    "dropped": ("dropped/drop,200", {"retry_on": ["http_error"], "retry_on_status": None}),
    "only_dropped": ("only_dropped/503,200", {"retry_on": ["http_error"], "retry_on_status": None}),
    "asked_to_wait": ("asked_to_wait/503;Retry-After=1,200", {}),
    "asked_past_max": ("asked_past_max/503;Retry-After=1,200", {"max_delay": 0.01}),
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Of each case what the script printed, and as `arrivals` when the peer was asked."""
    found: dict[str, dict[str, Any]] = once(tmp_path_factory, "guide-retries", call_all)
    return found


def call_all() -> dict[str, dict[str, Any]]:
    with serving() as peer:
        cases = {name: (peer.url(path), config) for name, (path, config) in CASES.items()}
        ended = run(SCRIPTS / "call_api.py", input=json.dumps(cases), EGRESS_ALLOW=peer.address)
        assert ended.returncode == 0, ended.stderr
        outcomes = json.loads(ended.stdout)
        return {
            name: {**outcomes[name], "arrivals": peer.arrivals[f"/{path}"]}
            for name, (path, _) in CASES.items()
        }


def ends(told: dict[str, dict[str, Any]], case: str) -> tuple[Any, int]:
    """The status or the code of the error, and how many requests it took."""
    return told[case].get("status", told[case].get("error")), len(told[case]["arrivals"])


def test_three_retries_are_four_attempts(told: dict[str, Any]) -> None:
    assert ends(told, "always_down") == ("http_status", 4)
    assert ends(told, "no_retries") == ("http_status", 1)


def test_a_service_that_recovers_is_answered_from(told: dict[str, Any]) -> None:
    assert ends(told, "recovers") == (200, 3)


@pytest.mark.parametrize(
    ("strategy", "factors"), [("linear", [1, 2, 3]), ("exponential", [1, 2, 4]), ("capped", [1, 1.5, 1.5])]
)
def test_the_strategy_says_how_delays_grow(told: dict[str, Any], strategy: str, factors: list[float]) -> None:
    constant = told["constant"]["delays"]

    expected = [delay * factor for delay, factor in zip(constant, factors, strict=True)]

    assert told[strategy]["delays"] == pytest.approx(expected, abs=0.003)
    assert all(0 < delay <= 0.1 for delay in constant)


def test_delays_are_in_proportion_to_the_first(told: dict[str, Any]) -> None:
    expected = [delay / 2 for delay in told["exponential"]["delays"]]

    assert told["half_the_delay"]["delays"] == pytest.approx(expected, abs=0.002)


def test_the_script_really_waits(told: dict[str, Any]) -> None:
    waits = [later - earlier for earlier, later in pairwise(told["exponential"]["arrivals"])]

    assert all(
        wait >= delay - 0.005 for wait, delay in zip(waits, told["exponential"]["delays"], strict=True)
    )


def test_only_the_named_statuses_are_tried_again(told: dict[str, Any]) -> None:
    assert ends(told, "other_status") == ("http_status", 1)
    assert ends(told, "own_status") == (200, 2)
    assert ends(told, "refused") == ("http_status", 1)


def test_only_the_named_errors_are_tried_again(told: dict[str, Any]) -> None:
    assert ends(told, "dropped") == (200, 2)
    assert ends(told, "only_dropped") == ("http_status", 1)


@pytest.mark.parametrize("case", ["asked_to_wait", "asked_past_max"])
def test_what_the_server_asks_for_is_the_least_delay(told: dict[str, Any], case: str) -> None:
    first, second = told[case]["arrivals"]

    assert told[case]["status"] == 200
    assert second - first >= 1.0


def test_without_an_opening_a_script_does_not_reach_loopback() -> None:
    with serving() as peer:
        ended = run(SCRIPTS / "call_api.py", input=json.dumps({"x": (peer.url("closed/200"), {})}))

        assert json.loads(ended.stdout)["x"]["error"] == "egress_refused"
        assert peer.count("closed/200") == 0
