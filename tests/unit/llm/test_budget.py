"""What a run may use of models: counted over its steps, checked before each call."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from runtime import LocalRuntime, WorkflowBuilder
from runtime.llm.budget import Call, Limits, RunTally
from runtime.llm.messages import ModelError
from tests.model_peer import Provider, Refuse, Say, serving


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with serving() as provider:
        monkeypatch.setenv("EGRESS_ALLOW", provider.place)
        yield provider


@pytest.fixture
def runtime(provider: Provider, tmp_path: Path) -> Iterator[LocalRuntime]:
    here = {"wire": "openai", "base_url": provider.url}
    prices = {"input": 1000, "output": 1000}
    book = {"providers": {"here": here}, "models": {"m": {"provider": "here", "prices": prices}}}
    (tmp_path / "models.json").write_text(json.dumps(book))
    with LocalRuntime(workspace=tmp_path) as runtime:
        yield runtime


def two_steps(runtime: LocalRuntime, **limits: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The results of two steps, one after the other, the second with limits."""
    workflow = WorkflowBuilder()
    workflow.add_node("LLMAgentNode", "first", {"model": "m", "prompt": "Hi"})
    config = {"model": "m", "prompt": "{before}", "fallback_models": ["here/other"], **limits}
    workflow.add_node("LLMAgentNode", "second", config)
    workflow.add_connection("first", "result.text", "second", "before")
    results, _ = runtime.execute(workflow.build())
    return results["first"]["result"], results["second"]["result"]


@pytest.mark.parametrize("limits", [{"max_run_tokens": 18}, {"max_run_cost": 0.018}])
def test_a_step_asks_no_more_once_the_run_has_used_its_budget(
    runtime: LocalRuntime, provider: Provider, limits: dict[str, Any]
) -> None:
    first, second = two_steps(runtime, **limits)

    assert (first["usage"]["total_tokens"], first["cost"]) == (18, 0.018)
    assert second["error"]["code"] == "budget_exceeded"
    assert "18" in second["error"]["message"]
    assert provider.models() == ["m"]


@pytest.mark.parametrize("limits", [{"max_run_tokens": 19}, {"max_run_cost": 0.019}, {}])
def test_what_is_left_may_be_used(runtime: LocalRuntime, provider: Provider, limits: dict[str, Any]) -> None:
    assert two_steps(runtime, **limits)[1]["error"] is None


def test_each_run_counts_for_itself(runtime: LocalRuntime) -> None:
    assert two_steps(runtime, max_run_tokens=19)[1]["error"] is None
    assert two_steps(runtime, max_run_tokens=19)[1]["error"] is None


def test_a_call_that_was_refused_took_nothing(runtime: LocalRuntime, provider: Provider) -> None:
    provider.script["m"] = [Refuse(500), Say("ok")]

    first, second = two_steps(runtime, max_run_tokens=1)

    assert first["error"]["code"] == "model_unavailable"
    assert second["error"] is None


def test_the_tally_adds_up() -> None:
    tally = RunTally()

    async def use() -> None:
        await tally.note(Call("a", "m", "p", 3, 4, Decimal("0.1")))
        await tally.note(Call("a", "m", "p", None, None, None))
        await tally.check(Limits(tokens=8, cost=Decimal("0.2")))
        await tally.check(Limits(tokens=7))

    with pytest.raises(ModelError, match="7 tokens of 7"):
        asyncio.run(use())
