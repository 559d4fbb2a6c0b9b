"""Condition trees, three-valued: true, false, and None where a value is missing or of another type.

A tree is read once (`reading`), reduced by what is known about who asks, and then either run for single
resources or turned into two bounds for lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from accounts.access.facts import Environment, Resource, Subject
from accounts.access.levels import Levels
from accounts.access.operators import Bounds, Operator, judge
from accounts.access.operators.base import UNKNOWN, Evaluate, Verdict
from accounts.access.operators.surroundings import OfEnvironment
from accounts.access.paths import Path, below, env_value, resource_getter, resource_value, user_value
from accounts.access.predicates import ALWAYS, NEVER, all_of, any_of, is_missing

Check = Callable[[Resource, Environment], Verdict]


@dataclass(frozen=True, slots=True)
class Known:
    """What a tree is reduced by. What is None is not known yet."""

    subject: Subject
    action: str
    resource_type: str
    env: Environment | None = None
    resource: Resource | None = None
    data: Mapping[str, Any] | None = None

    def has(self, path: Path) -> bool:
        if path.root == "env":
            return self.env is not None
        if path.root == "resource":
            return self.resource is not None or path.name == "type"
        return path.root != "data" or self.data is not None

    def value(self, path: Path) -> Any:
        """The value of a path of which `has` is true."""
        if path.root == "user":
            return user_value(self.subject, path.name)
        if path.root == "action":
            return self.action
        if path.root == "env" and self.env is not None:
            return env_value(self.env, path.name)
        if path.root == "data" and self.data is not None:
            return below(self.data, path.name)
        if self.resource is None:
            return self.resource_type
        return resource_value(self.resource, path.name)


@dataclass(frozen=True, slots=True)
class Const:
    """What is decided whatever the resource is."""

    verdict: Verdict

    def reduce(self, known: Known) -> Node:
        return self

    def check(self) -> Check:
        verdict = self.verdict
        return lambda resource, env: verdict

    def bounds(self) -> Bounds:
        return Bounds(ALWAYS if self.verdict else NEVER, ALWAYS if self.verdict is False else NEVER)


@dataclass(frozen=True, slots=True)
class Column:
    """A leaf of which only an attribute of the resource is not known."""

    name: str
    reach: Bounds
    judge: Evaluate

    def reduce(self, known: Known) -> Node:
        if known.resource is None:
            return self
        return Const(self.judge(resource_value(known.resource, self.name)))

    def check(self) -> Check:
        get, judged = resource_getter(self.name), self.judge
        return lambda resource, env: judged(get(resource))

    def bounds(self) -> Bounds:
        return self.reach


@dataclass(frozen=True, slots=True)
class Leaf:
    """One comparison: `left` with a literal, or with what the path `right` leads to."""

    left: Path
    operator: Operator
    literal: Any
    right: Path | None
    levels: Levels
    judge: Evaluate | None
    """The verdict about a value of `left`, where the literal alone gives it."""
    column: Column | None
    """Itself as a column, where `left` is the resource's and the literal alone gives its bounds."""

    def reduce(self, known: Known) -> Node:
        if known.has(self.left) and (self.right is None or known.has(self.right)):
            return Const(self.verdict(known))
        if self.column is not None:
            return self.column
        if self.right is not None and self.left.root == "resource" and known.has(self.right):
            return self._left_column(known.value(self.right))
        if self.right is not None and self.right.root == "resource" and known.has(self.left):
            return self._right_column(known.value(self.left), self.right.name)
        return Later(self, known)

    def _left_column(self, expected: Any) -> Node:
        if is_missing(expected):
            return Const(None)
        reach = self.operator.bounds(self.left.name, self.operator.adapt(expected), self.levels)
        return Column(self.left.name, reach, judge(reach))

    def _right_column(self, actual: Any, name: str) -> Node:
        if is_missing(actual):
            return Const(None)
        reach = self.operator.flipped(self.operator.adapt(actual), name, self.levels)
        return Column(name, reach, judge(reach))

    def verdict(self, known: Known) -> Verdict:
        """The verdict where both sides are known."""
        actual = known.value(self.left)
        if isinstance(self.operator, OfEnvironment):
            return self.operator.evaluate(actual, self.literal, known.env or Environment.now())
        if self.right is not None and self.right.root == "resource":
            node = self._right_column(actual, self.right.name)
            return node.judge(known.value(self.right)) if isinstance(node, Column) else None
        if self.left.root != "resource":
            actual = self.operator.adapt(actual)
        if self.right is None:
            return None if self.judge is None else self.judge(actual)
        node = self._left_column(known.value(self.right))
        return node.judge(actual) if isinstance(node, Column) else None

    def check(self) -> Check:
        raise AssertionError("a tree is reduced before it is run")

    def bounds(self) -> Bounds:
        raise AssertionError("a tree is reduced before it is turned into bounds")


