"""Graph documents as readers see them: without configurations that are refused, with masked pins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.access import Decision
from runtime.masking.eyes import Eyes
from runtime.masking.resources import documented_resource
from runtime.masking.sensitive import hidden_by
from runtime.masking.shown import Denial
from runtime.masking.values import MaskedValues
from runtime.models import Workflow

CONFIG = "node.config"
OUTPUTS = "node.outputs"


class EditRefused(Exception):
    """A node that may not be changed so; `node` says which."""

    def __init__(self, node: str, denial: Denial) -> None:
        super().__init__(denial.reason)
        self.node = node
        self.denial = denial


@dataclass(frozen=True, slots=True)
class ShownDocument:
    """A document, and by node why its configuration is not in it."""

    document: dict[str, Any]
    denied: dict[str, Denial] = field(default_factory=dict)


def shown_document(
    eyes: Eyes, workflow: Workflow, document: Mapping[str, Any], *, with_pins: bool
) -> ShownDocument:
    """The document for this reader; without `with_pins` it only says which outputs are pinned."""
    return _View(eyes, workflow, with_pins=with_pins).of(document)


class _View:
    def __init__(self, eyes: Eyes, workflow: Workflow, *, with_pins: bool) -> None:
        self._eyes = eyes
        self._workflow = workflow
        self._with_pins = with_pins
        self._hidden = MaskedValues()
        self._alike: dict[str, Decision] = {}

    def of(self, document: Mapping[str, Any]) -> ShownDocument:
        denied: dict[str, Denial] = {}
        nodes = [self._node(node, denied) for node in document["nodes"]]
        if self._hidden:
            nodes = [with_searched_pin(node, self._hidden) for node in nodes]
        return ShownDocument({**document, "nodes": nodes}, denied)

    def _node(self, node: Mapping[str, Any], denied: dict[str, Denial]) -> Mapping[str, Any]:
        decision = self._decide(CONFIG, node)
        if not decision.allowed:
            denied[str(node["id"])] = Denial.of(decision, documented_resource(self._workflow, node))
            node = {**node, "config": {}}
        pin = _pin_of(node)
        return node if pin is None else _with_pin(node, self._pin(node, pin))

    def _pin(self, node: Mapping[str, Any], pin: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self._with_pins:
            return dict.fromkeys(pin)
        if not self._decide(OUTPUTS, node).allowed:
            self._hidden.learn(pin)
            return dict.fromkeys(pin)
        masker = (
            self._eyes.masker(documented_resource(self._workflow, node)) if self._eyes.judges_nodes else None
        )
        if masker is None:
            return pin
        for hidden in hidden_by(masker, pin):
            self._hidden.learn(hidden)
        shown: Mapping[str, Any] = masker.apply(pin).value
        return shown

    def _decide(self, action: str, node: Mapping[str, Any]) -> Decision:
        """Where nodes are judged alike, one answers for all."""
        if self._eyes.judges_nodes:
            return self._eyes.decide(action, documented_resource(self._workflow, node))
        if action not in self._alike:
            self._alike[action] = self._eyes.decide(action, documented_resource(self._workflow, node))
        return self._alike[action]


def with_searched_pin(node: Mapping[str, Any], hidden: MaskedValues) -> Mapping[str, Any]:
    """The node without hidden values in what is pinned to it."""
    pin = _pin_of(node)
    return node if pin is None else _with_pin(node, hidden.value(pin))


def restored(
    eyes: Eyes, workflow: Workflow, sent: Mapping[str, Any], stored: Mapping[str, Any], *, with_pins: bool
) -> dict[str, Any]:
    """What an editor sent, with what they were not shown put back where they left it alone.

    Raises `EditRefused` for a configuration that they changed without seeing it.
    """
    shown = shown_document(eyes, workflow, stored, with_pins=with_pins)
    was = {str(node["id"]): node for node in stored["nodes"]}
    seen = {str(node["id"]): node for node in shown.document["nodes"]}
    nodes = sent.get("nodes")
    if not isinstance(nodes, list):
        return dict(sent)
    return {**sent, "nodes": [_restored(node, was, seen, shown.denied) for node in nodes]}


def _restored(
    node: Any,
    was: Mapping[str, Mapping[str, Any]],
    seen: Mapping[str, Mapping[str, Any]],
    denied: Mapping[str, Denial],
) -> Any:
    node_id = str(node.get("id", "")) if isinstance(node, Mapping) else ""
    if node_id not in was:
        return node
    stored, shown = was[node_id], seen[node_id]
    if node_id in denied and node.get("type") == stored.get("type"):
        if node.get("config"):
            raise EditRefused(node_id, denied[node_id])
        node = {**node, "config": stored.get("config", {})}
    if _pin_of(stored) != _pin_of(shown) and _pin_of(node) == _pin_of(shown):
        node = _with_pin(node, _pin_of(stored))
    return node


def check_edits(eyes: Eyes, workflow: Workflow, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raises `EditRefused` for a node that is new, changed or gone and may not be, as it was or as it is.

    Where a node stands on the canvas is no change of it.
    """
    old = {str(node["id"]): node for node in before["nodes"]}
    new = {str(node["id"]): node for node in after["nodes"]}
    alike: dict[str, Decision] = {}
    for node_id in dict.fromkeys([*old, *new]):
        if node_id not in new:
            _require(eyes, workflow, "node.delete", old[node_id], alike)
        elif node_id not in old:
            _require(eyes, workflow, "node.edit", new[node_id], alike)
        elif _without_place(old[node_id]) != _without_place(new[node_id]):
            _require(eyes, workflow, "node.edit", old[node_id], alike)
            _require(eyes, workflow, "node.edit", new[node_id], alike)


def _require(
    eyes: Eyes, workflow: Workflow, action: str, node: Mapping[str, Any], alike: dict[str, Decision]
) -> None:
    resource = documented_resource(workflow, node)
    if eyes.judges_nodes or action not in alike:
        alike[action] = eyes.decide(action, resource)
    if not alike[action].allowed:
        raise EditRefused(str(node["id"]), Denial.of(alike[action], resource))


def _without_place(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key != "position"}


def _pin_of(node: Mapping[str, Any]) -> Mapping[str, Any] | None:
    options = node.get("options")
    pin = options.get("pin") if isinstance(options, Mapping) else None
    return pin if isinstance(pin, Mapping) else None


def _with_pin(node: Mapping[str, Any], pin: Mapping[str, Any] | None) -> dict[str, Any]:
    return {**node, "options": {**node["options"], "pin": pin}}
