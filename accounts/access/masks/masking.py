"""Applying masks: a masked copy of a value for one reader, and what was masked in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from accounts.access.conditions import Const, Known, Node
from accounts.access.masks.fields import Position, closed, stepped
from accounts.access.masks.kinds import REDACTED, Mask, strictest

if TYPE_CHECKING:
    from accounts.access.masks.rules import MaskRule

_PLAIN = (str, int, float, bool, bytes, date, time, timedelta, Decimal, UUID, type(None))
_MAX_DEPTH = 100
_MAX_STEPS_KEPT = 2000
UNREADABLE = "unreadable"
Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A field that was masked, `[*]` standing for the indexes of lists. `rule` is the key of the rule."""

    path: str
    rule: str
    mask_type: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class Masked:
    value: Any
    hits: list[Hit]


@dataclass(frozen=True, slots=True)
class Applied:
    """A rule that counts for this reader: always, or where the record that holds the field says so."""

    rule: MaskRule
    left: Node
    known: Known | None

    def holds(self, record: Mapping[str, Any]) -> bool:
        """Whether it masks: also where nobody can tell."""
        if self.known is None:
            return True
        node = self.left.reduce(replace(self.known, data=record))
        return not (isinstance(node, Const) and node.verdict is False)


class _Place:
    """Where the walk is in all patterns at once; made when it is first reached."""

    __slots__ = ("_next", "always", "masker", "positions", "rules")

    def __init__(self, positions: frozenset[Position], masker: Masker) -> None:
        self.masker = masker
        self.positions = positions
        ends = {rule for rule, at in positions if at == len(masker.patterns[rule])}
        self.rules = tuple(masker.applied[rule] for rule in sorted(ends))
        self.always = _Choice.of(self.rules) if all(each.known is None for each in self.rules) else None
        self._next: dict[str, _Place | None] = {}

    def after(self, key: Any) -> _Place | None:
        """The place behind a key; None where no rule can be met any more."""
        try:
            return self._next[key]
        except (KeyError, TypeError):
            return self._reach(key if isinstance(key, str) else str(key))

    def _reach(self, key: str) -> _Place | None:
        positions = stepped(self.positions, key, self.masker.patterns)
        place = self.masker.place(positions) if positions else None
        if len(self._next) < _MAX_STEPS_KEPT:
            self._next[key] = place
        return place

    def choice(self, record: Mapping[str, Any]) -> _Choice | None:
        if self.always is not None or not self.rules:
            return self.always
        return _Choice.of(tuple(each for each in self.rules if each.holds(record)))


@dataclass(frozen=True, slots=True)
class _Choice:
    mask: Mask
    rule: MaskRule

    @classmethod
    def of(cls, applied: tuple[Applied, ...]) -> _Choice | None:
        if not applied:
            return None
        mask = strictest([each.rule.mask for each in applied])
        rule = next((each.rule for each in applied if each.rule.mask is mask), applied[0].rule)
        return cls(mask, rule)


class Masker:
    """The masks that one reader meets in one resource. Values are copied where they change, never touched."""

    def __init__(self, applied: Iterable[Applied]) -> None:
        self.applied = tuple(applied)
        self.patterns = tuple(each.rule.pattern for each in self.applied)
        self._places: dict[frozenset[Position], _Place] = {}
        self._start = self.place(closed({(at, 0) for at in range(len(self.patterns))}, self.patterns))

    def place(self, positions: frozenset[Position]) -> _Place:
        found = self._places.get(positions)
        if found is None:
            found = _Place(positions, self)
            if len(self._places) < _MAX_STEPS_KEPT:
                self._places[positions] = found
        return found

    def apply(self, value: Any, prefix: Iterable[str | int] = ()) -> Masked:
        """The masked copy and what was masked. `prefix` are the keys under which the value stands."""
        place: _Place | None = self._start
        path: Path = ()
        record: Mapping[str, Any] = {}
        for key in prefix:
            if isinstance(key, int):
                path = (*path, "[*]")
                continue
            place = place.after(key) if place is not None else None
            path = (*path, key)
            choice = place.choice(record) if place is not None else None
            if choice is not None:
                masked = None if choice.mask.drops else choice.mask.of(value)
                return Masked(masked, [_hit(path, choice)])
        if place is None:
            return Masked(value, [])
        hits: dict[tuple[Path, str], Hit] = {}
        return Masked(_walk(value, place, path, hits), list(hits.values()))


def _walk(value: Any, place: _Place, path: Path, hits: dict[tuple[Path, str], Hit]) -> Any:
    if isinstance(value, Mapping):
        return _walk_record(value, place, path, hits) if len(path) < _MAX_DEPTH else _closed(path, hits)
    if isinstance(value, list | tuple):
        within = (*path, "[*]")
        if len(within) > _MAX_DEPTH:
            return _closed(path, hits)
        return [item if isinstance(item, _PLAIN) else _walk(item, place, within, hits) for item in value]
    return value if isinstance(value, _PLAIN) else _closed(path, hits)


def _walk_record(
    record: Mapping[str, Any], place: _Place, path: Path, hits: dict[tuple[Path, str], Hit]
) -> dict[str, Any]:
    copy = {}
    for key, item in record.items():
        behind = place.after(key)
        if behind is None:
            copy[key] = item
            continue
        if behind.rules:
            choice = behind.always or behind.choice(record)
            if choice is not None:
                if (path, key) not in hits:
                    hits[path, key] = _hit((*path, str(key)), choice)
                if not choice.mask.drops:
                    copy[key] = choice.mask.of(item)
                continue
        copy[key] = item if isinstance(item, _PLAIN) else _walk(item, behind, (*path, str(key)), hits)
    return copy


def _closed(path: Path, hits: dict[tuple[Path, str], Hit]) -> str:
    """Nobody can look for fields in this: too deep, or no plain data. It is not shown."""
    hits[path, ""] = Hit(_written(path), UNREADABLE, "redact", "Cannot be looked through for masked fields")
    return REDACTED


def _hit(path: Path, choice: _Choice) -> Hit:
    return Hit(_written(path), choice.rule.key, choice.mask.mask_type, choice.rule.label)


def _written(path: Path) -> str:
    return ".".join(path).replace(".[*]", "[*]")
