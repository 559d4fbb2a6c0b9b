"""What of a run's values a journal keeps: JSON as it was, and no secret."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from runtime import LocalRuntime, Node, NodeContext, NodeError, ParameterError, RunFailed, WorkflowBuilder
from tests.unit.persist.probe import RAN, Probe, Silent, cut_after, execute, workflow


def test_a_resumed_run_sees_the_values_that_the_first_one_saw(journal: Path) -> None:
    moment = datetime(2026, 1, 2, 3, 4)
    built = WorkflowBuilder()
    built.add_node(_Dated, "a", {})
    built.add_node(Probe, "b", {})
    built.add_connection("a", "result", "b", "before")
    whole = execute(journal, built.build())

    cut_after(journal, "node.succeeded", "a")
    resumed = execute(journal, built.build())

    assert whole == resumed
    assert whole[0]["b"]["result"]["before"] == {"at": moment.isoformat(), "pair": [1, 2]}


class _Dated(Node):
    type = "Dated"
    label = "Dated"
    category = "flow"
    icon = "test"

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": {"at": datetime(2026, 1, 2, 3, 4), "pair": (1, 2)}}


@pytest.mark.parametrize(
    ("value", "path"),
    [({"x": [{1, 2}]}, r"result\.x\[0\] is set"), (b"x", "result is bytes"), ({1: 2}, "has the key 1")],
    ids=["set", "bytes", "key"],
)
def test_an_output_that_is_not_json_fails_its_node_by_its_path(journal: Path, value: Any, path: str) -> None:
    class Odd(_Dated):
        type = "Odd"

        async def run(self, context: NodeContext) -> Mapping[str, Any]:
            return {"result": value}

    builder = WorkflowBuilder()
    builder.add_node(Odd, "odd", {})

    with pytest.raises(RunFailed, match=path) as failed:
        execute(journal, builder.build())

    assert failed.value.errors["odd"]["code"] == "invalid_output"


def test_a_parameter_that_is_not_json_is_refused_before_anything_runs(journal: Path) -> None:
    with pytest.raises(ParameterError, match=r"with persist= parameters\.b\.more is set"):
        execute(journal, workflow(), {"b": {"more": {1}}})

    assert RAN == {}


def test_parameters_of_a_run_stay_out_of_the_file(journal: Path) -> None:
    builder = WorkflowBuilder()
    builder.add_node(Silent, "a", {})

    execute(journal, builder.build(), {"a": {"token": "tops3cret"}})

    assert "tops3cret" not in journal.read_text("utf-8")


@pytest.mark.parametrize("fails", [False, True])
def test_a_secret_that_a_step_gives_away_does_not_reach_the_file(journal: Path, fails: bool) -> None:
    class Talkative(_Dated):
        type = "Talkative"

        async def run(self, context: NodeContext) -> Mapping[str, Any]:
            secret = context.services.secrets.get("api").reveal()
            if fails:
                raise NodeError(f"refused {secret}", code="refused", sent=[secret])
            return {"result": {"header": [f"Bearer {secret}"]}}

    builder = WorkflowBuilder()
    builder.add_node(Talkative, "talks", {"retry_config": {"max_retries": 1, "initial_delay": 0.0}})
    provider = {"api": "tops3cret"}
    with suppress(RunFailed), LocalRuntime(persist=journal, secret_provider=provider) as runtime:
        runtime.execute(builder.build())

    assert "tops3cret" not in journal.read_text("utf-8")
    assert ("refused ••••" if fails else "Bearer ••••") in journal.read_text("utf-8")


class _Kind(_Dated):
    type = "Kind"
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": type(context.inputs["pair"]).__name__}


def test_a_result_at_hand_is_seen_as_a_resumed_run_will_see_it(journal: Path) -> None:
    builder = WorkflowBuilder()
    builder.add_node(_Dated, "a", {})
    builder.add_node(_Kind, "b", {})
    builder.add_connection("a", "result.pair", "b", "pair")

    with LocalRuntime(persist=journal) as runtime:
        at_hand = {"a": {"result": {"pair": (1, 2)}}}
        results, _ = runtime.execute(builder.build(), mode="single", node="b", results=at_hand)

    assert results["b"]["result"] == "list"
