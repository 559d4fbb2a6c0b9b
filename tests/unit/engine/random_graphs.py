"""Random workflows of about eight nodes, the node types in them, and what a run of one came to.

`cases()` draws a `Case`: a graph, the workflows that it names, and how it is run. `observe(events)` reads how
every node ended from a run's events, and `compare(interpret(...), observe(...))` tells what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from runtime.engine.errors import NodeError
from runtime.engine.events import Event, EventType
from runtime.engine.graph import Graph, parse_graph
from runtime.engine.node import Node, NodeContext, NodeParameters, Port
from runtime.engine.registry import NodeRegistry
from runtime.nodes.loop import LoopNode
from runtime.nodes.map import MapNode
from runtime.nodes.sub_workflow import SubWorkflowNode

if TYPE_CHECKING:
    from tests.unit.engine.reference import Ended

ERROR = {"code": "any", "message": "any", "retryable": False}  # stands for every error in a value
MAX_NODES = 8
MAX_DEPTH = 3


# --- what the nodes do ------------------------------------------------------------------------------------


def weigh(value: Any) -> int:
    """A number that depends on all of a value but its errors."""
    if isinstance(value, Mapping):
        return 7 if "code" in value else 2 + sum(map(weigh, value.values()))
    if isinstance(value, list):
        return 1 + sum(map(weigh, value))
    return len(value) if isinstance(value, str) else int(value or 0)


def act(node_type: str, config: Mapping[str, Any], inputs: Mapping[str, Any], attempt: int) -> Any:
    """What one attempt returns; None: it fails."""
    if node_type == "Given":
        return {"result": config["value"]}
    total = (weigh(dict(inputs)) + config["add"]) % 1000
    if attempt <= config["failures"] or total % 5 in config["fails"]:
        return None
    result = {
        "n": total,
        "flag": total % 3 > 0,
        "list": list(range((total + 2) % 4)),
        "names": sorted(inputs),
    }
    return {"result": result, "even" if total % 2 == 0 else "odd": total}


class StepParameters(NodeParameters):
    add: int = 1
    failures: int = 0
    fails: tuple[int, ...] = ()


class Step(Node):
    """Fails in its first attempts, or always on some inputs; takes one of two branches."""

    type = "Step"
    label = "Step"
    category = "flow"
    icon = "test"
    inputs = (Port("many", multiple=True),)
    outputs = (Port("result"), Port("even"), Port("odd"))
    accepts_any_input = True
    Parameters = StepParameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        outputs = act(self.type, self.parameters.model_dump(), context.inputs, context.attempt)
        if outputs is None:
            raise NodeError("boom", code="boom")
        return dict(outputs)


class GivenParameters(NodeParameters):
    value: Any = None


class Given(Node):
    """A value of its configuration."""

    type = "Given"
    label = "Given"
    category = "flow"
    icon = "test"
    Parameters = GivenParameters

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        return {"result": self.parameters.value}


RANDOM_REGISTRY = NodeRegistry([Step, Given, LoopNode, MapNode, SubWorkflowNode])


# --- drawing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """`document` names the graphs of `workflows`."""

    document: dict[str, Any]
    workflows: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def graph(self) -> Graph:
        return parse_graph(self.document)

    @property
    def graphs(self) -> dict[str, Graph]:
        return {name: parse_graph(document) for name, document in self.workflows.items()}


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Graphs with failures, retries, error routes, gates, joins, pins, loops, maps and sub-workflows."""
    drawing = _Drawing(draw)
    document = drawing.document()
    return Case(document, drawing.workflows)


OUTPUTS = {
    "Step": ["result", "result", "result.n", "result.list", "result.list.0", "even", "odd"],
    "Given": ["result"],
    "LoopNode": ["result", "result", "result.n", "iterations"],
    "MapNode": ["result", "result", "result.0", "errors"],
    "SubWorkflowNode": ["result", "result", "result.n"],
}
ITEMS = {
    "Step": ["result.list", "result.list", "result.list", "result"],
    "Given": ["result", "result.list"],
    "LoopNode": ["result.list", "result"],
    "MapNode": ["result"],
    "SubWorkflowNode": ["result", "result.list"],
}
CONTAINER_GIVES = {
    "LoopNode": ["state", "state", "state.n", "iteration", "extra"],
    "MapNode": ["item", "item", "index", "items"],
}
UNTIL = [None, "iteration >= 2", "state == null", "iteration > 9", "state.n > 4"]


