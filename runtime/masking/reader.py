"""One reader of one run: what they are shown of its nodes, its logs, its errors and its parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from runtime.disclosure import bare_error, without_pins
from runtime.engine.errors import GraphError
from runtime.engine.secret import DOTS
from runtime.engine.state import NodeState, RunState
from runtime.masking.documents import ShownDocument, shown_document, with_searched_pin
from runtime.masking.eyes import Eyes
from runtime.masking.families import family_of
from runtime.masking.node_masks import NodeMasks, apply_all
from runtime.masking.sensitive import Budget, TooMuchToRead, learn_outputs
from runtime.masking.shown import ELSEWHERE, Denial, MaskedField, Shown, changes, unique_fields
from runtime.masking.values import MaskedValues
from runtime.models import Run

TOO_MUCH = (
    "The masked fields of this run hold more than can be searched for, so its data is not shown to you."
    " Ask somebody who sees it unmasked."
)
UNREADABLE = "What is masked in this run cannot be found out, so its data is not shown to you."
UNSEARCHABLE = "unsearchable"


@dataclass(slots=True)
class _Known:
    """The values of masked fields. `lasting` are those that no reveal of this reader shows.

    `why_not`: they could not be read, so that nothing may be shown.
    """

    values: MaskedValues = field(default_factory=MaskedValues)
    lasting: MaskedValues = field(default_factory=MaskedValues)
    why_not: str = ""


class RunReader:
    """Shows values as this reader may see them. What it is given is never changed.

    Where nothing of the run is masked or refused for the reader, everything passes as it is.
    """

    def __init__(self, eyes: Eyes, run: Run, *, revealed: frozenset[str] = frozenset()) -> None:
        """`revealed` are the nodes, by path without numbers, whose masked values the reader is shown now."""
        self._eyes = eyes
        self._run = run
        self._revealed = revealed
        self._masks = NodeMasks(eyes, run, revealed=revealed)
        self._known: _Known | None = None
        self._restricted: bool | None = None

    @property
    def is_restricted(self) -> bool:
        """Whether anything of the run is masked or refused for this reader."""
        if self._restricted is None:
            try:
                self._restricted = self._masks.is_restricted() or self._is_restricted_elsewhere()
            except GraphError:
                self._restricted = self._eyes.judges_nodes
        return self._restricted

    def denial(self, path: str, part: str) -> Denial | None:
        """Why `config`, `inputs`, `outputs` or `logs` of the node are not shown; None: they are."""
        action = f"node.{part}"
        try:
            found = self._masks.denial(path, action)
        except GraphError:
            return self._withheld(action, UNREADABLE)
        if found is None and part != "config" and self.is_restricted and self._learned().why_not:
            return self._withheld(action, self._learned().why_not)
        return found

    def denials(self, path: str) -> dict[str, Denial]:
        """All parts of the node that are not shown."""
        parts = ("config", "inputs", "outputs", "logs")
        return {part: found for part in parts if (found := self.denial(path, part)) is not None}

    def outputs(self, path: str, values: Mapping[str, Any] | None) -> Shown:
        """The outputs of the node, by port; None where they are refused."""
        if values is None or self.denial(path, "outputs") is not None:
            return Shown(None)
        if not self.is_restricted:
            return Shown(values)
        static = self._masks.static(path) or path
        return self._searched(static, apply_all(self._masks.maskers(static), values))

    def inputs(self, path: str, values: Mapping[str, Any] | None) -> Shown:
        """The inputs of the node, by name: what came by a wire is masked as where it came from."""
        if values is None or self.denial(path, "inputs") is not None:
            return Shown(None)
        if not self.is_restricted:
            return Shown(values)
        static = self._masks.static(path) or path
        refused = {name: one for name, one in self._masks.refused_inputs(static).items() if name in values}
        fields = [MaskedField(name, one.rule, one.reason, "redact") for name, one in refused.items()]
        shown = apply_all(
            self._masks.input_maskers(static),
            {**values, **dict.fromkeys(refused, DOTS)} if refused else values,
        )
        return self._searched(static, Shown(shown.value, unique_fields([*fields, *shown.masked])))

    def text(self, path: str | None, text: str) -> str:
        """A text that a node wrote, without values of masked fields."""
        if not self.is_restricted:
            return text
        known = self._learned()
        static = None if path is None else self._masks.static(path)
        return DOTS if known.why_not else self._values_for(static).text(text)

    def streamed(self, path: str | None, text: str) -> str:
        """A piece of what a node is about to give: nothing of it where anything of its outputs is hidden."""
        static = None if path is None else self._masks.static(path)
        if path is None or not self.is_restricted:
            return self.text(path, text)
        if static is None or self.denial(path, "outputs") is not None or self._masks.maskers(static):
            return DOTS
        return self.text(path, text)

    def error(self, path: str | None, error: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """An error, without values of masked fields; only its code and place where the data is refused."""
        if error is None:
            return None
        if not self.is_restricted:
            return dict(error)
        place = path or _place_of(error)
        if self._learned().why_not or (place is not None and self._hides_errors(place)):
            return bare_error(error)
        return {**error, "message": self.text(path, str(error.get("message", "")))}

    def parameters(self) -> Shown:
        """What the run was started with."""
        if not self.is_restricted:
            return Shown(self._run.parameters)
        if self._learned().why_not:
            return Shown({})
        return self._searched(None, self._masks.shown_parameters())

    def document(
        self, document: Mapping[str, Any], *, scope: str | None = None, with_pins: bool
    ) -> ShownDocument:
        """The run's graph, or that inside a container. Pinned outputs are shown as outputs are."""
        workflow = self._masks.workflow_in(scope)
        shown = shown_document(self._eyes, workflow, document, with_pins=with_pins)
        if not with_pins or not self.is_restricted:
            return shown
        if self._learned().why_not:
            return replace(shown, document=without_pins(shown.document))
        nodes = [with_searched_pin(node, self._learned().values) for node in shown.document["nodes"]]
        return replace(shown, document={**shown.document, "nodes": nodes})

    def may_reveal(self, path: str) -> bool:
        """Whether something is masked in the node that the reader may be shown for a while."""
        static = self._masks.static(path) if self._eyes.judges_nodes else None
        if static is None or not self.is_restricted:
            return False
        has_masks = bool(self._masks.maskers(static, even_revealed=True)) or self._masks.input_maskers(static)
        return bool(has_masks) and self._masks.may_reveal(static)

    # --- what is behind it ----------------------------------------------------------------------------------

    def _hides_errors(self, path: str) -> bool:
        return any(self._masks.denial(path, f"node.{part}") is not None for part in ("outputs", "logs"))

    def _is_restricted_elsewhere(self) -> bool:
        """By what is masked in the run as a whole, or in runs of its family."""
        if not self._eyes.judges_nodes:
            return False
        if self._eyes.masker(self._run.as_resource()) is not None:
            return True
        return any(NodeMasks(self._eyes, other).is_restricted() for other in self._family())

    def _family(self) -> list[Run]:
        try:
            return family_of(self._run)
        except TooMuchToRead:
            return []

    def _searched(self, static: str | None, shown: Shown) -> Shown:
        """The same, without the values that are masked elsewhere in the run."""
        values = self._values_for(static)
        found = values.value(shown.value)
        fields = [
            MaskedField(path, ELSEWHERE, "A masked field of this run holds this value.", "redact")
            for path, _ in changes(shown.value, found)
        ]
        # A value can also stand as the name of a field, and so in a path.
        named = (replace(each, path=values.text(each.path)) for each in (*shown.masked, *fields))
        return Shown(found, unique_fields(named))

    def _values_for(self, static: str | None) -> MaskedValues:
        known = self._learned()
        return known.lasting if static in self._revealed else known.values

    def _learned(self) -> _Known:
        if self._known is None:
            self._known = self._learn()
        return self._known

    def _learn(self) -> _Known:
        known, budget = _Known(), Budget()
        try:
            learn_outputs(self._run, self._masks.lessons_of, known.values, budget)
            for hidden in _besides_outputs(self._masks, budget):
                known.values.learn(hidden)
            if self._revealed:
                all_masks = NodeMasks(self._eyes, self._run)
                learn_outputs(self._run, _lasting(all_masks), known.lasting, Budget())
                for hidden in all_masks.hidden_in_datasets(Budget(), kept_from_reveals=True):
                    known.lasting.learn(hidden)
            for other in family_of(self._run) if self._eyes.judges_nodes else ():
                masks = NodeMasks(self._eyes, other)
                learn_outputs(other, masks.lessons_of, known.values, budget)
                for hidden in _besides_outputs(masks, budget):
                    known.values.learn(hidden)
        except TooMuchToRead:
            known.why_not = TOO_MUCH
        except GraphError:
            known.why_not = UNREADABLE
        return known

    def _withheld(self, action: str, why: str) -> Denial:
        workflow = self._run.workflow.as_resource()
        return Denial(action, workflow.type, workflow.id, why, UNSEARCHABLE, False)


def shown_state(state: RunState, reader: RunReader) -> RunState:
    """The state with its errors as this reader may see them."""
    error = reader.error(None, state.error)
    return replace(state, error=error, nodes=shown_nodes(state.nodes, reader))


def shown_nodes(
    nodes: Mapping[str, NodeState], reader: RunReader, scope: str | None = None
) -> dict[str, NodeState]:
    """The states of nodes, by path or by their ids in `scope`, with errors as this reader may see them."""
    return {
        name: node
        if node.error is None
        else replace(node, error=reader.error(name if scope is None else f"{scope}/{name}", node.error))
        for name, node in nodes.items()
    }


def _besides_outputs(masks: NodeMasks, budget: Budget) -> Iterator[Any]:
    yield from masks.hidden_in_parameters()
    yield from masks.hidden_in_datasets(budget)


def _lasting(masks: NodeMasks) -> Callable[[str], Any]:
    return lambda path: masks.lessons_of(path, kept_from_reveals=True)


def _place_of(error: Mapping[str, Any]) -> str | None:
    place = error.get("inner") or error.get("node")
    return place if isinstance(place, str) else None
