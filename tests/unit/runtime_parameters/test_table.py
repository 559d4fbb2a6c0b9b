"""The table of the 29, what is refused, and which value wins."""

from __future__ import annotations

import math
import runpy
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from accounts.access import UserContext
from runtime import BaseRuntime, ParameterError, RuntimeConfig
from runtime.engine.config import check_settings, check_values, resolve_config
from runtime.engine.parameters import PARAMETERS, WORKFLOW_SETTINGS
from tests.unit.engine.steps import document, node
from tests.unit.runtime_parameters.running import Runner, SmallRuntime

HERE = Path(__file__).parent
OPERATORS = {
    "sandbox",
    "user_context",
    "enable_security",
    "enable_audit",
    "secret_provider",
    "event_sink",
    "persist",
}
HUGE = 10**400
WRONG: list[Any] = [math.nan, math.inf, -math.inf, -1, -0.5, HUGE, "8", b"8", [], {}, object(), 1j]


def test_each_parameter_has_a_test_of_its_behaviour() -> None:
    text = "".join(
        path.read_text() for path in sorted(HERE.glob("test_*.py")) if path.name != "test_table.py"
    )

    assert [name for name in PARAMETERS if f"\ndef test_{name}_" not in text] == []


def test_the_page_of_the_documentation_is_up_to_date() -> None:
    script = runpy.run_path(str(HERE.parents[2] / "docs" / "write_runtime_parameters.py"))

    assert script["PAGE"].read_text(encoding="utf-8") == script["text"](), "run the script again"


def test_code_on_the_page_ends_where_it_should() -> None:
    page = (HERE.parents[2] / "docs" / "runtime-parameters.md").read_text(encoding="utf-8")

    assert [line for line in page.splitlines() if "```" in line] == ["```python", "```"]


def test_the_table_and_the_configuration_name_the_same_29() -> None:
    assert [item.name for item in fields(RuntimeConfig)] == list(PARAMETERS)
    assert len(PARAMETERS) == 29
    assert set(PARAMETERS) - WORKFLOW_SETTINGS == OPERATORS


@pytest.mark.parametrize("name", PARAMETERS)
def test_each_default_is_allowed_and_described(name: str) -> None:
    parameter = PARAMETERS[name]

    assert parameter.complaint(parameter.default) is None
    assert getattr(RuntimeConfig(), name) == parameter.default
    assert parameter.title
    assert parameter.description.endswith(".")
    assert parameter.allowed


@pytest.mark.parametrize("name", sorted(WORKFLOW_SETTINGS))
def test_each_schema_agrees_with_its_check(name: str) -> None:
    """The form in the browser checks by the schema, the server by the table."""
    parameter = PARAMETERS[name]
    values = [None, True, False, 0, 1, 2, 64, 1.5, 86_401, 32_000_000, -1, "", "warn", "linear", [], {}]

    for value in values:
        fits = jsonschema.Draft202012Validator(parameter.schema).is_valid(value)
        assert fits is (parameter.complaint(value) is None), value


@pytest.mark.parametrize("name", [name for name, item in PARAMETERS.items() if item.schema])
def test_nonsense_is_refused_by_name(name: str) -> None:
    for value in WRONG:
        with pytest.raises(ParameterError, match=f"^{name} must be ") as refused:
            RuntimeConfig(**{name: value})
        assert refused.value.facts["field"] == name


@pytest.mark.parametrize(
    "name", [name for name, item in PARAMETERS.items() if "boolean" not in str(item.schema) and item.schema]
)
def test_true_is_no_number(name: str) -> None:
    with pytest.raises(ParameterError, match=f"^{name} must be "):
        RuntimeConfig(**{name: True})


