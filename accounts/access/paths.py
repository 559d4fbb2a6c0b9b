"""Attribute paths: what `user.department`, `resource.workflow.classification` or `env.hour` lead to.

`user.attributes.x` is `user.x`, and `resource.attributes.x` is `resource.x`. A path that leads nowhere, to
None or to an empty text leads to nothing: the attribute is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from accounts.access.facts import Environment, Resource, Subject

ROOTS = ("user", "resource", "action", "env")
MASK_ROOTS = (*ROOTS, "data")
USER_FIELDS = ("id", "tenant_id", "email", "roles", "is_active")
RESOURCE_FIELDS = ("id", "type", "tenant_id", "owner_id")
ENV_FIELDS = ("at", "hour", "weekday", "date", "ip", "mfa_at")
Kinds = Mapping[str, str]
"""The attributes that are defined: `{"user.clearance": "level"}`."""
_STEP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,99}")


@dataclass(frozen=True, slots=True)
class Path:
    """`root` and what is below it, without `attributes.`"""

    root: str
    name: str

    def __str__(self) -> str:
        return f"{self.root}.{self.name}" if self.name else self.root


def read_path(text: object, roots: tuple[str, ...] = ROOTS) -> Path:
    """Raises `ValueError` that says what a path is."""
    if not isinstance(text, str) or len(text) > 300:
        raise ValueError("a path is a text such as user.department")
    root, _, name = text.partition(".")
    if root not in roots:
        raise ValueError(f"{text!r:.80} begins with none of {', '.join(roots)}")
    if root == "action":
        if name:
            raise ValueError("there is nothing below action")
        return Path(root, "")
    if root in ("user", "resource") and name.startswith("attributes."):
        stripped = name.removeprefix("attributes.")
        name = name if stripped in (USER_FIELDS if root == "user" else RESOURCE_FIELDS) else stripped
    if not name or not all(_STEP.fullmatch(step) for step in name.split(".")):
        raise ValueError(f"{text!r:.80} needs names of letters, digits, _ and - after {root}.")
    if root == "env" and name not in ENV_FIELDS:
        raise ValueError(f"env has {', '.join(ENV_FIELDS)}, not {name!r:.80}")
    return Path(root, name)


def is_known(path: Path, kinds: Kinds) -> bool:
    """Whether conditions may name it: attributes of people and things have to be defined."""
    if path.root not in ("user", "resource") or str(path) in kinds:
        return True
    if path.root == "user":
        return path.name in USER_FIELDS
    return path.name in RESOURCE_FIELDS or path.name.rsplit(".", 1)[-1] in RESOURCE_FIELDS


def below(attributes: Mapping[str, Any], name: str) -> Any:
    """The value at a dotted name, which may be one key or lead through mappings."""
    value = attributes.get(name)
    if value is not None or "." not in name:
        return value
    found: Any = attributes
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def user_value(subject: Subject, name: str) -> Any:
    if name == "roles":
        return tuple(sorted(subject.roles))
    if name in USER_FIELDS:
        value = getattr(subject, name)
        return str(value) if isinstance(value, UUID) else value
    return below(subject.attributes, name.removeprefix("attributes."))


def resource_value(resource: Resource, name: str) -> Any:
    """The resource's own, else by `<type>.<name>` that of what it belongs to."""
    if name in RESOURCE_FIELDS:
        value = getattr(resource, name)
        return str(value) if isinstance(value, UUID) else value
    value = below(resource.attributes, name.removeprefix("attributes."))
    if value is not None or "." not in name:
        return value
    kind, _, rest = name.partition(".")
    parent = resource.parent
    while parent is not None:
        if parent.type == kind:
            return resource_value(parent, rest)
        parent = parent.parent
    return None


def resource_getter(name: str) -> Callable[[Resource], Any]:
    if name in RESOURCE_FIELDS or "." in name:
        return lambda resource: resource_value(resource, name)
    return lambda resource: resource.attributes.get(name)


def env_value(env: Environment, name: str) -> Any:
    """`hour` 0-23, `weekday` 1 (Monday) to 7, `date` as text; all in UTC."""
    if name in ("at", "ip", "mfa_at"):
        return getattr(env, name)
    at = _utc(env)
    return at.hour if name == "hour" else at.isoweekday() if name == "weekday" else at.date().isoformat()


def _utc(env: Environment) -> datetime:
    return env.at.astimezone(UTC)
