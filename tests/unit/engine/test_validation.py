"""All problems at once, each at its node and field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.engine.document import CONNECTION_KEYS, NODE_KEYS, OPTION_KEYS, PARAMETER_KEYS, read_document
from runtime.engine.errors import GraphError
from runtime.engine.graph import parse_graph
from runtime.engine.validation import validate
from tests.unit.engine.steps import REGISTRY, document, node


def found(graph: Any) -> set[tuple[str, str | None, str | None, str]]:
    return {(item.code, item.node, item.field, item.severity) for item in validate(graph, REGISTRY)}


def test_a_sound_graph_has_no_problems():
    assert validate(document([node("a", "Constant", value=1), node("b", "Need")], ["a -> b"]), REGISTRY) == []


def test_all_problems_are_found_at_once():
    graph = document(
        [
            node("a", "Flaki"),
            node("b", "Flaky", failures="many", sekonds=1),
            node("c", "Code", limit=3),
            node("d", options={"retry": {"max_retries": -1, "retries": 1}}),
            node("e", "Branch"),
            node("e", "Branch"),
            node("f", "Need"),
        ],
        ["d -> d2.x", "e.middle -> f", "d -> f", "c -> d.x", "d -> c.y", "e -> f.other"],
        settings={"timeout": -1, "max_worker": 2, "sandbox": "inline"},
    )

    assert found(graph) == {
        ("invalid_setting", None, "settings.timeout", "error"),
        ("unknown_setting", None, "settings.max_worker", "error"),
        ("unsupported_option", None, "settings.sandbox", "error"),
        ("duplicate_node_id", "e", "id", "error"),
        ("unknown_node_type", "a", "type", "error"),
        ("invalid_parameter", "b", "config.failures", "error"),
        ("unknown_config_key", "b", "config.sekonds", "error"),
        ("missing_parameter", "c", "config.code", "error"),
        ("unknown_retry_key", "d", "options.retry.retries", "error"),
        ("invalid_retry", "d", "options.retry.max_retries", "error"),
        ("unknown_node", None, "connections.0", "error"),
        ("unknown_output", "e", "outputs.middle", "error"),
        ("input_taken", "f", "inputs.data", "error"),
        ("unknown_input", "f", "inputs.other", "error"),
        ("cycle", "c", None, "error"),
    }


def test_near_matches_are_named():
    hints = {item.code: item.hint for item in validate(document([node("a", "flaky", failure=1)]), REGISTRY)}
    assert hints == {"unknown_node_type": "Did you mean 'Flaky'?"}

    hints = {item.code: item.hint for item in validate(document([node("a", "Flaky", failure=1)]), REGISTRY)}
    assert hints == {"unknown_config_key": "Did you mean 'failures'?"}


def test_each_circle_is_one_problem():
    graph = document(
        [node(name) for name in "abcde"],
        ["a -> b", "b -> c", "c -> a", "c -> d", "d -> e.x", "e -> d.y", "e -> e.z"],
    )

    problems = [item.message for item in validate(graph, REGISTRY) if item.code == "cycle"]

    assert problems == [
        "the connections run in a circle: a → b → c → a",
        "the connections run in a circle: d → e → d",
    ]


def test_what_a_run_may_supply_is_a_warning():
    graph = document([node("a", "Need"), node("b", "Code", code="", url="${host}", limit="${limit}")])

    assert found(graph) == {
        ("missing_input", "a", "inputs.data", "warning"),
        ("undeclared_parameter", "b", "config", "warning"),
    }


def test_a_template_in_a_typed_field_is_judged_when_it_is_resolved():
    graph = document([node("b", "Code", code="", limit="${limit}")], parameters=[{"name": "limit"}])

    assert validate(graph, REGISTRY) == []


def test_a_node_says_what_it_is_to_those_who_decide_about_access():
    access = {"resource": "payroll", "classification": "secret", "tags": ["pii", "money"]}

    graph, problems = read_document(document([{**node("a"), "access": access}]))

    assert problems == []
    assert graph.nodes[0].to_document()["access"] == access


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ({"access": {"resource": 5}}, "access.resource"),
        ({"access": {"resource": "x" * 201}}, "access.resource"),
        ({"access": {"classification": None}}, "access.classification"),
        ({"access": {"classification": "Top Secret"}}, "access.classification"),
        ({"access": {"tags": "pii"}}, "access.tags"),
        ({"access": {"tags": ["pii", ""]}}, "access.tags.1"),
        ({"access": {"tags": ["t"] * 51}}, "access.tags"),
    ],
)
def test_labels_that_cannot_be_are_located(part, field):
    assert ("invalid_access", "a", field, "error") in found(document([{**node("a"), **part}]))


@pytest.mark.parametrize(
    "part",
    [
        {"options": {"timeout": 0}},
        {"options": {"timeout": "1"}},
        {"options": {"join": "some"}},
        {"options": {"on_error": []}},
        {"options": {"retry": 3}},
        {"options": {"colour": 3}},
        {"position": [1]},
        {"label": 5},
        {"disabled": "no"},
        {"type_version": 0},
        {"type_version": 99},
        {"colour": 1},
    ],
)
def test_bad_fields_are_located_at_their_node(part):
    problems = validate(document([{**node("a"), **part}]), REGISTRY)

    assert len(problems) == 1
    assert problems[0].node == "a"
    assert problems[0].field


@pytest.mark.parametrize(
    "bad",
    [
        None,
        [],
        5,
        {"nodes": 5},
        {"nodes": [5]},
        {"nodes": [{"type": "Flaky"}]},
        {"nodes": [{"id": "a/b", "type": "Flaky"}]},
        {"nodes": [{"id": "a"}]},
        {"connections": [{"source": "a"}]},
        {"schema": 2},
        {"settings": []},
        {"parameters": [{}]},
        {"annotations": [1]},
    ],
)
def test_a_document_of_unusable_shape_is_no_graph(bad):
    assert validate(bad, REGISTRY)
    with pytest.raises(GraphError) as caught:
        parse_graph(bad)
    assert caught.value.problems


def test_deep_nesting_is_refused():
    deep: Any = {}
    for _ in range(5000):
        deep = {"x": deep}

    assert [item.code for item in validate({"nodes": [node("a", "Constant", value=deep)]}, REGISTRY)] == [
        "invalid_document"
    ]


def test_parameters_are_checked():
    graph = document(
        [node("a")],
        parameters=[
            {"name": "a"},
            {"name": "1x"},
            {"name": "b", "schema": {"type": "integer"}, "default": "x"},
            {"name": "b"},
            {"name": "c", "schema": {"$ref": "x"}},
        ],
    )

    assert found(graph) == {
        ("ambiguous_parameter", None, "parameters.a", "error"),
        ("invalid_parameter", None, "parameters.1x", "error"),
        ("invalid_parameter", None, "parameters.b.default", "error"),
        ("duplicate_parameter", None, "parameters.b", "error"),
        ("unsupported_option", None, "parameters.c.schema", "error"),
    }


def test_retrying_what_may_act_once_is_refused():
    assert ("retry_forbidden", "a", "options.retry", "error") in found(
        document([node("a", "Once", options={"retry": {}})])
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = [*NODE_KEYS, *OPTION_KEYS, *CONNECTION_KEYS, *PARAMETER_KEYS]
PART = st.dictionaries(st.sampled_from(KEYS), JSON | st.sampled_from(["a", "b", "Flaky"]), max_size=8)


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["schema", "parameters", "nodes", "connections", "groups", "settings", "annotations"]
        ),
        JSON | st.lists(PART, max_size=4),
    )
)
def test_no_document_makes_validation_raise(graph):
    problems = validate(graph, REGISTRY)

    json.dumps([problem.to_dict() for problem in problems])


def test_a_graph_survives_its_document():
    graph = parse_graph(
        document(
            [
                {
                    **node("b", "Flaky", failures=1, options={"timeout": 2, "join": "all"}),
                    "position": [80, 1.5],
                    "label": "B",
                },
                node("a"),
            ],
            ["b.result.x -> a.y", "b !-> a.z"],
            parameters=[{"name": "p", "schema": {"type": "string"}, "default": None}],
            settings={"timeout": 5},
            annotations=[{"kind": "note", "text": "hi", "box": [0, 0, 1, 1]}],
        )
    )

    again = parse_graph(json.loads(json.dumps(graph.to_document())))

    assert again == graph
    assert again.content_hash() == graph.content_hash()


def test_moving_a_box_changes_the_text_but_not_the_hash():
    here, there = ({**node("a"), "position": [x, 0]} for x in (0, 5))

    assert parse_graph(document([here])).content_hash() == parse_graph(document([there])).content_hash()
    assert parse_graph(document([here])).to_text() != parse_graph(document([there])).to_text()


def test_the_order_of_nodes_does_not_change_the_stored_text():
    first = parse_graph(document([node("a"), node("b")]))
    second = parse_graph(document([node("b"), node("a")]))

    assert first.to_text() == second.to_text()
    assert first.content_hash() == second.content_hash()


def test_retry_config_is_stored_as_an_option():
    graph = parse_graph(document([node("a", "Flaky", retry_config={"max_retries": 2})]))

    assert graph.nodes[0].config == {}
    assert graph.nodes[0].options.retry == {"max_retries": 2}
