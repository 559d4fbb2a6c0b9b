"""Kills scripts that keep a journal and says what ran: `python kill_lab.py SHAPE KILLS SEED FOLDER`.

One warmed process forks a child for each run of a script; the kill is a SIGKILL, either in the middle of a
write to the journal after a number of bytes, or from outside after a time. Each execution of a step adds a
line to a side file, in one write, before the step does anything. Prints one JSON document for all cases.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

import runtime.local
from runtime import Node, NodeContext, NodeParameters, WorkflowBuilder
from runtime.builder import Workflow
from runtime.engine.node import Effect
from runtime.persist import file as journal_file

SIDE_FILE = "LAB_SIDE_FILE"
EFFECTS: tuple[Literal["pure", "idempotent", "effectful"], ...] = ("pure", "idempotent", "effectful")


class StepParameters(NodeParameters):
    effect: Literal["pure", "idempotent", "effectful"] = "pure"
    pause_s: float = 0.0


class Step(Node):
    """Adds one to the sum of its inputs, after a pause; leaves a line for each execution."""

    type = "Step"
    label = "Step"
    category = "flow"
    icon = "test"
    accepts_any_input = True
    Parameters = StepParameters
    parameters: StepParameters

    @classmethod
    def effect_of(cls, config: Mapping[str, Any]) -> Effect:
        return Effect(config.get("effect", "pure"))

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        leave_line(context)
        if self.parameters.pause_s:
            await asyncio.sleep(self.parameters.pause_s)
        return {"result": {"sum": 1 + sum(total_of(value) for value in context.inputs.values())}}


class BlockingStep(Step):
    type = "BlockingStep"
    blocking = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        leave_line(context)
        time.sleep(self.parameters.pause_s)  # noqa: ASYNC251  (blocking is what this one is for)
        return {"result": {"sum": 1 + sum(total_of(value) for value in context.inputs.values())}}


def leave_line(context: NodeContext) -> None:
    side = os.open(os.environ[SIDE_FILE], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(side, f"{context.node_id} {context.idempotency_key}\n".encode())
    os.close(side)


def total_of(value: Any) -> int:
    if isinstance(value, dict):
        return int(value.get("sum", 0))
    return value if isinstance(value, int) else 0


# --- the scripts --------------------------------------------------------------------------------------------


def chain() -> Workflow:
    """30 steps in a row, of all effect classes."""
    builder = WorkflowBuilder()
    for number in range(30):
        options = {"effect": EFFECTS[number % 3], "pause_s": 0.001 * (number % 4 == 0)}
        builder.add_node(BlockingStep if number % 7 == 3 else Step, f"step_{number}", options)
        if number:
            builder.add_connection(f"step_{number - 1}", "result", f"step_{number}", "before")
    return builder.build()


def fan() -> Workflow:
    """One step feeds 20 that run side by side, in threads too; one gathers them."""
    builder = WorkflowBuilder()
    builder.add_node(Step, "source", {})
    builder.add_node(Step, "gather", {"effect": "effectful"})
    for number in range(20):
        node = f"branch_{number}"
        options = {"effect": EFFECTS[number % 3], "pause_s": 0.002 * (number % 5)}
        builder.add_node(BlockingStep if number % 4 == 1 else Step, node, options)
        builder.add_connection("source", "result", node, "value")
        builder.add_connection(node, "result", "gather", f"value_{number}")
    return builder.build()


def loop() -> Workflow:
    """A loop of 12 rounds with two steps in each, between two other steps."""
    builder = WorkflowBuilder()
    builder.add_node(Step, "first", {})
    builder.add_node("LoopNode", "rounds", {"max_iterations": 12})
    builder.add_node(Step, "add", {"pause_s": 0.001}, parent="rounds")
    builder.add_node(Step, "send", {"effect": "effectful"}, parent="rounds")
    builder.add_node(Step, "last", {"effect": "idempotent"})
    builder.add_connection("first", "result", "rounds", "state")
    builder.add_connection("rounds", "state", "add", "state")
    builder.add_connection("rounds", "iteration", "add", "iteration")
    builder.add_connection("add", "result", "send", "value")
    builder.add_connection("send", "result", "rounds", "state")
    builder.add_connection("rounds", "result", "last", "value")
    return builder.build()


def nested() -> Workflow:
    """A map over five items, four at a time, with a loop of three rounds for each."""
    builder = WorkflowBuilder()
    builder.add_node("MapNode", "items", {"max_concurrent": 4})
    builder.add_node("LoopNode", "rounds", {"max_iterations": 3}, parent="items")
    builder.add_node(BlockingStep, "add", {"pause_s": 0.001}, parent="rounds")
    builder.add_node(Step, "send", {"effect": "effectful"}, parent="items")
    builder.add_node(Step, "last", {"effect": "idempotent"})
    builder.add_connection("items", "item", "rounds", "state")
    builder.add_connection("rounds", "state", "add", "state")
    builder.add_connection("add", "result", "rounds", "state")
    builder.add_connection("rounds", "result", "send", "value")
    builder.add_connection("send", "result.sum", "items", "value")
    builder.add_connection("items", "result", "last", "values")
    return builder.build()


SHAPES: dict[str, Callable[[], Workflow]] = {"chain": chain, "fan": fan, "loop": loop, "nested": nested}


# --- one run of a script, in a child ------------------------------------------------------------------------


def run_script(workflow: Workflow, folder: Path, kill_after_bytes: int | None) -> None:
    """What a person's script does. Never returns."""
    os.environ[SIDE_FILE] = str(folder / "side")
    if kill_after_bytes is not None:
        die_in_write(kill_after_bytes)
    with runtime.local.LocalRuntime(persist=folder / "journal", seed=7) as local:
        given = {"items": {"items": [1, 2, 3, 4, 5]}} if "items" in workflow.graph.to_text() else {}
        results, run_id = local.execute(workflow, parameters=given)
    (folder / "results.json").write_text(json.dumps({"results": results, "run": run_id}, sort_keys=True))
    os._exit(0)


