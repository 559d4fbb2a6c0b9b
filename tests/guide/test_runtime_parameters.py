"""What the runtime parameters of the guide's block do, in both runtimes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.guide.peer import Peer
from tests.guide.running import SCRIPTS, run

RUNTIMES = pytest.mark.parametrize("kind", ["sync", "async"])


def outcome(peer: Peer, kind: str, **case: Any) -> tuple[dict[str, Any], str]:
    """What the script printed: its result and its log."""
    ended = run(SCRIPTS / "configured_runtime.py", kind, input=json.dumps(case), EGRESS_ALLOW=peer.address)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout), ended.stderr


@RUNTIMES
def test_max_workers_bounds_what_runs_at_the_same_time(peer: Peer, kind: str) -> None:
    def most_at_once(max_workers: int) -> int:
        found, _ = outcome(peer, kind, codes=4, parameters={"max_workers": max_workers})
        spans = [result["result"] for result in found["results"].values()]
        return max(sum(start <= moment < end for start, end in spans) for moment, _ in spans)

    assert most_at_once(1) == 1
    assert most_at_once(8) == 4


@RUNTIMES
def test_timeout_ends_the_run_in_the_middle(peer: Peer, kind: str) -> None:
    found, _ = outcome(peer, kind, urls=[peer.url(f"slow_{kind}/wait=20")], parameters={"timeout": 0.5})

    assert "0.5 s" in found["error"]
    assert 0.5 <= found["seconds"] < 3


@RUNTIMES
def test_retry_on_failure_gives_steps_the_retries_of_the_runtime(peer: Peer, kind: str) -> None:
    def requests(**parameters: Any) -> int:
        path = f"{kind}_{len(peer.arrivals)}/503"
        delays = {"retry_initial_delay": 0.01, "retry_max_delay": 0.02}
        outcome(peer, kind, urls=[peer.url(path)], parameters={**delays, **parameters})
        return peer.count(path)

    assert requests(retry_on_failure=False, max_retries=3) == 1
    assert requests(retry_on_failure=True, max_retries=3) == 4
    assert requests(retry_on_failure=True, max_retries=1) == 2


@RUNTIMES
def test_enable_logging_tells_what_happens(peer: Peer, kind: str) -> None:
    _, quiet = outcome(peer, kind, codes=1, parameters={})
    found, log = outcome(peer, kind, codes=1, parameters={"enable_logging": True})

    assert quiet == ""
    assert "results" in found
    for text in ("run.started", "node.started code_0", "node.succeeded code_0", "run.succeeded"):
        assert text in log


@RUNTIMES
def test_an_unknown_parameter_is_named_with_the_line_that_gives_it(peer: Peer, kind: str) -> None:
    ended = run(SCRIPTS / "configured_runtime.py", kind, input=json.dumps({"parameters": {"max_worker": 2}}))

    assert ended.returncode == 1
    assert "unknown runtime parameter 'max_worker'. Did you mean 'max_workers'?" in ended.stderr
    assert "configured_runtime.py" in ended.stderr
    assert "base.py" not in ended.stderr