# Made once: a strategy costs more to make than to draw from.
PLACES = {count: st.integers(0, count - 1) for count in range(1, 40)}


class _Drawing:
    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._left = MAX_NODES
        self.workflows: dict[str, dict[str, Any]] = {}

    def pick(self, *choices: Any) -> Any:
        return choices[self._draw(PLACES[len(choices)])]

    def document(self, *, depth: int = 0) -> dict[str, Any]:
        return _Sheet(self, depth).fill()

    def take(self) -> bool:
        """One node less to place; whether there was one."""
        self._left -= 1
        return self._left >= 0

    def child(self, depth: int) -> str:
        name = f"w{len(self.workflows)}"
        self.workflows[name] = {}  # taken, while what it names is drawn
        self.workflows[name] = self.document(depth=depth)
        return name


class _Sheet:
    """One document, while it is drawn."""

    def __init__(self, drawing: _Drawing, depth: int) -> None:
        self._drawing = drawing
        self.pick = drawing.pick
        self._depth = depth
        self._nodes: list[dict[str, Any]] = []
        self._wires: list[dict[str, Any]] = []

    def fill(self) -> dict[str, Any]:
        parameters = []
        if self._depth:
            parameters = [{"name": "p", "default": self.pick(None, 3, [1, 2], {"n": 4})}]
            self._place("Given", None, value="${p}")
        self._body(None, self._depth, self.pick(2, 4, 6, 8))
        return {"nodes": self._nodes, "connections": self._wires, "parameters": parameters}

    def _place(self, kind: str, parent: str | None, **config: Any) -> dict[str, Any]:
        node = {"id": f"n{len(self._nodes)}", "type": kind, "config": config, "parent": parent, "options": {}}
        self._nodes.append(node)
        return node

    def _body(self, container: dict[str, Any] | None, depth: int, count: int) -> list[dict[str, Any]]:
        parent = None if container is None else container["id"]
        siblings = [node for node in self._nodes if node["parent"] == parent] if parent is None else []
        for _ in range(count):
            if not self._drawing.take():
                break
            kinds = ["Step"] * 5
            if siblings or container is not None:
                kinds += ["LoopNode", "MapNode", "SubWorkflowNode"] if depth < MAX_DEPTH else []
            else:
                kinds += ["Given"]
            siblings.append(self._node(self.pick(*kinds), parent, container, siblings, depth))
        return siblings

    def _node(
        self,
        kind: str,
        parent: str | None,
        container: dict[str, Any] | None,
        siblings: list[dict[str, Any]],
        depth: int,
    ) -> dict[str, Any]:
        node = self._place(kind, parent, **self._config(kind, depth))
        node["options"] = self._options(kind)
        node["disabled"] = self.pick(*[False] * 19, True)
        names = {
            "Step": [f"from{place}" for place in range(self.pick(0, 1, 1, 2, 3))]
            + ["many"] * self.pick(0, 0, 2),
            "LoopNode": [*self.pick(["state"], []), "extra"],
            "MapNode": ["items", *self.pick(["rate"], [])],
            "SubWorkflowNode": self.pick(["p"], []),
        }.get(kind, [])
        if container is not None or siblings:
            for name in [*names, *self.pick([], [], ["should_run"])]:
                self._wire(node, name, container, siblings)
        if kind in CONTAINER_GIVES:
            self._fill_container(node, depth)
        return node

    def _config(self, kind: str, depth: int) -> dict[str, Any]:
        if kind == "Step":
            fails = self.pick([], [], [], [], [], [1], [0, 2, 3], [0, 1, 2, 3, 4])
            return {"add": self.pick(0, 1, 2), "failures": self.pick(0, 0, 0, 1, 2), "fails": fails}
        if kind == "Given":
            return {"value": self.pick(None, 0, "text", [1, {"n": 2}, 3], [], {"n": 5, "list": [1, 2]})}
        if kind == "LoopNode":
            on_limit = self.pick("fail", "stop")
            return {"max_iterations": self.pick(1, 2, 3), "until": self.pick(*UNTIL), "on_limit": on_limit}
        if kind == "MapNode":
            return {"max_concurrent": self.pick(1, 2, 8), "on_item_error": self.pick("fail", "continue")}
        name = self._drawing.child(depth + 1)
        steps = [node["id"] for node in self._drawing.workflows[name]["nodes"] if node["parent"] is None]
        return {
            "workflow": name,
            "output": self.pick("", "", f"{self.pick(*steps)}.{self.pick('result', 'result.n')}"),
        }

    def _options(self, kind: str) -> dict[str, Any]:
        options: dict[str, Any] = {
            "join": self.pick("any", "any", "all", "always"),
            "on_error": self.pick("fail", "fail", "fail", "continue", "return"),
        }
        if kind in ("Step", "Given"):
            options["retry"] = self.pick(None, None, {"max_retries": 1, "initial_delay": 0})
            options["pin"] = self.pick(*[None] * 14, {"result": {"n": 1}}, {})
        return options

    def _wire(
        self,
        target: dict[str, Any],
        name: str,
        container: dict[str, Any] | None,
        siblings: list[dict[str, Any]],
    ) -> None:
        if container is not None and (not siblings or self.pick(True, False)):
            output = self.pick(*CONTAINER_GIVES[container["type"]])
            if name == "items":
                output = self.pick("extra.list", "state.list") if container["type"] == "LoopNode" else "items"
            self._connect(container["id"], output, target["id"], name, "data")
            return
        source = self.pick(*siblings)
        output = self.pick(*OUTPUTS[source["type"]])
        if name == "items":
            output = self.pick(*ITEMS[source["type"]])
        elif name == "should_run" and source["type"] == "Step":
            output = self.pick(output, "result.flag", "result.list")
        is_value = name == "items" or self.pick(*[True] * 5, False)
        self._connect(source["id"], output, target["id"], name, "data" if is_value else "error")

    def _connect(self, source: str, output: str, target: str, name: str, kind: str) -> None:
        output = "error" if kind == "error" else output
        wire = {"source": source, "output": output, "target": target, "input": name, "kind": kind}
        self._wires.append(wire)

    def _fill_container(self, node: dict[str, Any], depth: int) -> None:
        body = self._body(node, depth + 1, self.pick(1, 1, 2, 3, 0))
        if body and self.pick(True, True, True, False):
            last = self.pick(*body)
            kind = self.pick("data", "data", "data", "data", "error")
            name = "state" if node["type"] == "LoopNode" else "value"
            self._connect(last["id"], self.pick(*OUTPUTS[last["type"]]), node["id"], name, kind)


