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
    assert library["MergeNode"]["dynamic"] == {"inputs": None, "outputs": None}


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
