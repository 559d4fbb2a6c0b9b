"""XACML's cases in our words, as far as they are about texts, numbers and truths and joined by and, or, not.

A bag of one value is that value, of several a list. What must be there is compared as it is, so that a
missing attribute leaves the condition undecided; what need not be there is asked for first.
"""

from __future__ import annotations

from typing import Any

from accounts.access import Decision
from tests.unit.access.cases import ask, leaf

TYPES = {"string", "anyURI", "integer", "double", "boolean"}
ORDER = {
    "greater-than": ("greater_than", "less_than"),
    "less-than": ("less_than", "greater_than"),
    "greater-than-or-equal": ("greater_or_equal", "less_or_equal"),
    "less-than-or-equal": ("less_or_equal", "greater_or_equal"),
}
Request = dict[str, list[dict[str, Any]]]


class Inexpressible(Exception):
    """What a case uses that our conditions have no word for."""


class Translator:
    def __init__(self, case: dict[str, Any]) -> None:
        self._request: Request = case["request"]
        self._policy = case["policy"]
        self.user: dict[str, Any] = {}
        self.resource: dict[str, Any] = {}
        for name, values in self._request.items():
            self._keep(name, values)

    def algorithms(self) -> set[str]:
        return {each["alg"] for each in self._parts(self._policy)}

    def _parts(self, policy: dict[str, Any]) -> list[dict[str, Any]]:
        inner = [part for each in policy.get("children", ()) for part in self._parts(each)]
        return [policy, *inner]

    def decide(self) -> Decision:
        return ask(self._policies(self._policy, []), self.user, self.resource)

    def _policies(self, policy: dict[str, Any], above: list[Any]) -> list[dict[str, Any]]:
        here = [*above, *self._target(policy["target"])]
        found = [each for inner in policy.get("children", ()) for each in self._policies(inner, here)]
        for rule in policy.get("rules", ()):
            parts = [*here, *self._target(rule["target"])]
            if rule.get("condition") is not None:
                parts.append(self._condition(rule["condition"]))
            effect = "allow" if rule["effect"] == "Permit" else "deny"
            found.append({"effect": effect, "condition": {"and": parts} if parts else None})
        return [{**each, "key": f"r{at}"} for at, each in enumerate(found)]

    def _target(self, target: list[Any]) -> list[Any]:
        return [
            {"or": [{"and": [self._condition(match) for match in matches]} for matches in choices]}
            for choices in target
        ]

    def _condition(self, tree: dict[str, Any]) -> Any:
        if "fn" not in tree:
            raise Inexpressible("no function")
        name, args = tree["fn"], tree["args"]
        if name in ("and", "or"):
            return {name: [self._condition(each) for each in args]} if args else self._constant(name == "and")
        if name == "not":
            return {"not": self._condition(args[0])}
        kind, _, comparison = name.partition("-")
        if kind not in TYPES:
            raise Inexpressible(name)
        if name == "string-is-in":
            return self._compare("equal", args[0], args[1])
        if comparison == "equal" or comparison in ORDER:
            return self._compare(comparison, *args)
        raise Inexpressible(name)

    def _constant(self, truth: bool) -> Any:
        self.resource["always"] = True
        return leaf("resource.always", "equals", truth)

    def _compare(self, comparison: str, left: dict[str, Any], right: dict[str, Any]) -> Any:
        left, right = self._only(left), self._only(right)
        if "value" in left and "attr" in right:
            # The value stands on the left: what it is less than is greater than it.
            operator = ORDER[comparison][1] if comparison in ORDER else "equals"
            return self._leaf(right, operator, value_of(left))
        if "attr" in left and "value" in right:
            return self._leaf(
                left, ORDER[comparison][0] if comparison in ORDER else "equals", value_of(right)
            )
        raise Inexpressible("two attributes or two values are compared")

    def _only(self, tree: dict[str, Any]) -> dict[str, Any]:
        """The argument of `one-and-only`, or what arithmetic gives, as one attribute that has to be there."""
        name = tree.get("fn", "")
        if name.endswith("-subtract"):
            return self._difference(*tree["args"])
        if not name.endswith("-one-and-only"):
            return tree
        inner: dict[str, Any] = tree["args"][0]
        if "attr" not in inner:
            raise Inexpressible(name)
        several = len(self._request.get(inner["attr"], ())) > 1
        return {**inner, "must": True, "attr": f"{inner['attr']}-several" if several else inner["attr"]}

    def _difference(self, left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
        """Our conditions do not calculate: who asks tells the result as an attribute."""
        left, right = self._only(left), self._only(right)
        if "attr" not in left or "attr" not in right:
            raise Inexpressible("arithmetic with values")
        values = [self._request.get(each.get("attr", ""), []) for each in (left, right)]
        found = {"attr": f"resource/difference-{left.get('attr')}-{right.get('attr')}", "type": "integer"}
        if all(len(each) == 1 for each in values):
            self._keep(
                found["attr"], [{"value": value_of(values[0][0]) - value_of(values[1][0]), "type": "double"}]
            )
        return {**found, "must": True}

    def _leaf(self, attribute: dict[str, Any], operator: str, value: Any) -> Any:
        name = attribute["attr"]
        kinds = {each["type"] for each in self._request.get(name, ())}
        if attribute["type"] not in TYPES or not kinds <= TYPES:
            raise Inexpressible(f"a {attribute['type']}")
        path = self._path(name)
        if kinds and attribute["type"] not in kinds:
            # A value of another type is none: the bag is empty.
            path = f"{path}-{attribute['type']}"
        if len(self._request.get(name, ())) > 1:
            operator = "contains" if operator == "equals" else operator
        found = leaf(path, operator, value)
        if attribute.get("must", False):
            return found
        return {"and": [{"attribute_path": path, "operator": "exists"}, found]}

    def _path(self, name: str) -> str:
        category, _, rest = name.partition("/")
        root = "user" if category == "access-subject" else "resource"
        return f"{root}.{slug(category if root == 'resource' else 'subject')}-{slug(rest)}"

    def _keep(self, name: str, values: list[dict[str, Any]]) -> None:
        root, _, key = self._path(name).partition(".")
        if any(each["type"] not in TYPES for each in values):
            return
        plain = [value_of(each) for each in values]
        if plain:
            (self.user if root == "user" else self.resource)[key] = plain if len(plain) > 1 else plain[0]


def slug(text: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in text)


def value_of(stated: dict[str, Any]) -> Any:
    value, kind = stated["value"], stated["type"]
    try:
        if kind == "integer":
            return int(value)
        if kind == "double":
            return float(value)
    except ValueError:
        raise Inexpressible(f"{value!r} is no {kind}") from None
    if kind == "boolean":
        return value in (True, "true", "1")
    if kind not in TYPES:
        raise Inexpressible(f"a {kind}")
    return value