def die_in_write(after_bytes: int) -> None:
    """Replaces the journal's way to write: the byte with that number is the last one."""
    left = after_bytes
    write = os.write

    class DyingOs:
        def __getattr__(self, name: str) -> Any:
            return getattr(os, name)

        def write(self, descriptor: int, data: memoryview) -> int:
            nonlocal left
            if len(data) > left:
                write(descriptor, data[:left])
                os.kill(os.getpid(), signal.SIGKILL)
            left -= len(data)
            return write(descriptor, data)

    journal_file.os = DyingOs()  # type: ignore[assignment]


def fork_run(workflow: Workflow, folder: Path, *, after_bytes: int | None, after_s: float | None) -> bool:
    """Whether the script came to its end."""
    child = os.fork()
    if child == 0:
        try:
            run_script(workflow, folder, after_bytes)
        finally:
            os._exit(70)
    if after_s is not None:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) != 0:
        raise SystemExit(f"a script failed by itself: status {os.WEXITSTATUS(status)} in {folder}")
    return os.WIFEXITED(status)


# --- what it left -------------------------------------------------------------------------------------------


def executions(folder: Path) -> list[list[str]]:
    """`[path, idempotency key]` of each execution."""
    side = folder / "side"
    return [line.split(" ") for line in side.read_text().splitlines()] if side.exists() else []


def completed(folder: Path) -> list[str]:
    """The steps that the journal calls succeeded; a torn last line does not count."""
    journal = folder / "journal"
    if not journal.exists():
        return []
    lines = journal.read_bytes().split(b"\n")[:-1]
    events = [json.loads(line) for line in lines]
    return [event["node"] for event in events if event.get("type") == "node.succeeded"]


def runs(folder: Path) -> list[str]:
    lines = (folder / "journal").read_bytes().split(b"\n")[:-1]
    return [entry["run"] for line in lines if "journal" in (entry := json.loads(line))]


def case(workflow: Workflow, folder: Path, kills: list[dict[str, Any]]) -> dict[str, Any]:
    """Runs the script once for each kill, then once in peace."""
    folder.mkdir(parents=True)
    rounds = []
    for kill in kills:
        ended = fork_run(workflow, folder, **kill)
        rounds.append({"ended": ended, "completed": completed(folder), "executions": executions(folder)})
    fork_run(workflow, folder, after_bytes=None, after_s=None)
    return {
        "kills": kills,
        "rounds": rounds,
        "executions": executions(folder),
        "completed": completed(folder),
        "runs": runs(folder),
        **json.loads((folder / "results.json").read_text()),
    }


def main(shape: str, kills: int, seed: int, folder: Path) -> dict[str, Any]:
    rng = random.Random(f"{shape} {seed}")
    workflow = SHAPES[shape]()
    warm = [timed(workflow, folder / f"whole_{number}") for number in range(3)]
    whole, took_s = warm[-1][0], min(took for _, took in warm)
    size = (folder / "whole_2" / "journal").stat().st_size
    cases = []
    for number in range(kills):
        share = (number + rng.random()) / kills
        points = [point(share, size, took_s, by_time=number % 2 == 1)]
        if number % 3 == 0:
            points.append(point(rng.random(), size, took_s, by_time=number % 4 == 0))
        cases.append(killed(workflow, folder / f"case_{number}", points))
    return {"whole": whole, "cases": cases}


def killed(workflow: Workflow, folder: Path, kills: list[dict[str, Any]]) -> dict[str, Any]:
    """A case whose first kill found the script alive: one that came too late is tried again, earlier."""
    found = case(workflow, folder, kills)
    if found["rounds"][0]["ended"] and kills[0]["after_s"] is not None:
        earlier = {**kills[0], "after_s": kills[0]["after_s"] * 0.8}
        return killed(workflow, folder.with_name(f"{folder.name}_"), [earlier, *kills[1:]])
    return found


def timed(workflow: Workflow, folder: Path) -> tuple[dict[str, Any], float]:
    started = time.perf_counter()
    whole = case(workflow, folder, [])
    return whole, time.perf_counter() - started


def point(share: float, size: int, took_s: float, *, by_time: bool) -> dict[str, Any]:
    if by_time:
        return {"after_bytes": None, "after_s": share * took_s}
    # Figures in the lines have more or fewer digits each time: stay clear of the end.
    return {"after_bytes": int(share * (size - 200)), "after_s": None}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))))
