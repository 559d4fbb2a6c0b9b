"""What a script sees of `persist=`: its second run goes on where the first one stopped."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from runtime import (
    AsyncLocalRuntime,
    LocalRuntime,
    ParameterError,
    RunFailed,
    WorkflowBuilder,
)
from runtime.builder import Workflow
from runtime.persist import JournalError
from runtime.persist import file as journal_file
from tests.unit.persist.probe import (
    BROKEN,
    KEYS,
    RAN,
    Probe,
    Silent,
    cut_after,
    entries,
    execute,
    workflow,
)


def test_an_unfinished_run_goes_on_under_its_own_id(journal: Path) -> None:
    first = execute(journal, workflow())
    cut_after(journal, "node.succeeded", "a")

    assert execute(journal, workflow()) == first
    assert RAN == {"a": 1, "b": 2}
    assert KEYS["b"] == {f"{first[1]}/b"}


def test_a_succeeded_run_gives_its_results_again_and_runs_nothing(journal: Path) -> None:
    first = execute(journal, workflow())
    size = journal.stat().st_size

    assert execute(journal, workflow()) == first
    assert RAN == {"a": 1, "b": 1}
    assert journal.stat().st_size == size


def test_each_execution_in_a_script_has_a_run_of_its_own(journal: Path) -> None:
    def script() -> list[str]:
        with LocalRuntime(persist=journal) as runtime:
            return [runtime.execute(workflow())[1] for _ in range(3)]

    first = script()

    assert len(set(first)) == 3
    assert script() == first
    assert RAN == {"a": 3, "b": 3}


def test_a_failed_run_begins_again_with_what_had_succeeded(journal: Path) -> None:
    BROKEN.add("b")
    with pytest.raises(RunFailed) as failed:
        execute(journal, workflow())
    BROKEN.clear()

    results, run_id = execute(journal, workflow())

    assert results["b"]["result"]["before"]["value"] == 1
    assert RAN == {"a": 1, "b": 2}
    assert run_id != failed.value.run_id
    header = next(entry for entry in entries(journal) if entry.get("replays"))
    assert header["replays"] == failed.value.run_id
    copied = [entry for entry in entries(journal) if entry["run"] == run_id and entry.get("node") == "a"]
    assert [entry["data"]["copied_from"] for entry in copied] == [failed.value.run_id]


def test_a_run_that_failed_twice_still_names_where_its_results_come_from(journal: Path) -> None:
    BROKEN.add("b")
    first = []
    for _ in range(2):
        with pytest.raises(RunFailed) as failed:
            execute(journal, workflow())
        first.append(failed.value.run_id)
    BROKEN.clear()

    execute(journal, workflow())

    assert RAN == {"a": 1, "b": 3}
    origins = {
        entry["data"]["copied_from"] for entry in entries(journal) if "copied_from" in entry.get("data", {})
    }
    assert origins == {first[0]}


@pytest.mark.parametrize(
    ("built", "parameters", "reason"),
    [
        (workflow(value=2), {}, "no run was of this workflow as it is now"),
        (workflow(), {"b": {"more": 1}}, "no run of this workflow had these parameters"),
    ],
    ids=["workflow", "parameters"],
)
def test_a_changed_request_is_a_new_run_and_the_log_says_why(
    journal: Path, caplog: pytest.LogCaptureFixture, built: Workflow, parameters: Any, reason: str
) -> None:
    first = execute(journal, workflow())
    caplog.set_level(logging.INFO, logger="runtime.persist")

    again = execute(journal, built, parameters)

    assert again[1] != first[1]
    assert reason in caplog.text


def test_time_between_two_runs_of_the_script_does_not_use_up_the_timeout(journal: Path) -> None:
    built = workflow()
    with LocalRuntime(persist=journal, timeout=60.0) as runtime:
        runtime.execute(built)
    cut_after(journal, "node.succeeded", "a")
    lines = []
    for entry in entries(journal):
        if "at" in entry:
            entry["at"] = (datetime.fromisoformat(entry["at"]) - timedelta(days=3)).isoformat()
        lines.append(json.dumps(entry, separators=(",", ":")) + "\n")
    journal.write_text("".join(lines), "utf-8")

    with LocalRuntime(persist=journal, timeout=60.0) as runtime:
        results, _ = runtime.execute(built)

    assert set(results) == {"a", "b"}


def test_ctrl_c_leaves_the_run_to_the_next_run_of_the_script(journal: Path) -> None:
    built = workflow(effect="effectful", seconds=5.0)
    main = threading.get_ident()
    timer = threading.Timer(0.3, lambda: signal.pthread_kill(main, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt), LocalRuntime(persist=journal) as runtime:
        runtime.execute(built)
    timer.join()

    assert not any(entry.get("type") == "run.cancelled" for entry in entries(journal))
    assert RAN == {"a": 1, "b": 1}


def test_an_async_runtime_goes_on_too(journal: Path) -> None:
    async def script() -> Any:
        async with AsyncLocalRuntime(persist=journal) as runtime:
            return await runtime.execute(workflow())

    first = asyncio.run(script())
    cut_after(journal, "node.succeeded", "a")

    assert asyncio.run(script()) == first
    assert RAN == {"a": 1, "b": 2}


def test_two_threads_and_two_runtimes_share_a_journal(journal: Path) -> None:
    def script() -> set[str]:
        ids: set[str] = set()
        with LocalRuntime(persist=journal) as one, LocalRuntime(persist=journal) as two:

            def work(runtime: LocalRuntime) -> None:
                for _ in range(5):
                    ids.add(runtime.execute(workflow())[1])

            threads = [threading.Thread(target=work, args=(each,)) for each in (one, two, one)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        return ids

    first = script()

    assert len(first) == 15
    assert script() == first
    assert RAN == {"a": 15, "b": 15}


def test_a_run_may_be_named(journal: Path) -> None:
    with LocalRuntime(persist=journal) as runtime:
        first = runtime.execute(workflow(), run_id="monday")
        again = runtime.execute(workflow(), run_id="monday")
        with pytest.raises(ParameterError, match="another workflow or other parameters"):
            runtime.execute(workflow(value=2), run_id="monday")

    assert first == again
    assert RAN == {"a": 1, "b": 1}


def test_a_seed_never_gives_the_id_of_an_earlier_run(journal: Path) -> None:
    BROKEN.add("b")
    ids = set()
    for _ in range(3):
        with pytest.raises(RunFailed) as failed, LocalRuntime(persist=journal, seed=1) as runtime:
            runtime.execute(workflow())
        ids.add(failed.value.run_id)

    assert len(ids) == 3


def test_a_journal_that_cannot_be_used_keeps_the_run_from_starting(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("my notes", "utf-8")

    with pytest.raises(JournalError, match="name another file"):
        execute(tmp_path / "notes", workflow())

    assert RAN == {}


def test_a_part_of_a_workflow_is_another_request_than_the_whole(journal: Path) -> None:
    built = workflow()
    parts: list[dict[str, Any]] = [{}, {"mode": "to_node", "node": "a"}, {"mode": "single", "node": "b"}]

    def script() -> list[Any]:
        with LocalRuntime(persist=journal) as runtime:
            borrowed = {"a": {"result": "earlier"}}
            return [
                runtime.execute(built, **part, **({"results": borrowed} if part.get("node") == "b" else {}))
                for part in parts
            ]

    first = script()

    assert script() == first
    assert [sorted(results) for results, _ in first] == [["a", "b"], ["a"], ["a", "b"]]
    assert RAN == {"a": 2, "b": 2}


def test_a_changed_sub_workflow_changes_the_request(journal: Path) -> None:
    def script(value: int) -> Any:
        builder = WorkflowBuilder()
        builder.add_node("SubWorkflowNode", "child", {"workflow": "inner"})
        child = WorkflowBuilder()
        child.add_node(Probe, "probe", {"value": value})
        with LocalRuntime(persist=journal, workflows={"inner": child.build()}) as runtime:
            return runtime.execute(builder.build())

    first, same, other = script(1), script(1), script(2)

    assert first == same
    assert other[0]["child"]["result"] != first[0]["child"]["result"]
    assert RAN == {"child/probe": 2}


def test_a_full_disk_stops_the_run_and_the_next_one_goes_on(
    journal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = 0
    write = os.write

    def full_after_600_bytes(descriptor: int, data: memoryview) -> int:
        nonlocal written
        if written + len(data) > 600:
            raise OSError(28, "No space left on device")
        written += len(data)
        return write(descriptor, data)

    with monkeypatch.context() as patch:
        patch.setattr(journal_file.os, "write", full_after_600_bytes)
        with pytest.raises(JournalError, match="No space left on device"):
            execute(journal, workflow())

    results, _ = execute(journal, workflow())

    assert set(results) == {"a", "b"}
    assert RAN["b"] == 1


def test_an_event_sink_hears_only_of_what_happens_now(journal: Path) -> None:
    heard: list[str] = []
    execute(journal, workflow())
    cut_after(journal, "node.succeeded", "a")

    with LocalRuntime(persist=journal, event_sink=lambda event: heard.append(str(event.type))) as runtime:
        runtime.execute(workflow())

    assert heard == ["run.resumed", "node.started", "node.succeeded", "run.succeeded"]


def test_a_long_run_costs_in_proportion(tmp_path: Path) -> None:
    """10,000 nodes take ten times as long as 1,000, give or take; not a hundred times."""

    def seconds(nodes: int) -> float:
        builder = WorkflowBuilder()
        for number in range(nodes):
            builder.add_node(Silent, f"n{number}", {})
        built = builder.build()
        given = {f"n{number}": {"token": "x"} for number in range(nodes)}
        place = tmp_path / f"journal_{nodes}"
        started = time.process_time()
        execute(place, built, given)
        cut_after(place, "node.succeeded", f"n{nodes - 2}")
        execute(place, built, given)
        return time.process_time() - started

    few, many = min(seconds(500) for _ in range(2)), seconds(5000)

    assert many < few * 40
