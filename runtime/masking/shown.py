"""What a reader is told about the parts that they do not see as they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.access import Decision, Resource
from runtime.engine.secret import DOTS

ELSEWHERE = "masked_elsewhere"
"""Stands for the rule of a value that is hidden because a masked field of the run holds it too."""

MAX_FIELDS = 500


@dataclass(frozen=True, slots=True)
class MaskedField:
    """A field that is masked. `path` counts from the value that it stands beside; `[*]` is every item."""

    path: str
    rule: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class Denial:
    """A part that is refused, as a refusal of a whole answer says it."""

    action: str
    resource_type: str
    resource_id: str
    reason: str
    rule: str
    can_request: bool

    @classmethod
    def of(cls, decision: Decision, resource: Resource) -> Denial:
        """Of a node it names the workflow: that is what one asks access for."""
        named = resource if resource.parent is None else resource.parent
        can_request = decision.lacks_only_a_grant
        return cls(decision.action, named.type, named.id, decision.reason, str(decision.rule), can_request)


@dataclass(frozen=True, slots=True)
class Shown:
    """A value as a reader sees it, and which fields of it are masked."""

    value: Any
    masked: tuple[MaskedField, ...] = ()


def unique_fields(fields: Iterable[MaskedField]) -> tuple[MaskedField, ...]:
    """Each once, in order; the first 500."""
    return tuple(dict.fromkeys(fields))[:MAX_FIELDS]


def changes(before: Any, after: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """`(path, what stood there)` of everything that `after` does not show as `before` has it."""
    if before is after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key, value in before.items():
            inner = f"{path}.{key}" if path else str(key)
            if key in after:
                yield from changes(value, after[key], inner)
            else:
                yield inner, value
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            yield from changes(one, other, f"{path}[*]")
    elif type(before) is not type(after) or before != after:
        yield path, before


def combined(original: Any, one: Any, other: Any) -> Any:
    """What two masks leave of a value. A field that they show differently is not shown."""
    if one is original or one is other:
        return other
    if other is original:
        return one
    if all(isinstance(value, Mapping) for value in (original, one, other)):
        return {
            key: combined(value, one[key], other[key])
            for key, value in original.items()
            if key in one and key in other
        }
    if all(isinstance(value, list | tuple) for value in (original, one, other)):
        if len(original) == len(one) == len(other):
            return [combined(*each) for each in zip(original, one, other, strict=True)]
        return DOTS
    if one in (original, other):
        return other
    return one if other == original else DOTS