@pytest.mark.parametrize(
    ("bad", "allowed"),
    [
        ({"max_workers": 0}, "a whole number from 1 to 10000"),
        ({"max_concurrency": 1.5}, "a whole number from 1 to 10000"),
        ({"timeout": 0}, "a number of seconds above 0 and at most 31536000, or null for no limit"),
        ({"retry_backoff": "random"}, "one of constant, linear, exponential"),
        ({"fail_fast": 1}, "true or false"),
        ({"sandbox": "none"}, "one of inline, isolated"),
        ({"sandbox_memory_mb": 1}, "a whole number from 64 to 65536"),
        ({"event_sink": 5}, "a function that takes an event, or null for none"),
        ({"persist": " "}, "the path of a file, or null for none"),
        ({"persist": "a\0b"}, "the path of a file, or null for none"),
        ({"user_context": {"user_id": "x"}}, "a UserContext (from accounts.access)"),
        ({"secret_provider": 5}, "a mapping of names to secrets"),
        ({"circuit_breaker_threshold": 0}, "a whole number from 1 to 1000, or null for no breaker"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_refusal_says_what_is_allowed(bad: dict[str, Any], allowed: str) -> None:
    with pytest.raises(ParameterError) as refused:
        RuntimeConfig(**bad)

    assert f"{next(iter(bad))} must be {allowed}" in str(refused.value)


def test_an_unknown_parameter_names_the_nearest() -> None:
    with pytest.raises(TypeError, match=r"'max_worker'.*Did you mean 'max_workers'\?"):
        SmallRuntime(max_worker=3)
    with pytest.raises(TypeError, match="max_worker"):
        RuntimeConfig(max_worker=3)  # type: ignore[call-arg]


def test_all_that_is_wrong_is_found_at_once() -> None:
    found = BaseRuntime.validate_config(timeout=-1, max_worker=1, enable_security=True, seed=3)

    assert [(problem.code, problem.field) for problem in found] == [
        ("unknown_parameter", "max_worker"),
        ("invalid_parameter", "timeout"),
        ("invalid_parameter", "enable_security"),
    ]
    assert check_values({"timeout": 5}) == []


@pytest.mark.parametrize("name", sorted(OPERATORS))
def test_a_workflow_cannot_set_what_is_the_operators(name: str) -> None:
    value = PARAMETERS[name].default

    assert [problem.code for problem in check_settings({name: value})] == ["unsupported_option"]
    with pytest.raises(ParameterError, match=f"{name} cannot be set in a workflow"):
        resolve_config({name: value})


def test_the_secrets_of_a_provider_are_not_in_the_text_of_a_configuration() -> None:
    config = RuntimeConfig(secret_provider={"token": "hunter2"}, user_context=UserContext(user_id="u"))

    assert "hunter2" not in repr(config)


# --- node option > run > workflow > default ---------------------------------------------------------------

SLOW = node("a", "Flaky", seconds=0.1)


def test_the_workflow_wins_over_the_default(run: Runner) -> None:
    assert run(document([SLOW])).error is None
    assert run(document([SLOW], settings={"node_timeout": 0.01})).failure("a")["code"] == "timeout"


def test_the_run_wins_over_the_workflow(run: Runner) -> None:
    assert run(document([SLOW], settings={"node_timeout": 0.01}), node_timeout=30).error is None
    assert run(document([SLOW], settings={"node_timeout": 30}), node_timeout=0.01).error is not None


def test_a_run_that_says_the_default_wins_over_the_workflow(run: Runner) -> None:
    assert run(document([SLOW], settings={"node_timeout": 0.01}), node_timeout=None).error is None


def test_the_node_wins_over_the_run(run: Runner) -> None:
    patient = {**SLOW, "options": {"timeout": 30}}
    hasty = {**SLOW, "options": {"timeout": 0.01}}

    assert run(document([patient]), node_timeout=0.01).error is None
    assert run(document([hasty]), node_timeout=30).failure("a")["code"] == "timeout"


def test_the_retries_of_a_node_win_over_those_of_the_run(run: Runner) -> None:
    own = {"retry": {"max_retries": 1, "initial_delay": 0}}
    graph = document([node("a", "Flow", failures=9, options=own), node("b", "Flow", failures=9)])

    seen = run(graph, retry_on_failure=True, max_retries=2, retry_initial_delay=0)

    assert (len(seen.of("node.started", "a")), len(seen.of("node.started", "b"))) == (2, 3)
