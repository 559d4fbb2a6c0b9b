"""A run as somebody else reads it: masked by the rules for both, with nothing that was revealed to either."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Tenant, User
from runtime.host.host import RunHost
from tests.api.driven import code, finished, make
from tests.api.test_masking import SSN, mask, person
from tests.contract import Api

pytestmark = pytest.mark.django_db(transaction=True)
READ = """
print("looking up", ssn)
result = {"people": [{"name": "Ada", "ssn": ssn, "balance": 4711}]}
"""


@pytest.fixture
def owner(tenant: Tenant) -> User:
    mask(tenant, "ssn", field="ssn", mask_type="partial", options={"visible_chars": 4})
    return person(tenant, "owner", "top_secret")


@pytest.fixture
def run(owner: User, host: RunHost) -> str:
    """The address of a run that has ended."""
    api = Api(owner)
    path = make(api, graph={"nodes": [{"id": "read", **code(READ)}], "connections": []})
    started = api.post(path + "runs/", {"parameters": {"read": {"ssn": SSN}}})
    return f"runs/{finished(api, started, host)['id']}/"


def begun(api: Api, run: str, **viewer: Any) -> str:
    return str(api.post(run + "view-as/", viewer).json()["view"])


def test_outputs_and_logs_are_masked_for_whom_one_looks_as(owner: User, tenant: Tenant, run: str) -> None:
    api, analyst = Api(owner), person(tenant, "analyst", "internal")
    view = begun(api, run, user=str(analyst.pk))

    shown = [api.get(run + part, view_as=view) for part in ("", "nodes/read/", "logs/", "events/")]

    assert SSN in api.get(run + "nodes/read/").content.decode()
    assert all(SSN not in response.content.decode() for response in shown)
    node = shown[1].json()
    assert node["outputs"] == {"result": {"people": [{"name": "Ada", "ssn": "***-**-6789", "balance": 4711}]}}
    assert [field["rule"] for field in node["outputs_masked"]] == ["ssn"]
    assert Api(analyst).get(run + "nodes/read/").json()["outputs"] == node["outputs"]


def test_two_peoples_masks_meet_and_a_reveal_counts_for_neither(
    owner: User, tenant: Tenant, run: str
) -> None:
    not_owners = {"not": {"attribute_path": "user.roles", "operator": "contains", "value": "owner"}}
    mask(tenant, "balance", field="balance", mask_type="redact", condition=not_owners)
    looker, chief = person(tenant, "admin", "internal"), person(tenant, "owner", "top_secret")
    api = Api(looker)
    asked = api.post(run + "nodes/read/reveal/", {"reason": "A customer called", "minutes": 5})
    assert asked.status_code == 201
    assert SSN in api.get(run + "nodes/read/").content.decode()

    as_chief = api.get(run + "nodes/read/", view_as=begun(api, run, user=str(chief.pk))).json()
    as_admin = Api(chief).get(run + "nodes/read/", view_as=begun(Api(chief), run, user=str(looker.pk))).json()

    masked = [{"name": "Ada", "ssn": "***-**-6789", "balance": "••••••"}]
    assert as_chief["outputs"]["result"]["people"] == masked
    assert as_admin["outputs"]["result"]["people"] == masked
    assert as_chief["reveal"] is None


def test_who_may_not_read_data_is_shown_none(owner: User, tenant: Tenant, run: str) -> None:
    api, viewer = Api(owner), person(tenant, "viewer", "top_secret")
    began = api.post(run + "view-as/", {"user": str(viewer.pk)}).json()

    refused = api.get(run + "nodes/read/", view_as=began["view"])

    assert not began["actions"]["run.data"]["allowed"]
    assert began["nodes"]["read"]["refused"]["node.outputs"]["action"] == "run.data"
    assert refused.status_code == 403
    assert api.get(run, view_as=began["view"]).json()["parameters"] == {}
