"""What administrators ask before they set a policy in force: lint, simulation, impact, words; and files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import DecisionLog, DecisionVia, Policy, Tenant, User
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db

RISK = {"attribute_path": "user.department", "operator": "equals", "value": "risk"}
DENY = {"effect": "deny", "actions": ["workflow.run"], "condition": RISK}


def ok(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.content
    body: dict[str, Any] = response.json()
    return body


def active(api: Api, **document: Any) -> dict[str, Any]:
    made = ok(api.post("policies/", document), 201)
    return ok(api.post(f"policies/{made['id']}/activate/", {"status": "active", "revision": 1}))


def findings(api: Api, **body: Any) -> list[tuple[str, str]]:
    return [(each["code"], each["path"]) for each in ok(api.post("policies/lint/", body))["findings"]]


def test_lint_knows_the_workspace(admin_api: Api) -> None:
    active(admin_api, key="all", effect="deny", actions=["workflow.*"])
    gone = {"attribute_path": "user.shoe_size", "operator": "exists"}

    assert ("shadowed", "") in findings(admin_api, document={**DENY, "effect": "allow"})
    unknown = findings(admin_api, document={"effect": "deny", "actions": ["run.view"], "condition": gone})
    assert ("unknown_attribute", "condition.attribute_path") in unknown


def test_lint_tells_of_a_lock_out_before_activation(admin_api: Api) -> None:
    everybody = {"effect": "deny", "actions": ["policy.manage"]}

    assert ("lock_out", "") in findings(admin_api, document=everybody)
    some = {**everybody, "condition": RISK}
    # Who has no department might be of risk: nobody can tell.
    assert ("lock_out", "") in findings(admin_api, document=some)
    known = {"and": [{"attribute_path": "user.department", "operator": "exists"}, RISK]}
    assert ("lock_out", "") not in findings(admin_api, document={**everybody, "condition": known})


def test_a_rule_names_what_is_gone(admin_api: Api) -> None:
    policy = ok(admin_api.post("policies/", {"key": "a", **DENY}), 201)
    attributes = ok(admin_api.get("attributes/"))["results"]
    department = next(each["id"] for each in attributes if each["name"] == "department")
    assert admin_api.delete(f"attributes/{department}/").status_code == 204

    (listed,) = ok(admin_api.get("policies/"))["results"]

    assert listed["referenced_unknown"] == ["user.department"]
    refused = admin_api.post(f"policies/{policy['id']}/activate/", {"status": "active", "revision": 1})
    assert refused.status_code == 422


def test_a_simulation_shows_what_is_in_force_beside_the_draft(admin_api: Api, tenant: Tenant) -> None:
    person = make_user(tenant, "editor", attributes={"department": "risk"})
    asked = {"action": "workflow.run", "user": str(person.pk), "resource": {"type": "workflow"}}

    alone = ok(admin_api.post("policies/simulate/", asked))
    assert (alone["allowed"], alone["draft"]) == (True, None)

    both = ok(admin_api.post("policies/simulate/", {**asked, "draft": {"document": DENY}}))

    assert (both["active"]["allowed"], both["draft"]["allowed"], both["allowed"]) == (True, False, False)
    assert both["draft"]["explanation"]["policies"][0]["condition"]["actual"] == "risk"
    assert both["took_us"] >= 0
    assert both["stated"]["subject"] == {
        "roles": ["editor"],
        "attributes": {"department": "risk"},
        "email": person.email,
    }
    assert both["stated"]["resource"]["type"] == "workflow"


def test_a_saved_draft_is_tried_by_its_policy(admin_api: Api) -> None:
    policy = active(admin_api, key="a", **DENY)
    document = {"effect": "deny", "actions": ["workflow.run"]}
    ok(admin_api.put(f"policies/{policy['id']}/draft/", {"version": 0, "document": document}))
    asked = {
        "action": "workflow.run",
        "subject": {"roles": ["editor"], "attributes": {"department": "sales"}},
        "draft": {"policy_id": policy["id"]},
    }

    answer = ok(admin_api.post("policies/simulate/", asked))

    assert (answer["active"]["allowed"], answer["draft"]["allowed"]) == (True, False)
    nowhere = {**asked, "draft": {"policy_id": str(uuid4())}}
    assert admin_api.post("policies/simulate/", nowhere).status_code == 404


def logged(person: User, workflow_id: str, *, days: float, allowed: bool = True) -> None:
    DecisionLog.objects.create(
        tenant=person.tenant,
        at=timezone.now() - timedelta(days=days),
        user=person,
        action="workflow.run",
        resource_type="workflow",
        resource_id=workflow_id,
        allowed=allowed,
        rule="role",
        via=DecisionVia.REST,
    )


def test_an_impact_says_whom_a_policy_would_have_hit(
    admin_api: Api, tenant: Tenant, workflow: dict[str, Any]
) -> None:
    risk = make_user(tenant, "editor", attributes={"department": "risk"})
    sales = make_user(tenant, "editor", attributes={"department": "sales"})
    for person in (risk, sales):
        logged(person, workflow["id"], days=1)
    logged(risk, workflow["id"], days=9)
    logged(risk, str(uuid4()), days=1)

    impact = ok(admin_api.post("policies/impact/", {"document": DENY, "days": 7}), 202)

    assert (impact["finished"], impact["done"], impact["of"]) == (True, 3, 3)
    assert (impact["newly_denied"], impact["newly_allowed"], impact["unknown"]) == (1, 0, 1)
    assert (impact["people"], impact["workflows"]) == (1, 1)
    (changed,) = impact["list"]
    assert (changed["user"]["id"], changed["before"], changed["after"]) == (str(risk.pk), True, False)
    assert ok(admin_api.get(f"policies/impact/{impact['id']}/")) == impact


def test_an_impact_is_of_who_asked(admin_api: Api, tenant: Tenant, viewer_api: Api) -> None:
    impact = ok(admin_api.post("policies/impact/", {"document": DENY}), 202)

    assert Api(make_user(tenant, "admin")).get(f"policies/impact/{impact['id']}/").status_code == 404
    assert viewer_api.post("policies/impact/", {"document": DENY}).status_code == 403


def test_who_sees_no_decisions_sees_no_impact(admin_api: Api) -> None:
    active(admin_api, key="blind", effect="deny", actions=["decision.view"])

    assert admin_api.post("policies/impact/", {"document": DENY}).status_code == 403


def test_a_policy_is_hit_by_what_it_decided(admin_api: Api, tenant: Tenant, workflow: dict[str, Any]) -> None:
    person = make_user(tenant, "editor", attributes={"department": "risk"})
    api = Api(person)
    active(admin_api, key="a", **DENY)

    api.post(f"workflows/{workflow['id']}/runs/", {})

    (listed,) = ok(admin_api.get("policies/"))["results"]
    assert listed["hits_24h"] == 1
    assert DecisionLog.objects.get().ip == "127.0.0.1"


def test_files_are_taken_whole_or_not_at_all(admin_api: Api) -> None:
    wrong = {"key": "b", "effect": "deny", "actions": ["workflow.fly"]}
    bad = {"key": "Bad key", "effect": "deny", "actions": ["workflow.run"]}

    refused = admin_api.post("policies/import/", {"policies": [{"key": "a", **DENY}, wrong, bad]})

    assert refused.status_code == 422
    fields = {each["field"] for each in refused.json()["errors"]}
    assert fields == {"policies.1.actions[0]", "policies.2.key"}
    assert not Policy.objects.exists()


def test_an_export_is_imported_as_drafts(admin_api: Api) -> None:
    policy = active(admin_api, key="a", **DENY)
    exported = ok(admin_api.get("policies/export/"))["policies"]
    assert [(each["key"], each["status"]) for each in exported] == [("a", "active")]
    changed = [{**exported[0], "condition": None}, {"key": "b", **DENY}]

    answer = ok(admin_api.post("policies/import/", {"policies": changed}), 201)

    assert (answer["created"], answer["changed"]) == (1, 1)
    first = ok(admin_api.get(f"policies/{policy['id']}/"))
    assert (first["condition"], first["draft"]["document"]["condition"]) == (RISK, None)
    assert Policy.objects.get(key="b").status == "draft"


@pytest.mark.parametrize("policies", [[], [1], [{}], [{"key": "a"}], [{"key": ["a"], "effect": 1}], "x"])
def test_a_malformed_file_is_refused(admin_api: Api, policies: Any) -> None:
    assert admin_api.post("policies/import/", {"policies": policies}).status_code == 422


def test_rules_are_written_with_the_words_of_the_workspace(admin_api: Api) -> None:
    words = ok(admin_api.get("policies/vocabulary/"))

    paths = {each["path"]: each for each in words["paths"]}
    assert paths["user.clearance"]["kind"] == "level"
    assert "secret" in paths["user.clearance"]["allowed"]
    assert "run" in paths["resource.workflow.classification"]["applies_to"]
    assert {"user.roles", "env.hour", "action", "resource.type"} <= paths.keys()
    operators = {each["name"]: each for each in words["operators"]}
    assert operators["between"]["takes"] == "range"
    assert "token.manage" not in {each["name"] for each in words["actions"]}
    assert {"viewer", "admin"} <= {each["key"] for each in words["roles"]}
