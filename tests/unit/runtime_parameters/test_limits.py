"""An operator's limits: what is past them is a problem, and defaults are drawn in."""

from __future__ import annotations

from typing import Any

import pytest

from runtime import ParameterError, RuntimeConfig
from runtime.builder import standard_registry
from runtime.engine.caps import CAPPABLE, NO_CAPS, Caps, apply, check_against, check_node_options
from runtime.engine.config import check_settings, resolve_config
from runtime.engine.graph import parse_graph
from runtime.engine.parameters import PARAMETERS
from runtime.engine.plan import compile_plan
from runtime.script_workflows import ScriptWorkflows

# (limit, a value that keeps it, a value that goes past it)
CASES: dict[str, tuple[Any, Any, Any]] = {
    "max_workers": (4, 4, 5),
    "max_concurrency": (16, 1, 17),
    "timeout": (600, 599.5, None),
    "node_timeout": (60.0, 60, 61),
    "retry_on_failure": (False, False, True),
    "max_retries": (3, 0, 4),
    "retry_backoff": ("linear", "exponential", "constant"),
    "retry_initial_delay": (0.5, 1.0, 0.1),
    "retry_max_delay": (10, 10, 9),
    "fail_fast": (True, True, False),
    "circuit_breaker_threshold": (5, 2, None),
    "circuit_breaker_reset": (10.0, 30, 5),
    "enable_cycles": (False, False, True),
    "max_iterations": (100, 100, 101),
    "connection_validation": ("warn", "strict", "off"),
    "max_output_bytes": (1 << 20, 1 << 10, 1 << 21),
    "sandbox_memory_mb": (256, 64, 512),
    "enable_logging": (False, False, True),
    "debug": (False, False, True),
    "enable_monitoring": (True, True, False),
}


def test_every_parameter_that_can_be_tightened_has_a_case() -> None:
    assert set(CASES) == set(CAPPABLE)


@pytest.mark.parametrize("name", CASES)
def test_a_tighter_value_passes_and_a_looser_one_is_a_problem(name: str) -> None:
    limit, tight, loose = CASES[name]
    caps = Caps.from_mapping({name: limit})

    assert check_against(caps, {name: tight}) == []
    assert check_against(caps, {name: limit}) == []
    [problem] = check_against(caps, {name: loose})

    assert (problem.code, problem.field) == ("over_limit", f"settings.{name}")
    assert problem.message.startswith(f"{name} is ")
    assert check_against(NO_CAPS, {name: loose}) == []


@pytest.mark.parametrize("name", CASES)
def test_what_is_past_a_limit_is_drawn_in(name: str) -> None:
    limit, tight, loose = CASES[name]
    caps = Caps.from_mapping({name: limit})

    assert getattr(apply(caps, RuntimeConfig(**{name: loose})), name) == limit
    assert getattr(apply(caps, RuntimeConfig(**{name: tight})), name) == tight


def test_the_problem_names_the_value_and_the_limit() -> None:
    caps = Caps.from_mapping({"timeout": 600, "connection_validation": "warn", "debug": False})

    found = check_settings({"timeout": 900.0, "connection_validation": "off", "debug": True}, caps=caps)

    assert [problem.message for problem in found] == [
        "timeout is 900; the operator of this server allows at most 600 seconds",
        "connection_validation is off; the operator of this server allows at its loosest warn",
        "debug is true; the operator of this server allows only false",
    ]


def test_defaults_are_drawn_in_too() -> None:
    caps = Caps.from_mapping({"timeout": 600, "max_workers": 2})

    config = resolve_config({}, {}, caps=caps)

    assert (config.timeout, config.max_workers, config.max_retries) == (600, 2, 3)


def test_the_options_of_a_node_have_the_same_limits() -> None:
    caps = Caps.from_mapping({"node_timeout": 60, "max_retries": 2, "retry_initial_delay": 1})

    found = check_node_options(caps, timeout=90, retry={"max_retries": 5, "initial_delay": 0})

    assert [problem.field for problem in found] == [
        "options.timeout",
        "options.retry.max_retries",
        "options.retry.initial_delay",
    ]
    assert check_node_options(caps, timeout=60, retry={"max_retries": 2}) == []
    assert check_node_options(caps) == []


@pytest.mark.parametrize("is_called", [False, True], ids=["own", "sub-workflow"])
def test_the_options_of_what_was_published_before_a_limit_are_drawn_in(is_called: bool) -> None:
    """Keys that a retry option leaves out count as well: their defaults can be past a limit."""
    caps = Caps.from_mapping({"node_timeout": 60, "max_retries": 2, "retry_initial_delay": 5})
    step = {
        "id": "step",
        "type": "WaitNode",
        "config": {"seconds": 1},
        "options": {"timeout": 90, "retry": {"retry_on": ["timeout"]}},
    }
    graph = parse_graph({"nodes": [step]})
    if is_called:
        call = {"id": "call", "type": "SubWorkflowNode", "config": {"workflow": "child"}}
        workflows = ScriptWorkflows({"child": graph}, None)
        graph = parse_graph({"nodes": [call]})
    plan = compile_plan(graph, standard_registry(), workflows=workflows if is_called else None, caps=caps)
    node = (plan.nodes[0].body or plan).nodes[0]

    assert node.timeout_s == 60
    assert node.retry is not None
    assert (node.retry.max_retries, node.retry.initial_delay, node.retry.max_delay) == (2, 5, 60)
    assert node.retry.retry_on == {"timeout"}


@pytest.mark.parametrize(
    ("limits", "complaint"),
    [
        ({"max_worker": 1}, "Did you mean 'max_workers'"),
        ({"sandbox": "isolated"}, "'sandbox' is not a parameter that has a limit"),
        ({"seed": 1}, "'seed' is not a parameter that has a limit"),
        ({"timeout": -1}, "the limit of timeout must be"),
        ({"max_workers": True}, "the limit of max_workers must be"),
        ([1], "limits must be an object"),
    ],
    ids=["unknown", "operator", "untightenable", "negative", "bool", "no-object"],
)
def test_a_limit_that_makes_no_sense_is_refused(limits: Any, complaint: str) -> None:
    with pytest.raises(ParameterError, match=complaint):
        Caps.from_mapping(limits)


def test_null_is_no_limit() -> None:
    assert Caps.from_mapping({"timeout": None}) == NO_CAPS
    assert NO_CAPS.of("timeout") is None


def test_an_invalid_value_is_not_compared() -> None:
    caps = Caps.from_mapping({"timeout": 600, "connection_validation": "warn"})

    assert check_against(caps, {"timeout": "x", "connection_validation": "maybe", "no_such": 1}) == []
    assert [item.code for item in check_settings({"timeout": "x"}, caps=caps)] == ["invalid_setting"]


def test_every_limit_reads_as_a_sentence() -> None:
    for name, (limit, _, loose) in CASES.items():
        [problem] = check_against(Caps.from_mapping({name: limit}), {name: loose})
        assert "None" not in problem.message
        assert PARAMETERS[name].tighter
