"""Attributes, levels, and what things are classified by."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from tests.contract import Api

pytestmark = pytest.mark.django_db


def attribute(api: Api, **changes: Any) -> Any:
    return api.post("attributes/", {"name": "site", "label": "Site", "kind": "text", **changes})


def attribute_id(api: Api, name: str) -> str:
    found = api.get("attributes/").json()["results"]
    return next(str(each["id"]) for each in found if each["name"] == name)


def test_a_workspace_starts_with_levels_and_attributes(admin_api: Api, viewer_api: Api) -> None:
    levels = [level["key"] for level in viewer_api.get("levels/").json()["results"]]

    assert levels == [
        "public",
        "internal",
        "confidential",
        "secret",
        "top_secret",
    ]
    assert {each["name"] for each in admin_api.get("attributes/").json()["results"]} == {
        "clearance",
        "department",
        "region",
    }
    assert viewer_api.get("attributes/").status_code == 403


def test_an_attribute_that_is_defined_can_be_given_and_named(admin_api: Api, admin: User) -> None:
    assert attribute(admin_api, allowed=["north", "south"]).status_code == 201

    assert admin_api.patch(f"users/{admin.pk}/", {"attributes": {"site": "west"}}).status_code == 422
    assert admin_api.patch(f"users/{admin.pk}/", {"attributes": {"site": "north"}}).status_code == 200
    condition = {"attribute_path": "user.site", "operator": "equals", "value": "north"}
    policy = {"key": "x", "effect": "allow", "actions": ["workflow.view"], "condition": condition}
    assert admin_api.post("policies/validate/", policy).json()["problems"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "Two Words"}, "name"),
        ({"name": "email"}, "name"),
        ({"name": "site", "applies_to": "resource"}, "name"),
        ({"kind": "colour"}, "kind"),
        ({"kind": "number", "allowed": ["seven"]}, "allowed.0"),
        ({"kind": "boolean", "allowed": ["yes"]}, "allowed"),
        ({"allowed": []}, "allowed"),
    ],
)
def test_an_attribute_that_cannot_be_is_refused(admin_api: Api, changes: dict[str, Any], field: str) -> None:
    response = attribute(admin_api, **changes)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_an_attribute_in_use_stays(admin_api: Api, admin: User) -> None:
    attribute(admin_api)
    address = f"attributes/{attribute_id(admin_api, 'site')}/"
    admin_api.patch(f"users/{admin.pk}/", {"attributes": {"site": "north"}})

    assert admin_api.delete(address).json()["code"] == "attribute_in_use"
    assert admin_api.patch(address, {"kind": "number"}).json()["code"] == "values_do_not_fit"
    admin_api.patch(f"users/{admin.pk}/", {"attributes": {}})
    assert admin_api.delete(address).status_code == 204


def test_an_attribute_that_a_policy_in_force_names_stays(admin_api: Api) -> None:
    attribute(admin_api)
    condition = {"attribute_path": "user.site", "operator": "equals", "value": "north"}
    policy = {"key": "x", "effect": "allow", "actions": ["workflow.run"], "condition": condition}
    made = admin_api.post("policies/", policy).json()
    admin_api.post(f"policies/{made['id']}/activate/", {"status": "active", "revision": 1})

    refused = admin_api.delete(f"attributes/{attribute_id(admin_api, 'site')}/")

    assert refused.status_code == 422
    assert "“x”" in refused.json()["detail"]


def test_levels_are_set_as_a_whole(admin_api: Api, admin: User) -> None:
    admin_api.patch(f"users/{admin.pk}/", {"attributes": {"clearance": "secret"}})
    new = [{"key": key, "label": key.title()} for key in ("open", "internal", "closed")]

    assert admin_api.put("levels/", {"levels": new}).json()["code"] == "level_in_use"
    admin_api.patch(f"users/{admin.pk}/", {"attributes": {}})
    changed = admin_api.put("levels/", {"levels": new})
    assert [each["key"] for each in changed.json()["results"]] == ["open", "internal", "closed"]
    assert admin_api.put("levels/", {"levels": new[:1]}).status_code == 422
    assert admin_api.put("levels/", {"levels": [*new, new[1]]}).status_code == 422


def test_a_level_that_a_thing_has_stays(admin_api: Api, workflow: dict[str, Any]) -> None:
    admin_api.patch(f"workflows/{workflow['id']}/access/", {"classification": "secret"})
    new = [{"key": key, "label": key.title()} for key in ("public", "internal")]

    refused = admin_api.put("levels/", {"levels": new})

    assert refused.json()["code"] == "level_in_use"
    assert "Doubling" in refused.json()["detail"]


def test_a_workflow_is_classified_by_who_edits_it(
    api: Api, admin_api: Api, viewer_api: Api, workflow: dict[str, Any]
) -> None:
    address = f"workflows/{workflow['id']}/access/"
    assert api.get(address).json() == {
        "classification": "internal",
        "department": "",
        "region": "",
        "tags": [],
    }

    changed = api.patch(address, {"classification": "secret", "department": "Sales", "tags": ["a", "b", "a"]})
    assert changed.json() == {
        "classification": "secret",
        "department": "Sales",
        "region": "",
        "tags": ["a", "b"],
    }
    assert api.patch(address, {"classification": "cosmic"}).status_code == 422
    assert viewer_api.patch(address, {"region": "EU"}).status_code == 403

    lowered = api.patch(address, {"classification": "public"})
    assert lowered.json()["errors"][0]["code"] == "lowered"
    assert admin_api.patch(address, {"classification": "public"}).status_code == 200
    assert api.get(f"workflows/{workflow['id']}/").json()["classification"] == "public"


def test_a_workspace_can_lay_down_what_a_department_may_be(
    admin_api: Api, api: Api, workflow: dict[str, Any]
) -> None:
    attribute(admin_api, name="department", applies_to="resource", allowed=["Sales", "Legal"])
    address = f"workflows/{workflow['id']}/access/"

    assert api.patch(address, {"department": "Magic"}).json()["errors"][0]["field"] == "department"
    assert api.patch(address, {"department": "Legal"}).status_code == 200


def test_nobody_of_another_workspace_classifies_ours(stranger_api: Api, workflow: dict[str, Any]) -> None:
    assert stranger_api.patch(f"workflows/{workflow['id']}/access/", {"region": "EU"}).status_code == 404
