"""What each key of the guide's `retry_config` does, seen by a server that fails on command."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import pytest

from tests.guide.peer import Peer
from tests.guide.running import SCRIPTS, run

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
def outcomes(peer: Peer) -> dict[str, dict[str, Any]]:
    cases = {name: (peer.url(path), config) for name, (path, config) in CASES.items()}
    ended = run(SCRIPTS / "call_api.py", input=json.dumps(cases), EGRESS_ALLOW=peer.address)
    assert ended.returncode == 0, ended.stderr
    found: dict[str, dict[str, Any]] = json.loads(ended.stdout)
    return found


def requests(peer: Peer, case: str) -> int:
    return peer.count(CASES[case][0])


def test_three_retries_are_four_attempts(outcomes: dict[str, Any], peer: Peer) -> None:
    assert requests(peer, "always_down") == 4
    assert outcomes["always_down"]["error"] == "http_status"
    assert requests(peer, "no_retries") == 1


def test_a_service_that_recovers_is_answered_from(outcomes: dict[str, Any], peer: Peer) -> None:
    assert outcomes["recovers"]["status"] == 200
    assert requests(peer, "recovers") == 3


@pytest.mark.parametrize(
    ("strategy", "factors"), [("linear", [1, 2, 3]), ("exponential", [1, 2, 4]), ("capped", [1, 1.5, 1.5])]
)
def test_the_strategy_says_how_delays_grow(
    outcomes: dict[str, Any], strategy: str, factors: list[float]
) -> None:
    constant = outcomes["constant"]["delays"]

    expected = [delay * factor for delay, factor in zip(constant, factors, strict=True)]

    assert outcomes[strategy]["delays"] == pytest.approx(expected, abs=0.003)
    assert all(0 < delay <= 0.1 for delay in constant)


def test_delays_are_in_proportion_to_the_first(outcomes: dict[str, Any]) -> None:
    expected = [delay / 2 for delay in outcomes["exponential"]["delays"]]

    assert outcomes["half_the_delay"]["delays"] == pytest.approx(expected, abs=0.002)


def test_the_script_really_waits(outcomes: dict[str, Any], peer: Peer) -> None:
    arrivals = peer.arrivals["/" + CASES["exponential"][0]]
    waits = [later - earlier for earlier, later in pairwise(arrivals)]

    assert all(
        wait >= delay - 0.005 for wait, delay in zip(waits, outcomes["exponential"]["delays"], strict=True)
    )


def test_only_the_named_statuses_are_tried_again(outcomes: dict[str, Any], peer: Peer) -> None:
    assert (outcomes["other_status"].get("error"), requests(peer, "other_status")) == ("http_status", 1)
    assert (outcomes["own_status"].get("status"), requests(peer, "own_status")) == (200, 2)
    assert (outcomes["refused"].get("error"), requests(peer, "refused")) == ("http_status", 1)


def test_only_the_named_errors_are_tried_again(outcomes: dict[str, Any], peer: Peer) -> None:
    assert (outcomes["dropped"].get("status"), requests(peer, "dropped")) == (200, 2)
    assert (outcomes["only_dropped"].get("error"), requests(peer, "only_dropped")) == ("http_status", 1)


@pytest.mark.parametrize("case", ["asked_to_wait", "asked_past_max"])
def test_what_the_server_asks_for_is_the_least_delay(outcomes: dict[str, Any], peer: Peer, case: str) -> None:
    first, second = peer.arrivals["/" + CASES[case][0]]

    assert outcomes[case]["status"] == 200
    assert second - first >= 1.0


def test_without_an_opening_a_script_does_not_reach_loopback(peer: Peer) -> None:
    ended = run(SCRIPTS / "call_api.py", input=json.dumps({"x": (peer.url("closed/200"), {})}))

    assert json.loads(ended.stdout)["x"]["error"] == "egress_refused"
    assert peer.count("closed/200") == 0
