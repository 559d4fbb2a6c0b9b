"""What a runtime offers besides running: checks, templates, partial runs, sub-workflows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import GraphError, LocalRuntime, ParameterError, WorkflowBuilder
from runtime.parameter_handling import NodeBinding
from tests.unit.engine.steps import REGISTRY, document, node

TEMPLATED = document(
    [
        node("a", "Constant", value="in ${region}"),
        node("b"),
        node("c", "Code", code="${as it is}", url="${url}"),
    ],
    ["a -> b"],
    parameters=[{"name": "region", "schema": {"type": "string"}, "default": "eu"}],
)


@pytest.fixture
def runtime() -> Iterator[LocalRuntime]:
    with LocalRuntime(registry=REGISTRY) as made:
        yield made


def test_validate_workflow_finds_everything_and_raises_nothing(runtime: LocalRuntime) -> None:
    found = runtime.validate_workflow(
        document([node("a", "Constnt"), node("b", "Constant", vale=1)], settings={"timeout": -1})
    )

    assert [(problem.code, problem.node) for problem in found] == [
        ("invalid_setting", None),
        ("unknown_node_type", "a"),
        ("unknown_config_key", "b"),
    ]


def test_validate_parameters_finds_what_keeps_a_run_from_starting(runtime: LocalRuntime) -> None:
    found = runtime.validate_parameters(TEMPLATED, {"region": 5, "d": {}})

    assert {problem.code for problem in found} == {
        "invalid_parameter",
        "unknown_parameter",
        "missing_parameter",
    }
    assert runtime.validate_parameters(TEMPLATED, {"url": "x"}) == []
    assert [item.field for item in runtime.validate_parameters(TEMPLATED, [1])] == ["parameters"]  # type: ignore[arg-type]


def test_resolve_parameters_keeps_the_type_of_a_whole_template(runtime: LocalRuntime) -> None:
    value = {"count": "${n}", "text": ["n is ${n}", "$${n}"], "code": "${n}"}

    resolved = runtime.resolve_parameters(value, {"n": 3}, verbatim={"code"})

    assert resolved == {"count": 3, "text": ["n is 3", "${n}"], "code": "${n}"}


def test_resolve_parameters_names_all_that_is_missing(runtime: LocalRuntime) -> None:
    with pytest.raises(ParameterError, match=r"no value for \$\{a\}, \$\{b\}"):
        runtime.resolve_parameters(["${b}", {"x": "${a} ${c}"}], {"c": 1})


def test_inject_parameters_tells_what_each_node_gets(runtime: LocalRuntime) -> None:
    injected = runtime.inject_parameters(TEMPLATED, {"url": "u", "b": {"x": 1}, "a": {"value": "own"}})

    assert injected["a"] == NodeBinding({"value": "own"}, {})
    assert injected["b"] == NodeBinding({}, {"x": 1})
    assert injected["c"].config["code"] == "${as it is}"
    assert injected["c"].config["url"] == "u"
    assert runtime.inject_parameters(TEMPLATED, {"url": "u"})["a"].config == {"value": "in eu"}


def test_a_part_of_a_workflow_runs_on_earlier_results(runtime: LocalRuntime) -> None:
    graph = document([node(name, "Flow") for name in "abc"], ["a -> b", "b -> c"])

    whole, _ = runtime.execute(graph)
    to_b, _ = runtime.execute(graph, mode="to_node", node="b")
    from_b, _ = runtime.execute(graph, mode="from_node", node="b", results=whole)
    single, _ = runtime.execute(graph, mode="single", node="c", results=to_b)

    assert set(to_b) == {"a", "b"}
    assert from_b["c"] == whole["c"]
    assert single["c"] == whole["c"]


def test_a_part_does_not_run_what_it_borrows(runtime: LocalRuntime) -> None:
    graph = document([node("a", "Flow", failures=9), node("b")], ["a -> b"])

    results, _ = runtime.execute(graph, mode="single", node="b", results={"a": {"result": "given"}})

    assert results["b"] == {"result": {"node": "b", "data": "given"}}


def test_a_part_asks_only_for_what_its_own_nodes_lack() -> None:
    builder = WorkflowBuilder()
    builder.add_node("PythonCodeNode", "a", {"code": "result = 1"})
    builder.add_node("PythonCodeNode", "b", {"code": "result = x + missing"})
    builder.add_connection("a", "result", "b", "x")
    workflow = builder.build()

    with LocalRuntime(sandbox="inline") as inline:
        assert inline.execute(workflow, mode="to_node", node="a")[0] == {"a": {"result": 1}}
        with pytest.raises(ParameterError, match="the code reads 'missing'"):
            inline.execute(workflow, mode="single", node="b", results={"a": {"result": 1}})


CHILD = document(
    [node("inner", "Constant", value="hello ${name}")],
    parameters=[{"name": "name", "schema": {"type": "string"}}],
)
PARENT = document(
    [node("who", "Constant", value="Ada"), node("greet", "SubWorkflowNode", workflow="greeting")],
    ["who -> greet.name"],
)


def test_workflows_are_found_by_name_and_in_the_workspace(tmp_path: Path) -> None:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "greeting.json").write_text(json.dumps(CHILD))
    expected = {"inner": {"result": "hello Ada"}}

    with (
        LocalRuntime(registry=REGISTRY, workflows={"greeting": CHILD}) as given,
        LocalRuntime(registry=REGISTRY, workspace=tmp_path) as found,
    ):
        assert given.execute(PARENT)[0]["greet"]["result"] == expected
        assert found.execute(PARENT)[0]["greet"]["result"] == expected


def test_a_built_workflow_is_a_step_of_another() -> None:
    child = WorkflowBuilder(registry=REGISTRY)
    child.add_parameter("name", {"type": "string"})
    child.add_node("Constant", "inner", {"value": "hello ${name}"})

    with LocalRuntime(registry=REGISTRY, workflows={"greeting": child.build()}) as runtime:
        assert runtime.execute(PARENT)[0]["greet"]["result"] == {"inner": {"result": "hello Ada"}}


def test_a_workflow_that_is_nowhere_is_a_problem_of_the_node(tmp_path: Path) -> None:
    for runtime in (
        LocalRuntime(registry=REGISTRY, workflows={"greting": CHILD}),
        LocalRuntime(registry=REGISTRY, workspace=tmp_path),
        LocalRuntime(registry=REGISTRY),
    ):
        with pytest.raises(GraphError) as refused:
            runtime.execute(PARENT)
        assert [(problem.code, problem.node) for problem in refused.value.problems] == [
            ("unknown_workflow", "greet")
        ]


@pytest.mark.parametrize("text", ["{", "[]", '{"nodes": 5}'])
def test_a_file_that_holds_no_workflow_is_a_problem_that_names_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "greeting.json").write_text(text)

    with (
        LocalRuntime(registry=REGISTRY, workspace=tmp_path) as runtime,
        pytest.raises(GraphError, match=r"greeting\.json"),
    ):
        runtime.execute(PARENT)


def test_a_name_never_leaves_the_folder(tmp_path: Path) -> None:
    (tmp_path / "greeting.json").write_text(json.dumps(CHILD))
    (tmp_path / "inside" / "workflows").mkdir(parents=True)
    outside = document([node("greet", "SubWorkflowNode", workflow="../../greeting")])

    with (
        LocalRuntime(registry=REGISTRY, workspace=tmp_path / "inside") as runtime,
        pytest.raises(GraphError, match="there is no workflow"),
    ):
        runtime.execute(outside)


def test_a_workflow_that_holds_itself_is_a_problem() -> None:
    again = document([node("again", "SubWorkflowNode", workflow="again")])

    with (
        LocalRuntime(registry=REGISTRY, workflows={"again": again}) as runtime,
        pytest.raises(GraphError) as refused,
    ):
        runtime.execute(again)

    assert {problem.code for problem in refused.value.problems} == {"sub_workflow_cycle"}
