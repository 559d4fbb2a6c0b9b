"""Lines that are JSON and still make no sense: the file is told, whatever is wrong with which event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runtime import LocalRuntime, RunFailed
from runtime.persist import JournalError

STEP = {"id": "step", "type": "PythonCodeNode", "parent": "each", "config": {"code": "result = item"}}
GRAPH = {
    "nodes": [{"id": "each", "type": "MapNode"}, STEP],
    "connections": [
        {"source": "each", "output": "item", "target": "step", "input": "item"},
        {"source": "step", "output": "result", "target": "each", "input": "value"},
    ],
}
ODD: list[Any] = [None, "each/9", "each/x/step", "nobody/1", 5, -1, 10**30, [], {"a": [1]}]
KINDS = ["run.succeeded", "node.started", "node.succeeded", "node.skipped", "node.cancelled", "node.retrying"]


def run(path: Path) -> Any:
    with LocalRuntime(persist=path, sandbox="inline") as runtime:
        return runtime.execute(GRAPH, {"each": {"items": [1, 2]}})[0]


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    path = tmp_path_factory.mktemp("whole") / "journal.jsonl"
    assert run(path) == {"each": {"result": [1, 2], "errors": []}}
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("field", ["run", "seq", "at", "type", "node", "attempt", "data", "payload"])
@pytest.mark.parametrize("is_over", [True, False], ids=["over", "unfinished"])
def test_an_odd_field_of_any_event_is_a_corrupt_journal_or_does_not_matter(
    lines: list[dict[str, Any]], field: str, is_over: bool, tmp_path: Path
) -> None:
    path = tmp_path / "journal.jsonl"
    kept = lines if is_over else lines[:-2]
    told = 0
    for place in range(1, len(kept)):
        for value in [*ODD, *KINDS] if field == "type" else ODD:
            damaged = [*kept[:place], {**kept[place], field: value}, *kept[place + 1 :]]
            path.write_text("".join(json.dumps(line) + "\n" for line in damaged))
            try:
                run(path)
            except JournalError as error:
                assert error.code == "journal_corrupt"
                assert str(path) in error.message
                told += 1
            except RunFailed:
                assert field in ("node", "type"), "something may be told to have failed"
    assert told > 0
