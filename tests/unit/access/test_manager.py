from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from accounts.access import AccessControlManager, NodePermission, PolicyError, UserContext

ANALYST = UserContext("a", roles=["analyst"], tenant_id="corp", attributes={"clearance": "secret"})
NOBODY = UserContext("n")
ALLOW = {
    "key": "cleared",
    "effect": "allow",
    "actions": ["execute"],
    "resources": ["portfolio"],
    "condition": {
        "attribute_path": "user.attributes.clearance",
        "operator": "security_level_meets",
        "value": "secret",
    },
}
DENY = {"key": "never", "effect": "deny", "actions": ["node.execute"]}
RULES = {"ssn": {"mask_type": "partial", "visible_chars": 4}}


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("admin", {"read", "write", "execute", "delete"}),
        ("analyst", {"read", "execute"}),
        ("viewer", {"read"}),
        ("unheard_of", set()),
    ],
)
def test_the_guide_s_roles_are_known(role: str, may: set[str]) -> None:
    manager = AccessControlManager("rbac")
    user = UserContext("u", roles=[role])

    assert {each.value for each in NodePermission if manager.check_permission(user, each)} == may
    for each in NodePermission:
        assert manager.check_node_access(user, "n", each).allowed is (each in may)
        assert manager.check_workflow_access(user, "w", each).allowed is (each in may)


def test_policies_decide_by_attributes() -> None:
    manager = AccessControlManager("abac", policies=[ALLOW])

    assert manager.check_node_access(ANALYST, "portfolio", NodePermission.EXECUTE).allowed
    assert not manager.check_node_access(ANALYST, "other", NodePermission.EXECUTE).allowed
    assert not manager.check_node_access(ANALYST, "portfolio", NodePermission.READ).allowed
    denied = manager.check_node_access(NOBODY, "portfolio", NodePermission.EXECUTE)
    assert denied.missing == ("user.clearance",)


def test_both_together_let_a_deny_win_over_a_role() -> None:
    manager = AccessControlManager()

    assert manager.check_permission(ANALYST, "execute")
    manager.add_policy(DENY)
    assert not manager.check_permission(ANALYST, "execute")
    assert AccessControlManager("rbac", policies=[DENY]).check_permission(ANALYST, "execute")


def test_roles_can_be_defined() -> None:
    manager = AccessControlManager("rbac", roles={"clerk": ["read"]})
    clerk = UserContext("c", roles=["clerk"])

    assert manager.check_permission(clerk, "read")
    assert not manager.check_permission(ANALYST, "read")
    manager.define_role("clerk", ["execute"])
    assert not manager.check_permission(clerk, "read")
    assert manager.check_permission(clerk, "execute")


def test_a_node_s_attributes_count() -> None:
    condition = {
        "attribute_path": "user.clearance",
        "operator": "security_level_meets",
        "value_path": "resource.classification",
    }
    manager = AccessControlManager("abac", [{**ALLOW, "resources": "*", "condition": condition}])

    def may(level: str) -> bool:
        attributes = {"classification": level}
        return manager.check_node_access(ANALYST, "n", "execute", attributes=attributes).allowed

    assert may("secret")
    assert not may("top_secret")
    assert not manager.check_node_access(ANALYST, "n", "execute").allowed


def test_an_added_policy_with_a_fault_changes_nothing() -> None:
    manager = AccessControlManager("abac", policies=[ALLOW])

    for broken in ({**DENY, "effect": "no"}, ALLOW):
        with pytest.raises(PolicyError):
            manager.add_policy(broken)

    assert manager.check_node_access(ANALYST, "portfolio", "execute").allowed


def test_masks_are_alike_under_all_strategies_and_leave_the_data() -> None:
    data = {"ssn": "123-45-6789", "people": [{"ssn": "987-65-4321"}]}
    before = deepcopy(data)

    for strategy in ("rbac", "abac", "hybrid"):
        masked = AccessControlManager(strategy, masks=RULES).mask_data(data, user=ANALYST)
        assert masked == {"ssn": "***-**-6789", "people": [{"ssn": "***-**-4321"}]}
        assert AccessControlManager(strategy).mask_data(data, RULES, ANALYST) == masked
    assert data == before
    untouched = AccessControlManager().mask_data(data)
    assert untouched == data and untouched is not data


def test_an_explanation_names_what_was_met() -> None:
    shown = AccessControlManager("abac", policies=[ALLOW]).explain(NOBODY, "node.execute").to_dict()

    assert shown["allowed"] is False
    assert shown["policies"][0]["condition"] == {
        "attribute_path": "user.clearance",
        "operator": "security_level_meets",
        "label": "is at least the level",
        "actual": None,
        "value": "secret",
        "verdict": "unknown",
    }
    assert json.loads(json.dumps(shown)) == shown


def test_an_explanation_shows_no_secrets() -> None:
    condition = {"attribute_path": "user.api_token", "operator": "equals", "value": "sesame"}
    user = UserContext("u", attributes={"api_token": "open"})
    manager = AccessControlManager("abac", policies=[{**ALLOW, "condition": condition}])

    shown = json.dumps(manager.explain(user, "node.execute").to_dict())

    assert "sesame" not in shown
    assert '"open"' not in shown


def test_a_file_holds_all_of_it(tmp_path: Path) -> None:
    path = tmp_path / "policies.json"
    path.write_text(json.dumps({"policies": [ALLOW], "roles": {"x": ["read"]}, "masks": RULES}))

    manager = AccessControlManager.from_file(path, "abac")

    assert manager.check_node_access(ANALYST, "portfolio", "execute").allowed
    assert manager.mask_data({"ssn": "123-45-6789"}, user=ANALYST) == {"ssn": "***-**-6789"}


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ([], ""),
        ({"rules": []}, "rules"),
        ({"levels": "secret"}, "levels"),
        ({"levels": ["a", "a"]}, "levels"),
        ({"policies": {}}, "policies"),
        ({"policies": [{}]}, "policies[0].key"),
        ({"masks": 5}, "masks"),
        ({"masks": {"a": {}}}, "masks.a.mask_type"),
        ({"roles": {"a": ["fly"]}}, ""),
    ],
)
def test_a_bad_document_is_refused_with_its_place(tmp_path: Path, document: Any, where: str) -> None:
    path = tmp_path / "policies.json"
    path.write_text(json.dumps(document))

    with pytest.raises(PolicyError) as caught:
        AccessControlManager.from_file(path)

    assert caught.value.problems[0].path == where


@pytest.mark.parametrize("content", ["{", '{"a": 1', "\ud83d", "[" * 100_000])
def test_a_file_that_is_no_json_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "policies.json"
    path.write_bytes(content.encode("utf-16" if content == "\ud83d" else "utf-8", "surrogatepass"))

    with pytest.raises(PolicyError, match="is not JSON"):
        AccessControlManager.from_file(path)
    with pytest.raises(PolicyError, match="cannot be read"):
        AccessControlManager.from_file(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: AccessControlManager("magic"), "there are rbac, abac, hybrid"),
        (lambda: AccessControlManager().check_permission(ANALYST, "fly"), "is not a permission"),
        (lambda: AccessControlManager().check_permission({"user_id": "x"}, "read"), "must be a UserContext"),  # type: ignore[arg-type]
    ],
)
def test_a_wrong_call_says_what_is_right(wrong: Any, words: str) -> None:
    with pytest.raises((ValueError, TypeError), match=words):
        wrong()
