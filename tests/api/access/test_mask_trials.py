"""`masks/sample/`, `masks/reach/`, `masks/suggestions/`: nobody learns from them what is masked for them."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import MaskingRule, Tenant, User
from accounts.services import set_attributes
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db
CUSTOMERS = b"name,ssn,mail\nAda,123-45-6789,ada@example.org\nMax,234-56-7891,max@example.org\n"


def cleared(tenant: Tenant, role: str, clearance: str) -> User:
    user = make_user(tenant, role)
    set_attributes(user, {"clearance": clearance})
    return User.objects.get(pk=user.pk)


@pytest.fixture
def rule(below_secret: dict[str, Any]) -> dict[str, Any]:
    partial = {"mask_type": "partial", "options": {"visible_chars": 4}}
    return {"key": "ssn", "field": "ssn", "condition": below_secret, **partial}


@pytest.fixture
def chief_api(tenant: Tenant) -> Api:
    """Somebody who sees everything."""
    return Api(cleared(tenant, "owner", "top_secret"))


@pytest.fixture
def customers(chief_api: Api) -> str:
    made = chief_api.upload("datasets/", {"file": SimpleUploadedFile("customers.csv", CUSTOMERS)})
    assert made.status_code == 201, made.content
    return str(made.json()["id"])


def test_each_value_stands_beside_what_the_viewer_sees(
    chief_api: Api, tenant: Tenant, rule: dict[str, Any], customers: str
) -> None:
    analyst = cleared(tenant, "analyst", "internal")
    chief = cleared(tenant, "owner", "secret")

    def tried(user: User) -> list[dict[str, Any]]:
        asked = {"rule": rule, "dataset": customers, "user": str(user.pk)}
        found: list[dict[str, Any]] = chief_api.post("masks/sample/", asked).json()["pairs"]
        return found

    assert [(one["row"], one["stored"], one["seen"]) for one in tried(analyst)] == [
        ("Ada", "123-45-6789", "***-**-6789"),
        ("Max", "234-56-7891", "***-**-7891"),
    ]
    assert [one["seen"] for one in tried(chief)] == ["123-45-6789", "234-56-7891"]
    assert not MaskingRule.objects.exists()


def test_what_is_masked_for_who_tries_is_not_shown_as_stored(
    tenant: Tenant, chief_api: Api, rule: dict[str, Any], customers: str
) -> None:
    assert chief_api.post("masks/", rule).status_code == 201
    admin = Api(cleared(tenant, "admin", "internal"))
    chief = cleared(tenant, "owner", "top_secret")
    looser = {**rule, "key": "looser", "options": {"visible_chars": 9}}

    response = admin.post("masks/sample/", {"rule": looser, "dataset": customers, "user": str(chief.pk)})

    assert [one["hidden"] for one in response.json()["pairs"]] == [True, True]
    assert {one["stored"] for one in response.json()["pairs"]} == {None}
    assert "123-45-6789" not in response.content.decode()


def test_a_field_that_is_dropped_says_so(chief_api: Api, rule: dict[str, Any], customers: str) -> None:
    dropped = {**rule, "mask_type": "drop", "options": {}, "condition": None}
    asked = {"rule": dropped, "dataset": customers, "subject": {"roles": ["viewer"]}}

    found = chief_api.post("masks/sample/", asked).json()

    assert [(one["seen"], one["dropped"]) for one in found["pairs"]] == [(None, True), (None, True)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mask_type": "range", "options": {"ranges": ["< 1", "5-9"]}}, "rule.mask_type"),
        ({"field": "a..b"}, "rule.field"),
    ],
    ids=["gap", "path"],
)
def test_a_rule_that_cannot_be_is_refused_with_its_place(
    chief_api: Api, rule: dict[str, Any], customers: str, wrong: dict[str, Any], field: str
) -> None:
    response = chief_api.post("masks/sample/", {"rule": {**rule, **wrong}, "dataset": customers})

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_it_is_said_how_many_see_the_value(chief_api: Api, tenant: Tenant, rule: dict[str, Any]) -> None:
    for level in ("internal", "secret", "top_secret"):
        cleared(tenant, "analyst", level)
    make_user(tenant, "viewer")

    found = chief_api.post("masks/reach/", {"rule": rule}).json()

    assert (found["people"], found["sees"], found["depends"]) == (5, 3, False)
    assert {(one["key"], one["sees"], one["people"]) for one in found["roles"]} == {
        ("analyst", 2, 3),
        ("owner", 1, 1),
    }
    per_record = {"attribute_path": "data.region", "operator": "equals", "value": "uk"}
    asked = {"rule": {**rule, "condition": per_record}}
    assert chief_api.post("masks/reach/", asked).json() == {
        "people": 5,
        "sees": 0,
        "roles": [],
        "depends": True,
    }


def test_fields_that_look_sensitive_are_suggested_without_their_values(
    chief_api: Api, rule: dict[str, Any], customers: str
) -> None:
    before = chief_api.get("masks/suggestions/")

    assert {(one["path"], one["detector"], one["rule"]) for one in before.json()["results"]} == {
        ("[*].ssn", "ssn", ""),
        ("[*].mail", "email", ""),
    }
    assert before.json()["results"][0]["place"] == {
        "type": "dataset",
        "id": customers,
        "name": "customers",
        "run": None,
        "node": None,
    }
    assert "123-45-6789" not in before.content.decode()
    assert chief_api.post("masks/", rule).status_code == 201
    after = {one["path"]: one["rule"] for one in chief_api.get("masks/suggestions/").json()["results"]}
    assert after == {"[*].mail": "", "[*].ssn": "ssn"}


def test_who_does_not_see_values_is_told_nothing_of_them(
    chief_api: Api, tenant: Tenant, rule: dict[str, Any], customers: str
) -> None:
    assert chief_api.post("masks/", {**rule, "mask_type": "redact", "options": {}}).status_code == 201
    auditor = Api(cleared(tenant, "auditor", "internal"))

    found = auditor.get("masks/suggestions/").json()["results"]

    assert [one["path"] for one in found] == ["[*].mail"]
