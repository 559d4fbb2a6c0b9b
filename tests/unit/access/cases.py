"""Public cases that nobody here wrote, read from beside the repository: they are not copied into it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from accounts.access import Decision, Environment, PolicySet, Resource, Subject, decide

FOLDER = Path(__file__).parents[4] / "shared" / "access_cases"
TENANT, PERSON = UUID(int=1), UUID(int=3)
ACTION = "workflow.view"


def cases_of(name: str) -> list[dict[str, Any]]:
    """The cases of a file. Without the file the test is skipped, which the summary says by its name."""
    path = FOLDER / f"{name}.json"
    if not path.exists():
        pytest.skip(f"../shared/access_cases/{name}.json is not here: none of its cases was checked")
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return found


def ask(
    policies: list[dict[str, Any]],
    user: dict[str, Any],
    resource: dict[str, Any],
    env: Environment | None = None,
) -> Decision:
    """The decision by these policies alone. What the cases call action or context is told of the resource."""
    stated = [{"actions": [ACTION], **each} for each in policies]
    return decide(
        Subject(PERSON, TENANT, attributes=user),
        ACTION,
        Resource("workflow", "w", TENANT, attributes=resource),
        policies=PolicySet.compile(stated),
        env=env,
        strategy="abac",
    )


def leaf(path: str, operator: str, value: Any) -> dict[str, Any]:
    return {"attribute_path": path, "operator": operator, "value": value}
