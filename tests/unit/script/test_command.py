"""`python -m runtime`, as a person calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.guide.running import run, start


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Not the current folder of the command, which has names of its own."""
    (tmp_path / "elsewhere").mkdir()
    return tmp_path


def write(folder: Path, text: str, name: str = "script.py") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder / name


def test_a_script_finds_what_python_would_give_it(folder: Path) -> None:
    write(folder, "VALUE = 'a neighbour'\n", "neighbour.py")
    script = write(
        folder,
        "import json, sys, __main__, neighbour\n"
        "told = [__name__, __file__, sys.argv, sys.path[0], neighbour.VALUE, __main__.__name__]\n"
        "print(json.dumps(told))\n",
    )

    ended = run(script, "--workspace", "x", "-v", cwd=folder / "elsewhere")

    assert ended.stderr == ""
    assert json.loads(ended.stdout) == [
        *("__main__", str(script), [str(script), "--workspace", "x", "-v"]),
        *(str(folder), "a neighbour", "__main__"),
    ]


def test_the_workspace_is_that_of_every_runtime_of_the_script(folder: Path) -> None:
    (folder / "work" / "datasets").mkdir(parents=True)
    (folder / "work" / "datasets" / "people.csv").write_text("name,age\nAda,36\n", "utf-8")
    script = write(
        folder,
        "import os\n"
        "os.chdir('/')\n"
        "from kailash.workflow.builder import WorkflowBuilder\n"
        "from kailash.runtime import LocalRuntime\n"
        "workflow = WorkflowBuilder()\n"
        "workflow.add_node('DatasetReadNode', 'read', {'dataset': 'people'})\n"
        "print(LocalRuntime().execute(workflow.build())[0]['read']['result'])\n",
    )

    ended = run("--workspace", "work", script, cwd=folder)

    assert "Ada" in ended.stdout, ended.stderr


def test_a_node_that_prints_is_heard(folder: Path) -> None:
    script = write(
        folder,
        "from runtime import LocalRuntime, WorkflowBuilder\n"
        "workflow = WorkflowBuilder()\n"
        "workflow.add_node('PythonCodeNode', 'talks', {'code': 'print(\"hello\")\\nresult = 1'})\n"
        "LocalRuntime().execute(workflow.build())\n",
    )

    ended = run(script)

    assert ended.stderr == "INFO talks: hello\n"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["absent.py"], "there is no file absent.py"),
        (["elsewhere"], "elsewhere is a folder"),
        (["latin.py"], "not UTF-8 text: line 2 holds the byte 0xe9"),
        (["--workspace", "absent", "script.py"], "the workspace absent does not exist"),
        (["--workspace", "script.py", "script.py"], "the workspace script.py is not a folder"),
        ([], "the following arguments are required"),
        (["--quick", "script.py"], "unrecognized arguments: --quick"),
    ],
)
def test_with_nothing_to_run_the_status_is_2(folder: Path, arguments: list[str], complaint: str) -> None:
    write(folder, "print('ran')\n")
    (folder / "latin.py").write_bytes(b"x = 1\ny = '\xe9'\n")

    ended = run(*arguments, cwd=folder)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert complaint in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("text", "status", "err"),
    [
        ("import sys\nsys.exit(7)\n", 7, ""),
        ("raise SystemExit('no more')\n", 1, "no more\n"),
        ("if x\n    pass\n", 1, "script.py, line 1: SyntaxError: expected ':'\n    if x\n        ^\n"),
        (
            "import kailash.nodes.code\n",
            1,
            "script.py, line 1: there is no kailash.nodes.code here; of kailash there are ",
        ),
        ("print('x', flush=True)\nraise ValueError('told')\n", 1, "ValueError: told"),
    ],
    ids=["exit", "exit-text", "syntax", "import", "error"],
)
def test_the_status_and_the_words_of_an_end(folder: Path, text: str, status: int, err: str) -> None:
    write(folder, text)

    ended = run("script.py", cwd=folder)

    assert ended.returncode == status
    assert err in ended.stderr
    assert "/runtime/" not in ended.stderr


def test_output_that_nobody_reads_ends_the_script_quietly(folder: Path) -> None:
    script = write(folder, "for number in range(100_000):\n    print(number)\n")

    with start(script) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1
