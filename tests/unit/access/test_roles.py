from __future__ import annotations

import pytest

from accounts.access import ACTIONS, BUILT_IN_ROLES, OWN_ACTIONS

AUTHORS = {"owner", "admin", "editor"}
RUNNERS = AUTHORS | {"operator", "analyst"}


def roles_with(action: str) -> set[str]:
    return {key for key, role in BUILT_IN_ROLES.items() if action in role.permissions}


@pytest.mark.parametrize(
    ("action", "roles"),
    [
        ("code.author", AUTHORS),
        ("workflow.edit", AUTHORS),
        ("workflow.publish", AUTHORS),
        ("workflow.delete", AUTHORS),
        ("workflow.run", RUNNERS),
        ("run.data", RUNNERS),
        ("run.cancel", AUTHORS | {"operator"}),
        ("dataset.create", AUTHORS | {"analyst"}),
        ("user.manage", {"owner", "admin"}),
        ("audit.view", {"owner", "admin", "auditor"}),
        ("workflow.view", set(BUILT_IN_ROLES)),
        ("run.view", set(BUILT_IN_ROLES)),
    ],
)
def test_who_may(action: str, roles: set[str]) -> None:
    assert roles_with(action) == roles


def test_roles_name_actions_only() -> None:
    for role in BUILT_IN_ROLES.values():
        assert role.permissions <= set(ACTIONS)


def test_everybody_manages_their_own_account_and_tokens() -> None:
    for role in BUILT_IN_ROLES.values():
        assert role.permissions >= OWN_ACTIONS
