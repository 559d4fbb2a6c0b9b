"""A manager that states no rules goes by those of the place where it is asked."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.access import AccessControlManager, NodePermission, UserContext, read_document
from accounts.access.grounds import stand_everywhere, stand_on

POLICIES = [
    {
        "key": "enterprise",
        "effect": "allow",
        "resource_type": "node",
        "resources": ["enterprise_data"],
        "actions": ["node.execute"],
        "condition": {"attribute_path": "user.clearance", "operator": "equals", "value": "confidential"},
    }
]
ANN = UserContext("ann", roles=["analyst"], attributes={"clearance": "confidential"})
BEN = UserContext("ben", roles=["analyst"], attributes={"clearance": "public"})


@pytest.fixture(autouse=True)
def nothing_stays() -> Iterator[None]:
    yield
    stand_everywhere(None)
    stand_on(None)


def allowed(manager: AccessControlManager, user: UserContext, resource: str = "enterprise_data") -> bool:
    return manager.check_node_access(user, resource, NodePermission.EXECUTE).allowed


def test_without_a_place_nothing_is_allowed_by_attributes() -> None:
    assert not allowed(AccessControlManager(strategy="abac"), ANN)


def test_the_rules_of_a_workspace_decide_about_whom_the_script_states() -> None:
    stand_everywhere(lambda: read_document({"policies": POLICIES}))

    manager = AccessControlManager(strategy="abac")

    assert allowed(manager, ANN)
    assert not allowed(manager, BEN)
    assert not allowed(manager, ANN, "payroll")


def test_rules_of_its_own_take_the_place_of_those() -> None:
    stand_everywhere(lambda: read_document({"policies": POLICIES}))
    added = AccessControlManager(strategy="abac")
    added.define_role("helper", ["read"])

    assert not allowed(AccessControlManager(strategy="abac", roles={"analyst": ["read"]}), ANN)
    assert allowed(added, ANN)


def test_a_host_answers_for_whom_the_run_belongs_to() -> None:
    stand_on({"answers": [["node.execute", "node", "enterprise_data", True, "By the policy enterprise."]]})

    decision = AccessControlManager("abac").check_node_access(ANN, "enterprise_data", NodePermission.EXECUTE)

    assert (decision.allowed, decision.reason) == (True, "By the policy enterprise.")


def test_what_a_host_denies_nothing_that_is_stated_allows() -> None:
    stand_on({"answers": [["node.execute", "node", "enterprise_data", False, "Not you."]]})
    boss = UserContext("boss", roles=["admin"])

    for strategy in ("abac", "rbac", "hybrid"):
        decision = AccessControlManager(strategy).check_node_access(boss, "enterprise_data", "execute")
        assert (decision.allowed, decision.reason) == (False, "Not you.")


def test_what_a_host_allows_a_stated_role_still_takes_away() -> None:
    stand_on({"answers": [["node.execute", "node", "enterprise_data", True, ""]]})

    assert allowed(AccessControlManager("rbac"), ANN)
    assert not allowed(AccessControlManager("rbac"), UserContext("vera", roles=["viewer"]))


def test_what_the_host_was_not_asked_is_denied_with_what_to_do() -> None:
    stand_on({"answers": []})

    decision = AccessControlManager("abac").check_node_access(ANN, "elsewhere", NodePermission.EXECUTE)

    assert not decision.allowed
    assert "write the id as text" in decision.reason


def test_rules_that_cannot_be_read_are_told_where_a_manager_is_made() -> None:
    stand_everywhere(lambda: read_document({"policy": []}))

    with pytest.raises(ValueError, match="policy"):
        AccessControlManager()
