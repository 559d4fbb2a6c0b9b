"""What is odd about a policy that could be set in force: found before it surprises anybody.

Nothing here is a fault: a policy with findings can be decided by. Findings are of the policy as it is
written, with places as problems have them (`condition.and[0]`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from accounts.access.actions import ACTIONS, OWN_ACTIONS, expand_actions
from accounts.access.conditions import Leaf
from accounts.access.levels import Levels
from accounts.access.operators.presence import Exists
from accounts.access.paths import Kinds
from accounts.access.possible import JOINS, Part, Possible
from accounts.access.problems import Problem
from accounts.access.reading import CONTRADICTION, UNKNOWN_ATTRIBUTE, Misplaced, Reader, group_of

MAX_COMPARED = 30
"""Of how many parts of a group each is held against the others."""


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """`policies` are the keys of others that it is about. With `removable` its place can be left out."""

    code: str
    severity: Severity
    path: str
    message: str
    policies: tuple[str, ...] = ()
    removable: bool = False


def lint(
    document: Mapping[str, Any],
    *,
    levels: Iterable[str],
    attributes: Kinds | None = None,
    others: Iterable[Mapping[str, Any]] = (),
) -> list[Finding]:
    """What is odd about a policy, the worst first. `others` are those in force beside it."""
    return _Linter(document, Levels(levels), attributes).findings(others)


def located(tree: Any, path: str, levels: Levels) -> Part:
    """The condition with the place of each part. What cannot be read may turn out anyhow."""
    try:
        group = group_of(tree) if isinstance(tree, Mapping) else None
    except Misplaced:
        return Part(path, "leaf")
    if group is None:
        reader = Reader(levels)
        node = reader.read(tree, path) if isinstance(tree, Mapping) else None
        return Part(path, "leaf", leaf=node if isinstance(node, Leaf) and not reader.problems else None)
    kind, key, parts = group
    below = f"{path}.{key}"
    if kind == "not":
        inside = parts[0] if isinstance(parts, list | tuple) and len(parts) == 1 else parts
        where = below if inside is parts else f"{below}[0]"
        return Part(path, "not", (located(inside, where, levels),))
    if not isinstance(parts, list | tuple) or not parts:
        return Part(path, "leaf")
    inner = tuple(located(part, f"{below}[{at}]", levels) for at, part in enumerate(parts))
    return Part(path, "and" if kind == "and" else "or", inner)


def values_at_hand(document: Mapping[str, Any]) -> dict[str, tuple[Any, ...]]:
    """The values that paths can have at all where the policy is asked, by path."""
    actions = _actions(document)
    kind = document.get("resource_type", "*")
    types = sorted({name.partition(".")[0] for name in ACTIONS}) if kind == "*" else [kind]
    return {
        "action": tuple(sorted(actions)),
        "resource.type": (*types, "another") if kind == "*" else tuple(types),
        "env.hour": tuple(range(24)),
        "env.weekday": tuple(range(1, 8)),
        "user.is_active": (True, False),
    }


class _Linter:
    def __init__(self, document: Mapping[str, Any], levels: Levels, attributes: Kinds | None) -> None:
        self._document = document
        self._levels = levels
        self._attributes = attributes
        self._denies = document.get("effect") == "deny"
        self._found: list[Finding] = []

    def findings(self, others: Iterable[Mapping[str, Any]]) -> list[Finding]:
        condition = self._document.get("condition")
        root = None if condition is None else located(condition, "condition", self._levels)
        for problem in self._problems(condition):
            self._say_problem(problem)
        if root is not None:
            possible = Possible([root], values_at_hand(self._document))
            self._whole(root, possible)
            self._presence(root, affirmed=True)
        self._covered(root, others)
        order = list(Severity)
        return sorted(self._found, key=lambda each: order.index(each.severity))

    def _problems(self, condition: Any) -> tuple[Problem, ...]:
        reader = Reader(self._levels, self._attributes)
        reader.read(condition, "condition")
        return tuple(reader.problems)

    def _say_problem(self, problem: Problem) -> None:
        if problem.code == UNKNOWN_ATTRIBUTE:
            self._say("unknown_attribute", Severity.ERROR, problem.path, _sentence(problem.message))
        elif problem.code == CONTRADICTION:
            group = problem.path.rpartition(".")[0]
            self._say("always_false", Severity.ERROR, group, f"This {problem.message}.")

    def _say(
        self, code: str, severity: Severity, path: str, message: str, *, removable: bool = False
    ) -> None:
        if not any(each.code == code and each.path == path for each in self._found):
            self._found.append(Finding(code, severity, path, message, removable=removable))

    def _whole(self, root: Part, possible: Possible) -> None:
        verdicts = possible.verdicts(root)
        if True not in verdicts:
            self._never(root, possible, None in verdicts)
        elif False not in verdicts:
            if verdicts == {True}:
                text = "The condition always holds: it is the same as none."
                self._say("always_true", Severity.WARNING, _cause(root, possible, True).path, text)
            else:
                text = "The condition holds wherever there is what it names."
                self._say("always_true", Severity.INFO, root.path, text)
        else:
            self._inside(root, possible)

    def _never(self, root: Part, possible: Possible, undecided: bool) -> None:
        path = _cause(root, possible, False).path
        if not self._denies:
            text = "This can never hold, so that the policy never allows anything."
        elif undecided:
            text = "This can never hold: the policy denies only where an attribute is missing."
        else:
            text = "This can never hold, so that the policy never denies anything."
        self._say("always_false", Severity.ERROR, path, text)

    def _inside(self, part: Part, possible: Possible) -> None:
        """Parts that change nothing. What is inside of one is not told as well."""
        if part.kind == "not":
            self._inside(part.parts[0], possible)
        if part.kind not in JOINS:
            return
        left = []
        for each in part.parts:
            verdicts = possible.verdicts(each)
            if verdicts == {True}:
                text = "This always holds: it can be left out."
                self._say("always_true", Severity.WARNING, each.path, text, removable=True)
            elif True not in verdicts and part.kind == "or":
                text = "This can never hold: what stands beside it decides alone."
                self._say("unreachable", Severity.WARNING, each.path, text, removable=True)
            elif True not in verdicts:
                text = "This can never hold, and so nothing that stands beside it."
                self._say("always_false", Severity.WARNING, _cause(each, possible, False).path, text)
            else:
                left.append(each)
        for each in self._needed(part, left, possible):
            self._inside(each, possible)

    def _needed(self, group: Part, parts: list[Part], possible: Possible) -> list[Part]:
        """The parts but for those that say what others say already, which are told of."""
        if not 1 < len(parts) <= MAX_COMPARED:
            return parts
        join, kept = JOINS[group.kind], list(parts)
        for each in reversed(parts):
            others = tuple(part for part in kept if part is not each and possible.share(part, each))
            pairs = possible.together(Part(group.path, group.kind, others), each) if others else None
            if pairs is not None and all(join(rest, own) is rest for rest, own in pairs):
                text = "This changes nothing: what stands beside it says it already."
                self._say("unreachable", Severity.WARNING, each.path, text, removable=True)
                kept.remove(each)
        return kept

    def _presence(self, part: Part, *, affirmed: bool) -> None:
        """Where a missing attribute gives more than one that is there."""
        if part.kind != "leaf":
            for each in part.parts:
                self._presence(each, affirmed=affirmed is not (part.kind == "not"))
            return
        leaf = part.leaf
        if leaf is None or not isinstance(leaf.operator, Exists) or leaf.left.root == "env":
            return
        asks_absence = (leaf.operator.name == "not_exists") is affirmed
        if asks_absence and not self._denies:
            text = f"Whoever loses {leaf.left}, or never had it, is allowed by this. Ask for a value instead."
            self._say("not_exists_risk", Severity.WARNING, part.path, text)
        elif not asks_absence and self._denies:
            text = f"Where {leaf.left} is missing, this does not deny: see to it that it never is."
            self._say("not_exists_risk", Severity.INFO, part.path, text)

    def _covered(self, root: Part | None, others: Iterable[Mapping[str, Any]]) -> None:
        """Other policies that decide already wherever this one would."""
        own, key = _Reach.of(self._document), self._document.get("key")
        if own is None:
            return
        for other in others:
            reach = _Reach.of(other)
            if reach is None or other.get("key") == key or not reach.covers(own):
                continue
            why = self._why_covered(root, other)
            if why is not None:
                severity, text = why
                self._found.append(Finding("shadowed", severity, "", text, (str(other.get("key")),)))

    def _why_covered(self, root: Part | None, other: Mapping[str, Any]) -> tuple[Severity, str] | None:
        title = str(other.get("label") or other.get("key"))
        other_denies = other.get("effect") == "deny"
        if self._denies and not other_denies:
            return None
        pairs = self._pairs(root, other)
        if pairs is None:
            return None
        if self._denies:
            covers = all(its is not False for own, its in pairs if own is not False)
            return (Severity.INFO, f"“{title}” denies all of this already.") if covers else None
        if other_denies:
            covers = all(its is not False for own, its in pairs if own is True)
            text = f"“{title}” denies wherever this one would allow: it never has an effect."
            return (Severity.WARNING, text) if covers else None
        covers = all(its is True for own, its in pairs if own is True)
        return (Severity.INFO, f"“{title}” allows all of this already.") if covers else None

    def _pairs(self, root: Part | None, other: Mapping[str, Any]) -> Any:
        """The verdicts that both conditions can have at once; None where that cannot be told."""
        always = Part("always", "and")
        first, condition = root or always, other.get("condition")
        second = always if condition is None else located(condition, "condition", self._levels)
        trees = [part for part in (first, second) if part is not always]
        possible = Possible(trees, values_at_hand(self._document))
        if first is always and second is always:
            return {(True, True)}
        if second is always:
            return {(each, True) for each in possible.verdicts(first)}
        if first is always:
            return {(True, each) for each in possible.verdicts(second)}
        return possible.together(first, second)


@dataclass(frozen=True, slots=True)
class _Reach:
    """What a policy is about."""

    actions: frozenset[str]
    resource_type: str
    resources: frozenset[str] | None

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> _Reach | None:
        """None where it cannot be read."""
        resources = document.get("resources", ["*"])
        named = [resources] if isinstance(resources, str) else resources
        actions = _actions(document)
        if not actions or not isinstance(named, list | tuple):
            return None
        ids = None if "*" in named else frozenset(map(str, named))
        return cls(actions, str(document.get("resource_type", "*")), ids)

    def covers(self, other: _Reach) -> bool:
        if not other.actions <= self.actions or self.resource_type not in ("*", other.resource_type):
            return False
        return self.resources is None or (other.resources is not None and other.resources <= self.resources)


def _actions(document: Mapping[str, Any]) -> frozenset[str]:
    """Those that it governs; none where they cannot be read."""
    names = document.get("actions", [])
    try:
        meant = expand_actions(
            [names] if isinstance(names, str) else names, document.get("resource_type", "*")
        )
    except (KeyError, TypeError):
        return frozenset()
    return meant - OWN_ACTIONS


def _cause(part: Part, possible: Possible, verdict: bool) -> Part:
    """The smallest part because of which the whole is always, or never, true."""
    if part.kind == ("or" if verdict else "and"):
        for each in part.parts:
            verdicts = possible.verdicts(each)
            if verdicts == {True} if verdict else True not in verdicts:
                return _cause(each, possible, verdict)
    return part


def _sentence(message: str) -> str:
    return f"{message}." if not message.endswith(".") else message
