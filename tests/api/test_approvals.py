"""`approvals/`: the inbox, one question, and answers, by the API."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Tenant, User
from runtime.host.host import RunHost
from tests.api.driven import LONGEST_S, code, make, wire
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def asking(**config: Any) -> dict[str, Any]:
    config = {"title": "Pay?", "message": "7 euro", "approvers": {"roles": ["admin"]}, **config}
    return {
        "nodes": [
            {"id": "give", **code("result = {'sum': 7}")},
            {"id": "ask", "type": "ApprovalNode", "config": config},
            {"id": "paid", **code("result = bill['sum']")},
        ],
        "connections": [wire("give", "result", "ask", "input"), wire("ask", "approved", "paid", "bill")],
    }


def until_waiting(api: Api, run_id: str, *statuses: str) -> dict[str, Any]:
    until = time.monotonic() + LONGEST_S
    while time.monotonic() < until:
        run: dict[str, Any] = api.get(f"runs/{run_id}/").json()
        if run["status"] in (statuses or ("waiting",)):
            return run
        time.sleep(0.02)
    raise AssertionError(f"the run is {run['status']}")


@pytest.fixture
def admin(tenant: Tenant) -> Iterator[User]:
    yield make_user(tenant, "admin", email="ann@example.org")


@pytest.fixture
def admin_api(admin: User) -> Api:
    return Api(admin)


def ask(api: Api, host: RunHost, **config: Any) -> tuple[str, str]:
    """A run that waits: its id, and the address of its question."""
    run_id = api.post(make(api, asking(**config)) + "runs/", {}).json()["id"]
    host.ring()
    until_waiting(api, run_id)
    (item,) = api.get("approvals/", {"run": run_id}).json()["results"]
    return run_id, f"approvals/{item['id']}/"


def test_a_question_is_read_answered_and_read_again(api: Api, admin_api: Api, host: RunHost) -> None:
    run_id, path = ask(api, host)
    body = admin_api.get(path).json()
    assert (body["title"], body["message"], body["input"]) == ("Pay?", "7 euro", {"sum": 7})
    assert (body["status"], body["may_act"], body["run"]["id"]) == ("pending", True, run_id)
    assert "role" in body["why"]
    assert admin_api.get("me/").json()["pending_approvals"] == 1

    answered = admin_api.post(path + "approve/", {"comment": "looks right"})

    assert answered.status_code == 200
    (vote,) = answered.json()["votes"]
    assert (vote["name"], vote["decision"], vote["comment"]) == ("ann@example.org", "approve", "looks right")
    assert (answered.json()["status"], answered.json()["may_act"]) == ("approved", False)
    until_waiting(api, run_id, "succeeded")
    outputs = api.get(f"runs/{run_id}/nodes/ask/").json()["outputs"]
    assert outputs["result"]["by"][0]["user"] == "ann@example.org"
    assert outputs["approved"] == {"sum": 7}
    assert admin_api.get("me/").json()["pending_approvals"] == 0


def test_refusals_say_why_in_words(api: Api, admin_api: Api, tenant: Tenant, host: RunHost) -> None:
    _, path = ask(api, host, comment="required")

    wrong = Api(make_user(tenant, "operator")).post(path + "approve/", {"comment": "yes"})
    assert (wrong.status_code, wrong.json()["reason"]) == (403, "not_asked")
    assert "put to people with the role admin" in wrong.json()["detail"]
    looker = Api(make_user(tenant, "viewer")).post(path + "approve/", {"comment": "yes"})
    assert (looker.status_code, looker.json()["code"]) == (403, "forbidden")
    silent = admin_api.post(path + "approve/", {})
    assert (silent.status_code, silent.json()["code"]) == (422, "comment_missing")
    assert admin_api.post(path + "reject/", {"comment": "no"}).status_code == 200
    late = admin_api.post(path + "approve/", {"comment": "yes after all"})
    assert (late.status_code, late.json()["code"]) == (409, "approval_ended")
    assert "was rejected" in late.json()["detail"]


def test_the_same_person_does_not_count_twice(api: Api, admin_api: Api, host: RunHost) -> None:
    _, path = ask(api, host, required=2)
    assert admin_api.post(path + "approve/", {}).status_code == 200

    again = admin_api.post(path + "approve/", {})

    assert (again.status_code, again.json()["code"]) == (409, "already_voted")
    assert len(admin_api.get(path).json()["votes"]) == 1


def test_a_repeated_request_answers_the_same(api: Api, admin_api: Api, host: RunHost) -> None:
    _, path = ask(api, host)
    key = str(uuid4())
    first = admin_api.post(path + "approve/", {}, Idempotency_Key=key)

    second = admin_api.post(path + "approve/", {}, Idempotency_Key=key)

    assert (first.status_code, second.status_code) == (200, 200)
    assert second["Idempotent-Replay"] == "true"


def test_who_started_the_run_does_not_approve_it(api: Api, host: RunHost, editor: User) -> None:
    _, path = ask(api, host, approvers={"users": [editor.email]})

    refused = api.post(path + "approve/", {})

    assert (refused.status_code, refused.json()["reason"]) == (403, "requester")
    assert api.get(path).json()["why"] == refused.json()["detail"]


def test_lists_are_filtered(api: Api, admin_api: Api, host: RunHost) -> None:
    run_id, path = ask(api, host)
    other, _ = ask(api, host, approvers={"users": ["bob@example.org"]})

    def runs(**query: Any) -> list[str]:
        return [item["run"]["id"] for item in admin_api.get("approvals/", query).json()["results"]]

    assert runs() == [other, run_id]
    assert runs(mine="true") == [run_id]
    assert runs(run=run_id) == [run_id]
    admin_api.post(path + "reject/", {})
    assert runs(status="rejected") == [run_id]
    assert runs(status="pending") == [other]
    assert runs(mine="true") == []
    assert admin_api.get("approvals/", {"status": "lost"}).status_code == 422
    assert admin_api.get("approvals/", {"state": "pending"}).status_code == 422


def test_what_is_to_be_approved_is_not_for_everybody(api: Api, tenant: Tenant, host: RunHost) -> None:
    _, path = ask(api, host)

    body = Api(make_user(tenant, "viewer")).get(path).json()

    assert (body["input"], body["input_info"], body["may_act"]) == (None, None, False)


def test_another_workspace_sees_nothing(api: Api, stranger_api: Api, host: RunHost) -> None:
    _, path = ask(api, host)

    assert stranger_api.get("approvals/").json()["results"] == []
    assert stranger_api.get(path).status_code == 404
    assert stranger_api.post(path + "approve/", {}).status_code == 404


def test_bad_bodies_are_refused_with_their_place(api: Api, admin_api: Api, host: RunHost) -> None:
    _, path = ask(api, host)

    assert admin_api.post(path + "approve/", {"comment": 7}).status_code == 422
    assert admin_api.post(path + "approve/", {"comment": "x" * 5000}).status_code == 422
    assert admin_api.post(path + "approve/", {"why": "not"}).status_code == 422
    assert admin_api.get(path).json()["status"] == "pending"
