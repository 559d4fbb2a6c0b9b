"""A fresh second factor before secrets and policies, where the workspace wants it; sessions; `env.mfa_at`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.identity import proofs
from accounts.models import AuditEntry, AuthSession, Tenant, User
from tests.api.identity.conftest import Browser, set_up_app
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db
CREDENTIAL = {"name": "key", "type": "secret", "values": {"value": "s3cret-value"}}


@pytest.fixture
def strict(tenant: Tenant) -> Tenant:
    """The workspace wants a fresh second factor."""
    tenant.step_up = True
    tenant.save(update_fields=["step_up"])
    return tenant


def hours_later(monkeypatch: pytest.MonkeyPatch, hours: float = 2) -> None:
    """What was proved until now is that old. (Nothing else of the session ages.)"""
    found = proofs._proofs

    def earlier(session: Any, user: User) -> Any:
        return [(method, at - timedelta(hours=hours)) for method, at in found(session, user)]

    monkeypatch.setattr(proofs, "_proofs", earlier)


def test_where_nobody_wants_it_nothing_is_asked(window: Browser) -> None:
    assert window.post("credentials/", CREDENTIAL).status_code == 201


def test_without_a_factor_one_is_told_to_set_one_up(strict: Tenant, window: Browser) -> None:
    answer = window.post("credentials/", CREDENTIAL)

    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_missing")
    assert answer.json()["url"] == "/account"


def test_a_stale_factor_is_asked_again_and_a_fresh_one_lets_through(
    strict: Tenant, window: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone, _ = set_up_app(window)
    window.post("me/step-up/", {"code": phone.code()})
    with monkeypatch.context() as patch:
        hours_later(patch)
        answer = window.post("credentials/", CREDENTIAL)

    assert (answer.status_code, answer.json()["code"]) == (403, "step_up_needed")
    assert answer.json()["methods"] == ["totp", "recovery_code"]
    assert window.post("credentials/", CREDENTIAL).status_code == 201


def test_a_password_is_no_second_factor(strict: Tenant, window: Browser) -> None:
    set_up_app(window)

    assert window.post("me/step-up/", {"password": "correct horse battery"}).status_code == 422
    assert window.post("credentials/", CREDENTIAL).status_code == 403


def test_a_token_is_refused_also_beside_a_session_that_has_one(
    strict: Tenant, window: Browser, owner: User
) -> None:
    phone, _ = set_up_app(window)
    window.post("me/step-up/", {"code": phone.code()})

    answer = Api(owner).post("credentials/", CREDENTIAL)

    assert (answer.status_code, answer.json()["code"]) == (409, "session_needed")


def test_proof_belongs_to_one_session(strict: Tenant, window: Browser, owner: User) -> None:
    phone, _ = set_up_app(window)
    window.post("me/step-up/", {"code": phone.code()})
    other = Browser()
    other.client.force_login(owner)

    assert window.post("credentials/", CREDENTIAL).status_code == 201
    assert other.post("credentials/", {**CREDENTIAL, "name": "other"}).status_code == 403


def test_changes_and_deletions_of_credentials_ask_too(strict: Tenant, window: Browser, owner: User) -> None:
    Tenant.objects.filter(pk=strict.pk).update(step_up=False)
    made = window.post("credentials/", CREDENTIAL).json()["id"]
    Tenant.objects.filter(pk=strict.pk).update(step_up=True)

    assert window.patch(f"credentials/{made}/", {"description": "x"}).status_code == 403
    assert window.delete(f"credentials/{made}/").status_code == 403


def test_a_policy_asks_for_a_recent_second_factor(window: Browser, owner: User, tenant: Tenant) -> None:
    """`mfa_within` reads the session: without proof it is unknown, and a deny that waits for it holds."""
    rule = {
        "key": "no-datasets-without-factor",
        "effect": "deny",
        "actions": ["dataset.view"],
        "condition": {"not": {"attribute_path": "env.mfa_at", "operator": "mfa_within", "value": 10}},
    }
    made = window.post("policies/", rule)
    assert made.status_code == 201, made.content
    policy = made.json()
    active = {"status": "active", "revision": policy["revision"]}
    assert window.post(f"policies/{policy['id']}/activate/", active).status_code == 200
    phone, _ = set_up_app(window)

    assert window.get("datasets/").status_code == 403
    window.post("me/step-up/", {"code": phone.code()})
    assert window.get("datasets/").status_code == 200
    assert Api(owner).get("datasets/").status_code == 403


def test_one_sees_where_one_is_signed_in_and_ends_it(window: Browser, owner: User) -> None:
    other = Browser()
    other.sign_in(owner)

    listed = window.get("me/sessions/").json()["results"]
    [foreign] = [each for each in listed if not each["is_current"]]
    assert len(listed) == 2
    assert window.delete(f"me/sessions/{foreign['id']}/").status_code == 204

    assert other.get("me/").status_code == 401
    assert window.get("me/").status_code == 200
    assert AuditEntry.objects.filter(action="user.session_end").exists()


def test_signing_out_everywhere_else_leaves_this_one(window: Browser, owner: User) -> None:
    others = [Browser(), Browser()]
    for other in others:
        other.sign_in(owner)

    window.delete("me/sessions/")

    assert [other.get("me/").status_code for other in others] == [401, 401]
    assert window.get("me/").status_code == 200


def test_nobody_ends_the_sessions_of_others(window: Browser, tenant: Tenant) -> None:
    stranger = make_user(tenant, "owner")
    other = Browser()
    other.sign_in(stranger)
    session = AuthSession.objects.get(user=stranger)

    assert window.delete(f"me/sessions/{session.id}/").status_code == 404
    assert other.get("me/").status_code == 200


def test_a_session_is_not_named_by_the_key_that_opens_it(window: Browser, owner: User) -> None:
    key = AuthSession.objects.get(user=owner).session_key

    assert key not in window.get("me/sessions/").content.decode()


def test_a_new_password_ends_what_the_list_shows(window: Browser, owner: User) -> None:
    Browser().sign_in(owner)
    window.post(
        "me/password/",
        {"current_password": "correct horse battery", "new_password": "staple battery horse"},
    )

    assert [each["is_current"] for each in window.get("me/sessions/").json()["results"]] == [True]


def test_the_last_use_is_kept_to_the_minute(window: Browser, owner: User) -> None:
    long_ago = timezone.now() - timedelta(hours=1)
    AuthSession.objects.filter(user=owner).update(seen_at=long_ago)

    window.get("me/")

    assert AuthSession.objects.get(user=owner).seen_at > timezone.now() - timedelta(minutes=1)
