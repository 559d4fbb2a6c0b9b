"""People and roles of a workspace, by the API."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Role, Tenant, User
from tests.contract import Api, SessionApi
from tests.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def viewer(tenant: Tenant) -> User:
    return make_user(tenant, "viewer")


def address(user: User) -> str:
    return f"users/{user.pk}/"


def role_of(tenant: Tenant, key: str) -> str:
    return f"roles/{Role.objects.get(tenant=tenant, key=key).pk}/"


def test_a_person_is_given_roles_and_attributes(
    admin_api: Api, viewer: User, workflow: dict[str, Any]
) -> None:
    theirs = SessionApi(viewer)
    before = theirs.get("me/").json()["access_version"]
    assert theirs.post("workflows/", {"name": "Mine"}).status_code == 403

    changed = admin_api.patch(address(viewer), {"roles": ["editor"], "attributes": {"clearance": "secret"}})

    assert changed.status_code == 200, changed.content
    assert [role["key"] for role in changed.json()["roles"]] == ["editor"]
    assert changed.json()["attributes"] == {"clearance": "secret"}
    assert theirs.post("workflows/", {"name": "Mine"}).status_code == 201
    assert theirs.get("me/").json()["access_version"] != before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"roles": ["emperor"]}, "roles"),
        ({"attributes": {"shoe_size": 43}}, "attributes.shoe_size"),
        ({"attributes": {"clearance": "cosmic"}}, "attributes.clearance"),
        ({"attributes": {"department": 7}}, "attributes.department"),
    ],
    ids=["role", "attribute", "level", "type"],
)
def test_what_is_not_there_or_does_not_fit_is_refused(
    admin_api: Api, viewer: User, change: dict[str, Any], field: str
) -> None:
    response = admin_api.patch(address(viewer), change)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_a_person_who_is_deactivated_comes_in_no_more(admin_api: Api, admin: User, viewer: User) -> None:
    theirs = SessionApi(viewer)

    assert admin_api.patch(address(viewer), {"is_active": False}).json()["is_active"] is False
    told = theirs.get("me/")
    assert (told.status_code, told.json()["code"]) == (401, "deactivated")
    assert "was deactivated" in told.json()["detail"]
    assert admin_api.patch(address(viewer), {"is_active": True}).status_code == 200
    assert theirs.get("me/").json()["code"] == "not_signed_in"
    assert SessionApi(viewer).get("me/").status_code == 200
    assert admin_api.patch(address(admin), {"is_active": False}).json()["code"] == "own_account"


def test_the_last_who_may_change_policies_keeps_that(admin_api: Api, admin: User, tenant: Tenant) -> None:
    assert admin_api.patch(address(admin), {"roles": ["viewer"]}).json()["code"] == "lock_out"

    make_user(tenant, "owner")
    assert admin_api.patch(address(admin), {"roles": ["viewer"]}).status_code == 200


def test_nobody_gives_a_role_that_can_do_more_than_they_can(tenant: Tenant, viewer: User) -> None:
    make_user(tenant, "owner")
    role = Role.objects.get(tenant=tenant, key="operator")
    from accounts.permissions import permissions_named

    role.permissions.add(*permissions_named(["user.manage"]))
    operator = SessionApi(make_user(tenant, "operator"))

    refused = operator.patch(address(viewer), {"roles": ["owner"]})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "beyond_yours"
    assert operator.patch(address(viewer), {"roles": ["operator"]}).status_code == 200


def test_attributes_are_shown_to_those_who_manage_people(admin_api: Api, api: Api, viewer: User) -> None:
    admin_api.patch(address(viewer), {"attributes": {"clearance": "secret"}})

    assert api.get(address(viewer)).json()["attributes"] is None
    assert Api(viewer).get(address(viewer)).json()["attributes"] == {"clearance": "secret"}
    assert api.get("users/", {"role": "viewer"}).json()["results"][0]["email"] == viewer.email


def test_people_of_another_workspace_are_not_there(stranger_api: Api, viewer: User) -> None:
    assert stranger_api.get(address(viewer)).status_code == 404
    assert stranger_api.patch(address(viewer), {"roles": []}).status_code == 404
    assert viewer.email not in stranger_api.get("users/").content.decode()


def test_a_role_inherits_from_its_parents(admin_api: Api, tenant: Tenant, viewer: User) -> None:
    theirs = SessionApi(viewer)
    assert theirs.post("workflows/", {"name": "Mine"}).status_code == 403

    changed = admin_api.patch(role_of(tenant, "viewer"), {"parents": ["editor"]})
    assert changed.json()["parents"] == ["editor"]
    assert theirs.post("workflows/", {"name": "Mine"}).status_code == 201

    circle = admin_api.patch(role_of(tenant, "editor"), {"parents": ["viewer"]})
    assert circle.json()["errors"][0]["code"] == "circle"


def test_a_ceiling_bounds_what_other_roles_give(admin_api: Api, tenant: Tenant) -> None:
    both = SessionApi(make_user(tenant, "viewer", "editor"))
    assert both.post("workflows/", {"name": "Mine"}).status_code == 201

    bounded = admin_api.patch(role_of(tenant, "viewer"), {"ceiling": ["workflow.view", "account.view"]})
    assert bounded.json()["ceiling"] == ["account.view", "workflow.view"]
    assert both.post("workflows/", {"name": "Mine"}).status_code == 403

    assert admin_api.patch(role_of(tenant, "viewer"), {"ceiling": None}).json()["ceiling"] is None
    assert both.post("workflows/", {"name": "Mine"}).status_code == 201


def test_a_role_cannot_take_policies_from_everybody(admin_api: Api, tenant: Tenant) -> None:
    response = admin_api.patch(role_of(tenant, "admin"), {"permissions": ["workflow.view"]})

    assert response.json()["code"] == "lock_out"
    assert admin_api.get("policies/").status_code == 200


def test_a_role_gives_actions_that_are_there(admin_api: Api, tenant: Tenant) -> None:
    address = role_of(tenant, "viewer")

    assert admin_api.patch(address, {"permissions": ["workflow.fly"]}).status_code == 422
    given = admin_api.patch(address, {"permissions": ["workflow.view", "account.view"]}).json()
    assert given["permissions"] == ["account.view", "workflow.view"]
