"""A model as a step, against a provider on loopback that misbehaves on command: in both wire formats."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime import LocalRuntime, RunFailed, WorkflowBuilder
from runtime.engine.errors import ParameterError
from runtime.engine.events import Event
from runtime.engine.node import CheckContext
from runtime.engine.secret import DOTS
from runtime.nodes.llm_agent import LLMAgentNode
from tests.model_peer import BreakOff, Provider, Refuse, Rubbish, Say, Silence, serving

KEY = "sk-test-0123456789abcdef"
WIRES = pytest.mark.parametrize("model", ["gpt-4", "claude-3-sonnet"])
MODES = pytest.mark.parametrize("stream", [True, False], ids=["streamed", "whole"])


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    with serving() as provider:
        monkeypatch.setenv("EGRESS_ALLOW", provider.place)
        yield provider


@pytest.fixture
def workspace(provider: Provider, tmp_path: Path) -> Path:
    """Both families are served by the peer, with a key, and gpt-4 has prices."""
    book = {
        "providers": {
            "one": {"wire": "openai", "base_url": provider.url, "credential": "openai"},
            "two": {"wire": "anthropic", "base_url": provider.url, "credential": "anthropic"},
        },
        "models": {
            "gpt-4": {"provider": "one", "prices": {"input": 1000, "output": 2000}},
            "claude-3-sonnet": {"provider": "two"},
        },
    }
    (tmp_path / "models.json").write_text(json.dumps(book))
    (tmp_path / "credentials.json").write_text(json.dumps({"openai": KEY, "anthropic": KEY}))
    return tmp_path


@pytest.fixture
def runtime(workspace: Path) -> Iterator[LocalRuntime]:
    with LocalRuntime(workspace=workspace) as runtime:
        yield runtime


def ask(runtime: LocalRuntime, config: dict[str, Any], **inputs: Any) -> dict[str, Any]:
    """The result of one step."""
    workflow = WorkflowBuilder()
    workflow.add_node("LLMAgentNode", "llm", {"prompt": "Analyze: {data}", **config})
    given = {"data": "nothing", **inputs}
    results, _ = runtime.execute(workflow.build(), {"llm": given})
    found: dict[str, Any] = results["llm"]["result"]
    return found


@WIRES
@MODES
def test_an_answer_with_its_usage(
    runtime: LocalRuntime, provider: Provider, model: str, stream: bool
) -> None:
    provider.script[model] = [Say("It looks fine.")]

    result = ask(runtime, {"model": model, "stream": stream, "system": "Be brief."}, data=[1, 2])

    assert result.pop("attempts")[0]["error"] is None
    served = "served-openai" if model == "gpt-4" else "served-anthropic"
    assert result.pop("text").strip() == "It looks fine."
    assert result == {
        "data": None,
        "model": served,
        "provider": "one" if model == "gpt-4" else "two",
        "finish_reason": "stop",
        "usage": {"input_tokens": 11, "output_tokens": 7, "total_tokens": 18},
        "cost": 0.025 if model == "gpt-4" else None,
        "error": None,
    }
    assert provider.asked[0].prompt == "Analyze: [1, 2]"
    assert KEY in str(provider.asked[0].headers)


@WIRES
@MODES
def test_usage_that_is_not_told_is_not_known(
    runtime: LocalRuntime, provider: Provider, model: str, stream: bool
) -> None:
    provider.script[model] = [Say("Fine", usage=None)]

    result = ask(runtime, {"model": model, "stream": stream})

    assert (result["usage"], result["cost"], result["error"]) == (None, None, None)


@WIRES
@pytest.mark.parametrize(
    ("status", "code", "retryable"),
    [
        (400, "bad_request", False),
        (401, "unauthorized", False),
        (404, "unknown_model", False),
        (429, "rate_limited", True),
        (500, "model_unavailable", True),
        (529, "model_unavailable", True),
        (302, "bad_request", False),
    ],
)
def test_a_refused_call_is_a_value(
    runtime: LocalRuntime, provider: Provider, model: str, status: int, code: str, retryable: bool
) -> None:
    provider.script[model] = [Refuse(status, "because")]

    result = ask(runtime, {"model": model})

    assert result["text"] is None
    assert (result["error"]["code"], result["error"]["retryable"]) == (code, retryable)
    assert result["error"]["status"] == status
    assert "because" in result["error"]["message"]
    assert [found["error"] for found in result["attempts"]] == [code]


@WIRES
@pytest.mark.parametrize(
    ("act", "code"),
    [
        (Say("It looks fine to me.", breaks=True), "stream_broken"),
        (Say("It looks fine to me.", stops=True), "stream_broken"),
        (Rubbish(b"data: {oops\n\n", "text/event-stream"), "malformed_answer"),
        (Rubbish(b"data: [1, 2]\n\n", "text/event-stream"), "malformed_answer"),
        (Rubbish(b"<html>hello</html>", "text/html"), "malformed_answer"),
        (Rubbish(b'{"choices": []}'), "malformed_answer"),
        (BreakOff(), "model_unavailable"),
    ],
    ids=["disconnect", "cut-short", "no-json", "no-object", "html", "empty", "error-event"],
)
def test_a_broken_answer_is_a_value(
    runtime: LocalRuntime, provider: Provider, model: str, act: Any, code: str
) -> None:
    if model == "claude-3-sonnet" and act == Rubbish(b"data: [1, 2]\n\n", "text/event-stream"):
        code = "stream_broken"  # an event of a type that is not known is passed over
    provider.script[model] = [act]

    result = ask(runtime, {"model": model})

    assert result["error"]["code"] == code
    assert result["text"] is None


def test_how_long_a_provider_wants_to_be_left_alone_is_told(
    runtime: LocalRuntime, provider: Provider
) -> None:
    provider.script["gpt-4"] = [Refuse(429, retry_after="7")]

    assert ask(runtime, {"model": "gpt-4"})["error"]["retry_after_s"] == 7.0


def test_a_model_that_says_nothing_runs_out_of_time(runtime: LocalRuntime, provider: Provider) -> None:
    provider.script["gpt-4"] = [Silence()]

    result = ask(runtime, {"model": "gpt-4", "timeout_s": 0.2})

    assert result["error"]["code"] == "timeout"


def test_the_step_s_own_time_out_is_a_value_too(runtime: LocalRuntime, provider: Provider) -> None:
    provider.script["gpt-4"] = [Silence()]
    workflow = WorkflowBuilder()
    workflow.add_node("LLMAgentNode", "llm", {"model": "gpt-4", "prompt": "Hi"}, options={"timeout": 0.2})

    results, _ = runtime.execute(workflow.build())

    assert results["llm"]["result"]["error"]["code"] == "timeout"


def test_without_a_provider_that_is_the_value(provider: Provider) -> None:
    with LocalRuntime() as runtime:
        result = ask(runtime, {"model": "gpt-4"})

    assert result["error"]["code"] == "no_provider"
    assert "openai" in result["error"]["message"]
    assert provider.asked == []


def test_a_credential_that_the_step_names_has_to_be_there(runtime: LocalRuntime) -> None:
    assert ask(runtime, {"model": "gpt-4", "credential": "mine"})["error"]["code"] == "unknown_secret"


def test_a_server_of_one_s_own_needs_neither_list_nor_key(provider: Provider) -> None:
    with LocalRuntime() as runtime:
        result = ask(runtime, {"model": "llama3", "base_url": provider.url}, data="x")

    assert result["text"].strip() == "Analyze: x"
    assert "authorization" not in provider.asked[0].headers


def test_an_address_that_is_closed_to_nodes_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EGRESS_ALLOW", "")
    with LocalRuntime() as runtime:
        result = ask(runtime, {"model": "llama3", "base_url": "http://127.0.0.1:9/v1"})

    assert result["error"]["code"] == "egress_refused"


# --- fallback models -----------------------------------------------------------------------------------


def test_the_next_model_is_asked_where_one_gives_no_answer(runtime: LocalRuntime, provider: Provider) -> None:
    provider.script["gpt-4"] = [Refuse(503)]
    provider.script["claude-3-sonnet"] = [Say("Here I am")]

    result = ask(runtime, {"model": "gpt-4", "fallback_models": ["no-such-model", "claude-3-sonnet", "o3"]})

    assert result["text"].strip() == "Here I am"
    assert result["error"] is None
    assert [(found["model"], found["error"]) for found in result["attempts"]] == [
        ("gpt-4", "model_unavailable"),
        ("no-such-model", "no_provider"),
        ("claude-3-sonnet", None),
    ]
    assert provider.models() == ["gpt-4", "claude-3-sonnet"]


def test_a_fallback_model_goes_by_its_own_name(runtime: LocalRuntime, provider: Provider) -> None:
    """The address and the key of the step are for its own model, and for what nobody else serves."""
    provider.script["llama3"] = [Refuse(503)]
    provider.script["llama2"] = [Refuse(503)]

    result = ask(
        runtime,
        {"model": "llama3", "base_url": provider.url, "fallback_models": ["llama2", "claude-3-sonnet"]},
    )

    assert result["error"] is None
    assert [asked.path for asked in provider.asked] == [
        "/v1/chat/completions",
        "/v1/chat/completions",
        "/v1/messages",
    ]


def test_what_a_failed_call_took_counts_too(runtime: LocalRuntime, provider: Provider) -> None:
    provider.script["gpt-4"] = [Say("no json", usage=(100, 10)), Say("[1]", usage=(1, 1))]
    provider.script["claude-3-sonnet"] = [Say('{"a": 1}', usage=(5, 5))]

    result = ask(
        runtime, {"model": "gpt-4", "fallback_models": ["claude-3-sonnet"], "response_format": "json"}
    )

    assert result["data"] == {"a": 1}
    assert result["usage"] == {"input_tokens": 105, "output_tokens": 15, "total_tokens": 120}
    assert result["cost"] is None


@pytest.mark.parametrize("text", ['{"a": 1}', '```json\n{"a": 1}\n```', ' {"a":1}\n'])
def test_json_that_was_asked_for_is_read(runtime: LocalRuntime, provider: Provider, text: str) -> None:
    provider.script["gpt-4"] = [Say(text, pieces=[text])]

    assert ask(runtime, {"model": "gpt-4", "response_format": "json"})["data"] == {"a": 1}


# --- retries -------------------------------------------------------------------------------------------


def test_retries_come_before_the_value(workspace: Path, provider: Provider) -> None:
    provider.script["gpt-4"] = [Refuse(429, retry_after="0"), Refuse(500), Say("At last")]
    events: list[Event] = []
    with LocalRuntime(workspace=workspace, event_sink=events.append) as runtime:
        result = ask(
            runtime,
            {"model": "gpt-4", "retry_config": {"max_retries": 3, "initial_delay": 0.01, "max_delay": 0.02}},
        )

    assert result["text"].strip() == "At last"
    retried = [event.data["error"]["code"] for event in events if event.type == "node.retrying"]
    assert retried == ["rate_limited", "model_unavailable"]


def test_after_the_last_retry_the_failure_is_the_value(runtime: LocalRuntime, provider: Provider) -> None:
    provider.script["gpt-4"] = [Refuse(500)]

    result = ask(runtime, {"model": "gpt-4", "retry_config": {"max_retries": 2, "initial_delay": 0.01}})

    assert result["error"]["code"] == "model_unavailable"
    assert len(provider.asked) == 3


def test_what_another_try_cannot_mend_is_not_tried_again(runtime: LocalRuntime, provider: Provider) -> None:
    provider.script["gpt-4"] = [Refuse(401)]

    ask(runtime, {"model": "gpt-4", "retry_config": {"max_retries": 3, "initial_delay": 0.01}})

    assert len(provider.asked) == 1


def test_an_error_connection_gets_the_failure_itself(runtime: LocalRuntime, provider: Provider) -> None:
    provider.script["gpt-4"] = [Refuse(500)]
    workflow = WorkflowBuilder()
    workflow.add_node("LLMAgentNode", "llm", {"model": "gpt-4", "prompt": "Hi"})
    workflow.add_node("PythonCodeNode", "care", {"code": "result = failure['error']['code']"})
    workflow.add_connection("llm", "error", "care", "failure", kind="error")

    results, _ = runtime.execute(workflow.build())

    assert results["care"]["result"] == "model_unavailable"
    assert "llm" not in results


# --- the guide's fallback route ------------------------------------------------------------------------

CHECK = """
if primary_result.get('error'):
    result = {'use_fallback': True}
