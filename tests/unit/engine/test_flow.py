"""Which nodes run, which are skipped and why, and what flows between them."""

from __future__ import annotations

import pytest

from runtime.engine.errors import GraphError
from tests.unit.engine.steps import document, drive, node, told


def skips(events):
    return {event.node: event.data["reason"] for event in events if event.type == "node.skipped"}


def test_values_flow_along_dotted_paths():
    graph = document(
        [node("a", "Constant", value={"rows": [{"x": 1}, {"x": 2}]}), node("b")], ["a.result.rows.1.x -> b.x"]
    )

    outcome, _ = drive(graph)

    assert outcome.results["b"] == {"result": {"node": "b", "x": 2}}


def test_a_path_that_is_not_there_fails_the_reader_and_says_what_is():
    graph = document([node("a", "Constant", value={"rows": []}), node("b")], ["a.result.row -> b.x"])

    outcome, events = drive(graph)

    assert outcome.status == "failed"
    assert outcome.errors["b"]["code"] == "invalid_input"
    assert "has only rows" in outcome.errors["b"]["message"]
    assert told(events)[-3:] == ["node.started b 1", "node.failed b 1", "run.failed"]


def test_a_falsy_should_run_skips_the_node_and_what_follows():
    graph = document(
        [node("gate", "Constant", value=0), node("a"), node("b")], ["gate -> a.should_run", "a -> b"]
    )

    outcome, events = drive(graph)

    assert outcome.status == "succeeded"
    assert skips(events) == {"a": "should_run_false", "b": "upstream_skipped"}


def test_a_truthy_should_run_is_not_passed_on_as_an_input():
    outcome, _ = drive(document([node("gate", "Constant", value=[1]), node("a")], ["gate -> a.should_run"]))

    assert outcome.results["a"]["result"] == {"node": "a"}


def test_a_should_run_whose_source_is_skipped_skips_even_with_join_always():
    graph = document(
        [node("gate", "Constant", value=False), node("a"), node("b", options={"join": "always"})],
        ["gate -> a.should_run", "a -> b.should_run"],
    )

    _, events = drive(graph)

    assert skips(events)["b"] == "upstream_skipped"


def test_a_run_can_supply_should_run():
    outcome, events = drive(document([node("a")]), parameters={"a": {"should_run": False}})

    assert skips(events) == {"a": "should_run_false"}
    assert outcome.status == "succeeded"


def test_a_branch_not_taken_is_skipped():
    graph = document(
        [node("s", "Branch", take="right"), node("l"), node("r")], ["s.left -> l", "s.right.taken -> r"]
    )

    outcome, events = drive(graph)

    assert skips(events) == {"l": "branch_not_taken"}
    assert outcome.results["r"]["result"]["data"] is True


@pytest.mark.parametrize(
    ("join", "expected"),
    [
        ("any", {"node": "m", "x": {}, "y": {"taken": True}}),
        ("all", None),
        ("always", {"node": "m", "x": {}, "y": {"taken": True}}),
    ],
)
def test_join_decides_about_a_dead_connection(join, expected):
    graph = document(
        [node("s", "Branch", take="right"), node("m", options={"join": join})],
        ["s.left -> m.x", "s.right -> m.y"],
    )

    outcome, _ = drive(graph)

    assert outcome.results.get("m", {}).get("result") == expected


def test_an_input_declared_multiple_takes_live_values_in_the_order_of_connections():
    graph = document(
        [node("s", "Branch", take="right"), node("c", "Constant", value=3), node("j", "Join")],
        ["c -> j.items", "s.left -> j.items", "s.right -> j.items"],
    )

    outcome, _ = drive(graph)

    assert outcome.results["j"] == {"result": [3, {"taken": True}]}


def test_a_failure_fails_the_run_but_not_independent_branches():
    graph = document(
        [node("bad", "Flow", failures=9), node("after"), node("free", "Flow"), node("last")],
        ["bad -> after", "free -> last"],
    )

    outcome, events = drive(graph)

    assert outcome.status == "failed"
    assert outcome.error == {"code": "boom", "message": "failure 1", "retryable": False, "node": "bad"}
    assert skips(events) == {"after": "upstream_failed"}
    assert set(outcome.results) == {"free", "last"}


def test_fail_fast_stops_what_is_running():
    graph = document([node("bad", "Flaky", failures=9, seconds=1), node("slow", "Flaky", seconds=60)])

    outcome, events = drive(graph, settings={"fail_fast": True})

    assert outcome.status == "failed"
    assert "node.cancelled slow 1" in told(events)


