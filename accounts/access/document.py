"""The document of policies that files, exports and the API share.

`{"policies": [...], "roles": {...}, "levels": [...], "masks": {...}}`, nothing of it needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from accounts.access.context import SCRIPT_ROLES, RoleTable, read_role_table
from accounts.access.levels import DEFAULT_LEVELS
from accounts.access.masks import NO_MASKS, MaskSet
from accounts.access.policies import NO_POLICIES, PolicySet
from accounts.access.problems import PolicyError, Problem

MAX_FILE_BYTES = 1 << 20
KEYS = ("policies", "roles", "levels", "masks")


@dataclass(frozen=True, slots=True)
class AccessRules:
    """A document, read."""

    roles: RoleTable = field(default_factory=lambda: SCRIPT_ROLES)
    levels: tuple[str, ...] = DEFAULT_LEVELS
    policies: PolicySet = NO_POLICIES
    masks: MaskSet = NO_MASKS


def read_document(document: Any) -> AccessRules:
    """Raises `PolicyError` that names every fault."""
    if not isinstance(document, Mapping):
        raise PolicyError([Problem("", "must hold an object")])
    problems = [
        Problem(str(key), f"is not known; there are {', '.join(KEYS)}") for key in document if key not in KEYS
    ]
    levels = _levels(document.get("levels", DEFAULT_LEVELS), problems)
    roles, policies, masks = SCRIPT_ROLES, NO_POLICIES, NO_MASKS
    try:
        roles = read_role_table(document["roles"]) if "roles" in document else SCRIPT_ROLES
    except ValueError as error:
        problems.append(Problem("", str(error)))
    try:
        stated = document.get("policies", [])
        if not isinstance(stated, list | tuple):
            raise PolicyError([Problem("policies", "must be a list")])
        policies = PolicySet.compile(stated, levels=levels)
    except PolicyError as error:
        problems += error.problems
    try:
        rules = document.get("masks", {})
        if not isinstance(rules, Mapping | list | tuple):
            raise PolicyError([Problem("masks", "must be an object: field -> rule, or a list of rules")])
        masks = MaskSet.compile(rules, levels=levels)
    except PolicyError as error:
        problems += error.problems
    if problems:
        raise PolicyError(problems)
    return AccessRules(roles, levels, policies, masks)


def read_file(path: str | Path) -> AccessRules:
    """The document in a file. Raises `PolicyError`, also when the file cannot be read."""
    path = Path(path)
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise PolicyError([Problem("", f"is larger than {MAX_FILE_BYTES} bytes")])
        return read_document(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise PolicyError([Problem("", f"{path} cannot be read: {error.strerror}")]) from None
    except (UnicodeError, json.JSONDecodeError, RecursionError) as error:
        raise PolicyError([Problem("", f"{path} is not JSON in UTF-8: {error!s:.200}")]) from None


def _levels(stated: Any, problems: list[Problem]) -> tuple[str, ...]:
    named = isinstance(stated, list | tuple) and all(isinstance(key, str) and key for key in stated)
    if named and 0 < len(stated) == len(set(stated)) <= 100:
        return tuple(stated)
    problems.append(Problem("levels", "must be a list of 1 to 100 names, lowest first, none of them twice"))
    return DEFAULT_LEVELS
