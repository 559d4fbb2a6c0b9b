"""Histories of runs as releases have stored them, in `histories/*.jsonl`, and a way to drive them on.

The first line of a file is the workflow, the next are the events as the table has them, the last is what they
came to. `python -m tests.unit.engine.kept_histories` writes those of the list below that are missing. A file
is never written anew: runs that an older release began have to go on for ever.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from runtime.engine.control import Control, Decision
from runtime.engine.driver import drive_run
from runtime.engine.events import Event, EventType
from runtime.engine.graph import parse_graph
from runtime.engine.journal import MemoryJournal
from runtime.engine.outcome import Outcome
from runtime.engine.plan import compile_plan
from runtime.engine.registry import NodeRegistry
from runtime.engine.state import fold
from runtime.nodes.approval import ApprovalNode
from runtime.payloads import decode_outputs, encode_outputs
from runtime.script_workflows import ScriptWorkflows
from runtime.services_protocol import Answer, ChildRun, Question
from runtime.story import as_event
from tests.unit.engine.random_graphs import plain
from tests.unit.engine.steps import REGISTRY, START, VirtualLoop, document, inside, node, on_virtual_time

FOLDER = Path(__file__).parent / "histories"
ANSWERED_AT_S = 1000.0
MAX_DRIVES = 50
NO_BLOBS: Mapping[str, bytes] = {}
KEPT_REGISTRY = NodeRegistry([*REGISTRY, ApprovalNode])
RETRY = {"max_retries": 2, "initial_delay": 10.0, "max_delay": 30.0}


@dataclass(frozen=True)
class Case:
    """`crashes` are numbers of events after which the host that drove the run died, one after another;
    `pauses` seconds after which a drive was paused. `decisions` are for steps of unknown outcome.
    """

    document: dict[str, Any]
    workflows: dict[str, dict[str, Any]] = field(default_factory=dict)
    decisions: dict[str, dict[str, Any]] = field(default_factory=dict)
    is_cancelled: bool = False
    crashes: list[int] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)


# --- what a run finds outside -------------------------------------------------------------------------------


class People:
    """Approve everything, when their time has come."""

    async def ask(self, key: str, question: Question) -> Answer:
        return self._answer()

    async def look(self, key: str) -> Answer | None:
        return self._answer()

    def _answer(self) -> Answer:
        if not _is_answered():
            return Answer("pending", None, None)
        return Answer("approved", None, START, [{"user": "ann@example.org", "decision": "approve"}])


class Children:
    """One run, which succeeds when its time has come."""

    async def start(self, path: str, *_: Any) -> None:
        return None

    async def look(self, path: str, output: str) -> ChildRun | None:
        done = _is_answered()
        return ChildRun(7, "Child", "succeeded" if done else "active", {"of": path} if done else None)


class Outside:
    approvals = People()
    children = Children()


class Workflows(ScriptWorkflows):
    starts_runs: ClassVar[bool] = True


def _is_answered() -> bool:
    return asyncio.get_running_loop().time() >= ANSWERED_AT_S


# --- driving ------------------------------------------------------------------------------------------------


def drive_once(
    case: Case, history: Sequence[Event], *, at_s: float, pause_after_s: float | None = None
) -> tuple[Outcome, list[Event]]:
    """The outcome, and the new events."""
    graphs = {name: parse_graph(item) for name, item in case.workflows.items()}
    plan = compile_plan(parse_graph(case.document), KEPT_REGISTRY, workflows=Workflows(graphs, None))
    journal, control = MemoryJournal(), Control()
    control.nudge({path: Decision(**decision) for path, decision in case.decisions.items()})

    async def main(loop: VirtualLoop) -> Outcome:
        if pause_after_s == 0:
            control.pause()
        elif pause_after_s is not None:
            loop.call_later(pause_after_s, control.pause)
        return await drive_run(
            plan,
            run_id="run",
            history=history,
            journal=journal,
            services=Outside(),
            parameters={},
            clock=loop.clock,
            control=control,
            cancel=_set_when(case.is_cancelled and _has_waited(history)),
        )

    return on_virtual_time(main, at_s=at_s), journal.events


def drive_to_the_end(case: Case, history: Sequence[Event]) -> tuple[Outcome, list[Event]]:
    """The last outcome and all events, however often the run stops on its way."""
    events, crashes, pauses = list(history), list(case.crashes), list(case.pauses)
    at_s = 0.0
    for _ in range(MAX_DRIVES):
        outcome, new = drive_once(case, events, at_s=at_s, pause_after_s=pauses.pop(0) if pauses else None)
        kept = crashes.pop(0) if crashes else None
        events += new
        events, cut = (events, False) if kept is None else (events[:kept], True)
        at_s = max(_seconds(events[-1].at) + 1, at_s)
        if cut:
            continue
        if outcome.status not in ("waiting", "paused"):
            return outcome, events
        if outcome.status == "waiting":
            at_s = max(at_s, ANSWERED_AT_S if outcome.wake_at is None else _seconds(outcome.wake_at))
    raise AssertionError("the run does not end")


def _set_when(wanted: bool) -> Any:
    event = asyncio.Event()
    if wanted:
        event.set()
    return event


def _has_waited(history: Sequence[Event]) -> bool:
    return any(event.type is EventType.RUN_WAITING for event in history)


def _seconds(moment: datetime) -> float:
    return (moment - START).total_seconds()


# --- files --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A file: the case, its events as this release reads them, and the end that was recorded with them."""

    case: Case
    events: list[Event]
    end: dict[str, Any]


