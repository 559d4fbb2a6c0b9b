"""What author code may import of this product, under our names and the guide's."""

from __future__ import annotations

from typing import Any

import pytest

from runtime.engine.errors import NodeError
from runtime.sandbox import Sandbox
from runtime.services_protocol import CodeRequest


def run(sandbox: Sandbox, code: str, may: frozenset[str] | None = None, **inputs: Any) -> Any:
    request = CodeRequest("sdk", "node", code, inputs, timeout_s=5, memory_mb=128, may=may)
    return sandbox.run_code_blocking(request, lambda level, text: None)


def test_access_rules_are_at_hand_without_any_framework(sandbox: Sandbox) -> None:
    code = (
        "import sys\nfrom accounts.access import Decision, Subject, decide\n"
        "result = [name for name in ('django', 'pydantic', 'runtime') if name in sys.modules]"
    )

    assert run(sandbox, code) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("import accounts.models", "code nodes may import accounts.access"),
        ("import runtime", "code nodes may import accounts.access"),
        ("from kailash.runtime.local import LocalRuntime", "there is no kailash.runtime inside a code node"),
        ("import kailash.nodes.enterprise", "of kailash there are"),
    ],
)
def test_the_rest_of_the_product_is_refused_at_the_line(sandbox: Sandbox, statement: str, words: str) -> None:
    with pytest.raises(NodeError) as caught:
        run(sandbox, f"x = 1\n\n{statement}\nresult = 1")

    assert (caught.value.code, caught.value.facts["line"]) == ("code_error", 3)
    assert words in caught.value.message


def test_the_guide_s_names_for_the_access_rules_are_ours(sandbox: Sandbox) -> None:
    code = (
        "from kailash.access_control import NodePermission, UserContext\nimport accounts.access as ours\n"
        "user = UserContext(user_id=user_id, roles=['analyst'], attributes={'clearance': 'confidential'})\n"
        "same = UserContext is ours.UserContext\n"
        "result = [user.user_id, list(user.roles), NodePermission.EXECUTE.value, same]"
    )

    assert run(sandbox, code, user_id="analyst_001") == ["analyst_001", ["analyst"], "execute", True]


def test_a_wrong_use_of_the_access_rules_points_at_the_author_s_line(sandbox: Sandbox) -> None:
    with pytest.raises(NodeError) as caught:
        run(sandbox, "from kailash.access_control import UserContext\n\nuser = UserContext('')\nresult = 1")

    assert (caught.value.facts["line"], caught.value.facts["error_type"]) == (3, "ValueError")


def test_a_name_that_the_aliases_lack_is_an_import_error(sandbox: Sandbox) -> None:
    with pytest.raises(NodeError, match="kailash.access_control has no 'Nothing' inside a code node; it has"):
        run(sandbox, "from kailash.access_control import Nothing")


def test_the_manager_decides_and_masks_in_code(sandbox: Sandbox) -> None:
    code = (
        "from kailash.access_control.managers import AccessControlManager\n"
        "from kailash.access_control import UserContext, NodePermission\n"
        "acm = AccessControlManager(strategy='abac', policies=[{'key': 'p', 'effect': 'allow',\n"
        "    'actions': ['execute'], 'condition': {'operator': 'ip_in', 'value': '10.0.0.0/8'}}])\n"
        "user = UserContext(user_id='u', roles=['analyst'])\n"
        "decision = acm.check_node_access(user=user, resource_id='x', permission=NodePermission.EXECUTE)\n"
        "rules = {'ssn': {'mask_type': 'partial'}, 'iban': {'mask_type': 'hash'}}\n"
        "masked = acm.mask_data(data={'ssn': '123-45-6789', 'iban': 'DE1'}, masking_rules=rules, user=user)\n"
        "result = [decision.allowed, decision.missing, masked['ssn'], len(masked['iban'])]"
    )

    assert run(sandbox, code) == [False, ["env.ip"], "***-**-6789", 32]


def test_what_code_states_of_users_never_adds_to_whom_it_runs_for(sandbox: Sandbox) -> None:
    code = (
        "from kailash.access_control.managers import AccessControlManager\n"
        "from kailash.access_control import UserContext\n"
        "acm, user = AccessControlManager('rbac'), UserContext('u', roles=[role])\n"
        "result = [acm.check_permission(user, name) for name in ('read', 'write', 'execute')]"
    )
    execute = frozenset({"node.execute"})

    assert run(sandbox, code, role="admin") == [True, True, True]
    assert run(sandbox, code, execute, role="admin") == [False, False, True]
    assert run(sandbox, code, execute, role="viewer") == [False, False, False]
    assert run(sandbox, code, frozenset(), role="admin") == [False, False, False]
    assert run(sandbox, code, role="admin") == [True, True, True]
