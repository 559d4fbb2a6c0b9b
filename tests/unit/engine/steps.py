"""Node types that only the engine's own tests know, and ways to run them."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import Field

from runtime.engine.driver import Outcome, drive_run
from runtime.engine.errors import NodeError
from runtime.engine.events import Event
from runtime.engine.graph import Graph, parse_graph
from runtime.engine.journal import MemoryJournal
from runtime.engine.node import Effect, Node, NodeContext, NodeParameters, Park, Port
from runtime.engine.plan import compile_plan
from runtime.engine.registry import NodeRegistry
from runtime.engine.selection import Selection
from runtime.nodes.loop import LoopNode
from runtime.nodes.map import MapNode
from runtime.nodes.sub_workflow import SubWorkflowNode
from runtime.script_workflows import ScriptWorkflows

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class TestNode(Node):
    __test__ = False
    label = "Test"
    category = "flow"
    icon = "test"


class Collect(TestNode):
    """Returns its inputs, with the id of the node."""

    type = "Collect"
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": {"node": context.node_id, **context.inputs}}


class ConstantParameters(NodeParameters):
    value: Any = None


class Constant(TestNode):
    type = "Constant"
    run_settable = frozenset({"value"})
    Parameters = ConstantParameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": self.parameters.value}


class ScriptParameters(NodeParameters):
    failures: int = Field(default=0, ge=0, le=1000)
    code: str = "boom"
    status: int | None = None
    retry_after_s: float | None = None
    seconds: float = 0.0


class Flaky(TestNode):
    """Sleeps on the loop, fails so many times, then returns its attempt. Counts its calls by node id."""

    type = "Flaky"
    accepts_any_input = True
    Parameters = ScriptParameters
    calls: ClassVar[dict[str, int]] = {}

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        self.calls[context.node_id] = self.calls.get(context.node_id, 0) + 1
        if self.parameters.seconds:
            await asyncio.sleep(self.parameters.seconds)
        if context.attempt <= self.parameters.failures:
            facts = {
                key: value
                for key in ("status", "retry_after_s")
                if (value := getattr(self.parameters, key)) is not None
            }
            raise NodeError(f"failure {context.attempt}", code=self.parameters.code, **facts)
        return {"result": {"attempt": context.attempt}}


class Flow(Flaky):
    """As `Flaky`, but without an await when it has no seconds to sleep."""

    type = "Flow"

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        self.calls[context.node_id] = self.calls.get(context.node_id, 0) + 1
        if context.attempt <= self.parameters.failures:
            raise NodeError(f"failure {context.attempt}", code=self.parameters.code)
        return {"result": {"node": context.node_id, "inputs": sorted(context.inputs)}}


class Effectful(Flow):
    type = "Effectful"
    effect = Effect.EFFECTFUL


class Once(Flow):
    type = "Once"
    effect = Effect.AT_MOST_ONCE


class BlockingParameters(NodeParameters):
    seconds: float = 0.0


class Blocking(TestNode):
    """Holds its thread."""

    type = "Blocking"
    blocking = True
    accepts_any_input = True
    Parameters = BlockingParameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        time.sleep(self.parameters.seconds)  # noqa: ASYNC251
        context.log("info", "awake")
        return {"result": threading.current_thread().name}


class Stubborn(TestNode):
    """Ignores its first cancellation, for a while."""

    type = "Stubborn"

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            await asyncio.sleep(0.2)
        return {"result": "late"}


class AddParameters(NodeParameters):
    fail_at: int | None = None
    seconds: float = 0.0


class Add(TestNode):
    """`value` and `by`, or 1, added up; fails where the value is one too small for `fail_at`."""

    type = "Add"
    accepts_any_input = True
    Parameters = AddParameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        value = context.inputs.get("value") or 0
        if self.parameters.seconds:
            await asyncio.sleep(self.parameters.seconds)
        if self.parameters.fail_at is not None and value in (self.parameters.fail_at - 1, {}):
            raise NodeError("boom", code="boom")
        return {"result": value + (context.inputs.get("by") or 1)}


class Grow(TestNode):
    """A text with 2,000 characters more than it was given."""

    type = "Grow"
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": (context.inputs.get("text") or "") + 2_000 * "x"}


class TimeLeft(TestNode):
    """How many seconds it may take, to a tenth."""

    type = "TimeLeft"
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": None if context.timeout_s is None else round(context.timeout_s, 1)}


class ParkParameters(NodeParameters):
    seconds: float = 60.0


class Parking(TestNode):
    type = "Parking"
    accepts_any_input = True
    Parameters = ParkParameters

    async def run(self, context: NodeContext) -> Park:
        return Park(START + timedelta(seconds=self.parameters.seconds), {"result": "parked"})


class AskingParameters(NodeParameters):
    at_s: float = 60.0
    until_s: float | None = None
    failures: int = 0
    seconds: float = 0.0


class Asking(TestNode):
    """Waits outside until the time `at_s` of the loop. Counts how often it was run and asked, by node id."""

    type = "Asking"
    accepts_any_input = True
    Parameters = AskingParameters
    calls: ClassVar[dict[str, list[str]]] = {}

    async def run(self, context: NodeContext) -> Mapping[str, Any] | Park:
        self.calls.setdefault(context.node_id, []).append("run")
        return await self._look(context)

    async def resume(self, context: NodeContext) -> Mapping[str, Any] | Park:
        self.calls.setdefault(context.node_id, []).append("resume")
        return await self._look(context)

    async def _look(self, context: NodeContext) -> Mapping[str, Any] | Park:
        if self.parameters.seconds:
            await asyncio.sleep(self.parameters.seconds)
        if asyncio.get_running_loop().time() < self.parameters.at_s:
            until_s = self.parameters.until_s
            until = None if until_s is None else START + timedelta(seconds=until_s)
            return Park(until, on="outside")
        if context.attempt <= self.parameters.failures:
            raise NodeError("it went wrong outside", code="boom")
        return {"result": {"attempt": context.attempt, **context.inputs}}


class BranchParameters(NodeParameters):
    take: str = "left"


class Branch(TestNode):
    type = "Branch"
    outputs = (Port("result"), Port("left"), Port("right"))
    accepts_any_input = True
    Parameters = BranchParameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": self.parameters.take, self.parameters.take: {"taken": True}}


class Join(TestNode):
    type = "Join"
    inputs = (Port("items", multiple=True),)

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": context.inputs.get("items")}


class Need(TestNode):
    type = "Need"
    inputs = (Port("data", required=True),)

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": context.inputs["data"]}


class CodeParameters(NodeParameters):
    code: str
    url: str = ""
    limit: int = 10


class Code(TestNode):
    type = "Code"
    Parameters = CodeParameters
    accepts_any_input = True

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": self.parameters.model_dump()}


REGISTRY = NodeRegistry(
    [
        Add,
        Asking,
        Blocking,
        Branch,
        Code,
        Collect,
        Constant,
        Effectful,
        Flaky,
        Flow,
        Grow,
        Join,
        LoopNode,
        MapNode,
        Need,
        Once,
        Parking,
        Stubborn,
        SubWorkflowNode,
        TimeLeft,
    ]
)


def node(node_id: str, node_type: str = "Collect", /, **config: Any) -> dict[str, Any]:
    """A node of a document; `options` and `parent` apart from the configuration."""
    options, parent = config.pop("options", {}), config.pop("parent", None)
    return {"id": node_id, "type": node_type, "config": config, "options": options, "parent": parent}


def inside(container: str, *nodes: dict[str, Any]) -> list[dict[str, Any]]:
    """The nodes as the body of a loop or map."""
    return [{**item, "parent": container} for item in nodes]


def wire(text: str) -> dict[str, Any]:
    """`a.result -> b.data` or `a !-> b.error` as a connection."""
    kind = "error" if "!->" in text else "data"
    left, right = (part.strip() for part in text.split("!->" if kind == "error" else "->"))
    source, _, output = left.partition(".")
    target, _, port = right.partition(".")
    return {
        "source": source,
        "output": output or ("error" if kind == "error" else "result"),
        "target": target,
        "input": port or "data",
        "kind": kind,
    }


def document(nodes: Sequence[dict[str, Any]], wires: Sequence[str] = (), **more: Any) -> dict[str, Any]:
    return {"nodes": list(nodes), "connections": [wire(text) for text in wires], **more}


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time jumps to the next timer, so that nothing is slept."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        select = self._selector.select  # type: ignore[attr-defined]

        def jump(timeout: float | None) -> Any:
            if timeout:
                self._now += timeout
            return select(0)

        self._selector.select = jump  # type: ignore[attr-defined]

    def time(self) -> float:
        return self._now

    def clock(self) -> datetime:
        return START + timedelta(seconds=self._now)


def on_virtual_time(main: Callable[[VirtualLoop], Coroutine[Any, Any, Any]], *, at_s: float = 0.0) -> Any:
    loop = VirtualLoop()
    loop._now = at_s
    try:
        return loop.run_until_complete(main(loop))
    finally:
        loop.close()


def drive(
    graph: Mapping[str, Any],
    *,
    history: Sequence[Event] = (),
    parameters: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
    cancel_after_s: float | None = None,
    release_after_s: float | None = None,
    park_after_s: float | None = 5.0,
    at_s: float = 0.0,
    journal: MemoryJournal | None = None,
    registry: NodeRegistry = REGISTRY,
    workflows: Mapping[str, Graph] | None = None,
    selection: Selection | None = None,
    meanwhile: Callable[[VirtualLoop], None] | None = None,
    **more: Any,
) -> tuple[Outcome, list[Event]]:
    """Drives a document on virtual time: the outcome, and the new events. `more` is for `drive_run`.

    `meanwhile` is called with the loop at the beginning, to plan what happens to the run.
    """
    plan = compile_plan(
        parse_graph(graph),
        registry,
        settings,
        workflows=None if workflows is None else ScriptWorkflows(workflows, None),
        selection=selection,
    )
    kept = journal or MemoryJournal()

    async def main(loop: VirtualLoop) -> Outcome:
        cancel, release = asyncio.Event(), asyncio.Event()
        if cancel_after_s == 0:
            cancel.set()
        elif cancel_after_s is not None:
            loop.call_later(cancel_after_s, cancel.set)
        if release_after_s is not None:
            loop.call_later(release_after_s, release.set)
        if meanwhile is not None:
            meanwhile(loop)
        return await drive_run(
            plan,
            run_id="run",
            history=history,
            journal=kept,
            services=None,
            parameters=parameters or {},
            cancel=cancel,
            release=release,
            clock=loop.clock,
            park_after_s=park_after_s,
            **more,
        )

    return on_virtual_time(main, at_s=at_s), kept.events


def told(events: Sequence[Event]) -> list[str]:
    """Events as short text: `node.started a 1`."""
    return [
        f"{event.type} {event.node} {event.attempt}" if event.node else str(event.type) for event in events
    ]