def read(path: Path) -> Kept:
    first, *lines, last = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return Kept(Case(**first), [read_event(line) for line in lines], last)


def read_event(line: Mapping[str, Any]) -> Event:
    """As a host reads a row."""
    payload = line.get("payload")
    row = (line["seq"], datetime.fromisoformat(line["at"]), line["type"], line["node"], line["attempt"])
    event = as_event((*row, line["data"], None if payload is None else json.dumps(payload).encode()))
    if event.payload is None:
        return event
    return event._replace(payload=decode_outputs(event.payload, NO_BLOBS.__getitem__))


def write(path: Path, case: Case) -> None:
    queued = Event(1, START, EventType.RUN_QUEUED, data={"trigger": "manual"})
    outcome, events = drive_to_the_end(case, [queued])
    end = {"status": outcome.status, "results": plain(outcome.results), "state": fold(events).to_dict()}
    how = {**asdict(case), "crashes": [], "pauses": []}  # what happened once does not happen again
    lines = [how, *map(_line, events), end]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")


def _line(event: Event) -> dict[str, Any]:
    payload = None if event.payload is None else json.loads(encode_outputs(event.payload).text)
    return {**event.to_dict(), "payload": payload}


# --- what this release keeps --------------------------------------------------------------------------------


def _cases() -> dict[str, Case]:
    chain = [node("a", "Flow"), node("b", "Effectful"), node("c", "Flow")]
    wires = ["a -> b", "b -> c"]
    fan = [node(name, "Flow") for name in ("first", "left", "middle", "right")] + [node("join", "Join")]
    spread = [f"first -> {name}" for name in ("left", "middle", "right")]
    gather = [f"{name} -> join.items" for name in ("left", "middle", "right")]
    inner = document([node("one", "Flow"), node("two", "Flow")], ["one -> two"])
    ask = node("ask", "ApprovalNode", title="Pay?", approvers={"roles": ["admin"]})
    paid = {"result": {"node": "pay", "inputs": ["data"]}}
    decision = {"attempt": 1, "outcome": "succeeded", "outputs": paid, "by": "ann", "comment": "I looked"}
    return {
        "chain": Case(document(chain, wires)),
        "crashed": Case(document(chain, wires), crashes=[5, 9]),
        "fan": Case(document(fan, [*spread, *gather]), crashes=[6]),
        "retry": Case(
            document([node("a", "Flow", failures=2, options={"retry": RETRY}), node("b", "Flow")], ["a -> b"])
        ),
        "error-route": Case(
            document(
                [
                    node("a", "Flow", failures=9),
                    node("mend", "Flow"),
                    node("never", "Flow"),
                    node("value", "Flow", failures=9, options={"on_error": "return"}),
                    node("left", "Flow", failures=9, options={"on_error": "continue"}),
                ],
                ["a !-> mend.error", "a -> never"],
            )
        ),
        "failed": Case(document([node("a", "Flow", failures=9), node("b", "Flow")], ["a -> b"])),
        "branch": Case(
            document(
                [node("a", "Branch", take="left"), node("l", "Flow"), node("r", "Flow"), node("end", "Flow")],
                ["a.left -> l", "a.right -> r", "l -> end.l", "r -> end.r"],
            )
        ),
        "loop": Case(
            document(
                [
                    node("start", "Constant", value=1),
                    node("loop", "LoopNode", max_iterations=9, until="state > 3"),
                    *inside("loop", node("add", "Add")),
                    node("after", "Flow"),
                ],
                ["start -> loop.state", "loop.state -> add.value", "add -> loop.state", "loop -> after"],
            ),
            crashes=[12],
        ),
        "loop-timeout": Case(
            document(
                [
                    node(
                        "loop", "LoopNode", max_iterations=9, options={"timeout": 25, "on_error": "continue"}
                    ),
                    *inside("loop", node("slow", "Add", seconds=10)),
                    node("beside", "Flow"),
                ],
                [],
            )
        ),
        "map": Case(
            document(
                [
                    node("items", "Constant", value=[1, 2, 3, 4]),
                    node("map", "MapNode", max_concurrent=2, on_item_error="continue"),
                    *inside("map", node("add", "Add", fail_at=3)),
                    node("after", "Flow"),
                ],
                ["items -> map.items", "map.item -> add.value", "add -> map.value", "map -> after"],
            ),
            crashes=[11],
        ),
        "sub-workflow": Case(
            document(
                [node("sub", "SubWorkflowNode", workflow="inner"), node("after", "Flow")], ["sub -> after"]
            ),
            {"inner": inner},
            crashes=[6],
        ),
        "timer": Case(document([node("park", "Parking", seconds=60), node("b", "Flow")], ["park -> b"])),
        "approval": Case(
            document(
                [node("give", "Flow"), ask, node("yes", "Flow"), node("no", "Flow")],
                ["give -> ask.input", "ask.approved -> yes", "ask.rejected -> no"],
            )
        ),
        "child-run": Case(
            document(
                [
                    node("call", "SubWorkflowNode", workflow="inner", run_as="separate"),
                    node("after", "Flow"),
                ],
                ["call -> after"],
            ),
            {"inner": inner},
        ),
        "pause": Case(
            document([node("a", "Add", seconds=10), node("b", "Add", seconds=10)], ["a -> b.value"]),
            pauses=[0, 5, 5],
        ),
        "unknown-outcome": Case(
            document([node("a", "Flow"), node("pay", "Once"), node("c", "Flow")], ["a -> pay", "pay -> c"]),
            decisions={"pay": decision},
            crashes=[5],
        ),
        "cancelled": Case(
            document([node("give", "Flow"), ask, node("b", "Flow")], ["ask -> b"]), is_cancelled=True
        ),
        "pinned": Case(
            document(
                [node("a", "Flow", options={"pin": {"result": {"rows": [1, 2]}}}), node("b", "Flow")],
                ["a -> b"],
            )
        ),
        "disabled": Case(
            document(
                [{**node("a", "Flow"), "disabled": True}, node("b", "Flow"), node("c", "Flow")], ["a -> b"]
            )
        ),
    }


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, case in _cases().items():
        path = FOLDER / f"{name}.jsonl"
        if not path.exists():
            write(path, case)


if __name__ == "__main__":
    main()
