"""What one reader may see of the nodes of one run, and which of their fields are masked for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from accounts.access import Resource
from runtime.engine.errors import InputError
from runtime.masking.dataset_masks import dataset_read_by, records_read
from runtime.masking.eyes import Eyes
from runtime.masking.resources import (
    PlacedNode,
    PlacedNodes,
    sub_workflows_of,
    without_numbers,
)
from runtime.masking.sensitive import Budget, Lesson, hidden_by, picked, whole
from runtime.masking.shown import Denial, MaskedField, Shown, combined, unique_fields
from runtime.masking.wires import Origin, Scope, origins_of
from runtime.models import Run, Workflow
from runtime.queries.plans import plan_of_run

if TYPE_CHECKING:
    from accounts.access import Masker

DATA = ("node.inputs", "node.outputs", "node.logs")
REVEAL = "data.reveal"
Parts = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class NodeMasker:
    """A masker of values below a place in a node's inputs or outputs: at `at` they begin with `prefix`."""

    masker: Masker
    at: Parts = ()
    prefix: Parts = ()

    def apply(self, values: Mapping[str, Any]) -> Shown:
        """The values, which are never changed themselves, and the fields that are masked."""
        if not self.at:
            return _shown(self.masker, values, self.prefix, "")
        found = self._below(values, 0)
        return Shown(values) if found is None else found

    def hidden(self, values: Mapping[str, Any]) -> Iterable[Any]:
        """What is masked of the values."""
        found: Any = values
        for part in self.at:
            if not isinstance(found, Mapping) or part not in found:
                return ()
            found = found[str(part)]
        return hidden_by(self.masker, found, self.prefix)

    def _below(self, values: Any, depth: int) -> Shown | None:
        """The same from a place on the way; None where the way ends before the place."""
        if depth == len(self.at):
            return _shown(self.masker, values, self.prefix, ".".join(map(str, self.at)))
        name = str(self.at[depth])
        if not isinstance(values, Mapping) or name not in values:
            return None
        found = self._below(values[name], depth + 1)
        return None if found is None else Shown({**values, name: found.value}, found.masked)


def _shown(masker: Masker, value: Any, prefix: Parts, at: str) -> Shown:
    masked = masker.apply(value, prefix)
    beyond = len(_path(prefix))
    fields = (
        MaskedField(
            _joined(at, hit.path[beyond:].removeprefix(".")), hit.rule, hit.label or hit.rule, hit.mask_type
        )
        for hit in masked.hits
    )
    return Shown(masked.value, unique_fields(fields))


def _path(parts: Parts) -> str:
    text = ""
    for part in parts:
        text += "[*]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _numbered(parts: Parts) -> Parts:
    """A wire names places in lists by digits, like names in objects: they count as places."""
    return tuple(int(part) if isinstance(part, str) and part.isdecimal() else part for part in parts)


def _joined(at: str, path: str) -> str:
    return f"{at}{path}" if not at or not path or path.startswith("[") else f"{at}.{path}"


