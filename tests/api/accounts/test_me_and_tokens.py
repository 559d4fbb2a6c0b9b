from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.access import BUILT_IN_ROLES
from accounts.models import ApiToken, Tenant, User
from tests.people import PASSWORD, bearer, make_tenant, make_user, signed_in

pytestmark = pytest.mark.django_db


def post(client: Client, path: str, body: dict[str, object], **headers: str) -> object:
    return client.post(path, body, content_type="application/json", headers=headers)


def csrf(client: Client) -> dict[str, str]:
    client.get("/sign-out/")
    return {"X-CSRFToken": client.cookies["csrftoken"].value}


def test_me_tells_who_is_signed_in_and_what_they_may(editor: User, tenant: Tenant) -> None:
    body = signed_in(editor).get("/api/v1/me/").json()

    assert body["id"] == str(editor.pk)
    assert body["email"] == editor.email
    assert body["tenant"] == {"id": str(tenant.pk), "name": tenant.name}
    assert body["roles"] == [{"key": "editor", "label": "Editor"}]
    assert set(body["permissions"]) == BUILT_IN_ROLES["editor"].permissions
    assert body["attributes"] == {}


def test_me_by_token_tells_what_the_token_may(client: Client, editor: User) -> None:
    body = client.get("/api/v1/me/", headers=bearer(editor, ["workflow.view"])).json()

    assert set(body["permissions"]) == {"workflow.view", "account.view"}


@pytest.mark.parametrize("path", ["/api/v1/me/", "/api/v1/tokens/"])
def test_nobody_signed_in_is_401_as_a_problem(client: Client, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Bearer", "Bearer nonsense", "Bearer lg_" + "a" * 43])
def test_a_bad_token_is_401_and_never_falls_back_to_the_session(editor: User, header: str) -> None:
    response = signed_in(editor).get("/api/v1/me/", headers={"Authorization": header})

    assert response.status_code == 401


def test_a_method_that_is_not_answered_is_405(editor: User) -> None:
    assert signed_in(editor).delete("/api/v1/me/", headers=bearer(editor)).status_code == 405
    assert signed_in(editor).options("/api/v1/me/", headers=bearer(editor)).status_code == 405


def test_a_token_is_shown_once(editor: User) -> None:
    client = signed_in(editor)

    made = post(
        client,
        "/api/v1/tokens/",
        {"name": "ci", "scopes": ["run.view"], "expires_in_days": 7},
        **csrf(client),
    )

    assert made.status_code == 201
    secret = made.json()["token"]
    listed = client.get("/api/v1/tokens/")
    assert listed.json()["next"] is None
    (row,) = listed.json()["results"]
    assert row["scopes"] == ["run.view"]
    assert row["prefix"] == secret[: len(row["prefix"])]
    assert row["last_used_at"] is None
    assert secret not in listed.content.decode()
    assert "token" not in row


def test_a_made_token_works_until_it_is_deleted(client: Client, editor: User) -> None:
    headers = bearer(editor)
    token = ApiToken.objects.get()

    assert client.get("/api/v1/me/", headers=headers).status_code == 200
    assert client.delete(f"/api/v1/tokens/{token.pk}/", headers=headers).status_code == 204
    assert client.get("/api/v1/me/", headers=headers).status_code == 401


def test_an_expired_token_is_401(client: Client, editor: User) -> None:
    headers = bearer(editor)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert client.get("/api/v1/me/", headers=headers).status_code == 401


def test_a_token_without_the_scope_is_403_with_the_reason(client: Client, editor: User) -> None:
    response = client.get("/api/v1/tokens/", headers=bearer(editor, ["workflow.view"]))

    assert response.status_code == 403
    assert "token.manage" in response.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "ci", "scopes": ["user.manage"]}, "scopes"),
        ({"name": "ci", "scopes": ["no.such"]}, "scopes"),
        ({"name": "ci", "scopes": []}, "scopes"),
        ({"name": "ci", "expires_in_days": 0}, "expires_in_days"),
        ({"name": "ci", "expires_in_days": 4000}, "expires_in_days"),
        ({"name": "ci", "expires": 3}, "expires"),
    ],
)
def test_a_token_that_cannot_be_made_says_which_field_is_wrong(
    client: Client, editor: User, body: dict[str, object], field: str
) -> None:
    response = post(client, "/api/v1/tokens/", body, **bearer(editor))

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_a_body_that_is_no_object_is_422(client: Client, editor: User) -> None:
    response = client.post("/api/v1/tokens/", [], content_type="application/json", headers=bearer(editor))

    assert response.status_code == 422


def test_anothers_token_is_404_within_and_across_tenants(
    client: Client, editor: User, tenant: Tenant
) -> None:
    for owner in (make_user(tenant, "viewer"), make_user(make_tenant(), "editor")):
        bearer(owner)
        token = ApiToken.objects.get(user=owner)

        response = client.delete(f"/api/v1/tokens/{token.pk}/", headers=bearer(editor))

        assert response.status_code == 404
        assert ApiToken.objects.filter(pk=token.pk).exists()


def test_a_write_by_session_needs_the_csrf_header(editor: User) -> None:
    client = signed_in(editor)

    refused = post(client, "/api/v1/tokens/", {"name": "ci"})

    assert refused.status_code == 403
    assert not ApiToken.objects.exists()
    assert post(client, "/api/v1/tokens/", {"name": "ci"}, **csrf(client)).status_code == 201


def test_changing_the_password_keeps_this_session_and_ends_the_others(editor: User) -> None:
    here, elsewhere = signed_in(editor), signed_in(editor)

    changed = post(
        here,
        "/api/v1/me/password/",
        {"current_password": PASSWORD, "new_password": "quite another staple"},
        **csrf(here),
    )

    assert changed.status_code == 204
    assert here.get("/api/v1/me/").status_code == 200
    assert elsewhere.get("/api/v1/me/").status_code == 401
    editor.refresh_from_db()
    assert editor.check_password("quite another staple")


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("not it", "quite another staple", "current_password"),
        (PASSWORD, "short", "new_password"),
        (PASSWORD, "password1234", "new_password"),
    ],
)
def test_a_password_that_cannot_be_set_says_why(editor: User, current: str, new: str, field: str) -> None:
    client = signed_in(editor)

    response = post(
        client, "/api/v1/me/password/", {"current_password": current, "new_password": new}, **csrf(client)
    )

    assert response.status_code == 422
    assert {error["field"] for error in response.json()["errors"]} == {field}
    assert current not in response.content.decode()


def test_guessing_the_current_password_is_rate_limited(editor: User) -> None:
    client = signed_in(editor)
    headers = csrf(client)
    body: dict[str, object] = {"current_password": "guess", "new_password": "quite another staple"}

    answers = [post(client, "/api/v1/me/password/", body, **headers).status_code for _ in range(7)]

    assert answers[:5] == [422] * 5
    assert answers[5:] == [429] * 2


def test_a_deactivated_person_is_signed_out_of_the_api(editor: User) -> None:
    client = signed_in(editor)
    User.objects.filter(pk=editor.pk).update(is_active=False)

    assert client.get("/api/v1/me/").status_code == 401
