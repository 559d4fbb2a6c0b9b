"""What the runtime parameters of the guide's block do, in both runtimes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.guide.peer import Peer
from tests.guide.running import SCRIPTS, run

SCRIPT = SCRIPTS / "configured_runtime.py"
DELAYS = {"retry_initial_delay": 0.01, "retry_max_delay": 0.02}
# name -> (what the workflow holds, runtime parameters); a path on the peer has the kind of runtime before it
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "one_worker": ({"codes": 4}, {"max_workers": 1}),
    "eight_workers": ({"codes": 4}, {"max_workers": 8}),
    "too_slow": ({"path": "too_slow/wait=20"}, {"timeout": 0.5}),
    "not_retried": ({"path": "not_retried/503"}, {**DELAYS, "retry_on_failure": False, "max_retries": 3}),
    "three_retries": ({"path": "three_retries/503"}, {**DELAYS, "retry_on_failure": True, "max_retries": 3}),
    "one_retry": ({"path": "one_retry/503"}, {**DELAYS, "retry_on_failure": True, "max_retries": 1}),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What the script printed of each case, and its log."""

    kind: str
    cases: dict[str, dict[str, Any]]
    log: str


@pytest.fixture(scope="module", params=["sync", "async"])
def told(request: pytest.FixtureRequest, peer: Peer) -> Told:
    cases = {}
    for name, (content, parameters) in CASES.items():
        urls = [peer.url(f"{request.param}_{content['path']}")] if "path" in content else []
        cases[name] = {"codes": content.get("codes", 0), "urls": urls, "parameters": parameters}
    ended = run(SCRIPT, request.param, input=json.dumps(cases), EGRESS_ALLOW=peer.address)
    assert ended.returncode == 0, ended.stderr
    return Told(request.param, json.loads(ended.stdout), ended.stderr)


@pytest.mark.parametrize(("case", "most"), [("one_worker", 1), ("eight_workers", 4)])
def test_max_workers_bounds_what_runs_at_the_same_time(told: Told, case: str, most: int) -> None:
    spans = [outputs["result"] for outputs in told.cases[case]["results"].values()]

    assert max(sum(start <= moment < end for start, end in spans) for moment, _ in spans) == most


def test_timeout_ends_the_run_in_the_middle(told: Told) -> None:
    assert "0.5 s" in told.cases["too_slow"]["error"]
    assert 0.5 <= told.cases["too_slow"]["seconds"] < 5


@pytest.mark.parametrize(("case", "requests"), [("not_retried", 1), ("three_retries", 4), ("one_retry", 2)])
def test_retry_on_failure_gives_steps_the_retries_of_the_runtime(
    told: Told, peer: Peer, case: str, requests: int
) -> None:
    assert peer.count(f"{told.kind}_{case}/503") == requests
    assert told.cases[case]["errors"]["call_0"]["code"] == "http_status"


def test_enable_logging_tells_what_happens(told: Told) -> None:
    case = {"codes": 1, "parameters": {"enable_logging": True}}

    ended = run(SCRIPT, told.kind, input=json.dumps({"logged": case}))

    for text in ("run.started", "node.started code_0", "node.succeeded code_0", "run.succeeded"):
        assert text in ended.stderr
        assert text not in told.log


def test_an_unknown_parameter_is_named_with_the_line_that_gives_it() -> None:
    ended = run(SCRIPT, "sync", input=json.dumps({"x": {"parameters": {"max_worker": 2}}}))

    assert ended.returncode == 1
    assert "unknown runtime parameter 'max_worker'. Did you mean 'max_workers'?" in ended.stderr
    assert 'LocalRuntime(**case["parameters"])' in ended.stderr
    assert "base.py" not in ended.stderr
