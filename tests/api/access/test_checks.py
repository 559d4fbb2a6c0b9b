"""Questions that change nothing, and the log of what was decided."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import AuditEntry, Tenant, User
from tests.contract import Api, SessionApi
from tests.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(tenant: Tenant) -> User:
    return make_user(tenant, "viewer", attributes={"clearance": "internal"})


@pytest.fixture
def needs_clearance(admin_api: Api) -> dict[str, Any]:
    """Who is not surely cleared for what is classified may not run it."""
    condition = {
        "attribute_path": "user.clearance",
        "operator": "security_level_below",
        "value_path": "resource.classification",
    }
    policy = {"key": "cleared", "effect": "deny", "actions": ["workflow.run"], "condition": condition}
    made: dict[str, Any] = admin_api.post("policies/", policy).json()
    response = admin_api.post(f"policies/{made['id']}/activate/", {"status": "active", "revision": 1})
    assert response.status_code == 200, response.content
    return {**policy, "id": made["id"]}


def about(workflow: dict[str, Any], action: str) -> dict[str, Any]:
    return {"action": action, "resource_type": "workflow", "resource_id": workflow["id"]}


def test_one_asks_why_one_may_not(viewer: User, admin_api: Api, workflow: dict[str, Any]) -> None:
    answer = SessionApi(viewer).post("access/check/", about(workflow, "workflow.run")).json()
    assert (answer["allowed"], answer["rule"], answer["can_request"]) == (False, "no_role", True)
    assert answer["explanation"] is None

    answer = admin_api.post("access/check/", about(workflow, "workflow.run")).json()
    assert (answer["allowed"], answer["can_request"]) == (True, False)
    assert answer["explanation"] is not None


def test_one_asks_only_about_what_one_may_see(
    viewer: User, stranger_api: Api, workflow: dict[str, Any]
) -> None:
    assert stranger_api.post("access/check/", about(workflow, "workflow.run")).status_code == 404
    assert Api(viewer).post("access/check/", about({"id": str(uuid4())}, "workflow.run")).status_code == 404
    assert Api(viewer).post("access/check/", {"action": "workflow.fly"}).status_code == 422
    assert Api(viewer).post("access/check/", {"action": "workflow.run"}).json()["allowed"] is False
    half = {"action": "workflow.run", "resource_type": "workflow"}
    assert Api(viewer).post("access/check/", half).status_code == 422


def test_a_simulation_says_who_could_do_what(
    admin_api: Api, viewer: User, workflow: dict[str, Any], needs_clearance: dict[str, Any]
) -> None:
    def asked(**who: Any) -> Any:
        response = admin_api.post("policies/simulate/", {**about(workflow, "workflow.run"), **who})
        assert response.status_code == 200, response.content
        return response.json()

    cleared = {"roles": ["operator"], "attributes": {"clearance": "secret"}}
    assert asked(subject=cleared)["allowed"] is True
    uncleared = asked(subject={"roles": ["operator"]})
    assert (uncleared["allowed"], uncleared["policies"]) == (False, ["cleared"])
    assert uncleared["missing"] == ["user.clearance"]
    assert asked(user=str(viewer.pk))["rule"] == "no_role"
    disabled = {name: needs_clearance[name] for name in ("key", "effect", "condition")}
    tried = asked(subject={"roles": ["operator"]}, policy={**disabled, "actions": ["workflow.delete"]})
    assert tried["allowed"] is True


@pytest.mark.parametrize("kind", ["role", "spaceship", "user", "node", "policy"])
def test_what_is_not_there_is_404_whatever_it_would_be(admin_api: Api, kind: str) -> None:
    body = {"action": "role.manage", "resource_type": kind, "resource_id": str(uuid4())}

    assert admin_api.post("access/check/", body).status_code == 404


def test_odd_circumstances_deny_and_do_not_fail(admin_api: Api) -> None:
    inside = {"attribute_path": "env.ip", "operator": "ip_in", "value": ["10.0.0.0/8"]}
    policy = {"key": "x", "effect": "deny", "actions": ["workflow.run"], "condition": {"not": inside}}
    question = {"action": "workflow.run", "subject": {"roles": ["owner"]}, "policy": policy}

    for ip, allowed in {"10.1.2.3": True, "192.168.0.1": False, "nonsense": False, "": False}.items():
        answer = admin_api.post("policies/simulate/", {**question, "env": {"ip": ip}})
        assert answer.status_code == 200, answer.content
        assert answer.json()["allowed"] is allowed, ip
    odd = {
        "roles": ["owner"],
        "attributes": {"clearance": {"deep": [1, {"x": None}]}, "site": [1, "a", None]},
    }
    assert admin_api.post("policies/simulate/", {**question, "subject": odd}).status_code == 200


def test_a_simulation_takes_a_thing_that_is_not_there(
    admin_api: Api, needs_clearance: dict[str, Any]
) -> None:
    stated = {"type": "workflow", "attributes": {"classification": "top_secret"}}
    question = {"action": "workflow.run", "subject": {"roles": ["owner"]}, "resource": stated}

    assert admin_api.post("policies/simulate/", question).json()["allowed"] is False


@pytest.mark.parametrize(
    "wrong",
    [
        {"action": "workflow.fly"},
        {"user": str(uuid4())},
        {"subject": {"roles": ["emperor"]}},
        {"subject": None},
        {"env": {"at": "yesterday"}},
        {"resource_type": "workflow", "resource_id": str(uuid4())},
        {"policy": {"key": "x", "effect": "deny", "actions": ["workflow.fly"]}},
        {"resource": {"type": "workflow", "owner": "me"}},
    ],
    ids=["action", "user", "role", "nobody", "time", "thing", "policy", "owner"],
)
def test_a_question_that_cannot_be_asked_is_refused(admin_api: Api, wrong: dict[str, Any]) -> None:
    question = {"action": "workflow.run", "subject": {"roles": ["viewer"]}, **wrong}

    assert admin_api.post("policies/simulate/", question).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_a_denial_is_in_the_log_and_a_question_is_not(
    admin_api: Api, viewer: User, workflow: dict[str, Any]
) -> None:
    theirs = SessionApi(viewer)
    theirs.post("access/check/", about(workflow, "workflow.edit"))
    assert theirs.post(f"workflows/{workflow['id']}/runs/", {}).status_code == 403

    found = admin_api.get("decisions/", {"user": str(viewer.pk), "allowed": "false"}).json()["results"]

    (denial,) = found
    assert (denial["action"], denial["rule"], denial["via"]) == ("workflow.run", "no_role", "rest")
    assert admin_api.get("decisions/", {"action": "workflow.edit"}).json()["results"] == []
    assert theirs.get("decisions/").status_code == 403


def test_decisions_come_in_pages(admin_api: Api) -> None:
    assert admin_api.get("decisions/", {"limit": 1, "cursor": "x"}).status_code == 422
    assert admin_api.get("decisions/", {"limit": 1, "cursor": "99999999999"}).json()["next"] is None


def test_changes_of_access_are_in_the_audit(
    admin_api: Api, admin: User, viewer: User, workflow: dict[str, Any]
) -> None:
    policy = admin_api.post("policies/", {"key": "p", "effect": "deny", "actions": ["run.cancel"]}).json()
    admin_api.post(f"policies/{policy['id']}/activate/", {"status": "shadow", "revision": 1})
    admin_api.post("masks/", {"key": "m", "field": "ssn", "mask_type": "redact"})
    admin_api.patch(f"users/{viewer.pk}/", {"roles": ["analyst"], "attributes": {"clearance": "secret"}})
    admin_api.post(f"workflows/{workflow['id']}/grants/", {"role": "viewer", "actions": ["workflow.run"]})
    admin_api.patch(f"workflows/{workflow['id']}/access/", {"classification": "secret"})

    entries = {entry.action: entry for entry in AuditEntry.objects.filter(actor_id=admin.pk)}

    assert {
        "policy.create",
        "policy.activate",
        "mask.create",
        "user.roles",
        "user.attributes",
        "grant.create",
        "workflow.classify",
    } <= entries.keys()
    assert entries["user.roles"].before == {"roles": ["viewer"]}
    assert entries["user.roles"].after == {"roles": ["analyst"]}
    assert entries["workflow.classify"].after == {"classification": "secret"}
