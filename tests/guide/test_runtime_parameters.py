"""What the runtime parameters of the guide's block do, in both runtimes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.guide.peer import serving
from tests.guide.running import SCRIPTS, run
from tests.once import once

SCRIPT = SCRIPTS / "configured_runtime.py"
DELAYS = {"retry_initial_delay": 0.01, "retry_max_delay": 0.02}
# name -> (what the workflow holds, runtime parameters)
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
    """What the script printed of each case, with the number of `requests` to the peer, and its log."""

    kind: str
    cases: dict[str, dict[str, Any]]
    log: str


@pytest.fixture(scope="module", params=["sync", "async"])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    kind = request.param
    cases, log = once(tmp_path_factory, f"guide-parameters-{kind}", lambda: execute_all(kind))
    return Told(kind, cases, log)


def execute_all(kind: str) -> tuple[dict[str, dict[str, Any]], str]:
    with serving() as peer:
        cases = {
            name: {
                "codes": content.get("codes", 0),
                "urls": [peer.url(content["path"])] if "path" in content else [],
                "parameters": parameters,
            }
            for name, (content, parameters) in CASES.items()
        }
        ended = run(SCRIPT, kind, input=json.dumps(cases), EGRESS_ALLOW=peer.address)
        assert ended.returncode == 0, ended.stderr
        outcomes = json.loads(ended.stdout)
        for name, (content, _) in CASES.items():
            outcomes[name]["requests"] = peer.count(content.get("path", ""))
        return outcomes, ended.stderr


@pytest.mark.parametrize(("case", "most"), [("one_worker", 1), ("eight_workers", 4)])
def test_max_workers_bounds_what_runs_at_the_same_time(told: Told, case: str, most: int) -> None:
    spans = [outputs["result"] for outputs in told.cases[case]["results"].values()]

    assert max(sum(start <= moment < end for start, end in spans) for moment, _ in spans) == most


def test_timeout_ends_the_run_in_the_middle(told: Told) -> None:
    assert "0.5 s" in told.cases["too_slow"]["error"]
    assert 0.5 <= told.cases["too_slow"]["seconds"] < 5


@pytest.mark.parametrize(("case", "requests"), [("not_retried", 1), ("three_retries", 4), ("one_retry", 2)])
def test_retry_on_failure_gives_steps_the_retries_of_the_runtime(
    told: Told, case: str, requests: int
) -> None:
    assert told.cases[case]["requests"] == requests
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
