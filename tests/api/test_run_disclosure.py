"""Who may see a run but not its data reads where it failed, and neither why nor what it was given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Tenant
from runtime.disclosure import NOT_SHOWN
from runtime.host.host import RunHost
from runtime.host.worker import open_host
from tests.api.test_runs import code, finished, make
from tests.contract import Api
from tests.people import make_tenant, make_user

pytestmark = pytest.mark.django_db(transaction=True)
SECRET = "card 4242 4242"


@pytest.fixture
def tenant(transactional_db: None) -> Tenant:
    return make_tenant()


@pytest.fixture
def host(tenant: Tenant) -> Iterator[RunHost]:
    host = open_host()
    host.start()
    yield host
    host.stop()


@pytest.fixture
def failed(api: Api, host: RunHost) -> str:
    """The address of a run whose code failed, with a value in its message and in its type's name."""
    text = "kind = type(row, (ValueError,), {})\nraise kind(row)\nresult = 1"
    node = {"id": "a", **code(text), "options": {"retry": {"max_retries": 1, "initial_delay": 0.01}}}
    path = make(api, graph={"nodes": [node]})
    run = finished(api, api.post(path + "runs/", {"parameters": {"a": {"row": SECRET}}}), host)
    assert run["status"] == "failed"
    return f"runs/{run['id']}/"


def events_with_errors(api: Api, run: str) -> dict[str, dict[str, Any]]:
    events = api.get(run + "events/").json()["results"]
    return {event["type"]: event["data"]["error"] for event in events if event["data"].get("error")}


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_sees_no_data_is_not_told_why_a_run_failed(tenant: Tenant, failed: str, role: str) -> None:
    reader = Api(make_user(tenant, role))

    answers = [reader.get(path) for path in ("runs/", failed, failed + "events/", "workflows/")]
    run = answers[1].json()

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
    assert not [answer for answer in answers if SECRET.encode() in answer.content]
    bare = {"code": "code_error", "message": NOT_SHOWN, "node": "a", "line": 2, "inner": None}
    assert answers[0].json()["results"][0]["error"] == run["error"] == bare
    assert run["nodes"]["a"]["error"] == bare
    assert run["parameters"] == {}
    assert set(events_with_errors(reader, failed)) == {"node.retrying", "node.failed", "run.failed"}
    assert reader.get(failed + "nodes/a/").status_code == 403


def test_who_sees_data_is_told_everything(tenant: Tenant, failed: str) -> None:
    reader = Api(make_user(tenant, "analyst"))
    run = reader.get(failed).json()

    assert SECRET in run["error"]["message"]
    assert SECRET in run["nodes"]["a"]["error"]["message"]
    assert SECRET in reader.get("runs/").json()["results"][0]["error"]["message"]
    assert all(SECRET in json.dumps(error) for error in events_with_errors(reader, failed).values())
    assert run["parameters"] == {"a": {"row": SECRET}}


def test_a_token_without_the_scope_sees_no_data(tenant: Tenant, failed: str) -> None:
    reader = Api(make_user(tenant, "owner"), ["run.view"])

    assert SECRET.encode() not in reader.get(failed).content
    assert SECRET.encode() not in reader.get(failed + "events/").content
