"""Authenticator app and recovery codes: set up, asked at sign-in, taken away."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator

from accounts.models import AuditEntry, Tenant, User
from tests.api.identity.conftest import Browser, set_up_app
from tests.contract import Api
from tests.people import make_user, signed_in

pytestmark = pytest.mark.django_db


def test_with_an_app_the_password_alone_does_not_sign_in(window: Browser, owner: User) -> None:
    set_up_app(window)
    other = Browser()

    assert other.sign_in(owner)["Location"] == "/sign-in/code/"
    assert other.get("me/").status_code == 401


def test_a_code_of_the_app_signs_in_and_leads_where_one_wanted_to_be(window: Browser, owner: User) -> None:
    phone, _ = set_up_app(window)
    other = Browser()
    other.sign_in(owner, next="/runs")

    answer = other.client.post("/sign-in/code/", {"code": phone.code()})

    assert answer["Location"] == "/runs"
    assert other.get("me/").status_code == 200


def test_a_code_counts_once(window: Browser, owner: User) -> None:
    phone, _ = set_up_app(window)
    code = phone.code()
    first, second = Browser(), Browser()
    first.sign_in(owner)
    first.client.post("/sign-in/code/", {"code": code})

    second.sign_in(owner)
    page = second.client.post("/sign-in/code/", {"code": code}).content.decode()

    assert "used before" in page
    assert second.get("me/").status_code == 401


def test_a_recovery_code_counts_once(window: Browser, owner: User) -> None:
    _, codes = set_up_app(window)
    statuses = []
    for _ in range(2):
        other = Browser()
        other.sign_in(owner)
        other.client.post("/sign-in/code/", {"code": codes[0]})
        statuses.append(other.get("me/").status_code)

    assert statuses == [200, 401]
    assert window.get("me/factors/").json()["codes_left"] == len(codes) - 1


def test_wrong_codes_are_limited_and_kept_in_the_audit(window: Browser, owner: User) -> None:
    phone, _ = set_up_app(window)
    other = Browser()
    other.sign_in(owner)
    for _ in range(5):
        other.client.post("/sign-in/code/", {"code": "000000"})

    other.client.post("/sign-in/code/", {"code": phone.code()})

    assert other.get("me/").status_code == 401
    failures = AuditEntry.objects.filter(action="account.sign_in", reason="Wrong code.")
    assert failures.count() == 5


def test_secrets_are_stored_sealed(window: Browser) -> None:
    phone, codes = set_up_app(window)

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert phone.secret not in stored
    assert not any(code in stored for code in codes)


def test_a_session_that_proved_nothing_lately_changes_no_factor(owner: User) -> None:
    client = signed_in(owner)
    client.handler.enforce_csrf_checks = False

    answer = client.post("/api/v1/me/factors/app/begin/")

    assert answer.status_code == 403
    assert (answer.json()["code"], answer.json()["methods"]) == ("step_up_needed", ["password"])


def test_the_password_is_proof_enough_without_a_factor_and_never_with_one(
    window: Browser, owner: User
) -> None:
    stale = Browser()
    stale.client.force_login(owner)

    assert stale.post("me/step-up/", {"password": "wrong"}).status_code == 422
    assert stale.post("me/step-up/", {"password": "correct horse battery"}).status_code == 200
    assert stale.post("me/factors/app/begin/").status_code == 200
    set_up_app(window)
    refused = stale.post("me/factors/recovery-codes/")
    assert (refused.status_code, refused.json()["methods"]) == (403, ["totp", "recovery_code"])
    assert stale.post("me/step-up/", {"password": "correct horse battery"}).status_code == 422


def test_a_token_manages_no_factors(owner: User) -> None:
    answer = Api(owner).post("me/factors/app/begin/")

    assert (answer.status_code, answer.json()["code"]) == (409, "session_needed")


def test_a_wrong_first_code_sets_nothing_up(window: Browser) -> None:
    window.post("me/factors/app/begin/")

    answer = window.post("me/factors/app/", {"code": "123"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "code"
    assert window.get("me/factors/").json()["app_since"] is None


def test_with_the_last_factor_the_recovery_codes_go(window: Browser, owner: User) -> None:
    phone, _ = set_up_app(window)
    window.post("me/step-up/", {"code": phone.code()})

    assert window.delete("me/factors/app/").status_code == 204
    assert window.get("me/factors/").json()["codes_left"] is None
    assert Browser().sign_in(owner)["Location"] == "/workflows"


def test_who_manages_people_takes_lost_factors_away(window: Browser, owner: User, tenant: Tenant) -> None:
    helped, admin = make_user(tenant, "editor"), Api(make_user(tenant, "admin"))
    other = Browser()
    other.sign_in(helped)
    set_up_app(other)

    assert admin.get(f"users/{helped.pk}/factors/").json()["app"] is True
    assert admin.delete(f"users/{helped.pk}/factors/").status_code == 204
    assert Browser().sign_in(helped)["Location"] == "/workflows"
    entry = AuditEntry.objects.get(action="user.factors_remove")
    assert entry.object_id == str(helped.pk)


def test_nobody_takes_factors_from_who_may_do_more(tenant: Tenant, owner: User) -> None:
    people_only = make_user(tenant, "viewer")
    from accounts.models import Role
    from accounts.permissions import permissions_named

    role = Role.objects.get(tenant=tenant, key="viewer")
    role.permissions.add(*permissions_named(["user.manage"]))

    answer = Api(people_only).delete(f"users/{owner.pk}/factors/")

    assert (answer.status_code, answer.json()["code"]) == (409, "beyond_yours")


@pytest.mark.parametrize("body", [{}, {"credential": {}}, {"credential": {"response": 3}}, {"code": ""}])
def test_what_is_no_proof_is_refused_in_words(window: Browser, body: object) -> None:
    answer = window.post("me/step-up/", body)

    assert answer.status_code == 422, answer.content


def test_an_answer_that_is_no_passkey_signs_nobody_in(window: Browser) -> None:
    other = Browser()
    assert "challenge" in other.client.get("/sign-in/passkey/").json()["options"]["publicKey"]

    for given in ("", "{}", "[]", '{"id": "x", "response": {"userHandle": "eA"}}', "nonsense"):
        answer = other.client.post("/sign-in/passkey/", {"credential": given})
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?passkey=refused")