class NodeMasks:
    """Decisions about the nodes of a run, each made when it is asked for, once."""

    def __init__(self, eyes: Eyes, run: Run, *, revealed: frozenset[str] = frozenset()) -> None:
        self._eyes = eyes
        self._run = run
        self._revealed = revealed
        self._denials: dict[tuple[str, str], Denial | None] = {}
        self._maskers: dict[str, tuple[NodeMasker, ...]] = {}
        self._places: PlacedNodes | None = None
        self._everything: dict[str, PlacedNode] | None = None
        self._taps: dict[str, list[tuple[str, Parts, str]]] | None = None

    @property
    def places(self) -> PlacedNodes:
        """Raises `GraphError` for a run that this server has no plan of."""
        if self._places is None:
            self._places = PlacedNodes(
                plan_of_run(self._run), self._run.workflow, sub_workflows_of(self._run)
            )
        return self._places

    def workflow_in(self, scope: str | None) -> Workflow:
        """The workflow that the steps in a container belong to; in none the run's."""
        if scope is None:
            return self._run.workflow
        chain = self.places.chain(scope)
        return self._run.workflow if chain is None else self.places.inside(chain[-1])

    def static(self, path: str) -> str | None:
        return without_numbers(self.places.plan, path)

    def denial(self, path: str, action: str) -> Denial | None:
        """Why this part of the node is not shown; what lies in a container needs the container's too."""
        if not self._eyes.judges_nodes:
            return self._denied(_any_node(self._run), action, "*")
        static = self.static(path)
        if static is None:
            workflow = self._run.workflow.as_resource()
            reason = "This step is no part of what the run covers."
            return Denial(action, workflow.type, workflow.id, reason, "unknown_node", False)
        return self._denial_of(static, action)

    def _denial_of(self, static: str, action: str) -> Denial | None:
        chain = self.places.chain_of(static) or ()
        names = [placed.node.id for placed in chain]
        for depth, placed in enumerate(chain, 1):
            found = self._denied(placed.resource, action, "/".join(names[:depth]))
            if found is not None:
                return found
        return None

    def maskers(self, static: str, *, even_revealed: bool = False) -> tuple[NodeMasker, ...]:
        """Of the node's own fields, and of the dataset's that it reads."""
        if not self._eyes.judges_nodes or (static in self._revealed and not even_revealed):
            return ()
        if static not in self._maskers:
            chain = self.places.chain_of(static)
            self._maskers[static] = () if chain is None else tuple(self._find_maskers(chain[-1]))
        return self._maskers[static]

    def input_maskers(self, static: str) -> list[NodeMasker]:
        """Of what comes by the node's wires: as it is masked where it comes from."""
        found = [
            masker
            for name, origin in self._origins(static)
            for one in self.maskers(origin.node)
            if origin.parts and (masker := _carried(one, origin.parts, name)) is not None
        ]
        return [*found, *(one for one in self.maskers(static) if not one.at)]

    def refused_inputs(self, static: str) -> dict[str, Denial]:
        """Inputs that come from outputs which the reader is refused."""
        if not self._eyes.judges_nodes:
            return {}
        return {
            name: denial
            for name, origin in self._origins(static)
            if (denial := self._denial_of(origin.node, "node.outputs")) is not None
        }

    def is_restricted(self) -> bool:
        """Whether anything of the run's nodes is masked or refused."""
        if not self._eyes.judges_nodes:
            return any(self._denied(_any_node(self._run), action, "*") is not None for action in DATA)
        return any(self._is_restricted(static) for static in self._all())

    def may_reveal(self, static: str) -> bool:
        """Whether the reader may be shown what is masked in the node, for a while."""
        chain = self.places.chain_of(static)
        return chain is not None and self._eyes.decide(REVEAL, chain[-1].resource).allowed

    def lessons_of(self, path: str, *, kept_from_reveals: bool = False) -> list[Lesson]:
        """What of the node's outputs is hidden. `kept_from_reveals`: only what the reader cannot reveal."""
        static = self.static(path)
        if static is None:
            return [whole]
        if not self._eyes.judges_nodes:
            return [whole] if self.denial(path, "node.outputs") is not None else []
        if self._denial_of(static, "node.outputs") is not None:
            return [whole]
        found: list[Lesson] = []
        if not (kept_from_reveals and self.may_reveal(static)):
            found += [one.hidden for one in self.maskers(static)]
        for consumer, parts, name in self._consumers().get(static, ()):
            if not (kept_from_reveals and self.may_reveal(consumer)):
                masks = [one for one in self.maskers(consumer) if not one.at]
                found += [partial(_hidden_input, one, parts, name) for one in masks]
        return found

    def hidden_in_datasets(self, budget: Budget, *, kept_from_reveals: bool = False) -> Iterator[Any]:
        """What is masked in datasets that steps read and whose records are not all in their outputs: code
        that worked on them may have told of any. Raises `TooMuchToRead`."""
        if not self._eyes.judges_nodes:
            return
        for static, placed in self._all().items():
            if (static in self._revealed) or (kept_from_reveals and self.may_reveal(static)):
                continue
            found = dataset_read_by(placed.node.spec, self._run)
            masker = None if found is None or found.is_in_outputs else self._eyes.masker(found.dataset)
            if found is not None and masker is not None:
                for records in records_read(found, self._run, budget):
                    yield from hidden_by(masker, records)

    def hidden_in_parameters(self) -> Iterator[Any]:
        """What is masked in the run's parameters, and in those for single nodes among their inputs."""
        masker = self._eyes.masker(self._run.as_resource()) if self._eyes.judges_nodes else None
        if masker is not None:
            yield from hidden_by(masker, self._run.parameters)
        for name, given in self._run.parameters.items():
            if isinstance(given, Mapping):
                for static in self._named(name):
                    for one in self.maskers(static):
                        if not one.at:
                            yield from hidden_by(one.masker, given)

    def shown_parameters(self) -> Shown:
        """The run's parameters; what they give to a node is masked as that node's inputs are."""
        shown, fields = dict(self._run.parameters), list[MaskedField]()
        masker = self._eyes.masker(self._run.as_resource()) if self._eyes.judges_nodes else None
        if masker is not None:
            whole_ = _shown(masker, shown, (), "")
            shown, fields = dict(whole_.value), [*whole_.masked]
        for name, given in list(shown.items()):
            if isinstance(given, Mapping):
                for static in self._named(name):
                    for one in (one for one in self.maskers(static) if not one.at):
                        found = _shown(one.masker, shown[name], (), name)
                        shown[name] = found.value
                        fields += found.masked
        return Shown(shown, unique_fields(fields))

    # --- what is behind it ----------------------------------------------------------------------------------

    def _denied(self, resource: Resource, action: str, key: str) -> Denial | None:
        if (key, action) not in self._denials:
            decision = self._eyes.decide(action, resource)
            self._denials[key, action] = None if decision.allowed else Denial.of(decision, resource)
        return self._denials[key, action]

    def _find_maskers(self, placed: PlacedNode) -> Iterator[NodeMasker]:
        own = self._eyes.masker(placed.resource)
        if own is not None:
            yield NodeMasker(own)
        found = dataset_read_by(placed.node.spec, self._run)
        if found is not None:
            masker = self._eyes.masker(found.dataset)
            if masker is not None:
                yield NodeMasker(masker, found.at)

    def _is_restricted(self, static: str) -> bool:
        return bool(self.maskers(static, even_revealed=True)) or any(
            self._denial_of(static, action) is not None for action in DATA
        )

    def _all(self) -> Mapping[str, PlacedNode]:
        if self._everything is None:
            self._everything = self.places.all()
        return self._everything

    def _named(self, name: str) -> list[str]:
        """The nodes with this id that the run's parameters reach: those of sub-workflows have their own."""
        return [static for static in self._all() if static.rpartition("/")[2] == name]

    def _origins(self, static: str) -> list[tuple[str, Origin]]:
        scope = self._scope(static)
        if scope is None:
            return []
        return list(origins_of(scope, scope.plans[-1].node(static.rpartition("/")[2])))

    def _scope(self, static: str) -> Scope | None:
        scope = Scope((self.places.plan,))
        for name in static.split("/")[:-1]:
            node = scope.plans[-1].node(name)
            if node.body is None:
                return None
            scope = scope.inside(node)
        return scope

    def _consumers(self) -> Mapping[str, Sequence[tuple[str, Parts, str]]]:
        """By a node: the masked nodes that take something from it, from where, and by which input."""
        if self._taps is None:
            self._taps = {}
            for static in self._all():
                if any(not one.at for one in self.maskers(static)):
                    for name, origin in self._origins(static):
                        if origin.parts:
                            self._taps.setdefault(origin.node, []).append((static, origin.parts, name))
        return self._taps


