"""Invitations, effective access, sessions of others, and roles that come and go."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import LazySettings
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, Invitation, Role, Tenant, User
from accounts.permissions import permissions_named
from tests.contract import Api, SessionApi
from tests.people import PASSWORD, make_tenant, make_user

pytestmark = pytest.mark.django_db

NEW = "new@example.org"
CHOSEN = {"name": "Nora New", "password": "purple tram 88", "again": "purple tram 88"}


def invited(api: Api, *roles: str, email: str = NEW) -> dict[str, Any]:
    response = api.post("users/invitations/", {"email": email, "roles": list(roles)})
    assert response.status_code == 201, response.content
    found: dict[str, Any] = response.json()
    return found


def page_of(invitation: dict[str, Any]) -> str:
    return urlsplit(invitation["link"]).path


def words_of(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_an_invitation_makes_one_account_with_its_roles(admin_api: Api, tenant: Tenant) -> None:
    page = page_of(invited(admin_api, "viewer"))
    browser = Client()
    assert NEW in words_of(browser.get(page))

    assert "Welcome" in words_of(browser.post(page, CHOSEN))

    person = User.objects.get(email=NEW)
    assert (person.tenant_id, person.name) == (tenant.pk, "Nora New")
    assert list(person.groups.values_list("role__key", flat=True)) == ["viewer"]
    assert Client().login(email=NEW, password=CHOSEN["password"])
    assert browser.get(page).status_code == 404
    assert browser.post(page, CHOSEN).status_code == 404
    assert AuditEntry.objects.filter(tenant_id=tenant.pk, action="user.join").count() == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password": "short", "again": "short"}, "too short"),
        ({"again": "something else"}, "not what you wrote above"),
        ({"name": " "}, "required"),
    ],
    ids=["password", "again", "name"],
)
def test_a_form_that_does_not_do_makes_no_account(admin_api: Api, given: dict[str, str], said: str) -> None:
    answer = Client().post(page_of(invited(admin_api)), {**CHOSEN, **given})

    assert answer.status_code == 200
    assert said in words_of(answer)
    assert not User.objects.filter(email=NEW).exists()


def test_an_invitation_that_was_taken_back_or_is_too_old_does_not_work(admin_api: Api) -> None:
    back, old = invited(admin_api), invited(admin_api, email="old@example.org")

    assert admin_api.delete(f"users/invitations/{back['id']}/").status_code == 204
    Invitation.objects.filter(pk=old["id"]).update(expires_at=timezone.now() - timedelta(minutes=1))

    assert Client().post(page_of(back), CHOSEN).status_code == 404
    assert Client().post(page_of(old), CHOSEN).status_code == 404
    again = admin_api.delete(f"users/invitations/{back['id']}/")
    assert (again.status_code, again.json()["code"]) == (409, "invitation_ended")
    assert [row["is_expired"] for row in admin_api.get("users/invitations/").json()["results"]] == [True]


def test_asking_again_makes_the_earlier_link_useless(admin_api: Api) -> None:
    first, second = invited(admin_api), invited(admin_api)

    assert Client().get(page_of(first)).status_code == 404
    assert Client().get(page_of(second)).status_code == 200
    assert len(admin_api.get("users/invitations/").json()["results"]) == 1


def test_an_invitation_does_not_outlive_what_its_inviter_may_give(tenant: Tenant, admin_api: Api) -> None:
    inviter = make_user(tenant, "owner")
    page = page_of(invited(SessionApi(inviter), "admin"))

    assert admin_api.patch(f"users/{inviter.pk}/", {"roles": ["viewer"]}).status_code == 200

    assert Client().post(page, CHOSEN).status_code == 404


def test_nobody_is_invited_to_more_than_the_inviter_may(tenant: Tenant) -> None:
    role = Role.objects.get(tenant=tenant, key="operator")
    role.permissions.add(*permissions_named(["user.manage"]))
    operator = SessionApi(make_user(tenant, "operator"))

    refused = operator.post("users/invitations/", {"email": NEW, "roles": ["owner"]})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "beyond_yours"


def test_who_is_here_or_has_no_address_is_not_invited(admin_api: Api, admin: User) -> None:
    for email in (admin.email, "nobody", ""):
        refused = admin_api.post("users/invitations/", {"email": email, "roles": []})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "email")


def test_an_address_with_an_account_elsewhere_is_told_to_who_opens_the_link(admin_api: Api) -> None:
    stranger = make_user(make_tenant("Other"), "viewer")
    page = page_of(invited(admin_api, email=stranger.email))

    assert "There is an account with this address already" in words_of(Client().post(page, CHOSEN))


def test_the_link_is_mailed_where_mail_is_set_up_and_kept_nowhere(
    admin_api: Api, settings: LazySettings
) -> None:
    without = invited(admin_api)
    assert (without["is_mailed"], "EMAIL_URL" in without["mail_problem"]) == (False, True)
    settings.EMAIL_CONFIGURED = True

    with_mail = invited(admin_api)

    assert with_mail["is_mailed"] is True
    assert with_mail["link"] in mail.outbox[0].body
    secret = with_mail["link"].rstrip("/").rpartition("/")[2]
    said = [str(row) for row in AuditEntry.objects.values_list("after", "object_label")]
    assert secret not in "".join(said)
    assert "link" not in admin_api.get("users/invitations/").json()["results"][0]


def test_effective_access_says_what_by_which_rule(
    admin_api: Api, tenant: Tenant, workflow: dict[str, Any]
) -> None:
    viewer = make_user(tenant, "viewer")
    in_force(admin_api, about_secrets("workflow.view"))

    found = admin_api.get(f"users/{viewer.pk}/access/").json()

    answers = {each["action"]: each for kind in found["types"] for each in kind["actions"]}
    assert (answers["workflow.view"]["answer"], answers["workflow.view"]["policies"]) == (
        "sometimes",
        ["no-secrets"],
    )
    assert (answers["run.view"]["answer"], answers["run.view"]["rule"]) == ("always", "role")
    assert (answers["workflow.edit"]["answer"], answers["workflow.edit"]["rule"]) == ("never", "no_role")
    assert [role["key"] for role in found["roles"]] == ["viewer"]
    of_workflow = next(row for row in found["workflows"]["results"] if row["id"] == workflow["id"])
    assert of_workflow["actions"]["workflow.view"]["allowed"] is True
    assert of_workflow["actions"]["workflow.delete"]["allowed"] is False


def test_effective_access_is_for_those_who_see_policies(api: Api, admin: User) -> None:
    """The one who asks is an editor."""
    assert api.get(f"users/{admin.pk}/access/").status_code == 403


def test_sessions_of_others_are_listed_and_ended(admin_api: Api, tenant: Tenant) -> None:
    viewer = make_user(tenant, "viewer")
    browser = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"})
    assert browser.login(email=viewer.email, password=PASSWORD)
    theirs = f"users/{viewer.pk}/sessions/"

    rows = admin_api.get(theirs).json()["results"]

    assert len(rows) == 1
    assert admin_api.delete(f"{theirs}{rows[0]['id']}/").status_code == 204
    assert browser.get("/api/v1/me/").status_code == 401
    assert admin_api.get(theirs).json()["results"] == []
    assert admin_api.delete(f"{theirs}{rows[0]['id']}/").status_code == 404
    assert admin_api.delete(theirs).status_code == 204


def test_a_page_of_who_was_deactivated_says_so(admin_api: Api, tenant: Tenant) -> None:
    viewer = make_user(tenant, "viewer")
    browser = Client()
    browser.force_login(viewer)

    admin_api.patch(f"users/{viewer.pk}/", {"is_active": False})

    assert browser.get("/workflows").headers["Location"] == "/sign-in/inactive/"


def test_a_token_of_who_was_deactivated_says_so(admin_api: Api, tenant: Tenant) -> None:
    viewer = make_user(tenant, "viewer")
    theirs = Api(viewer)

    admin_api.patch(f"users/{viewer.pk}/", {"is_active": False})

    assert theirs.get("me/").json()["code"] == "deactivated"


def test_a_role_is_made_inherits_and_goes(admin_api: Api, tenant: Tenant) -> None:
    body = {"key": "reviewer", "label": "Reviewer", "permissions": ["audit.view"], "parents": ["viewer"]}
    made = admin_api.post("roles/", {**body, "ceiling": ["audit.view", "workflow.view"]}).json()

    assert made["permissions"] == ["audit.view"]
    assert made["inherited"]["workflow.view"] == "viewer"
    assert made["limit"] == ["audit.view", "workflow.view"]
    assert admin_api.post("roles/", body).json()["code"] == "role_taken"
    assert admin_api.delete(f"roles/{made['id']}/").status_code == 204
    assert admin_api.get(f"roles/{made['id']}/").status_code == 404


@pytest.mark.parametrize("hangs", ["person", "child", "share", "invitation"])
def test_a_role_that_something_hangs_on_stays(
    admin_api: Api, tenant: Tenant, workflow: dict[str, Any], hangs: str
) -> None:
    role = admin_api.post("roles/", {"key": "temp", "label": "Temp"}).json()
    if hangs == "person":
        make_user(tenant, "temp")
    elif hangs == "child":
        admin_api.post("roles/", {"key": "below", "label": "Below", "parents": ["temp"]})
    elif hangs == "share":
        share = {"role": "temp", "actions": ["workflow.view"]}
        assert admin_api.post(f"workflows/{workflow['id']}/grants/", share).status_code == 201
    else:
        invited(admin_api, "temp")

    refused = admin_api.delete(f"roles/{role['id']}/")

    assert (refused.status_code, refused.json()["code"]) == (409, "role_in_use")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": "No Slug"}, "key"),
        ({"permissions": ["workflow.fly"]}, "permissions.0"),
        ({"ceiling": ["x"]}, "ceiling.0"),
        ({"parents": ["emperor"]}, "parents"),
    ],
)
def test_a_role_that_cannot_be_is_refused(admin_api: Api, change: dict[str, Any], field: str) -> None:
    refused = admin_api.post("roles/", {"key": "temp", "label": "Temp", **change})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == field
    assert not Role.objects.filter(key="temp").exists()


def test_nobody_makes_a_role_that_gives_more_than_they_may(tenant: Tenant) -> None:
    role = Role.objects.get(tenant=tenant, key="operator")
    role.permissions.add(*permissions_named(["role.manage"]))
    operator = SessionApi(make_user(tenant, "operator"))

    refused = operator.post("roles/", {"key": "temp", "label": "Temp", "permissions": ["user.manage"]})

    assert refused.json()["errors"][0]["code"] == "beyond_yours"


def test_a_policy_about_single_things_does_not_keep_roles_from_being_given(
    admin_api: Api, tenant: Tenant
) -> None:
    """Whoever receives the role is bound by the policy as well."""
    in_force(admin_api, about_secrets("run.data"))
    viewer = make_user(tenant, "viewer")

    assert admin_api.patch(f"users/{viewer.pk}/", {"roles": ["editor"]}).status_code == 200


def test_a_policy_that_leaves_nothing_keeps_roles_from_being_given(admin_api: Api, tenant: Tenant) -> None:
    in_force(admin_api, {**about_secrets("run.cancel"), "condition": None})
    viewer = make_user(tenant, "viewer")

    refused = admin_api.patch(f"users/{viewer.pk}/", {"roles": ["editor"]})

    assert refused.json()["errors"][0]["code"] == "beyond_yours"


def test_a_share_on_one_thing_does_not_let_one_give_a_role_for_all(
    admin_api: Api, tenant: Tenant, workflow: dict[str, Any]
) -> None:
    role = Role.objects.get(tenant=tenant, key="operator")
    role.permissions.add(*permissions_named(["role.manage"]))
    operator = make_user(tenant, "operator")
    share = {"email": operator.email, "actions": ["workflow.delete"]}
    assert admin_api.post(f"workflows/{workflow['id']}/grants/", share).status_code == 201

    asked = {"key": "temp", "label": "Temp", "permissions": ["workflow.delete"]}
    refused = SessionApi(operator).post("roles/", asked)

    assert refused.json()["errors"][0]["code"] == "beyond_yours"


def about_secrets(action: str) -> dict[str, Any]:
    return {
        "key": "no-secrets",
        "effect": "deny",
        "actions": [action],
        "resource_type": action.partition(".")[0],
        "condition": {
            "attribute_path": "resource.classification",
            "operator": "equals",
            "value": "secret",
        },
    }


def in_force(api: Api, document: dict[str, Any]) -> None:
    made = api.post("policies/", document).json()
    on = {"status": "active", "note": "", "revision": made["revision"]}
    assert api.post(f"policies/{made['id']}/activate/", on).status_code == 200
