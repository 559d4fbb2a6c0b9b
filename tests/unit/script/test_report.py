"""What a person reads when their script fails."""

from __future__ import annotations

import linecache
from pathlib import Path
from typing import Any

import pytest

from runtime.script.report import report
from runtime.script.source import Script

HEAD = """\
from runtime import LocalRuntime, WorkflowBuilder
workflow = WorkflowBuilder()
"""


@pytest.fixture
def told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs a script's text and returns what it says on stderr when it fails."""

    def run(text: str, *, with_traceback: bool = False) -> str:
        path = str(tmp_path / "script.py")
        linecache.cache[path] = (len(text), None, text.splitlines(keepends=True), path)
        with pytest.raises(Exception) as caught:
            exec(compile(text, path, "exec"), {"__name__": "__main__"})  # noqa: S102
        report(caught.value, Script(path, tmp_path, text), with_traceback=with_traceback)
        return capsys.readouterr().err.replace(f"{tmp_path}/", "")

    return run


def test_a_workflow_that_cannot_be_built_lists_every_problem(told: Any) -> None:
    text = told(
        HEAD
        + """\
workflow.add_node("HTTPRequestNode", "call", {"urll": "https://example.com"})
workflow.add_node("PythonCodeNode", "code", {"code": '''
total = 1
total = = 2
'''})
workflow.add_connection("call", "result", "cod", "x")
workflow.build()
"""
    )

    assert text.splitlines()[:2] == [
        "script.py, line 9: the workflow has 4 problems",
        "    workflow.build()",
    ]
    assert (
        "  node 'call', config.urll: 'urll' is not a setting of HTTPRequestNode. Did you mean 'url'?" in text
    )
    assert "  node 'code', config.code, line 3: Invalid syntax\n    script.py, line 6: total = = 2" in text
    assert "connected to cod.x: 'cod' is not a node" in text
    assert "Traceback" not in text


def test_a_wrong_setting_is_told_where_the_node_is_added(told: Any) -> None:
    text = told(HEAD + 'workflow.add_node("HTTPRequestNod", "call", {})\n')

    assert text.startswith("script.py, line 3: unknown node type 'HTTPRequestNod'")
    assert "Did you mean 'HTTPRequestNode'?" in text


def test_a_failed_run_names_the_node_and_the_line_of_its_code(told: Any) -> None:
    text = told(
        HEAD
        + """\
workflow.add_node("PythonCodeNode", "totals", {
    "code": \"\"\"
rows = [{"value": 1}]
result = [row["valu"] for row in rows]
\"\"\"
})
with LocalRuntime(sandbox="inline") as runtime:
    runtime.execute(workflow.build())
"""
    )

    first, source, node, place = text.splitlines()
    assert first.startswith("script.py, line 10: the run failed (")
    assert source == "    runtime.execute(workflow.build())"
    assert node == "  node 'totals': Line 3: KeyError: 'valu'"
    assert place == '    script.py, line 6: result = [row["valu"] for row in rows]'


def test_missing_parameters_are_listed(told: Any) -> None:
    text = told(
        HEAD
        + """\
workflow.add_node("PythonCodeNode", "totals", {"code": "result = rows + more"})
LocalRuntime().execute(workflow.build())
"""
    )

    assert text.startswith("script.py, line 4: the parameters have 2 problems")
    assert "node 'totals', inputs.more: the code reads 'more'" in text


def test_a_wrong_runtime_parameter_is_one_line(told: Any) -> None:
    text = told("from runtime import LocalRuntime\nLocalRuntime(max_workers=-1)\n")

    assert text.startswith("script.py, line 2: max_workers must be")
    assert len(text.splitlines()) == 2


def test_another_error_shows_the_lines_of_the_script_only(told: Any) -> None:
    text = told('import json\n\ndef read():\n    return json.loads("{")\n\nread()\n')

    shown = [line.strip() for line in text.splitlines() if line.strip(" ^")]
    assert shown[:-1] == [
        "Traceback (most recent call last):",
        'File "script.py", line 6, in <module>',
        "read()",
        'File "script.py", line 4, in read',
        'return json.loads("{")',
    ]
    assert shown[-1].startswith("json.decoder.JSONDecodeError")


def test_the_error_that_led_to_another_is_shortened_too(told: Any) -> None:
    text = told(
        """\
import json
try:
    json.loads("{")
except ValueError as error:
    raise KeyError("x") from error
"""
    )

    assert "direct cause" in text
    assert "json/decoder.py" not in text


def test_with_traceback_every_frame_is_shown(told: Any) -> None:
    text = told('import json\njson.loads("{")\n', with_traceback=True)

    assert "json/decoder.py" in text


def test_an_error_in_a_file_beside_the_script_is_told_there(told: Any, tmp_path: Path) -> None:
    (tmp_path / "beside_the_script.py").write_text(
        "from runtime import WorkflowBuilder\n\n"
        "def build():\n    return WorkflowBuilder().add_node('No', 'x')\n",
        "utf-8",
    )
    text = told(
        f"import sys\nsys.path.insert(0, {str(tmp_path)!r})\n"
        "import beside_the_script\nbeside_the_script.build()\n"
    )

    assert text.startswith("beside_the_script.py, line 4: unknown node type 'No'")
