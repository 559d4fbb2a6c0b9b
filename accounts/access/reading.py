"""From a condition as JSON to a tree, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.access.conditions import TRUE, All, Column, Leaf, Node, Not, Some
from accounts.access.contradictions import contradiction
from accounts.access.levels import DEFAULT_LEVELS, Levels
from accounts.access.operators import OPERATORS, Operator, judge
from accounts.access.paths import ROOTS, Kinds, Path, is_known, read_path
from accounts.access.problems import Problem

MAX_DEPTH = 20
MAX_LEAVES = 500
_GROUPS = ("and", "or", "not")
_LEAF_KEYS = {"attribute_path", "operator", "value", "value_path"}
_IDS = frozenset({"id", "owner_id", "tenant_id"})
_ON_IDS = frozenset(
    {"equals", "not_equals", "in", "not_in", "exists", "not_exists", "same_tenant", "is_owner"}
)
_KINDS: Mapping[str, str] = {
    "user.roles": "list_text",
    "user.is_active": "boolean",
    "env.at": "datetime",
    "env.mfa_at": "datetime",
    "env.hour": "number",
    "env.weekday": "number",
}
CONTRADICTION = "contradiction"
UNKNOWN_ATTRIBUTE = "unknown_attribute"


class Misplaced(Exception):
    """One fault, of this part of the tree."""

    def __init__(self, where: str, message: str, code: str = "bad_rule") -> None:
        self.where = where
        self.message = message
        self.code = code


@dataclass(slots=True)
class Reader:
    """Reads conditions. `kinds` names the attributes that there are: `{"user.clearance": "level"}`."""

    levels: Levels
    kinds: Kinds | None = None
    roots: tuple[str, ...] = ROOTS
    problems: list[Problem] = field(default_factory=list)
    _leaves: int = 0

    def read(self, tree: Any, path: str) -> Node:
        """The tree, or true with `problems` grown by what is wrong. No condition is always true."""
        self._leaves = 0
        if tree is None:
            return TRUE
        node = self._node(tree, path, 1)
        if self._leaves > MAX_LEAVES:
            self._say(path, f"has {self._leaves} comparisons; at most {MAX_LEAVES} are taken")
        return node

    def _say(self, path: str, message: str) -> None:
        self.problems.append(Problem(path, message))

    def _node(self, tree: Any, path: str, depth: int) -> Node:
        try:
            if depth > MAX_DEPTH:
                raise Misplaced("", f"is nested deeper than {MAX_DEPTH}")
            if not isinstance(tree, Mapping) or not tree:
                raise Misplaced("", "must be a condition: an object with attribute_path, operator and value")
            group = group_of(tree)
            return self._leaf(tree) if group is None else self._join(*group, path, depth)
        except Misplaced as fault:
            where = f"{path}.{fault.where}" if fault.where else path
            self.problems.append(Problem(where, fault.message, fault.code))
            return TRUE

    def _join(self, kind: str, key: str, parts: Any, path: str, depth: int) -> Node:
        if kind == "not" and isinstance(parts, Mapping):
            return Not(self._node(parts, f"{path}.{key}", depth + 1))
        if not isinstance(parts, list | tuple) or not parts or (kind == "not" and len(parts) != 1):
            wanted = "one condition" if kind == "not" else "a list of at least one condition"
            raise Misplaced(key, f"needs {wanted}")
        if len(parts) > MAX_LEAVES:
            raise Misplaced(key, f"has {len(parts)} conditions; at most {MAX_LEAVES} are taken")
        nodes = tuple(self._node(part, f"{path}.{key}[{at}]", depth + 1) for at, part in enumerate(parts))
        if kind == "not":
            return Not(nodes[0])
        if kind == "and" and (message := contradiction(nodes, self.levels)) is not None:
            raise Misplaced(key, message, CONTRADICTION)
        return (All if kind == "and" else Some)(nodes) if len(nodes) > 1 else nodes[0]

    def _leaf(self, tree: Mapping[str, Any]) -> Node:
        self._leaves += 1
        operator = _operator(tree.get("operator"))
        for key in tree:
            if key not in _LEAF_KEYS:
                raise Misplaced(str(key), f"is not known; a comparison has {', '.join(sorted(_LEAF_KEYS))}")
        left = self._path(tree, "attribute_path", operator.default_path)
        if left is None:
            raise Misplaced("attribute_path", "is missing")
        if left.root == "resource" and not operator.on_columns:
            raise Misplaced("attribute_path", f"{operator.name} is about env, and not about resources")
        if str(left).removeprefix("resource.").rsplit(".", 1)[-1] in _IDS and operator.name not in _ON_IDS:
            raise Misplaced("operator", f"{left} is an id: it is compared by equals, in or exists")
        self._check_kind(left, operator)
        return self._compared(tree, operator, left)

    def _compared(self, tree: Mapping[str, Any], operator: Operator, left: Path) -> Node:
        right = self._right(tree, operator, left)
        if right is not None:
            return Leaf(left, operator, None, right, self.levels, None, None)
        literal = None
        if operator.takes == "none":
            if tree.get("value") is not None:
                raise Misplaced("value", f"{operator.name} takes no value")
        elif tree.get("value") is None:
            raise Misplaced("value", f"{operator.name} needs a value")
        else:
            literal = self._literal(tree["value"], operator, left)
        if not operator.on_columns:
            return Leaf(left, operator, literal, None, self.levels, None, None)
        reach = operator.bounds(left.name, literal, self.levels)
        judged = judge(reach)
        column = Column(left.name, reach, judged) if left.root == "resource" and left.name != "type" else None
        return Leaf(left, operator, literal, None, self.levels, judged, column)

    def _right(self, tree: Mapping[str, Any], operator: Operator, left: Path) -> Path | None:
        if tree.get("value") is not None:
            if "value_path" in tree:
                raise Misplaced("value_path", "stands beside value: one of them is compared with")
            return None
        right = self._path(tree, "value_path", operator.default_value_path)
        if right is None:
            return None
        if not operator.takes_path:
            raise Misplaced("value_path", f"{operator.name} compares with a value only")
        if left.root == right.root == "resource" and "data" not in self.roots:
            raise Misplaced("value_path", "two attributes of a resource cannot be compared with each other")
        self._check_known(right, "value_path")
        return right

    def _literal(self, value: Any, operator: Operator, left: Path) -> Any:
        try:
            literal = operator.read(value, self.levels)
        except ValueError as error:
            raise Misplaced("value", f"{operator.name}: {error}") from None
        kind = self._kind(left)
        if kind == "level":
            for key in literal if isinstance(literal, tuple) else (literal,):
                if isinstance(key, str) and self.levels.rank(key) is None:
                    there = ", ".join(self.levels.keys)
                    raise Misplaced("value", f"{key!r:.80} is not a level; there are {there}")
        if kind is not None and operator.takes in _FITTING and not _fits(kind, literal):
            raise Misplaced("value", f"{left} is a {kind}, which {value!r:.80} is not")
        return literal

    def _path(self, tree: Mapping[str, Any], key: str, default: str | None) -> Path | None:
        text = tree.get(key, default)
        if text is None:
            return None
        try:
            path = read_path(text, self.roots)
        except ValueError as error:
            raise Misplaced(key, str(error)) from None
        self._check_known(path, key)
        return path

    def _check_known(self, path: Path, key: str) -> None:
        if self.kinds is not None and not is_known(path, self.kinds):
            raise Misplaced(key, f"{path} is not an attribute that is defined here", UNKNOWN_ATTRIBUTE)

    def _kind(self, path: Path) -> str | None:
        if self.kinds is not None and str(path) in self.kinds:
            return self.kinds[str(path)]
        return _KINDS.get(str(path), None if path.root in ("user", "resource", "data") else "text")

    def _check_kind(self, left: Path, operator: Operator) -> None:
        kind = self._kind(left)
        if kind is not None and kind not in operator.left and operator.name not in ("exists", "not_exists"):
            raise Misplaced("operator", f"{operator.name} is not for {left}, which is a {kind}")


_FITTING = ("scalar", "number", "list", "range")


def _fits(kind: str, literal: Any) -> bool:
    values = literal if isinstance(literal, tuple) else (literal,)
    texts = all(isinstance(value, str) for value in values)
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    if kind in ("text", "level", "list_text"):
        return texts
    if kind in ("number", "list_number"):
        return numbers
    return all(isinstance(value, bool) for value in values) if kind == "boolean" else not numbers


def _operator(name: Any) -> Operator:
    operator = OPERATORS.get(name) if isinstance(name, str) else None
    if operator is None:
        said = "is missing" if name is None else f"{name!r:.80} is not an operator"
        raise Misplaced("operator", f"{said}; there are {', '.join(OPERATORS)}, and, or, not")
    return operator


def group_of(tree: Mapping[str, Any]) -> tuple[str, str, Any] | None:
    """(and | or | not, the key that holds the parts, the parts) of a group in one of its forms; else None.

    Raises `Misplaced` for a group with something beside its parts.
    """
    for kind in _GROUPS:
        if kind in tree:
            _only(tree, {kind})
            return kind, kind, tree[kind]
    named = tree.get("operator")
    if named not in _GROUPS:
        return None
    key = "condition" if named == "not" and "condition" in tree else "conditions"
    _only(tree, {"operator", key})
    return str(named), key, tree.get(key)


def _only(tree: Mapping[str, Any], keys: set[str]) -> None:
    for key in tree:
        if key not in keys:
            raise Misplaced(str(key), "does not belong to a group of conditions")


def check_condition(
    tree: Any,
    *,
    levels: Any = DEFAULT_LEVELS,
    attributes: Kinds | None = None,
    roots: tuple[str, ...] = ROOTS,
    path: str = "condition",
) -> list[Problem]:
    """Everything that is wrong with a condition; an empty list means that it can be used."""
    reader = Reader(levels if isinstance(levels, Levels) else Levels(levels), attributes, roots)
    reader.read(tree, path)
    return reader.problems


def leaves_of(node: Node) -> Iterator[Leaf]:
    """The comparisons of a tree."""
    if isinstance(node, Leaf):
        yield node
    elif isinstance(node, All | Some):
        for part in node.parts:
            yield from leaves_of(part)
    elif isinstance(node, Not):
        yield from leaves_of(node.part)
