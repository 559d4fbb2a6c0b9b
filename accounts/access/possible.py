"""Which verdicts a condition can have at all: true, false, or that nobody can tell.

Each attribute that a tree compares with literals is tried with as many values as its literals tell apart:
the literals, something between and beyond them, a value of each other type, and none. What cannot be tried
like that (parts of texts, lists, two attributes beside each other) may turn out anyhow. So a verdict that
is not found possible never comes, while one that is may still be impossible.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import product
from math import prod
from typing import Any, Literal

from accounts.access.conditions import Leaf
from accounts.access.operators.base import Verdict
from accounts.access.operators.clearance import SecurityLevelMeets
from accounts.access.operators.comparing import Equals, In, Ordered
from accounts.access.operators.lists import IsEmpty
from accounts.access.operators.presence import Exists
from accounts.access.operators.surroundings import DateBetween, OfEnvironment, WeekdayIn
from accounts.access.predicates import kind_of

MAX_TRIED = 2_000
Verdicts = frozenset[Verdict]
EVERY: Verdicts = frozenset({True, False, None})
_TRIED = (Equals, In, Ordered, DateBetween, SecurityLevelMeets, Exists, IsEmpty)
_OPPOSITES: Mapping[str, str] = {"not_contains": "contains"}
_SAME: Mapping[str, str] = {"has_role": "contains"}
_DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A place of a condition, as it is written. A leaf that cannot be read is None: it may be anything."""

    path: str
    kind: Literal["and", "or", "not", "leaf"]
    parts: tuple[Part, ...] = ()
    leaf: Leaf | None = None

    def leaves(self) -> Iterator[Part]:
        if self.kind == "leaf":
            yield self
        for part in self.parts:
            yield from part.leaves()


class Possible:
    """Answers about parts of these trees. `fixed` are the values that a path can have at all, by path."""

    def __init__(self, trees: Iterable[Part], fixed: Mapping[str, tuple[Any, ...]]) -> None:
        self._options: dict[Hashable, int] = {}
        self._leaves: dict[Part, tuple[Hashable, tuple[Verdict, ...]]] = {}
        self._known: dict[Part, Verdicts] = {}
        self._named: dict[Part, frozenset[Hashable]] = {}
        tried: dict[str, list[Part]] = {}
        for part in (leaf for tree in trees for leaf in tree.leaves()):
            if part.leaf is not None and _can_be_tried(part.leaf):
                tried.setdefault(str(part.leaf.left), []).append(part)
            else:
                self._add(part, *_open(part))
        for path, parts in tried.items():
            leaves = [part.leaf for part in parts if part.leaf is not None]
            values = _values_of(path, leaves, fixed)
            for part, leaf in zip(parts, leaves, strict=True):
                self._add(part, path, tuple(_judged(leaf, value) for value in values))

    def verdicts(self, part: Part) -> Verdicts:
        """Those that the part can have."""
        found = self._known.get(part)
        if found is None:
            found = self._known[part] = self._find(part)
        return found

    def together(self, first: Part, second: Part) -> frozenset[tuple[Verdict, Verdict]] | None:
        """The pairs of verdicts that both can have at once; None where that is too much to try."""
        if not self.share(first, second):
            return frozenset(product(self.verdicts(first), self.verdicts(second)))
        found = self._try((first, second))
        return None if found is None else frozenset((each[0], each[1]) for each in found)

    def share(self, first: Part, second: Part) -> bool:
        """Whether both ask about one attribute."""
        return bool(self._variables(first) & self._variables(second))

    def _add(self, part: Part, variable: Hashable, verdicts: tuple[Verdict, ...]) -> None:
        self._options[variable] = len(verdicts)
        self._leaves[part] = (variable, verdicts)

    def _find(self, part: Part) -> Verdicts:
        if part.kind == "leaf":
            return frozenset(self._leaves[part][1])
        if part.kind == "not":
            return frozenset(_not(each) for each in self.verdicts(part.parts[0]))
        join = JOINS[part.kind]
        return reduce(
            lambda left, right: frozenset(join(a, b) for a in left for b in right),
            (self._of_related(group, join) for group in self._related(part.parts)),
        )

    def _of_related(self, parts: tuple[Part, ...], join: Callable[[Verdict, Verdict], Verdict]) -> Verdicts:
        """Of parts that share attributes, joined: tried together, or taken apart when that is too much."""
        tried = self._try(parts) if len(parts) > 1 else None
        if tried is not None:
            return frozenset(reduce(join, each) for each in tried)
        return reduce(
            lambda left, right: frozenset(join(a, b) for a in left for b in right),
            (self.verdicts(part) for part in parts),
        )

    def _related(self, parts: tuple[Part, ...]) -> list[tuple[Part, ...]]:
        """The parts in groups, of which no two share an attribute."""
        groups: list[tuple[set[Hashable], list[Part]]] = []
        for part in parts:
            names, members = set(self._variables(part)), [part]
            apart = []
            for known, others in groups:
                if known & names:
                    names |= known
                    members = [*others, *members]
                else:
                    apart.append((known, others))
            groups = [*apart, (names, members)]
        return [tuple(members) for _, members in groups]

    def _variables(self, part: Part) -> frozenset[Hashable]:
        found = self._named.get(part)
        if found is None:
            found = self._named[part] = frozenset(self._leaves[leaf][0] for leaf in part.leaves())
        return found

    def _try(self, parts: tuple[Part, ...]) -> set[tuple[Verdict, ...]] | None:
        """The verdicts of the parts for every choice of values; None when there are too many."""
        names = sorted({name for part in parts for name in self._variables(part)}, key=repr)
        if prod(self._options[name] for name in names) > MAX_TRIED:
            return None
        found = set()
        for choice in product(*(range(self._options[name]) for name in names)):
            chosen = dict(zip(names, choice, strict=True))
            found.add(tuple(self._judge(part, chosen) for part in parts))
        return found

    def _judge(self, part: Part, chosen: Mapping[Hashable, int]) -> Verdict:
        if part.kind == "leaf":
            name, verdicts = self._leaves[part]
            return verdicts[chosen[name]]
        if part.kind == "not":
            return _not(self._judge(part.parts[0], chosen))
        return reduce(JOINS[part.kind], (self._judge(each, chosen) for each in part.parts))


