"""In a script, nodes ask and mask for the script's `user_context`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.access import UserContext
from runtime import LocalRuntime, WorkflowBuilder

DATA = {"ssn": "123-45-6789", "name": "Ada"}
RULES = {
    "ssn": {
        "condition": {
            "attribute_path": "user.attributes.clearance",
            "operator": "security_level_below",
            "value": "secret",
        },
        "mask_type": "partial",
        "visible_chars": 4,
    }
}


def run(user: UserContext | None, workspace: Path | None = None) -> dict[str, Any]:
    workflow = WorkflowBuilder()
    workflow.add_node("MaskNode", "mask", {"masking_rules": RULES})
    workflow.add_node("AccessCheckNode", "check", {"permission": "delete", "resource": "payroll"})
    with LocalRuntime(workspace=workspace, user_context=user, enable_security=False) as runtime:
        results, _ = runtime.execute(workflow.build(), parameters={"mask": {"data": DATA}})
    return dict(results)


@pytest.mark.parametrize(
    ("user", "shown"),
    [
        (None, "***-**-6789"),
        (UserContext("ann"), "***-**-6789"),
        (UserContext("ann", attributes={"clearance": "internal"}), "***-**-6789"),
        (UserContext("ann", attributes={"clearance": "secret"}), "123-45-6789"),
    ],
)
def test_fields_are_masked_for_the_user(user: UserContext | None, shown: str) -> None:
    assert run(user)["mask"]["result"] == {"ssn": shown, "name": "Ada"}


@pytest.mark.parametrize(
    ("user", "allowed"),
    [
        (None, False),
        (UserContext("ann"), False),
        (UserContext("ann", roles=["analyst"]), False),
        (UserContext("ann", roles=["admin"]), True),
    ],
)
def test_the_branch_is_the_users(user: UserContext | None, allowed: bool) -> None:
    check = run(user)["check"]

    assert check["result"]["allowed"] is allowed
    assert ("allowed" in check) is allowed


def test_the_workspaces_policies_decide(tmp_path: Path) -> None:
    deny = {"key": "no", "effect": "deny", "actions": ["delete"], "resources": ["payroll"]}
    (tmp_path / "policies.json").write_text(json.dumps({"policies": [deny]}))

    check = run(UserContext("ann", roles=["admin"]), tmp_path)["check"]

    assert check["result"]["allowed"] is False
    assert check["result"]["rule"] == "policy_deny"


@pytest.mark.parametrize("sandbox", ["isolated", "inline"])
def test_checks_in_code_allow_no_more_than_the_user_may(sandbox: str) -> None:
    code = (
        "from accounts.access import AccessControlManager, UserContext\n"
        "acm, user = AccessControlManager('rbac'), UserContext('u', roles=['admin'])\n"
        "result = [acm.check_permission(user, name) for name in ('execute', 'delete')]"
    )

    def checked(user: UserContext | None) -> Any:
        workflow = WorkflowBuilder()
        workflow.add_node("PythonCodeNode", "code", {"code": code})
        with LocalRuntime(user_context=user, sandbox=sandbox) as runtime:
            results, _ = runtime.execute(workflow.build())
        return results["code"]["result"]

    assert checked(None) == [True, True]
    assert checked(UserContext("ann", roles=["analyst"])) == [True, False]