# --- comparing --------------------------------------------------------------------------------------------


@dataclass
class Seen:
    """How a node ended according to a run's events."""

    status: str = "pending"
    outputs: Any = None
    reason: str | None = None
    code: str | None = None
    attempts: int = 0


_STATUS = {
    EventType.NODE_SUCCEEDED: "succeeded",
    EventType.NODE_FAILED: "failed",
    EventType.NODE_SKIPPED: "skipped",
    EventType.NODE_CANCELLED: "cancelled",
}


def observe(
    events: Iterable[Event], decode: Callable[[Any], Any] = lambda payload: payload
) -> dict[str, Seen]:
    """How every node ended, by path, and the run under `""`. `decode` turns a payload into outputs."""
    found: dict[str, Seen] = {}
    for event in events:
        seen = found.setdefault(event.node or "", Seen())
        if event.node is None:
            seen.status = str(event.type).removeprefix("run.")
        else:
            seen.status = _STATUS.get(event.type, "running")
        seen.attempts = max(seen.attempts, event.attempt)
        seen.reason = event.data.get("reason")
        seen.code = (event.data.get("error") or {}).get("code")
        if event.type is EventType.NODE_SUCCEEDED:
            seen.outputs = decode(event.payload)
    return found


def compare(expected: Ended, seen: Mapping[str, Seen]) -> list[str]:
    """What differs, path by path; empty when both say the same.

    Which of several failures a container or the run reports depends on their order, so any of them will do.
    """
    differences = [f"{path}: not expected" for path in sorted(seen.keys() - expected.keys())]
    for path, end in expected.items():
        have = seen.get(path, Seen())
        pairs: list[tuple[str, Any, Any]] = [("status", end.status, have.status)]
        if end.status == have.status == "skipped":
            pairs.append(("reason", end.reason, have.reason))
        if end.status == have.status == "failed":
            pairs.append(("code", True, have.code in end.codes or have.code))
        if end.status == have.status == "succeeded" and path:
            pairs.append(("outputs", plain(end.outputs), plain(have.outputs)))
        if end.attempts is not None:
            pairs.append(("attempts", end.attempts, have.attempts))
        differences += [
            f"{path}: {name} {ours!r}, not {theirs!r}" for name, ours, theirs in pairs if ours != theirs
        ]
    return differences


def plain(value: Any) -> Any:
    """A value with its errors made equal."""
    if isinstance(value, Mapping):
        if "code" in value and "message" in value:
            return "an error"
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value