else:
    result = {'use_fallback': False, 'analysis': primary_result}
"""


def fallback_route() -> WorkflowBuilder:
    workflow = WorkflowBuilder()
    workflow.add_node("LLMAgentNode", "primary_llm", {"model": "gpt-4", "prompt": "Analyze: {data}"})
    workflow.add_node(
        "LLMAgentNode", "fallback_llm", {"model": "claude-3-sonnet", "prompt": "Analyze: {data}"}
    )
    workflow.add_node("PythonCodeNode", "check_primary", {"code": CHECK})
    workflow.add_connection("primary_llm", "result", "check_primary", "primary_result")
    workflow.add_connection("check_primary", "result.use_fallback", "fallback_llm", "should_run")
    return workflow


@pytest.mark.parametrize("is_down", [True, False])
def test_fallback_route_as_it_is_drawn(runtime: LocalRuntime, provider: Provider, is_down: bool) -> None:
    if is_down:
        provider.script["gpt-4"] = [Refuse(503)]
    given = {"data": "sales fell"}

    results, _ = runtime.execute(
        fallback_route().build(), parameters={"primary_llm": given, "fallback_llm": given}
    )

    assert results["check_primary"]["result"]["use_fallback"] is is_down
    assert ("fallback_llm" in results) is is_down
    last = results["fallback_llm" if is_down else "primary_llm"]["result"]
    assert (last["text"].strip(), last["error"]) == ("Analyze: sales fell", None)


def test_a_prompt_whose_name_nothing_gives_keeps_the_run_from_starting(runtime: LocalRuntime) -> None:
    with pytest.raises(ParameterError, match="data"):
        runtime.execute(fallback_route().build())


# --- what is shown -------------------------------------------------------------------------------------


def test_the_text_is_logged_while_it_comes(
    runtime: LocalRuntime, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.script["gpt-4"] = [Say("one two three four")]
    caplog.set_level(logging.INFO, "runtime.author")

    ask(runtime, {"model": "gpt-4"})

    *pieces, told = [record.getMessage().removeprefix("llm: ") for record in caplog.records]
    assert "".join(pieces) == "one two three four "
    assert re.fullmatch(r"gpt-4 answered in [0-9.]+ s: 11 tokens in, 7 out", told)


def test_a_key_that_comes_back_is_shown_nowhere(
    runtime: LocalRuntime, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.script["gpt-4"] = [
        Say(f"your key is {KEY} I think", pieces=["your key is ", KEY[:9], KEY[9:], " I think"])
    ]
    provider.script["claude-3-sonnet"] = [Refuse(401, f"bad key {KEY}")]
    caplog.set_level(logging.INFO, "runtime.author")

    answered, refused = (ask(runtime, {"model": model}) for model in ("gpt-4", "claude-3-sonnet"))

    assert KEY[:9] not in caplog.text + str(answered) + str(refused)
    assert DOTS in answered["text"]
    assert DOTS in refused["error"]["message"]


def test_a_refused_key_is_replaced_by_the_one_in_force(workspace: Path, provider: Provider) -> None:
    """The key is changed while the step asks with the one before."""
    keys = ["key-of-yesterday", KEY]
    provider.script["gpt-4"] = [Refuse(401), Say("Hello.")]

    with LocalRuntime(
        workspace=workspace, secret_provider=lambda name: keys.pop(0) if len(keys) > 1 else KEY
    ) as runtime:
        assert ask(runtime, {"model": "gpt-4"})["text"].strip() == "Hello."

    sent = [call.headers["authorization"] for call in provider.asked]
    assert sent == ["Bearer key-of-yesterday", f"Bearer {KEY}"]


def test_a_refused_key_that_is_still_in_force_is_not_sent_again(
    runtime: LocalRuntime, provider: Provider
) -> None:
    provider.script["gpt-4"] = [Refuse(401), Say("Hello.")]
    assert ask(runtime, {"model": "gpt-4"})["error"]["code"] == "unauthorized"
    assert len(provider.asked) == 1


# --- how it is checked ---------------------------------------------------------------------------------


def names(config: dict[str, Any]) -> list[str]:
    return [port.name for port in LLMAgentNode.input_ports({"model": "m", **config})]


def test_the_names_in_prompts_are_inputs() -> None:
    assert names({"prompt": "{a} {b} {{c}}", "system": "{d}", "variables": {"b": 1}}) == ["a", "d"]


def test_a_dollar_before_a_name_is_warned_of() -> None:
    config = {"model": "m", "prompt": "In ${region}: {data}"}

    problems = LLMAgentNode.check(config, CheckContext("llm"))

    assert [(problem.code, problem.field) for problem in problems] == [
        ("template_in_prompt", "config.prompt")
    ]
    assert "variables" in (problems[0].hint or "")


def test_parameters_of_the_workflow_come_by_variables(runtime: LocalRuntime, provider: Provider) -> None:
    workflow = WorkflowBuilder()
    config = {"model": "gpt-4", "prompt": "In {region}: {{x}}", "variables": {"region": "${region}"}}
    workflow.add_node("LLMAgentNode", "llm", config)

    runtime.execute(workflow.build(), {"region": "{data} ${y}"})

    assert provider.asked[0].prompt == "In {data} ${y}: {x}"


def test_an_input_called_like_a_setting_is_still_missing() -> None:
    problems = LLMAgentNode.check({"model": "m", "prompt": "Use {model}"}, CheckContext("llm"))

    assert [(problem.code, problem.field) for problem in problems] == [("missing_input", "inputs.model")]


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "config.model"),
        ({"model": "m"}, "config.prompt"),
        ({"model": "m", "prompt": ""}, "config.prompt"),
        ({"model": "m", "prompt": "p", "temperature": 3}, "config.temperature"),
        ({"model": "m", "prompt": "p", "max_tokens": 0}, "config.max_tokens"),
        ({"model": "m", "prompt": "p", "provider": "acme"}, "config.provider"),
        ({"model": "m", "prompt": "p", "base_url": "ftp://x"}, "config.base_url"),
        ({"model": "m", "prompt": "p", "base_url": "http://user:pw@x"}, "config.base_url"),
        ({"model": "m", "prompt": "p", "fallback_models": ["a", "a"]}, "config.fallback_models"),
        ({"model": "m", "prompt": "p", "fallback_models": [""]}, "config.fallback_models"),
        ({"model": "m", "prompt": "p", "tools": []}, "config.tools"),
    ],
)
def test_settings_that_cannot_be_are_refused_where_they_stand(config: dict[str, Any], field: str) -> None:
    with pytest.raises(ParameterError) as caught:
        LLMAgentNode(**config)

    assert field in str(caught.value)


def test_a_broken_list_of_models_is_a_value(workspace: Path, provider: Provider) -> None:
    (workspace / "models.json").write_text("{")
    with LocalRuntime(workspace=workspace) as runtime:
        assert ask(runtime, {"model": "gpt-4"})["error"]["code"] == "models_unreadable"


def test_an_unreadable_prompt_fails_the_step(runtime: LocalRuntime) -> None:
    """What is wrong with the step itself is no answer of a model."""
    workflow = WorkflowBuilder()
    workflow.add_node("PythonCodeNode", "give", {"code": "result = {'other': 1}"})
    workflow.add_node("LLMAgentNode", "llm", {"model": "gpt-4", "prompt": "{data}"})
    workflow.add_connection("give", "result.data", "llm", "data")

    with pytest.raises(RunFailed) as caught:
        runtime.execute(workflow.build())

    assert caught.value.errors["llm"]["code"] == "invalid_input"
