"""Drafts of policies, their approval by another person, and the way back."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry, Policy, Tenant, User
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db

DENY = {"key": "no-runs", "effect": "deny", "actions": ["workflow.run"]}
RISK = {"attribute_path": "user.department", "operator": "equals", "value": "risk"}


@pytest.fixture
def second_api(tenant: Tenant) -> Api:
    return Api(make_user(tenant, "admin"))


@pytest.fixture
def policy(admin_api: Api) -> dict[str, Any]:
    """In force for everybody."""
    made = ok(admin_api.post("policies/", DENY), 201)
    body = {"status": "active", "revision": 1}
    return ok(admin_api.post(f"policies/{made['id']}/activate/", body))


def ok(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.content
    body: dict[str, Any] = response.json()
    return body


def code(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["code"]


def drafted(api: Api, policy: dict[str, Any], **changes: Any) -> dict[str, Any]:
    document = {"effect": "deny", "actions": ["workflow.run"], **changes}
    body = {"version": policy["draft_version"], "document": document}
    return ok(api.put(f"policies/{policy['id']}/draft/", body))


def set_in_force(api: Api, policy: dict[str, Any], status: str = "active") -> Any:
    body = {"status": status, "revision": policy["revision"]}
    if policy["draft"] is not None:
        body |= {"draft": True, "draft_version": policy["draft_version"]}
    return api.post(f"policies/{policy['id']}/activate/", body)


def test_a_draft_decides_nothing_until_it_is_set_in_force(admin_api: Api, policy: dict[str, Any]) -> None:
    saved = drafted(admin_api, policy, condition=RISK)

    assert (saved["revision"], saved["condition"], saved["in_force"]) == (2, None, True)
    assert saved["draft"]["document"]["condition"] == RISK
    assert saved["draft"]["document"]["key"] == "no-runs"
    assert saved["updated_at"] == policy["updated_at"]

    active = ok(set_in_force(admin_api, saved))

    assert (active["revision"], active["condition"], active["draft"]) == (3, RISK, None)
    actions = AuditEntry.objects.filter(object_id=policy["id"]).values_list("action", flat=True)
    assert {"policy.draft", "policy.activate"} <= set(actions)


def test_somebody_elses_draft_is_not_overwritten(
    admin_api: Api, second_api: Api, policy: dict[str, Any]
) -> None:
    saved = drafted(admin_api, policy, condition=RISK)
    document = {"effect": "deny", "actions": ["workflow.edit"]}

    late = second_api.put(f"policies/{policy['id']}/draft/", {"version": 0, "document": document})
    assert code(late) == (409, "draft_changed")
    assert late.json()["draft"]["document"]["condition"] == RISK
    assert late.json()["draft_version"] == saved["draft_version"]

    gone = second_api.delete(f"policies/{policy['id']}/draft/?version={saved['draft_version']}")
    assert (gone.status_code, gone.json()["draft"]) == (200, None)
    assert code(set_in_force(admin_api, saved)) == (409, "draft_changed")


def test_faults_of_a_draft_are_named_below_the_document(admin_api: Api, policy: dict[str, Any]) -> None:
    wrong = {"and": [RISK, {**RISK, "attribute_path": "user.shoe_size"}]}
    body = {"version": 0, "document": {"effect": "deny", "actions": ["workflow.run"], "condition": wrong}}

    refused = admin_api.put(f"policies/{policy['id']}/draft/", body)

    assert refused.status_code == 422
    fields = [each["field"] for each in refused.json()["errors"]]
    assert fields == ["document.condition.and[1].attribute_path"]


@pytest.fixture
def approving(admin_api: Api, tenant: Tenant) -> None:
    ok(admin_api.patch("tenant/access/", {"approve_policies": True}))


def test_what_somebody_wrote_another_person_approves(
    admin_api: Api, second_api: Api, policy: dict[str, Any], approving: None
) -> None:
    change = {"revision": policy["revision"], "label": "Other"}
    assert code(admin_api.patch(f"policies/{policy['id']}/", change)) == (409, "needs_draft")
    saved = drafted(admin_api, policy, condition=RISK)
    assert saved["approval"] == {"needed": True, "by": None, "at": None, "may_approve": False}
    assert code(set_in_force(admin_api, saved)) == (409, "needs_approval")
    address, approval = f"policies/{policy['id']}/approve/", {"draft_version": saved["draft_version"]}
    assert code(admin_api.post(address, approval)) == (409, "own_work")

    approved = ok(second_api.post(address, approval))

    assert approved["approval"]["by"] is not None
    assert ok(set_in_force(admin_api, approved))["condition"] == RISK


def test_a_change_of_the_draft_takes_approval_back(
    admin_api: Api, second_api: Api, policy: dict[str, Any], approving: None
) -> None:
    saved = drafted(admin_api, policy, condition=RISK)
    approval = {"draft_version": saved["draft_version"]}
    ok(second_api.post(f"policies/{policy['id']}/approve/", approval))

    changed = drafted(admin_api, saved)

    assert changed["approval"]["needed"] is True
    assert code(set_in_force(admin_api, changed)) == (409, "needs_approval")
    assert code(second_api.post(f"policies/{policy['id']}/approve/", approval)) == (409, "draft_changed")


def test_the_end_of_a_denial_is_approved_too(
    admin_api: Api, second_api: Api, policy: dict[str, Any], approving: None
) -> None:
    assert code(set_in_force(admin_api, policy, "disabled")) == (409, "needs_approval")
    assert code(admin_api.delete(f"policies/{policy['id']}/")) == (409, "needs_approval")

    approved = ok(second_api.post(f"policies/{policy['id']}/approve/", {"revision": policy["revision"]}))

    assert ok(set_in_force(admin_api, approved, "disabled"))["in_force"] is False


def test_a_new_policy_is_approved_by_its_revision(admin_api: Api, second_api: Api, approving: None) -> None:
    made = ok(admin_api.post("policies/", DENY), 201)
    assert code(set_in_force(admin_api, made)) == (409, "needs_approval")

    approved = ok(second_api.post(f"policies/{made['id']}/approve/", {"revision": 1}))

    active = ok(set_in_force(admin_api, approved))
    assert (active["status"], active["approval"]["needed"]) == ("active", True)


def test_rolled_back_it_says_what_it_said(admin_api: Api, policy: dict[str, Any]) -> None:
    active = ok(set_in_force(admin_api, drafted(admin_api, policy, condition=RISK)))

    shown = ok(admin_api.get(f"policies/{policy['id']}/revisions/{active['revision']}/"))
    assert shown["changes"] == [{"path": "condition", "before": None, "after": RISK}]
    assert admin_api.get(f"policies/{policy['id']}/revisions/99/").status_code == 404

    back = ok(admin_api.post(f"policies/{policy['id']}/rollback/", {"number": 2, "revision": 3}))

    assert (back["revision"], back["condition"], back["status"]) == (4, None, "active")
    assert Policy.objects.get().revisions.get(number=4).note == "Back to revision 2"
    late = {"number": 2, "revision": 3}
    assert code(admin_api.post(f"policies/{policy['id']}/rollback/", late)) == (409, "revision_changed")
    unknown = admin_api.post(f"policies/{policy['id']}/rollback/", {"number": 77, "revision": 4})
    assert unknown.status_code == 422


def test_test_cases_are_asked_of_the_draft_and_gate_it(admin_api: Api, policy: dict[str, Any]) -> None:
    address = f"policies/{policy['id']}/test-cases/"
    case = {
        "name": "Risk may not run",
        "subject": {"roles": ["editor"], "attributes": {"department": "risk"}},
        "action": "workflow.run",
        "resource": {"type": "workflow"},
        "expected": False,
    }
    made = ok(admin_api.post(address, case), 201)
    assert made["passed"] is True

    allowing = {**RISK, "value": "sales"}
    saved = drafted(admin_api, policy, condition=allowing)
    assert saved["tests"] == {"passed": 0, "failed": 1}
    assert code(set_in_force(admin_api, saved)) == (409, "test_cases_fail")

    changed = ok(admin_api.put(f"{address}{made['id']}/", {**case, "expected": True}))
    assert changed["passed"] is True
    active = ok(set_in_force(admin_api, saved))
    assert active["tests"] == {"passed": 1, "failed": 0}
    listed = ok(admin_api.get("policies/"))["results"]
    assert [each["tests"] for each in listed] == [{"passed": 1, "failed": 0}]


def test_settings_of_access_are_the_administrators(admin_api: Api, viewer_api: Api, admin: User) -> None:
    assert viewer_api.get("tenant/access/").status_code == 403
    assert admin_api.patch("tenant/access/", {"decision_sample": 2}).status_code == 422

    changed = ok(admin_api.patch("tenant/access/", {"decision_sample": 0.5}))

    assert (changed["decision_sample"], changed["approve_policies"]) == (0.5, False)
    assert AuditEntry.objects.filter(action="tenant.access", actor_id=admin.pk).count() == 1