def _and(left: Verdict, right: Verdict) -> Verdict:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def _or(left: Verdict, right: Verdict) -> Verdict:
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def _not(verdict: Verdict) -> Verdict:
    return None if verdict is None else not verdict


JOINS: Mapping[str, Callable[[Verdict, Verdict], Verdict]] = {"and": _and, "or": _or}


def _can_be_tried(leaf: Leaf) -> bool:
    return leaf.right is None and leaf.judge is not None and isinstance(leaf.operator, _TRIED)


def _open(part: Part) -> tuple[Hashable, tuple[Verdict, ...]]:
    """What a comparison is called that may turn out anyhow, and how: alike where it is said again."""
    leaf = part.leaf
    if leaf is None:
        return ("unreadable", part.path), (True, False, None)
    name = leaf.operator.name
    plain = _SAME.get(name, _OPPOSITES.get(name, name))
    called = (str(leaf.left), plain, repr(leaf.literal), str(leaf.right))
    if isinstance(leaf.operator, OfEnvironment) and str(leaf.left) == "env.at":
        if isinstance(leaf.operator, WeekdayIn) and len(leaf.literal) == _DAYS_OF_WEEK:
            return called, (True,)
        return called, (True, False)
    return called, (False, True, None) if name in _OPPOSITES else (True, False, None)


def _judged(leaf: Leaf, value: Any) -> Verdict:
    """As `Leaf.verdict`, of a value instead of a subject or resource."""
    assert leaf.judge is not None  # noqa: S101  (only what can be tried gets here)
    return leaf.judge(value if leaf.left.root == "resource" else leaf.operator.adapt(value))


def _values_of(path: str, leaves: Iterable[Leaf], fixed: Mapping[str, tuple[Any, ...]]) -> tuple[Any, ...]:
    if path in fixed:
        return fixed[path]
    literals = [value for leaf in leaves for value in _literals(leaf)]
    numbers = sorted({value for value in literals if kind_of(value) == "number"})
    moments = sorted({value for value in literals if isinstance(value, datetime)})
    times = list(_around(moments or [datetime(2026, 1, 1, tzinfo=UTC)], timedelta(seconds=1)))
    texts = dict.fromkeys(
        [*(value for value in literals if isinstance(value, str)), *(each.isoformat() for each in times)]
    )
    other = "another text"
    while other in texts:
        other += "."
    lists: list[Any] = [(), ("a text",), (1,), ({},)]
    return (None, *texts, other, True, False, *_around(numbers or [0], 1), *times, *lists)


def _literals(leaf: Leaf) -> Iterable[Any]:
    if isinstance(leaf.operator, SecurityLevelMeets):
        return leaf.levels.keys
    return leaf.literal if isinstance(leaf.literal, tuple) else (leaf.literal,)


def _around(points: list[Any], step: Any) -> Iterator[Any]:
    """The points, what is between them, and what is beyond them where there is anything."""
    for at, point in enumerate(points):
        yield point
        if at:
            yield points[at - 1] + (point - points[at - 1]) / 2
    for end, away in ((points[0], -step), (points[-1], step)):
        try:
            yield end + away
        except OverflowError:
            continue
