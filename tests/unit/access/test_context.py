"""A user as a script states one, and what the guide's roles permit."""

from __future__ import annotations

import copy
from dataclasses import FrozenInstanceError, asdict
from typing import Any

import pytest

from accounts.access import SCRIPT_ROLES, NodePermission, UserContext, decide_by_role, read_role_table


def test_only_the_id_of_a_user_is_needed() -> None:
    user = UserContext(user_id="user123")

    assert (user.tenant_id, user.email, user.roles, user.attributes) == (None, None, (), {})


def test_a_user_is_stated_as_in_the_guide() -> None:
    given = {"department": "investment.analytics", "clearance": "confidential", "access_level": 5}
    user = UserContext(
        user_id="analyst_001",
        tenant_id="financial_corp",
        email="analyst@corp.com",
        roles=["analyst", "portfolio_viewer"],
        attributes=given,
    )
    given["clearance"] = "top_secret"

    assert user.roles == ("analyst", "portfolio_viewer")
    assert user.attributes["clearance"] == "confidential"
    assert copy.deepcopy(user) == user
    assert asdict(user)["user_id"] == "analyst_001"
    with pytest.raises(FrozenInstanceError):
        user.user_id = "admin"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"user_id": ""}, "user_id must be a text"),
        ({"user_id": None}, "user_id must be a text"),
        ({"user_id": "u", "tenant_id": 5}, "tenant_id must be a text or None, not int"),
        ({"user_id": "u", "email": []}, "email must be a text or None, not list"),
        ({"user_id": "u", "roles": "admin"}, "roles must be a list of names"),
        ({"user_id": "u", "roles": [1]}, "roles must be a list of names"),
        ({"user_id": "u", "roles": 5}, "roles must be a list of names"),
        ({"user_id": "u", "attributes": ["x"]}, "attributes must be a mapping"),
    ],
)
def test_a_user_that_makes_no_sense_is_refused(given: dict[str, Any], complaint: str) -> None:
    with pytest.raises((TypeError, ValueError), match=complaint):
        UserContext(**given)


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("admin", {"read", "write", "execute", "delete"}),
        ("analyst", {"read", "execute"}),
        ("viewer", {"read"}),
        ("nobody", set()),
    ],
)
def test_the_roles_of_the_guide_permit_what_it_says(role: str, may: set[str]) -> None:
    assert {item for item in NodePermission if decide_by_role("u", [role], item).allowed} == may


@pytest.mark.parametrize(
    ("roles", "rule", "reason"),
    [
        ([], "no_role", "user 'u' has no role"),
        (
            ["wizard", "elf"],
            "unknown_role",
            "only unknown roles: 'wizard', 'elf' (known are: admin, analyst, viewer)",
        ),
        (["viewer", "wizard"], "role_permission", "no role of user 'u' ('viewer', 'wizard') may execute"),
        (["Admin"], "unknown_role", "'Admin'"),
    ],
)
def test_a_denial_names_its_rule(roles: list[str], rule: str, reason: str) -> None:
    decision = decide_by_role("u", roles, NodePermission.EXECUTE)

    assert (decision.allowed, decision.rule) == (False, rule)
    assert reason in decision.reason


def test_one_role_that_permits_is_enough() -> None:
    decision = decide_by_role("u", ["viewer", "unheard_of", "analyst"], NodePermission.EXECUTE)

    assert (decision.allowed, decision.rule) == (True, "role:analyst")


def test_an_empty_table_permits_nothing() -> None:
    assert not decide_by_role("u", ["admin"], NodePermission.READ, {}).allowed


def test_a_table_is_read_from_a_document() -> None:
    table = read_role_table({"clerk": ["read", "execute"], "idle": []})

    assert table == {"clerk": {NodePermission.READ, NodePermission.EXECUTE}, "idle": set()}
    assert SCRIPT_ROLES.keys() == {"admin", "analyst", "viewer"}


@pytest.mark.parametrize(
    ("roles", "complaint"),
    [
        (["admin"], "roles must be an object"),
        ({"admin": "read"}, "roles.admin must be a list"),
        (
            {"admin": ["fly"]},
            "roles.admin: 'fly' is not a permission; there are read, write, execute, delete",
        ),
        ({"admin": [["read"]]}, "is not a permission"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(roles: Any, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        read_role_table(roles)
