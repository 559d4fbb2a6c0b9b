"""Cedar's cases in our words: an entity is a text, what it is in a list, a path through entities one name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from accounts.access import Decision
from tests.unit.access.cases import ask, leaf

Entity = dict[str, Any]


def name_of(uid: dict[str, str]) -> str:
    return f"{uid['type']}::{uid['id']}"


class Entities:
    def __init__(self, entities: list[Entity]) -> None:
        self._by_name = {name_of(each["uid"]): each for each in entities}

    def groups(self, name: str) -> list[str]:
        """Itself and everything that it is in."""
        found, waiting = [], [name]
        while waiting:
            found.append(waiting.pop())
            parents = self._by_name.get(found[-1], {}).get("parents", [])
            waiting += [name_of(each) for each in parents if name_of(each) not in found]
        return found

    def value(self, name: str, steps: list[str]) -> Any:
        """What a path from an entity leads to."""
        at: Any = {"__entity": None} if name not in self._by_name else self._by_name[name]["attrs"]
        for step in steps:
            if isinstance(at, dict) and "__entity" in at:
                at = self._by_name.get(name_of(at["__entity"]), {}).get("attrs", {})
            at = at.get(step) if isinstance(at, dict) else None
        return plain(at)


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return name_of(value["__entity"]) if "__entity" in value else None
    return [plain(item) for item in value] if isinstance(value, list) else value


def decide_cedar(case: dict[str, Any], request: dict[str, Any]) -> Decision:
    entities = Entities(case["entities"])
    principal, resource = name_of(request["principal"]), name_of(request["resource"])
    action = name_of(request["action"])
    user = {"uid": principal, "groups": entities.groups(principal)}
    held = {
        "uid": resource,
        "groups": entities.groups(resource),
        "action": action,
        "action_groups": entities.groups(action),
    }
    for policy in case["policies"]:
        for path in paths_of(policy["when"]):
            root, *steps = path.split(".")
            if root == "user" and steps:
                user[".".join(steps)] = entities.value(principal, steps)
            elif root == "resource" and steps:
                held[".".join(steps)] = entities.value(resource, steps)
            elif root == "env":
                held[f"context.{'.'.join(steps)}"] = context_value(request["context"], steps)
    return ask([policy_of(policy) for policy in case["policies"]], user, held)


def context_value(context: Any, steps: list[str]) -> Any:
    for step in steps:
        context = context.get(step) if isinstance(context, dict) else None
    return plain(context)


def paths_of(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict):
        yield from (tree[key] for key in ("attribute_path", "value_path") if key in tree)
        for part in tree.values():
            yield from paths_of(part)
    elif isinstance(tree, list):
        for part in tree:
            yield from paths_of(part)


def policy_of(policy: dict[str, Any]) -> dict[str, Any]:
    parts = [
        *scope_of("user.uid", "user.groups", policy["user"]),
        *scope_of("resource.action", "resource.action_groups", policy["action"]),
        *scope_of("resource.uid", "resource.groups", policy["resource"]),
        *tree_of(policy["when"]),
    ]
    return {"key": policy["id"], "effect": policy["effect"], "condition": {"and": parts} if parts else None}


def scope_of(uid: str, groups: str, scope: dict[str, Any]) -> list[dict[str, Any]]:
    if "equals" in scope:
        return [leaf(uid, "equals", name_of(scope["equals"]))]
    if "member_of" in scope:
        return [leaf(groups, "contains_any", [name_of(each) for each in scope["member_of"]])]
    return []


def tree_of(tree: dict[str, Any]) -> list[dict[str, Any]]:
    """The tree as parts of an "and"."""
    if "all" in tree:
        return [part for each in tree["all"] for part in tree_of(each)]
    if "any" in tree:
        return [{"or": [{"and": tree_of(each)} for each in tree["any"]]}]
    if "not" in tree:
        return [{"not": {"and": tree_of(tree["not"])}}]
    if tree["operator"] == "member_of":
        return [leaf(f"{tree['attribute_path']}.groups", "contains_any", [name_of(tree["value"])])]
    if tree["operator"] == "is_true":
        return [leaf(path_of(tree["attribute_path"]), "equals", True)]
    found = {key: path_of(value) if key.endswith("_path") else value for key, value in tree.items()}
    return [found]


def path_of(path: str) -> str:
    if path in ("user", "resource"):
        return f"{path}.uid"
    return path.replace("env.", "resource.context.", 1) if path.startswith("env.") else path
