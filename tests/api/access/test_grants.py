"""Sharing a workflow, and asking for what one was denied."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.models import Grant, Tenant, User
from tests.contract import Api, SessionApi
from tests.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(tenant: Tenant) -> User:
    """Somebody without any role."""
    return make_user(tenant)


def shared(api: Api, workflow: dict[str, Any], **share: Any) -> Any:
    return api.post(f"workflows/{workflow['id']}/grants/", {"actions": ["workflow.view"], **share})


def test_a_shared_workflow_is_seen_until_the_share_is_taken_back(
    api: Api, workflow: dict[str, Any], colleague: User
) -> None:
    theirs = SessionApi(colleague)
    address = f"workflows/{workflow['id']}/"
    assert theirs.get(address).status_code in (403, 404)

    grant = shared(api, workflow, email=colleague.email)
    assert grant.status_code == 201, grant.content
    assert theirs.get(address).status_code == 200
    assert [each["id"] for each in theirs.get("workflows/").json()["results"]] == [workflow["id"]]
    assert theirs.patch(address, {"name": "Mine"}).status_code == 403

    assert api.delete(f"{address}grants/{grant.json()['id']}/").status_code == 204
    assert theirs.get(address).status_code in (403, 404)
    assert api.get(f"{address}grants/").json()["results"] == []
    assert api.delete(f"{address}grants/{grant.json()['id']}/").status_code == 404


def test_a_share_ends_by_itself(api: Api, workflow: dict[str, Any], colleague: User) -> None:
    later = timezone.now() + timedelta(hours=1)
    assert shared(api, workflow, email=colleague.email, expires_at=later.isoformat()).status_code == 201
    Grant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    assert Api(colleague).get(f"workflows/{workflow['id']}/").status_code in (403, 404)
    assert api.get(f"workflows/{workflow['id']}/grants/").json()["results"] == []


def test_who_shares_end_is_told_when_and_that_it_ended(
    api: Api, workflow: dict[str, Any], colleague: User
) -> None:
    theirs = SessionApi(colleague)
    before = theirs.get("me/").json()
    ends = timezone.now() + timedelta(hours=1)
    shared(api, workflow, email=colleague.email, expires_at=ends.isoformat())
    during = theirs.get("me/").json()
    Grant.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    after = theirs.get("me/").json()

    assert before["access_ends_at"] is None
    assert datetime.fromisoformat(during["access_ends_at"]) == ends
    assert after["access_ends_at"] is None
    assert len({each["access_version"] for each in (before, during, after)}) == 3


def test_a_share_with_a_role_reaches_who_has_it(api: Api, tenant: Tenant, workflow: dict[str, Any]) -> None:
    viewer = SessionApi(make_user(tenant, "viewer"))
    assert viewer.post(f"workflows/{workflow['id']}/runs/", {}).status_code == 403

    assert shared(api, workflow, role="viewer", actions=["workflow.run"]).status_code == 201
    assert viewer.post(f"workflows/{workflow['id']}/runs/", {}).status_code == 202


@pytest.mark.parametrize(
    ("share", "field"),
    [
        ({}, "email"),
        ({"email": "nobody@example.org"}, "email"),
        ({"role": "emperor"}, "role"),
        ({"role": "viewer", "actions": ["workflow.fly"]}, "actions.0"),
        ({"role": "viewer", "actions": ["policy.manage"]}, "actions.0"),
        ({"role": "viewer", "actions": ["data.reveal"]}, "actions.0"),
        ({"role": "viewer", "actions": []}, "actions"),
        ({"role": "viewer", "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
    ],
    ids=[
        "nobody",
        "unknown person",
        "unknown role",
        "no action",
        "not of it",
        "beyond the giver",
        "none",
        "past",
    ],
)
def test_a_share_that_cannot_be_is_refused_with_its_place(
    api: Api, workflow: dict[str, Any], share: dict[str, Any], field: str
) -> None:
    response = shared(api, workflow, **share)

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]
    assert not Grant.objects.exists()


def test_nobody_of_another_workspace_can_be_given_anything(
    api: Api, workflow: dict[str, Any], stranger_api: Api
) -> None:
    stranger = User.objects.exclude(tenant=workflow_tenant(workflow)).get()

    assert shared(api, workflow, email=stranger.email).status_code == 422
    assert shared(stranger_api, workflow, role="viewer").status_code == 404


def workflow_tenant(workflow: dict[str, Any]) -> Any:
    from runtime.models import Workflow

    return Workflow.objects.get(pk=workflow["id"]).tenant_id


class TestRequests:
    @pytest.fixture
    def viewer(self, tenant: Tenant) -> User:
        return make_user(tenant, "viewer")

    def asked(self, api: Api, workflow: dict[str, Any], action: str = "workflow.run") -> Any:
        body = {
            "action": action,
            "resource_type": "workflow",
            "resource_id": workflow["id"],
            "reason": "Friday",
        }
        return api.post("access/requests/", body)

    def test_what_is_asked_for_and_granted_can_be_done(
        self, viewer: User, admin_api: Api, workflow: dict[str, Any]
    ) -> None:
        theirs = SessionApi(viewer)
        request = self.asked(theirs, workflow)
        assert request.status_code == 201, request.content
        address = f"access/requests/{request.json()['id']}/"
        assert admin_api.get("me/").json()["pending_access_requests"] == 1
        assert theirs.get("me/").json()["pending_access_requests"] == 0
        (item,) = admin_api.get("access/requests/", {"mine": "false", "status": "open"}).json()["results"]
        assert (item["resource_label"], item["can_decide"]) == ("Doubling", True)

        answered = admin_api.post(f"{address}decide/", {"outcome": "granted", "answer": "Fine"})

        assert answered.status_code == 200, answered.content
        assert (answered.json()["status"], answered.json()["answer"]) == ("granted", "Fine")
        assert theirs.post(f"workflows/{workflow['id']}/runs/", {}).status_code == 202
        assert admin_api.get("me/").json()["pending_access_requests"] == 0
        again = admin_api.post(f"{address}decide/", {"outcome": "refused"})
        assert (again.status_code, again.json()["code"]) == (409, "already_answered")

    def test_what_is_refused_stays_denied(
        self, viewer: User, admin_api: Api, workflow: dict[str, Any]
    ) -> None:
        address = f"access/requests/{self.asked(Api(viewer), workflow).json()['id']}/"

        assert admin_api.post(f"{address}decide/", {"outcome": "refused"}).json()["status"] == "refused"
        assert Api(viewer).post(f"workflows/{workflow['id']}/runs/", {}).status_code == 403
        assert not Grant.objects.exists()

    def test_one_asks_once_and_only_for_what_one_lacks(self, viewer: User, workflow: dict[str, Any]) -> None:
        theirs = SessionApi(viewer)
        first = self.asked(theirs, workflow)

        assert self.asked(theirs, workflow).json()["code"] == "already_asked"
        assert self.asked(theirs, workflow, "workflow.view").json()["code"] == "already_allowed"
        assert self.asked(theirs, workflow, "policy.manage").status_code == 422
        withdrawn = theirs.post(f"access/requests/{first.json()['id']}/withdraw/")
        assert withdrawn.json()["status"] == "withdrawn"
        assert self.asked(theirs, workflow).status_code == 201

    def test_who_may_not_see_a_thing_cannot_ask_for_it(
        self, colleague: User, stranger_api: Api, workflow: dict[str, Any]
    ) -> None:
        for api in (Api(colleague), stranger_api):
            assert self.asked(api, workflow).status_code == 404
        assert self.asked(Api(colleague), {"id": str(uuid4())}).status_code == 404

    def test_nobody_answers_their_own_request_nor_without_the_permission(
        self, tenant: Tenant, viewer: User, workflow: dict[str, Any]
    ) -> None:
        address = f"access/requests/{self.asked(Api(viewer), workflow).json()['id']}/decide/"

        assert Api(viewer).post(address, {"outcome": "granted"}).status_code == 403
        assert Api(make_user(tenant, "editor")).post(address, {"outcome": "granted"}).status_code == 403
        assert Api(make_user(tenant, "operator")).get(address.replace("decide/", "")).status_code == 404
