"""Every address of the API: nobody gets 401, another workspace 404, and who may not 403."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Tenant
from runtime.models import Run
from tests.contract import PREFIX, Api, document
from tests.people import make_user

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> list[tuple[str, str]]:
    found = [
        (method.upper(), path)
        for path, methods in document()["paths"].items()
        for method in methods
        if method in METHODS
    ]
    return sorted(found)


@pytest.fixture
def run(api: Api, workflow: dict[str, Any]) -> dict[str, Any]:
    """A run that no worker has taken."""
    body: dict[str, Any] = api.post(f"workflows/{workflow['id']}/runs/", {"parameters": {}}).json()
    return body


@pytest.fixture
def things(api: Api, workflow: dict[str, Any], run: dict[str, Any]) -> dict[str, str]:
    """An id of this workspace for each variable of an address."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    api.post(f"workflows/{workflow['id']}/versions/", {})
    dataset = api.upload("datasets/", {"file": SimpleUploadedFile("a.csv", b"a\n1\n")}).json()
    hook = {"workflow": workflow["id"], "kind": "webhook", "name": "In", "config": {}}
    key = {"name": "key", "type": "secret", "values": {"value": "s3cret-value"}}
    return {
        "credential_id": api.post("credentials/", key).json()["id"],
        "trigger_id": api.post("triggers/", hook).json()["id"],
        "workflow_id": workflow["id"],
        "run_id": run["id"],
        "dataset_id": dataset["id"],
        "number": "1",
        "node": "start",
        **{name: str(uuid4()) for name in ("token_id", "approval_id", "notification_id")},
    }


def filled(path: str, things: dict[str, str]) -> str:
    for name, value in things.items():
        path = path.replace(f"{{{name}}}", value)
    assert "{" not in path
    return path


def call(api: Api, method: str, path: str) -> int:
    body: Any = None if method in ("GET", "DELETE") else {}
    response = api.request(method, path, headers={}, json=body is not None, data=body)
    return response.status_code


def test_nobody_gets_anything_but_401(things: dict[str, str]) -> None:
    answers = {(method, path): call(Api(), method, filled(path, things)) for method, path in operations()}

    assert answers, "there are operations"
    assert {key for key, status in answers.items() if status != 401} == set()


def test_another_workspace_finds_nothing_of_ours(stranger_api: Api, things: dict[str, str]) -> None:
    ours = [(method, path) for method, path in operations() if "_id}" in path]
    answers = {key: call(stranger_api, key[0], filled(key[1], things)) for key in ours}

    assert len(ours) > 15
    assert {key: status for key, status in answers.items() if status != 404} == {}
    assert Run.objects.get().status == "queued"


def test_lists_of_another_workspace_are_empty(stranger_api: Api, things: dict[str, str]) -> None:
    for name in ("workflows/", "runs/", "datasets/"):
        assert stranger_api.get(name).json()["results"] == []


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_who_only_looks_changes_nothing(tenant: Tenant, role: str, things: dict[str, str]) -> None:
    api = Api(make_user(tenant, role))
    own = ("/me/", "/tokens/", "/validate/")  # their own account; validating saves nothing
    changing = [
        (method, path)
        for method, path in operations()
        if method != "GET" and not any(part in path for part in own)
    ]

    answers = {key: call(api, key[0], filled(key[1], things)) for key in changing}

    assert {key: status for key, status in answers.items() if status != 403} == {}


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