def apply_all(maskers: Iterable[NodeMasker], values: Mapping[str, Any]) -> Shown:
    """What all of the maskers hide of the values. Each looks at the values as they are."""
    found = [one.apply(values) for one in maskers]
    shown: Any = values
    for each in found:
        shown = combined(values, shown, each.value)
    return Shown(shown, unique_fields(field for each in found for field in each.masked))


def _any_node(run: Run) -> Resource:
    """Stands for every node of the run where all are judged alike."""
    workflow = run.workflow
    return Resource("node", "*", run.tenant_id, workflow.created_by_id, {}, workflow.as_resource())


def _carried(one: NodeMasker, parts: Parts, name: str) -> NodeMasker | None:
    """The masker of an input that takes what is at `parts` of outputs; None: nothing of it is masked."""
    depth = len(one.at)
    if parts[:depth] == one.at:
        return NodeMasker(one.masker, (name,), _numbered(parts[depth:]))
    if one.at[: len(parts)] == parts:
        return NodeMasker(one.masker, (name, *one.at[len(parts) :]), one.prefix)
    return None


def _hidden_input(one: NodeMasker, parts: Parts, name: str, outputs: Mapping[str, Any]) -> Iterable[Any]:
    try:
        return hidden_by(one.masker, {name: picked(outputs, parts)})
    except InputError:
        return ()
