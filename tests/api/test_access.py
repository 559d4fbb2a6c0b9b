"""What roles, tokens and other workspaces reach, beside what `test_matrix` walks."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Tenant
from tests.contract import PREFIX, Api
from tests.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(api: Api, workflow: dict[str, Any]) -> dict[str, Any]:
    """A run that no worker has taken."""
    body: dict[str, Any] = api.post(f"workflows/{workflow['id']}/runs/", {"parameters": {}}).json()
    return body


@pytest.fixture
def things(api: Api, workflow: dict[str, Any], run: dict[str, Any]) -> dict[str, str]:
    api.post(f"workflows/{workflow['id']}/versions/", {})
    return {"workflow_id": workflow["id"], "run_id": run["id"]}


def test_lists_of_another_workspace_are_empty(stranger_api: Api, things: dict[str, str]) -> None:
    for name in ("workflows/", "runs/", "datasets/"):
        assert stranger_api.get(name).json()["results"] == []


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_only_looks_sees_states_but_no_data(tenant: Tenant, role: str, things: dict[str, str]) -> None:
    api = Api(make_user(tenant, role))
    run = f"runs/{things['run_id']}/"

    assert api.get(run).status_code == 200
    assert api.get(run + "events/").status_code == 200
    assert api.get(run + "logs/").status_code == 403
    assert api.get(run + "nodes/start/").status_code == 403
    assert api.get(run).json()["can"] == []


def test_an_operator_runs_and_cancels_but_does_not_edit(tenant: Tenant, things: dict[str, str]) -> None:
    api = Api(make_user(tenant, "operator"))
    workflow = f"workflows/{things['workflow_id']}/"

    started = api.post(workflow + "runs/", {})

    assert started.status_code == 202
    assert api.post(f"runs/{started.json()['id']}/cancel/").status_code == 202
    assert api.put(workflow + "draft/", {"graph": {"nodes": []}}, If_Match='"1"').status_code == 403
    assert api.post(workflow + "versions/", {}).status_code == 403


@pytest.mark.parametrize("scope", ["run.view", "dataset.view"])
def test_a_token_reaches_no_further_than_its_scopes(
    tenant: Tenant, scope: str, things: dict[str, str]
) -> None:
    api = Api(make_user(tenant, "owner"), [scope])
    resource = scope.split(".")[0]

    for name in ("run", "dataset", "workflow"):
        assert (api.get(f"{name}s/").status_code == 200) == (name == resource)
    assert api.delete(f"workflows/{things['workflow_id']}/").status_code in (403, 404)


@pytest.mark.parametrize(
    "path",
    ["nothing/", "runs", "workflows/import", "me", "runs/not-an-id/", "workflows/1/draft/", "%00/", "..%2f"],
)
def test_addresses_that_nothing_answers_are_404_problems(api: Api, path: str) -> None:
    response = Api().get(PREFIX + path)

    assert response.status_code == 404
    assert api.send("POST", path, b"{}").status_code == 404


def test_methods_that_nothing_answers_are_405_problems(api: Api, workflow: dict[str, Any]) -> None:
    for method, path in [
        ("PUT", "workflows/"),
        ("DELETE", "runs/"),
        ("POST", f"workflows/{workflow['id']}/draft/"),
    ]:
        response = api.send(method, path, b"{}")
        assert response.status_code == 405
        assert response.json()["code"] == "method_not_allowed"
