"""A second reading of what a run means: recursive, one node after the other, without time.

`interpret(graph, workflows)` says how every node ends, by path (`""` is the run, `loop/2` an iteration). The
nodes of each scope have to stand in the order of their connections. It shares with the engine only what a
node does by itself (`random_graphs.act`), templates and expressions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runtime.engine.errors import ExpressionError
from runtime.engine.expressions import compile_expression
from runtime.engine.graph import Connection, Graph, NodeSpec
from runtime.engine.templates import resolve
from tests.unit.engine.random_graphs import ERROR, act

Ended = dict[str, "End"]


@dataclass(frozen=True)
class End:
    """How a node ended: its outputs, or the reason, or the errors that it may have failed with."""

    status: str
    outputs: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    codes: frozenset[str] = frozenset()
    attempts: int | None = None  # None: it has none of its own


def failed(*codes: str, attempts: int | None = None) -> End:
    return End("failed", codes=frozenset(codes), attempts=attempts)


class Missing(Exception):
    """A path leads to nothing."""


def interpret(
    graph: Graph, workflows: Mapping[str, Graph], parameters: Mapping[str, Any] | None = None
) -> Ended:
    found: Ended = {}
    values = {item.name: item.default for item in graph.parameters} | dict(parameters or {})
    _, lost = Scope(graph, None, "", {}, values, workflows, found).run()
    return {**found, "": failed(*lost) if lost else End("succeeded")}


class Scope:
    """The nodes that stand in `parent`: the whole workflow, or a body whose container hands in `entry`."""

    def __init__(
        self,
        graph: Graph,
        parent: str | None,
        prefix: str,
        entry: Mapping[str, Any],
        values: Mapping[str, Any],
        workflows: Mapping[str, Graph],
        found: Ended,
    ) -> None:
        self.graph, self.parent, self.prefix, self.entry = graph, parent, prefix, entry
        self.values, self.workflows, self.found = values, workflows, found
        self.ended: Ended = {}
        self.parents = {spec.id: spec.parent for spec in graph.nodes}

    def run(self) -> tuple[Ended, set[str]]:
        """How its nodes ended, and the errors of those whose failure nothing handles."""
        lost: set[str] = set()
        for spec in self.graph.nodes:
            if spec.parent != self.parent:
                continue
            end = self.end_of(spec)
            is_routed = any(w.source == spec.id and w.kind == "error" for w in self.graph.connections)
            if end.status == "failed" and spec.options.on_error == "return" and not is_routed:
                end = End("succeeded", {"result": {"error": ERROR}}, attempts=end.attempts)
            if end.status == "failed" and spec.options.on_error != "continue" and not is_routed:
                lost |= end.codes
            self.ended[spec.id] = self.found[self.prefix + spec.id] = end
        return self.ended, lost

    def end_of(self, spec: NodeSpec) -> End:
        wires = [
            w for w in self.graph.connections if w.target == spec.id and self.parents[w.source] != spec.id
        ]
        if spec.disabled:
            return End("skipped", reason="disabled")
        if spec.options.pin is not None:
            return End("succeeded", spec.options.pin)
        reason = self.why_skipped(spec, wires)
        if reason is not None:
            return End("skipped", reason=reason)
        try:
            inputs = self.gather(wires)
        except Missing:
            return failed("invalid_input")
        perform = {"LoopNode": self.loop, "MapNode": self.map, "SubWorkflowNode": self.sub}.get(
            spec.type, self.step
        )
        return perform(spec, inputs)

    # --- what comes in ------------------------------------------------------------------------------------

    def is_live(self, wire: Connection) -> bool:
        if wire.source == self.parent:
            return wire.port in self.entry
        source = self.ended[wire.source]
        return source.status == "failed" if wire.kind == "error" else wire.port in source.outputs

    def value(self, wire: Connection) -> Any:
        if wire.kind == "error":
            return {"error": ERROR, "attempts": self.ended[wire.source].attempts or 1}
        value: Any = self.entry if wire.source == self.parent else self.ended[wire.source].outputs
        for part in (wire.port, *wire.path):
            try:
                value = value[int(part) if isinstance(value, list) else part]
            except (LookupError, TypeError, ValueError):
                raise Missing from None
        return value

    def gather(self, wires: list[Connection]) -> dict[str, Any]:
        inputs: dict[str, Any] = {}
        for wire in wires:
            if wire.input == "many":
                values = inputs.setdefault("many", [])
                values += [self.value(wire)] if self.is_live(wire) else []
            elif self.is_live(wire):
                value = self.value(wire)
                inputs |= {} if wire.is_control else {wire.input: value}
            elif wire.kind == "data":
                inputs[wire.input] = {}
        return inputs

    def why_skipped(self, spec: NodeSpec, wires: list[Connection]) -> str | None:
        for gate in (wire for wire in wires if wire.is_control):
            if not self.is_live(gate):
                return self.cause([gate])
            try:
                if not self.value(gate):
                    return "should_run_false"
            except Missing:
                pass  # gathering the inputs will fail
        dead = [wire for wire in wires if not self.is_live(wire)]
        if not dead or spec.options.join == "always":
            return None
        data = [wire for wire in wires if wire.kind == "data" and not wire.is_control]
        no_data = bool(data) and all(wire in dead for wire in data)
        return self.cause(dead) if spec.options.join == "all" or no_data or dead == wires else None

    def cause(self, dead: list[Connection]) -> str:
        causes = []
        for wire in dead:
            source = End("succeeded") if wire.source == self.parent else self.ended[wire.source]
            if source.status == "succeeded":
                causes.append("no_error" if wire.kind == "error" else "branch_not_taken")
            elif source.status == "failed" or source.reason == "upstream_failed":
                causes.append("upstream_failed")
            else:
                causes.append("upstream_skipped")
        return "upstream_failed" if "upstream_failed" in causes else causes[0]

    # --- what they do -------------------------------------------------------------------------------------

    def step(self, spec: NodeSpec, inputs: dict[str, Any]) -> End:
        config = resolve(spec.config, self.values)
        attempts = 1 + (spec.options.retry or {"max_retries": 0})["max_retries"]
        for attempt in range(1, attempts + 1):
            outputs = act(spec.type, config, inputs, attempt)
            if outputs is not None:
                return End("succeeded", outputs, attempts=attempt)
        return failed("boom", attempts=attempts)

    def round(self, spec: NodeSpec, number: int, entry: dict[str, Any], otherwise: Any) -> End:
        """One iteration; its output `value` is what the body feeds into the container."""
        path = f"{self.prefix}{spec.id}/{number}"
        body = Scope(self.graph, spec.id, f"{path}/", entry, self.values, self.workflows, self.found)
        ended, lost = body.run()
        exits = [w for w in self.graph.connections if w.target == spec.id and w.source in ended]
        try:
            value = next((body.value(wire) for wire in exits if body.is_live(wire)), otherwise)
            end = failed(*lost) if lost else End("succeeded", {"value": value})
        except Missing:
            end = failed(*lost) if lost else failed("invalid_input")
        self.found[path] = end
        return end

    def loop(self, spec: NodeSpec, inputs: dict[str, Any]) -> End:
        state, until = inputs.get("state"), spec.config.get("until")
        for number in range(1, spec.config["max_iterations"] + 1):
            end = self.round(spec, number, {**inputs, "state": state, "iteration": number}, state)
            if end.status == "failed":
                return failed(*end.codes)
            state = end.outputs["value"]
            try:
                if until and compile_expression(until)({**inputs, "state": state, "iteration": number}):
                    break
            except ExpressionError:
                return failed("invalid_expression")
        else:
            if until and spec.config.get("on_limit", "fail") == "fail":
                return failed("max_iterations")
        return End("succeeded", {"result": state, "iterations": number})

    def map(self, spec: NodeSpec, inputs: dict[str, Any]) -> End:
        items = inputs.get("items")
        if not isinstance(items, list):
            return failed("invalid_input")
        ends = [
            self.round(spec, index + 1, {**inputs, "item": item, "index": index}, None)
            for index, item in enumerate(items)
        ]
        wrong = [index for index, end in enumerate(ends) if end.status == "failed"]
        if wrong and spec.config.get("on_item_error", "fail") == "fail":
            return failed(*ends[wrong[0]].codes)
        errors = [{"index": index, "error": ERROR} for index in wrong]
        return End("succeeded", {"result": [end.outputs.get("value") for end in ends], "errors": errors})

    def sub(self, spec: NodeSpec, inputs: dict[str, Any]) -> End:
        child, output = self.workflows[spec.config["workflow"]], spec.config.get("output")
        values = {item.name: item.default for item in child.parameters} | inputs
        scope = Scope(child, None, f"{self.prefix}{spec.id}/", {}, values, self.workflows, self.found)
        ended, lost = scope.run()
        if lost:
            return failed(*lost)
        if output:
            step, _, path = output.partition(".")
            wire = Connection(step, path, "", "")
            try:
                return End("succeeded", {"result": scope.value(wire) if scope.is_live(wire) else None})
            except Missing:
                return failed("invalid_input")
        inner = {wire.source for wire in child.connections if scope.parents[wire.target] is None}
        last = {name: end.outputs for name, end in ended.items() if name not in inner}
        return End(
            "succeeded", {"result": {name: last[name] for name in last if ended[name].status == "succeeded"}}
        )
