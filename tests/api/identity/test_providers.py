"""Providers are kept by who manages people, who give no more than they have; secrets never come out."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, IdentityLink, IdentityProvider, Role, Tenant, User
from accounts.permissions import permissions_named
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db
PROVIDER = {
    "key": "corp",
    "label": "Corp",
    "issuer": "https://id.corp.example",
    "client_id": "lockgate",
    "client_secret": "s3cret-of-the-client",
}


@pytest.fixture
def clerk(tenant: Tenant) -> User:
    """Manages people, and may look at things otherwise."""
    Role.objects.get(tenant=tenant, key="viewer").permissions.add(*permissions_named(["user.manage"]))
    return make_user(tenant, "viewer")


def faults(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.content
    return {each["field"]: each["code"] for each in answer.json()["errors"]}


def test_a_secret_goes_in_and_never_comes_out(owner: User) -> None:
    api = Api(owner)

    made = api.post("identity-providers/", PROVIDER)

    assert made.json()["has_secret"] is True
    row = IdentityProvider.objects.get()
    assert b"s3cret" not in bytes(row.secret_ciphertext or b"")
    told = made.content + api.get("identity-providers/").content
    assert b"s3cret" not in told
    assert "s3cret" not in str(list(AuditEntry.objects.values("before", "after")))


def test_an_attribute_tells_which_claim_it_follows(owner: User) -> None:
    api = Api(owner)
    rules = [{"claim": "team.name", "attribute": "department"}]
    made = api.post("identity-providers/", {**PROVIDER, "mapping": rules}).json()

    def claims() -> dict[str, Any]:
        return {
            row["name"]: row["claims"]
            for row in api.get("attributes/").json()["results"]
            if row["applies_to"] == "user"
        }

    assert claims()["department"] == [{"provider": "Corp", "claim": "team.name"}]
    assert claims()["clearance"] == []
    api.patch(f"identity-providers/{made['id']}/", {"version": made["version"], "enabled": False})
    assert claims()["department"] == []


def test_nobody_maps_a_role_that_may_more_than_they(clerk: User) -> None:
    rules = [{"claim": "groups", "contains": "x", "role": role} for role in ("viewer", "owner")]

    answer = Api(clerk).post("identity-providers/", {**PROVIDER, "mapping": rules})

    assert faults(answer) == {"mapping.1.role": "beyond_yours"}


def test_only_who_may_everything_lets_an_address_say_who_it_is(clerk: User, owner: User) -> None:
    asked = {**PROVIDER, "links_by_email": True}

    assert faults(Api(clerk).post("identity-providers/", asked)) == {"links_by_email": "beyond_yours"}
    made = Api(owner).post("identity-providers/", asked).json()
    change = {"version": made["version"], "issuer": "https://evil.example"}
    assert faults(Api(clerk).patch(f"identity-providers/{made['id']}/", change)) == {
        "links_by_email": "beyond_yours"
    }


def test_another_issuer_forgets_who_was_who(clerk: User, owner: User) -> None:
    api = Api(clerk)
    made = api.post("identity-providers/", PROVIDER).json()
    IdentityLink.objects.create(provider_id=made["id"], subject="1", user=owner, used_at=timezone.now())

    api.patch(f"identity-providers/{made['id']}/", {"version": 1, "label": "Corporation"})
    assert IdentityLink.objects.count() == 1
    api.patch(f"identity-providers/{made['id']}/", {"version": 2, "issuer": "https://evil.example"})

    assert IdentityLink.objects.count() == 0


def test_the_second_of_two_who_change_it_is_told(owner: User) -> None:
    api = Api(owner)
    made = api.post("identity-providers/", PROVIDER).json()
    api.patch(f"identity-providers/{made['id']}/", {"version": 1, "label": "First"})

    answer = api.patch(f"identity-providers/{made['id']}/", {"version": 1, "label": "Second"})

    assert (answer.status_code, answer.json()["code"]) == (409, "provider_changed")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"issuer": "http://id.corp.example"}, "issuer"),
        ({"issuer": "https://user:pw@id.corp.example"}, "issuer"),
        ({"issuer": "ftp://x"}, "issuer"),
        ({"mapping": [{"claim": "groups", "contains": "x", "role": "nobody"}]}, "mapping.0.role"),
        ({"mapping": [{"claim": "groups", "role": "viewer"}]}, "mapping.0"),
        ({"mapping": [{"claim": "team", "attribute": "nothing"}]}, "mapping.0.attribute"),
        ({"key": "Not A Key"}, "key"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(owner: User, wrong: dict[str, Any], field: str) -> None:
    assert field in faults(Api(owner).post("identity-providers/", {**PROVIDER, **wrong}))
    assert not IdentityProvider.objects.exists()


@pytest.mark.parametrize("issuer", ["https://127.0.0.1:1", "https://169.254.169.254", "nonsense"])
def test_a_check_says_what_keeps_from_the_provider(owner: User, issuer: str) -> None:
    answer = Api(owner).post("identity-providers/check/", {"issuer": issuer}).json()

    assert answer["ok"] is False
    assert answer["problem"]