@dataclass(frozen=True, slots=True)
class Later:
    """A leaf of which more than an attribute of the resource is not known: the environment, mostly."""

    leaf: Leaf
    known: Known

    def reduce(self, known: Known) -> Node:
        return self.leaf.reduce(known)

    def check(self) -> Check:
        leaf, known = self.leaf, self.known
        if leaf.left.root == "env" and leaf.right is None and leaf.judge is not None:
            judged, adapt, name = leaf.judge, leaf.operator.adapt, leaf.left.name
            return lambda resource, env: judged(adapt(env_value(env, name)))
        return lambda resource, env: leaf.verdict(replace(known, resource=resource, env=env))

    def bounds(self) -> Bounds:
        return UNKNOWN


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Node, ...]

    def reduce(self, known: Known) -> Node:
        return _reduced(self.parts, known, stop=False, join=All)

    def check(self) -> Check:
        first, *others = [part.check() for part in self.parts]

        def every(resource: Resource, env: Environment) -> Verdict:
            verdict = first(resource, env)
            if verdict is False:
                return False
            for check in others:
                found = check(resource, env)
                if found is False:
                    return False
                if found is None:
                    verdict = None
            return verdict

        return every

    def bounds(self) -> Bounds:
        parts = [part.bounds() for part in self.parts]
        return Bounds(all_of(part.yes for part in parts), any_of(part.no for part in parts))


@dataclass(frozen=True, slots=True)
class Some:
    parts: tuple[Node, ...]

    def reduce(self, known: Known) -> Node:
        return _reduced(self.parts, known, stop=True, join=Some)

    def check(self) -> Check:
        first, *others = [part.check() for part in self.parts]

        def some(resource: Resource, env: Environment) -> Verdict:
            verdict = first(resource, env)
            if verdict is True:
                return True
            for check in others:
                found = check(resource, env)
                if found is True:
                    return True
                if found is None:
                    verdict = None
            return verdict

        return some

    def bounds(self) -> Bounds:
        parts = [part.bounds() for part in self.parts]
        return Bounds(any_of(part.yes for part in parts), all_of(part.no for part in parts))


@dataclass(frozen=True, slots=True)
class Not:
    part: Node

    def reduce(self, known: Known) -> Node:
        part = self.part.reduce(known)
        if isinstance(part, Const):
            return Const(None if part.verdict is None else not part.verdict)
        return Not(part)

    def check(self) -> Check:
        check = self.part.check()

        def opposite(resource: Resource, env: Environment) -> Verdict:
            verdict = check(resource, env)
            return None if verdict is None else not verdict

        return opposite

    def bounds(self) -> Bounds:
        return self.part.bounds().swapped()


Node = Const | Column | Leaf | Later | All | Some | Not
TRUE = Const(True)


def _reduced(
    parts: tuple[Node, ...], known: Known, *, stop: bool, join: Callable[[tuple[Node, ...]], Node]
) -> Node:
    """The parts that still count; `stop` is the verdict of one part that decides for all."""
    kept: list[Node] = []
    unknown = False
    for part in parts:
        node = part.reduce(known)
        if not isinstance(node, Const):
            kept.append(node)
        elif node.verdict is stop:
            return node
        elif node.verdict is None:
            unknown = True
    if unknown:
        kept.append(Const(None))
    return Const(not stop) if not kept else kept[0] if len(kept) == 1 else join(tuple(kept))


def missing_paths(node: Node, known: Known) -> list[str]:
    """The paths because of which nobody can tell, where everything is known that can be."""
    if isinstance(node, All | Some):
        return [path for part in node.parts for path in missing_paths(part, known)]
    if isinstance(node, Not):
        return missing_paths(node.part, known)
    if not isinstance(node, Leaf) or node.verdict(known) is not None:
        return []
    paths = [node.left] if node.right is None else [node.left, node.right]
    gone = [path for path in paths if is_missing(known.value(path))]
    return [str(path) for path in gone or paths]
