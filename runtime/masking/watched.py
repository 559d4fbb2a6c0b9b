"""Which fields of what somebody was shown a rule masks for anybody, and whether they saw them plain."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accounts.access import Resource, Subject
from accounts.access.conditions import Const, Known
from accounts.authorization import environment, mask_set_of
from runtime.engine.errors import GraphError
from runtime.masking.node_masks import NodeMasks
from runtime.masking.people import AnybodyEyes
from runtime.masking.shown import ELSEWHERE, MaskedField
from runtime.models import Run

if TYPE_CHECKING:
    from accounts.access.masks.rules import MaskRule

ITEMS = 20
KEYS = 2_000
MAX_FIELDS = 100
NAME = 200


@dataclass(frozen=True, slots=True)
class Part:
    """Something that was shown: `shape` is it without values, `masked` are the fields not shown as stored.

    `name` is `inputs`, `outputs` or `parameters` of a run, or `rows` of a dataset.
    """

    name: str
    shape: Any
    masked: tuple[MaskedField, ...] = ()


def shape_of(value: Any) -> Any:
    """The names in it, without a value: of each list the first items, and of all no more than 2,000 names."""
    return _shape(value, [KEYS])


def _shape(value: Any, left: list[int]) -> Any:
    if isinstance(value, Mapping):
        kept = list(islice(value.items(), max(left[0], 0)))
        left[0] -= len(kept)
        return {key: _shape(item, left) for key, item in kept}
    if isinstance(value, list | tuple):
        return [_shape(item, left) for item in islice(value, ITEMS)] if left[0] > 0 else []
    return None


Seen = dict[str, tuple[bool, bool]]
"""`{field: (was seen plain, was masked)}` of one answer; a field in several places may be both."""


def fields_of_run(reader: Subject, run: Run, path: str, parts: Iterable[Part]) -> Seen:
    """Of a step at the path, or for an empty one of the run's parameters. Asks the database."""
    masks = NodeMasks(AnybodyEyes(run.tenant_id), run)
    rules = _rules(run.tenant_id)
    found: Seen = {}
    for part in parts:
        _add(found, rules, reader, part, _of_part(masks, path, part))
    return found


def fields_of_dataset(reader: Subject, resource: Resource, parts: Iterable[Part]) -> Seen:
    """Of a dataset's rows."""
    tenant_id = resource.tenant_id
    masker = AnybodyEyes(tenant_id).masker(resource) if tenant_id is not None else None
    rules = _rules(tenant_id)
    found: Seen = {}
    for part in parts:
        hits = [] if masker is None else masker.apply(part.shape).hits
        places = {hit.path.removeprefix("[*]").removeprefix("."): hit.rule for hit in hits}
        _add(found, rules, reader, part, places)
    return found


def _of_part(masks: NodeMasks, path: str, part: Part) -> dict[str, str]:
    """`{path: rule}` of all that some rule masks in it."""
    try:
        if part.name == "parameters":
            return {field.path: field.rule for field in masks.shown_parameters().masked}
        static = masks.static(path)
        if static is None or not isinstance(part.shape, Mapping):
            return {}
        maskers = masks.maskers(static) if part.name == "outputs" else masks.input_maskers(static)
    except GraphError:
        return {}
    return {field.path: field.rule for one in maskers for field in one.apply(part.shape).masked}


def _add(
    found: Seen, rules: Mapping[str, MaskRule], reader: Subject, part: Part, places: Mapping[str, str]
) -> None:
    """A field in several places was seen plain if it was in one of them."""
    hidden = {field.path: field.rule for field in part.masked}
    # A field that was dropped is in no shape.
    ruled = {path: rule for path, rule in hidden.items() if rule != ELSEWHERE}
    for path, rule in {**ruled, **places}.items():
        name = _name(rules.get(rule), path)
        if name is None or (name not in found and len(found) >= MAX_FIELDS):
            continue
        is_masked = path in hidden
        is_plain = path in places and (not is_masked or _is_by_record(rules.get(hidden[path]), reader))
        plain, masked = found.get(name, (False, False))
        found[name] = (plain or is_plain, masked or is_masked)


def _name(rule: MaskRule | None, path: str) -> str | None:
    """The field as its rule names it, so that it is no value; what a rule's `*` stands for is."""
    if rule is None:
        return None
    last = rule.pattern[-1]
    return (last if isinstance(last, str) else path.rpartition(".")[2])[:NAME]


def _is_by_record(rule: MaskRule | None, reader: Subject) -> bool:
    """Whether the rule masks some records for this reader and leaves others as they are."""
    if rule is None:
        return False
    anything = Resource("data", "", reader.tenant_id)
    known = Known(reader, "", "data", environment(), anything)
    return not isinstance(rule.condition.reduce(known), Const)


def _rules(tenant_id: UUID | None) -> dict[str, MaskRule]:
    return {rule.key: rule for rule in mask_set_of(tenant_id).rules}
