"""The policies and requests that every access engine is asked, ours and the peers'. Standard library only.

A policy is about one type and action, and asks five things at once: the clearance of the user, an access
level, the department or one above it, the classification of the resource, and the hour. One in five denies.
"""

from __future__ import annotations

from random import Random
from typing import Any

LEVELS = ["public", "internal", "confidential", "secret", "top_secret"]
DEPARTMENTS = ["investment", "investment.analytics", "risk", "risk.models", "sales"]
ACTIONS = [
    "workflow.view", "workflow.edit", "workflow.run", "node.execute", "node.outputs", "node.config",
    "dataset.view", "dataset.create", "dataset.delete", "run.view", "run.data", "run.cancel",
    "credential.view", "credential.use", "credential.edit",
]  # fmt: skip
HOUR = 11
USERS = 200


def policies_of(count: int, seed: int = 1) -> list[dict[str, Any]]:
    rnd = Random(seed)
    return [
        {
            "key": f"p{at}",
            "effect": "deny" if rnd.random() < 0.2 else "allow",
            "action": rnd.choice(ACTIONS),
            "clearance": rnd.randrange(5),
            "level": rnd.randrange(10),
            "department": rnd.choice(DEPARTMENTS),
            "classification": rnd.randrange(5),
            "before_hour": rnd.randint(6, 24),
        }
        for at in range(count)
    ]


def users_of(seed: int = 2) -> list[dict[str, Any]]:
    rnd = Random(seed)
    return [
        {"clearance": rnd.randrange(5), "level": rnd.randrange(10), "department": rnd.choice(DEPARTMENTS)}
        for _ in range(USERS)
    ]


def requests_of(count: int, seed: int = 3) -> list[tuple[int, str, int]]:
    """(index of the user, action, classification of the resource)."""
    rnd = Random(seed)
    return [(rnd.randrange(USERS), rnd.choice(ACTIONS), rnd.randrange(5)) for _ in range(count)]
