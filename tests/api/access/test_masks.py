"""`masks/`: written, changed and tried, by the API. What they hide at the exits is tested with these."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import MaskingRule, Tenant
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db
ROWS = {"rows": [{"name": "Ada", "ssn": "123-45-6789"}]}


def ssn(**changes: Any) -> dict[str, Any]:
    partial = {"mask_type": "partial", "options": {"visible_chars": 4}}
    return {"key": "ssn", "field": "ssn", **partial, **changes}


def test_a_mask_counts_from_the_next_request_on(admin_api: Api) -> None:
    made = admin_api.post("masks/", ssn())
    assert made.status_code == 201, made.content
    assert (made.json()["status"], made.json()["revision"]) == ("active", 1)

    seen = admin_api.post("masks/preview/", {"data": ROWS}).json()
    assert seen["value"] == {"rows": [{"name": "Ada", "ssn": "***-**-6789"}]}
    assert seen["masked"] == [{"path": "rows[*].ssn", "rule": "ssn", "type": "partial"}]

    address = f"masks/{made.json()['id']}/"
    changed = admin_api.patch(address, {"revision": 1, "mask_type": "redact", "options": {}})
    assert changed.json()["revision"] == 2
    assert admin_api.post("masks/preview/", {"data": ROWS}).json()["value"]["rows"][0]["ssn"] != "***-**-6789"
    assert admin_api.patch(address, {"revision": 1, "label": "Late"}).json()["code"] == "revision_changed"

    assert admin_api.delete(address).status_code == 204
    assert admin_api.post("masks/preview/", {"data": ROWS}).json() == {"value": ROWS, "masked": []}


def test_a_mask_is_tried_before_it_is_saved_with_the_eyes_of_others(
    admin_api: Api, tenant: Tenant, below_secret: dict[str, Any]
) -> None:
    cleared = make_user(tenant, "analyst", attributes={"clearance": "secret"})
    other = make_user(tenant, "analyst")

    def tried(user: Any) -> Any:
        body = {"data": ROWS, "rule": ssn(condition=below_secret), "user": str(user.pk)}
        return admin_api.post("masks/preview/", body).json()["value"]["rows"][0]["ssn"]

    assert tried(cleared) == "123-45-6789"
    assert tried(other) == "***-**-6789"
    assert not MaskingRule.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mask_type": "blur"}, "mask_type"),
        ({"field": "a..b"}, "field"),
        ({"options": {"visible_chars": -1}}, "mask_type"),
        ({"mask_type": "range", "options": {"ranges": ["< 1", "5-9"]}}, "mask_type"),
        ({"condition": {"attribute_path": "user.shoe_size", "operator": "exists"}}, "condition"),
        ({"status": "shadow"}, "status"),
    ],
    ids=["type", "path", "option", "gap", "attribute", "status"],
)
def test_a_mask_that_cannot_be_is_refused_with_its_place(
    admin_api: Api, wrong: dict[str, Any], field: str
) -> None:
    response = admin_api.post("masks/", ssn(**wrong))

    assert response.status_code == 422, response.content
    assert {error["field"].split(".")[0] for error in response.json()["errors"]} == {field}
    assert not MaskingRule.objects.exists()


def test_nobody_previews_with_the_eyes_of_another_workspace(admin_api: Api, stranger_api: Api) -> None:
    stranger = stranger_api.get("me/").json()["id"]

    response = admin_api.post("masks/preview/", {"data": ROWS, "user": stranger})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "user"