def test_join_always_runs_after_a_failure():
    graph = document(
        [node("bad", "Flow", failures=9), node("clean", options={"join": "always"})], ["bad -> clean"]
    )

    outcome, _ = drive(graph)

    assert outcome.status == "failed"
    assert outcome.results["clean"]["result"] == {"node": "clean", "data": {}}


def test_an_error_connection_carries_the_error_and_saves_the_run():
    graph = document(
        [
            node("bad", "Flow", failures=9, options={"retry": {"max_retries": 1, "initial_delay": 0}}),
            node("help"),
            node("next"),
        ],
        ["bad !-> help.problem", "bad -> next"],
    )

    outcome, events = drive(graph)

    assert outcome.status == "succeeded"
    problem = outcome.results["help"]["result"]["problem"]
    assert problem["attempts"] == 2
    assert problem["error"]["code"] == "boom"
    assert skips(events) == {"next": "upstream_failed"}


def test_an_error_connection_is_dead_when_the_source_succeeds():
    _, events = drive(document([node("good", "Flow"), node("help")], ["good !-> help.problem"]))

    assert skips(events) == {"help": "no_error"}


def test_on_error_continue_leaves_the_node_failed_and_lets_the_run_succeed():
    graph = document(
        [node("bad", "Flow", failures=9, options={"on_error": "continue"}), node("b")], ["bad -> b"]
    )

    outcome, events = drive(graph)

    assert outcome.status == "succeeded"
    assert "bad" not in outcome.results
    assert skips(events) == {"b": "upstream_failed"}


def test_on_error_return_makes_the_error_a_value():
    graph = document(
        [node("bad", "Flow", failures=9, options={"on_error": "return"}), node("b")],
        ["bad.result.error.code -> b"],
    )

    outcome, _ = drive(graph)

    assert outcome.status == "succeeded"
    assert outcome.results["b"]["result"]["data"] == "boom"


def test_a_disabled_node_is_skipped():
    _, events = drive(document([{**node("a"), "disabled": True}, node("b")], ["a -> b"]))

    assert skips(events) == {"a": "disabled", "b": "upstream_skipped"}


def test_a_connection_beats_a_run_parameter():
    outcome, _ = drive(
        document([node("a", "Constant", value=1), node("b")], ["a -> b.x"]),
        parameters={"b": {"x": 2, "y": 3}},
    )

    assert outcome.results["b"]["result"] == {"node": "b", "x": 1, "y": 3}


def test_a_run_may_override_a_setting_that_is_run_settable():
    outcome, _ = drive(document([node("a", "Constant", value=1)]), parameters={"a": {"value": 5}})

    assert outcome.results["a"] == {"result": 5}


def test_parameters_resolve_templates_and_keep_their_type():
    graph = document(
        [node("a", "Code", code="${limit}", url="http://${host}/$${x}", limit="${limit}")],
        parameters=[{"name": "limit", "schema": {"type": "integer"}}, {"name": "host", "default": "here"}],
    )

    outcome, _ = drive(graph, parameters={"limit": 7})

    assert outcome.results["a"]["result"] == {"code": "${limit}", "url": "http://here/${x}", "limit": 7}


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"limt": 1}, "parameters.limt"),
        ({"limit": "many"}, "parameters.limit"),
        ({"limit": 1, "a": {"code": "x", "colour": 1}, "c": {"colour": 1}}, "parameters.c.colour"),
        ({"limit": 1, "c": 5}, "parameters.c"),
        ({}, "parameters.limit"),
    ],
)
def test_unusable_parameters_end_the_run_before_any_node_starts(parameters, field):
    graph = document(
        [node("a", "Code", code="", limit="${limit}"), node("c", "Constant", value=1)],
        parameters=[{"name": "limit", "schema": {"type": "integer"}}],
    )

    outcome, events = drive(graph, parameters=parameters)

    assert told(events) == ["run.started", "run.failed"]
    assert field in [problem["field"] for problem in outcome.error["problems"]]


def test_a_required_input_that_nothing_feeds_ends_the_run():
    outcome, _ = drive(document([node("a", "Need")]))

    assert outcome.error["problems"][0]["field"] == "inputs.data"


def test_a_required_input_may_come_with_the_run():
    outcome, _ = drive(document([node("a", "Need")]), parameters={"a": {"data": 5}})

    assert outcome.results["a"] == {"result": 5}


def test_a_cycle_cannot_be_planned():
    with pytest.raises(GraphError, match="circle"):
        drive(document([node("a"), node("b")], ["a -> b", "b -> a"]))


def test_an_empty_graph_succeeds():
    outcome, events = drive(document([]))

    assert outcome.status == "succeeded"
    assert told(events) == ["run.started", "run.succeeded"]
