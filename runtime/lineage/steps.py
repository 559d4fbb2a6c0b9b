"""The steps of a run as the flows look at them: their inputs by where they come from, through all frames."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from runtime.engine.plan import Plan, PlannedNode
from runtime.engine.workflows import read_output
from runtime.lineage.flows.by_type import NAMED_OUTSIDE, flow_of, is_told, texts_in
from runtime.lineage.terms import Columns, Flow, Place, Ref, Step, below, column_name, joined
from runtime.masking.wires import Origin, Scope, leaving, origins_of

_FREE_NAMES = frozenset({"PythonCodeNode", "LLMAgentNode"})
_TEMPLATE = re.compile(r"\$\{(\w+)")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Ran:
    """A step that gave something, by its path without numbers. `columns` are `{port: {path: type}}`."""

    path: str
    scope: Scope
    node: PlannedNode
    columns: Mapping[str, Mapping[str, str]]
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Traced:
    """What was found out about one step."""

    path: str
    step: Step
    flow: Flow


class RunGraph:
    """The places of one workflow's run, and what its steps made of what."""

    def __init__(self, workflow_id: str, parameters: Iterable[str], given: Mapping[str, Any]) -> None:
        """`parameters` are the declared names, `given` what the run was started with."""
        self._namespace = f"lockgate:workflow:{workflow_id}"
        self._declared = frozenset(parameters)
        self._given = given
        self.parameters = Place("port", self._namespace, "(parameters)", "Parameters", "Parameters")

    def place(self, path: str, node: PlannedNode | None = None) -> Place:
        """A step's place; its columns are those of its outputs."""
        label = "" if node is None else node.spec.label or node.id
        return Place("step", self._namespace, path[:300], "" if node is None else node.spec.type, label)

    def trace(self, ran: Sequence[Ran]) -> list[Traced]:
        """Each step with its flow, in the order given."""
        outputs = {one.path: self._outputs(one) for one in ran}
        found = []
        for one in ran:
            step = self._step(one, outputs)
            found.append(Traced(one.path, step, flow_of(step)))
        return found

    def _outputs(self, one: Ran) -> dict[str, Columns]:
        place = self.place(one.path, one.node)
        return {
            port: {path: (Ref(place, column_name(port, path)),) for path in paths}
            for port, paths in one.columns.items()
        }

    def _step(self, one: Ran, outputs: Mapping[str, Mapping[str, Columns]]) -> Step:
        wired: dict[str, list[Columns]] = {}
        for name, origin in outermost(origins_of(one.scope, one.node)):
            wired.setdefault(name, []).append(_found(origin, outputs))
        inputs = {name: joined(several) for name, several in wired.items()}
        for name in self._free_names(one):
            inputs.setdefault(name, {"": (Ref(self.parameters, name),)})
        for name in (
            _TEMPLATE.findall(texts_in(one.node.spec.config)) if one.node.spec.type == "ValueNode" else ()
        ):
            inputs[f"${{{name}}}"] = {"": (Ref(self.parameters, name),)}
        own = self._given.get(one.node.id)
        if isinstance(own, Mapping):
            for name in own:
                inputs.setdefault(str(name), {"": (Ref(self.parameters, f"{one.node.id}.{name}"),)})
        exits: dict[str, list[Columns]] = {}
        for name, origin in outermost(leaving(one.scope, one.node)):
            exits.setdefault(name, []).append(_found(origin, outputs))
        config = {**one.node.spec.config, **own} if isinstance(own, Mapping) else one.node.spec.config
        return Step(
            self.place(one.path, one.node),
            one.node.spec.type,
            config,
            inputs,
            {port: list(paths) for port, paths in one.columns.items()},
            self._exits(one, config, {name: joined(several) for name, several in exits.items()}, outputs),
            one.values,
        )

    def _free_names(self, one: Ran) -> Iterator[str]:
        if self._declared and one.node.spec.type in _FREE_NAMES:
            words = set(_WORD.findall(texts_in(one.node.spec.config)))
            yield from sorted(self._declared & words)

    def _exits(
        self,
        one: Ran,
        config: Mapping[str, Any],
        fed_back: dict[str, Columns],
        outputs: Mapping[str, Mapping[str, Columns]],
    ) -> Mapping[str, Columns]:
        """Of a sub-workflow: what its named step gave, or all of its last steps, by step."""
        if one.node.container != "sub" or one.node.body is None:
            return fed_back
        body, wanted = one.node.body, str(config.get("output") or "")
        if wanted:
            chosen = read_output(wanted, body.graph)
            if chosen is None:
                return {}
            step, port, parts = chosen
            return {"": _found(Origin(f"{one.path}/{step}", (port, *parts)), outputs)}
        last = [node.id for node, after in zip(body.nodes, body.successors, strict=True) if not after]
        found: dict[str, tuple[Ref, ...]] = {}
        for name in last:
            for port, columns in outputs.get(f"{one.path}/{name}", {}).items():
                for path, refs in columns.items():
                    found[".".join(filter(None, (name, port, path)))] = refs
        return {"": found}


def _found(origin: Origin, outputs: Mapping[str, Mapping[str, Columns]]) -> Columns:
    if not origin.parts:
        return {}
    port, *rest = origin.parts
    known = outputs.get(origin.node, {}).get(str(port), {})
    names = [part for part in rest if isinstance(part, str) and not part.isdecimal()]
    return below(known, ".".join(names))


def outermost(origins: Iterable[tuple[str, Origin]]) -> list[tuple[str, Origin]]:
    """Without what lies inside of a container that is there itself: that one says where it has it from."""
    found = list(dict.fromkeys(origins))
    nodes = {(name, origin.node) for name, origin in found}
    return [
        (name, origin)
        for name, origin in found
        if not any((name, above) in nodes for above in _above(origin.node))
    ]


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def scopes_of(plan: Plan) -> dict[str, tuple[Scope, PlannedNode]]:
    """Every node with its scope, also inside containers, by its path without numbers."""
    found: dict[str, tuple[Scope, PlannedNode]] = {}
    waiting = [Scope((plan,))]
    while waiting:
        scope = waiting.pop()
        for node in scope.plans[-1].nodes:
            found[scope.path(node)] = (scope, node)
            if node.body is not None:
                waiting.append(scope.inside(node))
    return found


class Names:
    """Tells the names of columns from data: what an author wrote, or what was a name in an input."""

    def __init__(self, node: PlannedNode) -> None:
        self._all = node.spec.type in NAMED_OUTSIDE
        self._type = node.spec.type
        self._text = "" if self._all else texts_in(node.spec.config)

    def test(self, upstream: AbstractSet[str]) -> Any:
        """The question to ask about one name, with the names of columns before the step."""
        if self._all:
            return lambda name: is_told(self._type, name)
        return lambda name: name in upstream or name in self._text
