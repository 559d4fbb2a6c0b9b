from __future__ import annotations

from typing import Any

import pytest

from tests.contract import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(viewer_api: Api) -> dict[str, dict[str, Any]]:
    return {row["type"]: row for row in viewer_api.get("node-types/").json()["results"]}


def test_the_library_has_every_node_type_with_its_form(library: dict[str, dict[str, Any]]) -> None:
    assert set(library) >= {
        *("PythonCodeNode", "HTTPRequestNode", "SwitchNode", "MergeNode", "TransformNode"),
        *("DatasetReadNode", "DatasetWriteNode", "WaitNode"),
    }
    for name, row in library.items():
        assert row["label"] and row["icon"] and row["description"], name
        assert row["parameters_schema"]["type"] == "object", name
        assert [port["name"] for port in row["outputs"]], name


def test_ports_that_follow_from_the_configuration_say_from_what(library: dict[str, dict[str, Any]]) -> None:
    assert library["PythonCodeNode"]["dynamic"]["inputs"] == "code"
    assert set(library["SwitchNode"]["dynamic"]["outputs"]) == {"from", "name", "extra"}
    assert library["MergeNode"]["dynamic"] == {"inputs": None, "prompts": [], "outputs": None}
    assert library["LLMAgentNode"]["dynamic"]["prompts"] == ["prompt", "system"]


def test_code_is_marked_as_code_in_its_form(library: dict[str, dict[str, Any]]) -> None:
    assert library["PythonCodeNode"]["parameters_schema"]["properties"]["code"]["x-widget"] == "code"


@pytest.mark.parametrize(
    ("code", "line", "inputs"),
    [
        ("result = price * 2", None, ["price"]),
        ("result = (", 1, []),
        ("x = 1\nresult = = x", 2, []),
        ("while True: pass", None, []),
        ("", None, []),
        ("(" * 5000, 1, []),
        ("result = '\u0416' + wert", None, ["wert"]),
    ],
)
def test_code_is_checked_without_running_it(api: Api, code: str, line: int | None, inputs: list[str]) -> None:
    response = api.post("code/check/", {"code": code})
    body = response.json()
    errors = [problem for problem in body["problems"] if problem["severity"] == "error"]

    assert response.status_code == 200
    if line is not None:
        assert errors[0]["line"] == line
    assert body["inputs"] == inputs


def test_code_past_a_megabyte_is_refused(api: Api) -> None:
    assert api.post("code/check/", {"code": "x" * 1_000_001}).status_code == 422


def test_containers_say_what_the_steps_inside_take_and_give(library: dict[str, dict[str, Any]]) -> None:
    def inner(name: str) -> tuple[str, list[str], list[str]]:
        row = library[name]
        ports = [[port["name"] for port in row[key]] for key in ("inner_outputs", "inner_inputs")]
        return row["container"], *ports

    assert inner("LoopNode") == ("loop", ["state", "iteration"], ["state"])
    assert inner("MapNode") == ("map", ["item", "index"], ["value"])
    assert inner("SubWorkflowNode") == ("sub", [], [])
    others = library.keys() - {"LoopNode", "MapNode", "SubWorkflowNode"}
    assert {library[name]["container"] for name in others} == {None}


def test_a_sub_workflows_form_picks_a_workflow_and_a_version(library: dict[str, dict[str, Any]]) -> None:
    form = library["SubWorkflowNode"]["parameters_schema"]["properties"]

    assert form["workflow"]["x-widget"] == "workflow"
    assert form["version"]["x-widget"] == "workflow-version"


def test_a_credential_that_is_not_there_is_a_warning_and_starts_nothing(
    api: Api, library: dict[str, dict[str, Any]]
) -> None:
    config = {"url": "https://x.example/", "credential": {"name": "key", "scheme": "bearer"}}
    graph = {"nodes": [{"id": "call", "type": "HTTPRequestNode", "config": config}]}

    made = api.post("workflows/", {"name": "Calls", "graph": graph})
    path = f"workflows/{made.json()['id']}/"
    [problem] = api.get(path + "draft/").json()["problems"]

    form = library["HTTPRequestNode"]["parameters_schema"]["properties"]
    assert form["credential"]["x-widget"] == "credential"
    assert made.status_code == 201
    assert (problem["code"], problem["node"], problem["field"]) == (
        "unknown_credential",
        "call",
        "config.credential.name",
    )
    assert problem["severity"] == "warning"
    assert api.post(path + "versions/", {}).status_code == 201
    refused = api.post(path + "runs/", {})
    assert refused.status_code == 422
    assert [error["code"] for error in refused.json()["errors"]] == ["unknown_credential"]
