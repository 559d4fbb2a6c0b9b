"""Values that are no JSON, or more of it than anybody can hold, end their node and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runtime.engine.state import RunStatus
from runtime.models import Run
from runtime.queries.runs import state_of
from tests.services.runtime.conftest import HostMaker, RunMaker, wait_for_status


def compute(expression: str) -> dict[str, Any]:
    return {
        "nodes": [
            {
                "id": "a",
                "type": "TransformNode",
                "config": {"operations": [{"op": "compute", "column": "x", "expression": expression}]},
            }
        ]
    }


def check_row(run: Run) -> None:
    """The row says what its events say."""
    state = state_of(run.id)
    assert state.run_status == run.status
    assert state.seq == run.last_seq
    assert sum(run.counts.values()) == len(state.nodes)


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        ("float('nan')", "invalid_output"),
        ("float('inf')", "invalid_output"),
        ("{1: 2}", "invalid_output"),
        ("[0 - 1.5] * 900000", None),
        ("(0 - 8) ** 0.5", "invalid_output"),
        ("10 ** 2000", None),
        ("round(1, 0 - 10 ** 9)", "expression_failed"),
        ("[[1] * 1000000] * 1000000", "expression_failed"),
        ("record.nul + record.nul", None),
    ],
)
def test_a_value_is_stored_or_fails_its_node(
    make_run: RunMaker, make_host: HostMaker, expression: str, code: str | None
) -> None:
    run = make_run(document=compute(expression), parameters={"a": {"input": [{"nul": "\x00 and é"}]}})
    make_host()

    run = wait_for_status(run, RunStatus.SUCCEEDED, RunStatus.FAILED, timeout_s=30)

    assert (run.error or {}).get("code") == code
    check_row(run)


@pytest.mark.parametrize("node_id", ["a", "né", "'; drop table run; --", "%s", "${a}"])
def test_any_name_of_a_node_is_recorded(make_run: RunMaker, make_host: HostMaker, node_id: str) -> None:
    run = make_run((node_id, "TestEcho", {"text": json.dumps("x")}))
    make_host()

    run = wait_for_status(run, RunStatus.SUCCEEDED)

    assert list(state_of(run.id).nodes) == [node_id]
    check_row(run)
