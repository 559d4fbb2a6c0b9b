"""A model as a step of a run on the server: its key, its text in the log, its failure as a value."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Tenant, User
from runtime.engine.state import RunStatus
from runtime.host.node_services import ProcessServices
from runtime.models import ModelCall, Run, RunLog
from runtime.queries.nodes import node_of_run
from runtime.services.credentials import create_credential
from runtime.services.model_calls import forget_old_calls
from tests.model_peer import Provider, Refuse, Say, serving
from tests.people import make_tenant
from tests.services.runtime.conftest import HostMaker, RunMaker, wait_for, wait_for_status

KEY = "sk-test-0123456789abcdef"


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with serving() as provider:
        settings.EGRESS_ALLOW = provider.place
        provider_ = {"wire": "openai", "base_url": provider.url, "credential": "openai"}
        models = {"gpt-4": {"provider": "here", "prices": {"input": 1000, "output": 2000}}}
        settings.LLM_MODELS = json.dumps({"providers": {"here": provider_}, "models": models})
        yield provider


def keep_key(user: User) -> None:
    create_credential(user=user, name="openai", type="bearer_token", description="", values={"token": KEY})


def result_of(run: Run, node: str = "llm") -> dict[str, Any]:
    found = node_of_run(run, node)
    assert found is not None and found.outputs.values is not None
    result: dict[str, Any] = found.outputs.values["result"]
    return result


def test_an_answer_on_the_server(
    make_run: RunMaker, make_host: HostMaker, provider: Provider, user: User
) -> None:
    keep_key(user)
    provider.script["gpt-4"] = [Refuse(429, retry_after="0"), Say("All is well")]
    options = {"retry": {"max_retries": 2, "initial_delay": 0.01}}
    node = {
        "id": "llm",
        "type": "LLMAgentNode",
        "config": {"model": "gpt-4", "prompt": "Hi"},
        "options": options,
    }
    run = make_run(document={"schema": 1, "nodes": [node], "connections": []})

    make_host(services=ProcessServices)

    wait_for_status(run, RunStatus.SUCCEEDED)
    result = result_of(run)
    assert (result["text"], result["cost"], result["error"]) == ("All is well ", 0.025, None)
    assert provider.asked[0].headers["authorization"] == f"Bearer {KEY}"
    keys = {asked.headers["idempotency-key"] for asked in provider.asked}
    assert len(keys) == 1


def test_without_a_credential_there_is_no_provider(
    make_run: RunMaker, make_host: HostMaker, provider: Provider
) -> None:
    run = make_run(("llm", "LLMAgentNode", {"model": "gpt-4", "prompt": "Hi"}))

    make_host(services=ProcessServices)

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert result_of(run)["error"]["code"] == "no_provider"
    assert provider.asked == []


def test_the_text_is_in_the_log_while_the_step_runs(
    make_run: RunMaker, make_host: HostMaker, provider: Provider, user: User
) -> None:
    keep_key(user)
    gate = threading.Event()
    parts = [f"word{number} " for number in range(20)]
    provider.script["gpt-4"] = [Say("", pieces=parts, gate=gate)]
    run = make_run(("llm", "LLMAgentNode", {"model": "gpt-4", "prompt": "Hi"}))
    make_host(services=ProcessServices)

    wait_for(lambda: RunLog.objects.filter(run=run, level="stream").exists(), "the beginning of the text")
    assert Run.objects.get(pk=run.pk).status == RunStatus.RUNNING
    gate.set()
    wait_for_status(run, RunStatus.SUCCEEDED)

    lines = RunLog.objects.filter(run=run, level="stream").order_by("pos")
    assert "".join(line.text for line in lines) == "".join(parts)
    assert {line.node for line in lines} == {"llm"}


def test_a_budget_holds_over_the_steps_of_a_run(
    make_run: RunMaker, make_host: HostMaker, provider: Provider, user: User
) -> None:
    keep_key(user)
    config = {"model": "gpt-4", "prompt": "Hi", "max_run_tokens": 18}
    run = make_run(("one", "LLMAgentNode", config), ("two", "LLMAgentNode", config))

    make_host(services=ProcessServices)

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert result_of(run, "one")["error"] is None
    assert result_of(run, "two")["error"]["code"] == "budget_exceeded"
    call = ModelCall.objects.get()
    assert (call.run_id, call.node, call.model, call.provider) == (run.pk, "one", "gpt-4", "here")
    assert (call.tokens_in, call.tokens_out, call.cost) == (11, 7, Decimal("0.025"))


@pytest.mark.parametrize("limit", ["LLM_MONTHLY_TOKENS", "LLM_MONTHLY_COST"])
def test_the_month_of_a_workspace_has_a_budget(
    make_run: RunMaker,
    make_host: HostMaker,
    provider: Provider,
    tenant: Tenant,
    user: User,
    settings: Any,
    limit: str,
) -> None:
    keep_key(user)
    setattr(settings, limit, 100 if limit == "LLM_MONTHLY_TOKENS" else "5.00")
    used = {
        "run_id": uuid4(),
        "node": "x",
        "model": "m",
        "provider": "p",
        "tokens_in": 60,
        "tokens_out": 40,
        "cost": 5,
    }
    before = timezone.now().replace(day=1, hour=0, minute=0, second=0, microsecond=0) - timedelta(seconds=1)
    ModelCall.objects.create(tenant=make_tenant("other"), at=timezone.now(), **used)
    ModelCall.objects.create(tenant=tenant, at=before, **used)
    steps = ("llm", "LLMAgentNode", {"model": "gpt-4", "prompt": "Hi"})
    make_host(services=ProcessServices)

    free = make_run(steps)
    wait_for_status(free, RunStatus.SUCCEEDED)
    ModelCall.objects.create(tenant=tenant, at=timezone.now(), **used)
    spent = make_run(steps)
    wait_for_status(spent, RunStatus.SUCCEEDED)

    assert result_of(free)["error"] is None
    assert result_of(spent)["error"]["code"] == "budget_exceeded"
    assert "this month" in result_of(spent)["error"]["message"]


def test_old_calls_are_forgotten(tenant: Tenant) -> None:
    call = {"run_id": uuid4(), "node": "x", "model": "m", "provider": "p"}
    ModelCall.objects.create(tenant=tenant, at=timezone.now() - timedelta(days=401), **call)
    ModelCall.objects.create(tenant=tenant, at=timezone.now(), **call)

    assert forget_old_calls() == 1
    assert ModelCall.objects.count() == 1
