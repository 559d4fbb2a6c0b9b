"""The masking rules of one tenant: read once, then asked what one reader of one resource must not see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any

from accounts.access.conditions import Const, Known, Node
from accounts.access.facts import Environment, Resource, Subject
from accounts.access.levels import DEFAULT_LEVELS, Levels
from accounts.access.masks.fields import Pattern, read_field
from accounts.access.masks.kinds import Mask, make_mask
from accounts.access.masks.masking import Applied, Masker
from accounts.access.paths import Kinds
from accounts.access.problems import PolicyError, Problem
from accounts.access.reading import Reader

MASK_ROOTS = ("user", "resource", "env", "data")
STATUSES = ("active", "draft", "disabled")
RESOURCE_TYPES = ("*", "node", "dataset")
_KEYS = (
    "key", "label", "field", "condition", "mask_type", "options", "resource_type", "resources", "status"
)  # fmt: skip
_OPTIONS = ("visible_chars", "ranges", "value", "to", "unit")


@dataclass(frozen=True, slots=True)
class MaskRule:
    """`resources` None is every one. `condition` true is always."""

    key: str
    pattern: Pattern
    mask: Mask
    condition: Node
    resource_type: str = "*"
    resources: frozenset[str] | None = None
    label: str = ""

    def is_about(self, resource: Resource) -> bool:
        typed = self.resource_type in ("*", resource.type)
        return typed and (self.resources is None or resource.id in self.resources)


class MaskSet:
    """What every exit asks. Make one with `compile`."""

    def __init__(self, rules: Iterable[MaskRule] = (), *, version: int = 0) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.key))
        self.version = version

    def __len__(self) -> int:
        return len(self.rules)

    @classmethod
    def compile(
        cls,
        rules: Mapping[str, Any] | Iterable[Mapping[str, Any]],
        *,
        levels: Iterable[str] = DEFAULT_LEVELS,
        version: int = 0,
        attributes: Kinds | None = None,
        key: bytes | None = None,
    ) -> MaskSet:
        """The set of rules listed, or stated as `{field: rule}`. Raises `PolicyError` that names every fault.

        `key` is that of hashes; without one they are the same within this set only.
        """
        try:
            known = Levels(levels)
        except ValueError as error:
            raise PolicyError([Problem("levels", str(error))]) from None
        reader = _RuleReader(Reader(known, attributes, MASK_ROOTS), key or token_bytes(32))
        found = [reader.read(document, path) for path, document in _documents(rules)]
        if reader.reader.problems:
            raise PolicyError(reader.reader.problems)
        return cls((rule for rule in found if rule is not None), version=version)

    def for_reader(
        self, subject: Subject, resource: Resource | None = None, env: Environment | None = None
    ) -> Masker | None:
        """What masks for this reader of this resource; None when nothing does.

        A rule masks unless its condition is surely false: an attribute that is missing masks.
        """
        if not self.rules:
            return None
        at_hand = resource or Resource("data", "", subject.tenant_id)
        known = Known(subject, "", at_hand.type, env or Environment.now(), at_hand)
        applied = [each for rule in self.rules if (each := _applied(rule, at_hand, known)) is not None]
        return Masker(applied) if applied else None


NO_MASKS = MaskSet()


def _applied(rule: MaskRule, resource: Resource, known: Known) -> Applied | None:
    if not rule.is_about(resource):
        return None
    left = rule.condition.reduce(known)
    if isinstance(left, Const):
        return None if left.verdict is False else Applied(rule, left, None)
    return Applied(rule, left, known)


def _documents(rules: Any) -> Iterator[tuple[str, Any]]:
    if not isinstance(rules, Mapping):
        yield from ((f"masks[{at}]", document) for at, document in enumerate(rules))
        return
    for field, stated in rules.items():
        several = stated if isinstance(stated, list | tuple) else [stated]
        for at, document in enumerate(several):
            path = f"masks.{field}" if several is not stated else f"masks.{field}[{at}]"
            key = str(field) if at == 0 else f"{field}#{at + 1}"
            named = {"key": key, "field": field, **document} if isinstance(document, Mapping) else document
            yield path, named


@dataclass(slots=True)
class _RuleReader:
    reader: Reader
    key: bytes

    def read(self, document: Any, path: str) -> MaskRule | None:
        """The rule; None when it does not count, or when there is something wrong."""
        if not isinstance(document, Mapping):
            self._say(path, "must be an object with field and mask_type")
            return None
        before = len(self.reader.problems)
        for name in document:
            if name not in _KEYS and name not in _OPTIONS:
                self._say(f"{path}.{name}", f"is not known; a masking rule has {', '.join(_KEYS)}")
        key = document.get("key")
        if not isinstance(key, str) or not key or len(key) > 200:
            self._say(f"{path}.key", "must be a text of 1 to 200 characters")
        self._one_of(document, "status", path, STATUSES)
        self._one_of(document, "resource_type", path, RESOURCE_TYPES)
        pattern, mask = self._field(document, path), self._mask(document, path)
        resources = self._resources(document, path)
        condition = self.reader.read(document.get("condition"), f"{path}.condition")
        if len(self.reader.problems) > before or pattern is None or mask is None:
            return None
        if document.get("status", "active") != "active":
            return None
        label = str(document.get("label") or "")
        kind = str(document.get("resource_type", "*"))
        return MaskRule(str(key), pattern, mask, condition, kind, resources, label)

    def _say(self, path: str, message: str) -> None:
        self.reader.problems.append(Problem(path, message))

    def _one_of(self, document: Mapping[str, Any], name: str, path: str, choices: tuple[str, ...]) -> None:
        value = document.get(name, choices[0])
        if value not in choices:
            self._say(f"{path}.{name}", f"{value!r:.80} is not known; there are {', '.join(choices)}")

    def _field(self, document: Mapping[str, Any], path: str) -> Pattern | None:
        try:
            return read_field(document.get("field"))
        except ValueError as error:
            self._say(f"{path}.field", str(error))
            return None

    def _mask(self, document: Mapping[str, Any], path: str) -> Mask | None:
        stated = document.get("options") or {}
        if not isinstance(stated, Mapping):
            self._say(f"{path}.options", "must be an object")
            return None
        inline = {name: document[name] for name in _OPTIONS if name in document}
        try:
            return make_mask(document.get("mask_type"), {**inline, **stated}, self.key)
        except ValueError as error:
            self._say(f"{path}.mask_type", str(error))
            return None

    def _resources(self, document: Mapping[str, Any], path: str) -> frozenset[str] | None:
        value = document.get("resources") or "*"
        names = [value] if isinstance(value, str) else value
        if not isinstance(names, list | tuple) or not all(isinstance(name, str) and name for name in names):
            self._say(f"{path}.resources", "must be a list of texts")
            return None
        return None if "*" in names else frozenset(names)
