"""Workflows as Python by REST: exported, read and written again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accounts.models import Tenant
from tests.api.conftest import GRAPH, Api, make_user

SCRIPT = """\"\"\"Doubling\"\"\"

from kailash.workflow.builder import WorkflowBuilder

workflow = WorkflowBuilder()
workflow.add_node("PythonCodeNode", "double", {"code": "result = 2 * n"})
print(workflow)
"""

pytestmark = pytest.mark.django_db


def test_an_exported_script_runs_and_draws_the_same_workflow(
    api: Api, workflow: dict[str, Any], tmp_path: Path
) -> None:
    exported = api.get(f"workflows/{workflow['id']}/export/", {"format": "python"})

    assert exported["Content-Type"].startswith("text/x-python")
    assert ".py" in exported["Content-Disposition"]
    script = exported.content.decode()
    read = api.post("code/read/", {"python": script}).json()
    assert (read["name"], read["problems"], read["locked"]) == (workflow["name"], [], [])
    assert read["graph"] == api.get(f"workflows/{workflow['id']}/draft/").json()["graph"]
    file = tmp_path / "exported.py"
    file.write_text(script, encoding="utf-8")
    check = "import runpy, sys; print(len(runpy.run_path(sys.argv[1])['workflow'].build().graph.nodes))"
    done = subprocess.run(
        [sys.executable, "-c", check, str(file)], capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("2", "")


def test_a_script_is_read_without_being_run(api: Api) -> None:
    read = api.post("code/read/", {"python": SCRIPT}).json()

    assert read["name"] == "Doubling"
    assert [node["id"] for node in read["graph"]["nodes"]] == ["double"]
    assert [(lines["first"], lines["last"]) for lines in read["locked"]] == [(7, 7)]
    assert read["lines"] == {"double": 6}


def test_a_mistake_in_a_script_is_told_with_its_line(api: Api) -> None:
    read = api.post("code/read/", {"python": "workflow = (\n"}).json()

    assert read["graph"] is None
    assert (read["problems"][0]["code"], read["problems"][0]["line"]) == ("invalid_syntax", 1)


def test_a_graph_is_written_and_read_back(api: Api) -> None:
    written = api.post("code/write/", {"name": "A", "graph": GRAPH}).json()["python"]

    again = api.post("code/read/", {"python": written}).json()["graph"]

    assert [node["id"] for node in again["nodes"]] == [node["id"] for node in GRAPH["nodes"]]


def test_lines_of_a_script_count_as_code(api: Api, tenant: Tenant) -> None:
    script = SCRIPT.replace('"PythonCodeNode", "double", {"code": "result = 2 * n"}', '"MergeNode", "m"')
    graph = api.post("code/read/", {"python": script}).json()["graph"]
    author = Api(make_user(tenant, "editor"), ["workflow.view", "workflow.create", "workflow.edit"])

    assert author.post("workflows/import/", {"graph": graph}).status_code == 403
    assert api.post("workflows/import/", {"graph": graph}).status_code == 201


def test_a_script_that_is_too_long_is_refused(api: Api) -> None:
    assert api.post("code/read/", {"python": "#" * 1_100_000}).status_code in (413, 422)
