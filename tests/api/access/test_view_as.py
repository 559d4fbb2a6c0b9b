"""`view-as/`: what somebody else would see and do, for who may see policies; never more than one's own."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry, DecisionLog, Tenant, User
from accounts.services import set_attributes
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db
PAYROLL: dict[str, Any] = {
    "nodes": [
        {
            "id": "pay",
            "type": "PythonCodeNode",
            "config": {"code": "result = 4711"},
            "access": {"resource": "payroll", "classification": "secret", "tags": ["pii"]},
        },
        {"id": "sum", "type": "PythonCodeNode", "config": {"code": "result = 1"}},
    ],
    "connections": [],
}
BELOW: dict[str, Any] = {
    "key": "cleared-only",
    "label": "Cleared people only",
    "effect": "deny",
    "resource_type": "node",
    "actions": ["node.config", "node.outputs", "node.execute"],
    "condition": {
        "attribute_path": "user.clearance",
        "operator": "security_level_below",
        "value_path": "resource.classification",
    },
}


def cleared(tenant: Tenant, role: str, clearance: str) -> User:
    user = make_user(tenant, role)
    set_attributes(user, {"clearance": clearance})
    return User.objects.get(pk=user.pk)


@pytest.fixture
def admin(tenant: Tenant) -> User:
    return cleared(tenant, "admin", "top_secret")


@pytest.fixture
def payroll(admin_api: Api) -> str:
    """The address of a workflow with a step that is for cleared people, by a policy that is in force."""
    made = admin_api.post("policies/", BELOW).json()
    in_force = {"status": "active", "revision": made["revision"]}
    assert admin_api.post(f"policies/{made['id']}/activate/", in_force).status_code == 200
    return f"workflows/{admin_api.post('workflows/', {'name': 'Pay', 'graph': PAYROLL}).json()['id']}/"


def begun(api: Api, address: str, **viewer: Any) -> dict[str, Any]:
    response = api.post(address + "view-as/", viewer)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def test_forbidden_parts_are_told_with_the_rule_that_decides(
    admin_api: Api, tenant: Tenant, payroll: str
) -> None:
    analyst = cleared(tenant, "analyst", "internal")

    view = begun(admin_api, payroll, user=str(analyst.pk))

    refused = view["nodes"]["pay"]["refused"]
    assert set(refused) == {"node.config", "node.outputs", "node.execute"}
    assert refused["node.outputs"]["policies"] == ["cleared-only"]
    assert "Cleared people only" in refused["node.outputs"]["reason"]
    assert view["nodes"]["sum"]["refused"] == {}
    assert view["actions"]["workflow.run"]["allowed"]
    assert view["actions"]["workflow.edit"]["rule"] == "no_role"
    assert (view["viewer"]["id"], view["viewer"]["roles"]) == (str(analyst.pk), ["analyst"])


def test_the_draft_is_shown_as_they_would_read_it(admin_api: Api, tenant: Tenant, payroll: str) -> None:
    analyst = cleared(tenant, "analyst", "internal")
    view = begun(admin_api, payroll, user=str(analyst.pk))["view"]

    theirs = admin_api.get(payroll + "draft/", view_as=view).json()

    assert theirs["graph"]["nodes"][0]["config"] == {}
    assert theirs["denied"]["pay"]["rule"] == "policy_deny"
    assert admin_api.get(payroll + "draft/").json()["denied"] == {}
    assert "workflow.edit" not in admin_api.get(payroll, view_as=view).json()["can"]


def test_a_stated_attribute_set_is_judged_as_a_person_with_it(admin_api: Api, payroll: str) -> None:
    stated = {"roles": ["analyst"], "attributes": {"clearance": "secret"}}

    assert begun(admin_api, payroll, subject=stated)["nodes"]["pay"]["refused"] == {}
    nobody = begun(admin_api, payroll, subject={"roles": ["analyst"]})
    assert nobody["nodes"]["pay"]["refused"]["node.outputs"]["missing"] == ["user.clearance"]


def test_it_never_shows_more_than_ones_own(tenant: Tenant, payroll: str) -> None:
    auditor, chief = cleared(tenant, "auditor", "internal"), cleared(tenant, "owner", "top_secret")
    api = Api(auditor)
    view = begun(api, payroll, user=str(chief.pk))

    shown = api.get(payroll + "draft/", view_as=view["view"]).json()

    assert view["nodes"]["pay"]["refused"] == {}
    assert shown["graph"]["nodes"][0]["config"] == {}
    assert shown["denied"]["pay"]["reason"].startswith("You may not do this yourself.")
    assert api.get(payroll, view_as=view["view"]).json()["can"] == []


def test_what_is_shared_with_a_role_counts_for_who_is_stated_to_have_it(admin_api: Api, payroll: str) -> None:
    share = {"role": "viewer", "actions": ["workflow.view", "workflow.run"]}
    assert admin_api.post(payroll + "grants/", share).status_code == 201

    view = begun(admin_api, payroll, subject={"roles": ["viewer"]})

    assert view["actions"]["workflow.run"]["rule"] == "grant"


def test_beginning_is_in_the_audit_and_looking_logs_no_decision_of_theirs(
    admin_api: Api, tenant: Tenant, payroll: str
) -> None:
    analyst = cleared(tenant, "analyst", "internal")
    view = begun(admin_api, payroll, user=str(analyst.pk))["view"]
    admin_api.get(payroll + "draft/", view_as=view)

    entry = AuditEntry.objects.get(tenant=tenant, action="workflow.view_as")
    assert entry.after == {"user": str(analyst.pk)}
    assert not DecisionLog.objects.filter(tenant=tenant, allowed=False).exists()


@pytest.mark.parametrize("role", ["editor", "analyst", "viewer"])
def test_it_is_for_those_who_may_see_policies(tenant: Tenant, payroll: str, role: str) -> None:
    response = Api(make_user(tenant, role)).post(payroll + "view-as/", {"subject": {"roles": ["viewer"]}})

    assert response.status_code == 403


def test_a_view_is_ones_own_and_of_one_workflow_and_looks_only(
    admin_api: Api, tenant: Tenant, payroll: str
) -> None:
    view = begun(admin_api, payroll, subject={"roles": ["viewer"]})["view"]
    other = f"workflows/{admin_api.post('workflows/', {'name': 'Other'}).json()['id']}/"

    assert Api(make_user(tenant, "owner")).get(payroll + "draft/", view_as=view).json()["code"] == "view_over"
    assert admin_api.get(other + "draft/", view_as=view).json()["code"] == "view_over"
    assert admin_api.get(payroll + "draft/", view_as="made-up").json()["code"] == "view_over"
    assert admin_api.patch(payroll, {"name": "x"}, view_as=view).json()["code"] == "view_as_reads"
    assert admin_api.get("workflows/", view_as=view).status_code == 400


@pytest.mark.parametrize(
    "viewer",
    [
        {},
        {"user": "6f7c8d90-0000-4000-8000-000000000000"},
        {"subject": {"roles": ["no-such-role"]}},
        {"subject": {"roles": ["viewer"]}, "user": "6f7c8d90-0000-4000-8000-000000000000"},
        {"subject": {}, "env": {"at": "yesterday"}},
    ],
    ids=["nobody", "unknown", "no role", "both", "no time"],
)
def test_nobody_can_be_looked_as(admin_api: Api, payroll: str, viewer: dict[str, Any]) -> None:
    assert admin_api.post(payroll + "view-as/", viewer).status_code == 422


def test_nobody_looks_through_the_eyes_of_another_workspace(
    admin_api: Api, stranger_api: Api, payroll: str
) -> None:
    stranger = stranger_api.get("me/").json()["id"]

    assert admin_api.post(payroll + "view-as/", {"user": stranger}).status_code == 422
    assert stranger_api.post(payroll + "view-as/", {"user": stranger}).status_code == 404
