"""A script with a journal, killed at 50 points in each of four shapes, and run again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.once import once

PROJECT = Path(__file__).parents[3]
KILLS = 50
# Processes are killed, not the machine: without a disk behind it the lab is faster and proves the same.
MEMORY = "/dev/shm"
SHAPES = ["chain", "fan", "loop", "nested"]


@pytest.fixture(scope="module", params=SHAPES)
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    shape = request.param
    found: dict[str, Any] = once(tmp_path_factory, f"kills-{shape}", lambda: kill(shape))
    return found


def kill(shape: str) -> Any:
    """What the lab says of all cases."""
    lab = Path(__file__).with_name("kill_lab.py")
    with tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
        ended = subprocess.run(
            [sys.executable, lab, shape, str(KILLS), "1", folder],
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return json.loads(ended.stdout)


def counts(executions: list[list[str]]) -> Counter[str]:
    return Counter(path for path, _ in executions)


def test_kills_are_spread_over_the_whole_run(report: dict[str, Any]) -> None:
    steps = len(report["whole"]["completed"])
    first = [case["rounds"][0] for case in report["cases"]]
    died = [len(round_["completed"]) / steps for round_ in first if not round_["ended"]]

    assert len(died) == KILLS
    for quarter in range(4):
        assert any(quarter / 4 <= share < (quarter + 1) / 4 for share in died), quarter


def test_no_completed_step_runs_a_second_time(report: dict[str, Any]) -> None:
    for case in report["cases"]:
        final = counts(case["executions"])
        for round_ in case["rounds"]:
            before = counts(round_["executions"])
            again = [path for path in round_["completed"] if final[path] != before[path]]
            assert again == [], case["kills"]


def test_a_step_starts_again_only_when_it_was_killed(report: dict[str, Any]) -> None:
    for case in report["cases"]:
        deaths = sum(not round_["ended"] for round_ in case["rounds"])

        assert max(counts(case["executions"]).values()) <= 1 + deaths, case["kills"]


def test_the_results_are_those_of_a_run_in_peace(report: dict[str, Any]) -> None:
    for case in report["cases"]:
        assert case["results"] == report["whole"]["results"], case["kills"]
        assert sorted(set(case["completed"])) == sorted(set(report["whole"]["completed"]))
        assert len(case["completed"]) == len(set(case["completed"]))


def test_a_resumed_run_keeps_its_id_and_each_step_its_idempotency_key(report: dict[str, Any]) -> None:
    for case in report["cases"]:
        assert case["runs"] == [case["run"]], case["kills"]
        assert {(path, key) for path, key in case["executions"]} == {
            (path, f"{case['run']}/{path}") for path, _ in case["executions"]
        }
