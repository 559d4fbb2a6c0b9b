"""What one person may do with one thing, at every address, whatever their role lets them do elsewhere."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import DecisionLog, Effect, Grant, Policy, PolicyStatus, Tenant, User
from accounts.services.versions import bump_policy_version
from tests.api.matrix import ABSENT, ROWS
from tests.api.test_matrix import Caller
from tests.api.things import make_things
from tests.contract import Api
from tests.people import make_user

OF_WORKFLOW = ("workflow_id", "run_id", "trigger_id", "approval_id", "notification_id")
LISTS = ("workflows", "runs", "triggers", "approvals", "notifications", "datasets", "credentials")


def add_policy(tenant: Tenant, effect: Effect, *actions: str, **fields: Any) -> Policy:
    policy = Policy.objects.create(
        tenant=tenant,
        key=f"p{Policy.objects.count()}",
        effect=effect,
        actions=list(actions),
        status=PolicyStatus.ACTIVE,
        **fields,
    )
    bump_policy_version(tenant.pk)
    return policy


class Browser:
    """The API by somebody's session, which no scopes narrow."""

    def __init__(self, user: User) -> None:
        self._client = Client()
        self._client.force_login(user)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        content = b"" if body is None else json.dumps(body).encode()
        return self._client.generic(method, f"/api/v1/{path}", content, content_type="application/json")


def test_a_thing_that_a_policy_denies_is_at_none_of_its_addresses(tenant: Tenant) -> None:
    owner = make_user(tenant, "owner")
    things = make_things(owner)
    names = ("workflow", "dataset", "credential")
    named = (*OF_WORKFLOW, "dataset_id", "credential_id")
    rows = [row for row in ROWS if row not in ABSENT and any(f"{{{name}}}" in row for name in named)]

    for name in names:
        add_policy(tenant, Effect.DENY, "*", resource_type=name, resources=[things[f"{name}_id"]])
    caller = Caller(owner)
    answers = {row: caller.status(row, things) for row in rows}

    assert len(rows) > 50
    assert {row: status for row, status in answers.items() if status != 404} == {}
    for name in LISTS:
        assert Api(owner).get(f"{name}/").json()["results"] == [], name


def test_who_was_given_one_workflow_reaches_that_one_alone(tenant: Tenant, api: Api) -> None:
    shared, other = (api.post("workflows/", {"name": name}).json()["id"] for name in ("Shared", "Other"))
    guest = make_user(tenant)
    Grant.objects.create(
        tenant=tenant, resource_type="workflow", resource_id=shared, user=guest, actions=["workflow.view"]
    )
    theirs = Api(guest)

    assert [item["id"] for item in theirs.get("workflows/").json()["results"]] == [shared]
    assert theirs.get(f"workflows/{shared}/").status_code == 200
    assert theirs.get(f"workflows/{other}/").status_code == 404
    assert theirs.delete(f"workflows/{shared}/").status_code == 403
    assert theirs.get("runs/").status_code == 403


@pytest.mark.parametrize(("clearance", "status"), [("internal", 201), ("public", 403), (None, 403)])
def test_what_is_made_is_judged_before_it_is_made(tenant: Tenant, clearance: str | None, status: int) -> None:
    above = {"attribute_path": "user.clearance", "operator": "security_level_below",
             "value_path": "resource.classification"}  # fmt: skip
    add_policy(tenant, Effect.DENY, "*", resource_type="workflow", condition=above)
    attributes = {} if clearance is None else {"clearance": clearance}
    author = Browser(make_user(tenant, "editor", attributes=attributes))

    answer = author.call("POST", "workflows/", {"name": "New"})

    assert answer.status_code == status, answer.content
    if status == 403:
        body = answer.json()
        assert (body["rule"], body["policies"], body["action"]) == ("policy_deny", ["p0"], "workflow.create")
        assert ("user.clearance" in body["missing"]) is (clearance is None)
        assert body["can_request"] is False


def test_a_refusal_says_what_could_be_asked_for(tenant: Tenant, workflow: dict[str, Any]) -> None:
    viewer = Browser(make_user(tenant, "viewer"))

    refused = viewer.call("POST", f"workflows/{workflow['id']}/runs/", {})

    assert refused.status_code == 403
    body = refused.json()
    assert (body["reason"], body["rule"], body["action"]) == ("no_role", "no_role", "workflow.run")
    assert (body["resource_type"], body["resource_id"]) == ("workflow", workflow["id"])
    assert body["can_request"] is True


def test_denials_are_logged_and_what_is_allowed_as_often_as_is_wanted(
    tenant: Tenant, workflow: dict[str, Any]
) -> None:
    viewer = make_user(tenant, "viewer")
    address = f"workflows/{workflow['id']}/"
    theirs = Browser(viewer)
    theirs.call("GET", address)
    theirs.call("DELETE", address)

    [denied] = logged(viewer)
    assert (denied.action, denied.resource_id, denied.allowed) == ("workflow.delete", workflow["id"], False)
    assert (denied.rule, denied.via) == ("no_role", "rest")
    assert denied.request_id != ""

    Tenant.objects.filter(pk=tenant.pk).update(decision_sample=1.0)
    theirs.call("GET", address)
    assert {row.action for row in logged(viewer) if row.allowed} == {"workflow.view"}


def test_a_policy_in_shadow_is_told_of_and_decides_nothing(tenant: Tenant, workflow: dict[str, Any]) -> None:
    shadow = add_policy(tenant, Effect.DENY, "workflow.view")
    Policy.objects.filter(pk=shadow.pk).update(status=PolicyStatus.SHADOW)
    bump_policy_version(tenant.pk)
    viewer = make_user(tenant, "viewer")

    assert Browser(viewer).call("GET", f"workflows/{workflow['id']}/").status_code == 200

    assert [(row.allowed, row.shadow) for row in logged(viewer)] == [(True, [shadow.key])]


def logged(user: User) -> list[DecisionLog]:
    return list(DecisionLog.objects.filter(user=user))
