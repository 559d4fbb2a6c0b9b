"""`policies/`: written, checked, tried, set in force and taken out of force, by the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Policy, Tenant, User
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db


def deny_view(**changes: Any) -> dict[str, Any]:
    return {"key": "no-view", "effect": "deny", "actions": ["workflow.view"], **changes}


def made(api: Api, **document: Any) -> dict[str, Any]:
    response = api.post("policies/", deny_view(**document))
    assert response.status_code == 201, response.content
    body: dict[str, Any] = response.json()
    return body


def activated(api: Api, policy: dict[str, Any], status: str = "active", **more: Any) -> Any:
    body = {"status": status, "revision": policy["revision"], **more}
    return api.post(f"policies/{policy['id']}/activate/", body)


def test_a_new_policy_is_a_draft_that_decides_nothing(
    admin_api: Api, viewer_api: Api, workflow: dict[str, Any]
) -> None:
    policy = made(admin_api)

    assert (policy["status"], policy["revision"], policy["label"]) == ("draft", 1, "no-view")
    assert viewer_api.get(f"workflows/{workflow['id']}/").status_code == 200


def test_an_active_policy_counts_at_the_next_request_until_it_is_disabled(
    admin_api: Api, viewer_api: Api, workflow: dict[str, Any], below_secret: dict[str, Any]
) -> None:
    unless_admin = {"not": {"attribute_path": "user.roles", "operator": "contains", "value": "admin"}}
    policy = made(admin_api, condition={"and": [below_secret, unless_admin]})
    address = f"workflows/{workflow['id']}/"

    active = activated(admin_api, policy).json()
    refused = viewer_api.get(address)
    assert (refused.status_code, refused.json()["policies"]) == (403, ["no-view"])
    assert viewer_api.get("workflows/").status_code == 403

    assert activated(admin_api, active, "disabled").status_code == 200
    assert viewer_api.get(address).status_code == 200


def test_what_a_policy_bars_is_not_there_while_other_things_are(
    api: Api, admin_api: Api, viewer_api: Api, workflow: dict[str, Any]
) -> None:
    other = api.post("workflows/", {"name": "Open"}).json()
    admin_api.patch(f"workflows/{workflow['id']}/access/", {"classification": "secret"})
    admin_api.patch(f"workflows/{other['id']}/access/", {"classification": "public"})
    condition = {
        "attribute_path": "resource.classification",
        "operator": "security_level_meets",
        "value": "secret",
    }
    policy = made(admin_api, condition=condition, resource_type="workflow")
    activated(admin_api, policy)

    assert viewer_api.get(f"workflows/{workflow['id']}/").status_code == 404
    assert viewer_api.get(f"workflows/{other['id']}/").status_code == 200


def test_a_stale_revision_changes_nothing(admin_api: Api) -> None:
    policy = made(admin_api)
    changed = admin_api.patch(f"policies/{policy['id']}/", {"revision": 1, "label": "Mine"})
    assert changed.json()["revision"] == 2

    for response in (
        admin_api.patch(f"policies/{policy['id']}/", {"revision": 1, "label": "Theirs"}),
        activated(admin_api, policy),
    ):
        assert response.status_code == 409
        assert (response.json()["code"], response.json()["revision"]) == ("revision_changed", 2)
    assert Policy.objects.get().label == "Mine"


def test_each_change_stays_as_a_revision(admin_api: Api, admin: User) -> None:
    policy = made(admin_api, note="First")
    admin_api.patch(f"policies/{policy['id']}/", {"revision": 1, "effect": "allow", "note": "Other way"})

    revisions = admin_api.get(f"policies/{policy['id']}/revisions/").json()["results"]

    assert [(each["number"], each["note"]) for each in revisions] == [(2, "Other way"), (1, "First")]
    assert [each["document"]["effect"] for each in revisions] == ["allow", "deny"]
    assert revisions[0]["by"]["id"] == str(admin.pk)


@pytest.mark.parametrize(
    "wrong",
    [
        {"actions": ["workflow.fly"]},
        {"condition": {"attribute_path": "user.shoe_size", "operator": "equals", "value": 43}},
        {"condition": {"attribute_path": "user.clearance", "operator": "resembles", "value": "secret"}},
        {
            "condition": {
                "attribute_path": "user.clearance",
                "operator": "security_level_meets",
                "value": "cosmic",
            }
        },
        {"condition": {"attribute_path": "user.department", "operator": "greater_than", "value": 3}},
        {"condition": {"attribute_path": "user.department", "operator": "matches", "value": "(a+)+$"}},
        {"condition": {"attribute_path": "env.hour", "operator": "between", "value": [5, 3]}},
    ],
    ids=["action", "attribute", "operator", "level", "type", "expression", "range"],
)
def test_what_cannot_be_decided_by_is_refused_with_its_place(admin_api: Api, wrong: dict[str, Any]) -> None:
    response = admin_api.post("policies/", deny_view(**wrong))
    checked = admin_api.post("policies/validate/", deny_view(**wrong))

    assert response.status_code == 422, response.content
    (error,) = response.json()["errors"]
    assert error["field"].split(".")[0].split("[")[0] == next(iter(wrong))
    assert [each["field"] for each in checked.json()["problems"]] == [error["field"]]
    assert not Policy.objects.exists()


def test_a_deep_condition_is_refused(admin_api: Api) -> None:
    tree: dict[str, Any] = {"attribute_path": "user.department", "operator": "exists"}
    for _ in range(30):
        tree = {"not": tree}

    assert admin_api.post("policies/", deny_view(condition=tree)).status_code == 422


def test_a_policy_that_would_lock_out_every_administrator_is_refused(admin_api: Api, tenant: Tenant) -> None:
    policy = made(admin_api, actions=["policy.manage"], resource_type="policy")

    response = activated(admin_api, policy)

    assert response.status_code == 409
    assert response.json()["code"] == "lock_out"
    assert Policy.objects.get().status == "draft"
    assert admin_api.get("policies/").status_code == 200


@pytest.mark.parametrize(
    "condition",
    [
        {"not": {"attribute_path": "env.ip", "operator": "ip_in", "value": ["10.0.0.0/8"]}},
        {"attribute_path": "env.hour", "operator": "between", "value": [0, 5]},
        {"attribute_path": "user.clearance", "operator": "security_level_below", "value": "secret"},
    ],
    ids=["from elsewhere", "at night", "without clearance"],
)
def test_a_lock_out_by_place_time_or_a_missing_attribute_is_one_too(
    admin_api: Api, condition: dict[str, Any]
) -> None:
    policy = made(admin_api, actions=["*"], condition=condition)

    assert activated(admin_api, policy).json()["code"] == "lock_out"


def test_who_is_left_to_manage_policies_is_enough(admin_api: Api, tenant: Tenant) -> None:
    make_user(tenant, "owner", attributes={"clearance": "top_secret"})
    condition = {"attribute_path": "user.clearance", "operator": "security_level_below", "value": "secret"}
    policy = made(admin_api, actions=["policy.manage"], condition=condition)

    assert activated(admin_api, policy).status_code == 200
    assert admin_api.post("policies/", deny_view(key="another")).status_code == 403


def test_a_failing_test_case_keeps_a_policy_from_being_active(admin_api: Api) -> None:
    policy = made(admin_api)
    case = {
        "name": "A viewer sees workflows",
        "subject": {"roles": ["viewer"]},
        "action": "workflow.view",
        "resource": {"type": "workflow", "attributes": {"classification": "public"}},
        "expected": True,
    }
    address = f"policies/{policy['id']}/test-cases/"

    written = admin_api.post(address, case)
    assert written.status_code == 201, written.content
    assert (written.json()["allowed"], written.json()["passed"]) == (False, False)
    assert admin_api.post(address, case).status_code == 409

    refused = activated(admin_api, policy)
    assert (refused.status_code, refused.json()["code"]) == (409, "test_cases_fail")
    assert refused.json()["failed"][0]["name"] == case["name"]
    assert activated(admin_api, policy, "shadow").status_code == 200

    admin_api.delete(f"{address}{written.json()['id']}/")
    assert admin_api.get(address).json()["results"] == []
    assert activated(admin_api, {**policy, "revision": 2}).status_code == 200


def test_a_case_that_cannot_be_asked_is_refused(admin_api: Api) -> None:
    policy = made(admin_api)
    address = f"policies/{policy['id']}/test-cases/"
    case = {"name": "x", "subject": {}, "action": "workflow.view", "expected": True}

    for wrong in (
        {"action": "workflow.fly"},
        {"subject": {"roles": ["emperor"]}},
        {"subject": {"rules": []}},
    ):
        assert admin_api.post(address, {**case, **wrong}).status_code == 422


def test_keys_are_taken_once(admin_api: Api) -> None:
    made(admin_api)

    assert admin_api.post("policies/", deny_view()).json()["code"] == "policy_taken"


def test_policies_of_another_workspace_are_not_there(admin_api: Api, stranger_api: Api) -> None:
    policy = made(admin_api)

    for address in (policy["id"], str(uuid4())):
        assert stranger_api.get(f"policies/{address}/").status_code == 404
        assert stranger_api.patch(f"policies/{address}/", {"revision": 1}).status_code == 404
    assert stranger_api.get("policies/").json()["results"] == []


def test_a_deleted_policy_decides_nothing(
    admin_api: Api, viewer_api: Api, workflow: dict[str, Any], below_secret: dict[str, Any]
) -> None:
    policy = made(admin_api, condition=below_secret)
    activated(admin_api, policy)
    assert viewer_api.get(f"workflows/{workflow['id']}/").status_code == 403

    assert admin_api.delete(f"policies/{policy['id']}/").status_code == 204
    assert viewer_api.get(f"workflows/{workflow['id']}/").status_code == 200
