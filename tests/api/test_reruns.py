"""A run once more: of its version, the published one or the draft, with the same values or others."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Tenant
from runtime.host.host import RunHost
from runtime.models import Run, WorkflowVersion
from tests.api.conftest import GRAPH
from tests.api.driven import code, finished
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def saved(api: Api, workflow: dict[str, Any], double: str) -> None:
    """The draft with another second step."""
    path = f"workflows/{workflow['id']}/draft/"
    nodes = [GRAPH["nodes"][0], {"id": "double", **code(double)}]
    api.put(path, {"graph": {**GRAPH, "nodes": nodes}}, If_Match=api.get(path).headers["ETag"])


@pytest.fixture
def failed(api: Api, workflow: dict[str, Any], host: RunHost) -> dict[str, Any]:
    """`start` succeeded, `double` failed."""
    saved(api, workflow, "result = number / 0")
    return finished(api, api.post(f"workflows/{workflow['id']}/runs/", {}), host)


def test_the_failed_step_runs_again_as_the_draft_mends_it(
    api: Api, workflow: dict[str, Any], failed: dict[str, Any], host: RunHost
) -> None:
    saved(api, workflow, "result = number * 3")

    started = api.post(f"runs/{failed['id']}/rerun/", {"mode": "failed", "version": "draft"})
    run = finished(api, started, host)

    assert run["status"] == "succeeded"
    assert run["nodes"]["start"]["copied_from"] == {"id": failed["id"], "number": failed["number"]}
    assert api.get(f"runs/{run['id']}/nodes/double/").json()["outputs"] == {"result": 63}


def change_the_first_step(api: Api, workflow: dict[str, Any]) -> None:
    path = f"workflows/{workflow['id']}/draft/"
    nodes = [
        {"id": "start", **code("result = {'value': 5}")},
        {"id": "double", **code("result = number * 2")},
    ]
    api.put(path, {"graph": {**GRAPH, "nodes": nodes}}, If_Match=api.get(path).headers["ETag"])


def test_what_follows_from_a_changed_step_is_repeated_too(
    api: Api, workflow: dict[str, Any], failed: dict[str, Any], host: RunHost
) -> None:
    change_the_first_step(api, workflow)

    run = finished(api, api.post(f"runs/{failed['id']}/rerun/", {"mode": "failed", "version": "draft"}), host)

    assert run["nodes"]["start"]["copied_from"] is None
    assert api.get(f"runs/{run['id']}/nodes/double/").json()["outputs"] == {"result": 10}


def test_a_part_that_needs_a_result_of_a_changed_step_is_refused(
    api: Api, workflow: dict[str, Any], failed: dict[str, Any]
) -> None:
    change_the_first_step(api, workflow)

    asked = {"mode": "from_node", "node": "double", "version": "draft"}
    answer = api.post(f"runs/{failed['id']}/rerun/", asked)

    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["no_earlier_result"]


def test_the_published_version_runs_with_other_inputs(
    api: Api, workflow: dict[str, Any], failed: dict[str, Any], host: RunHost
) -> None:
    saved(api, workflow, "result = number * factor")
    api.post(f"workflows/{workflow['id']}/versions/", {})

    asked = {"version": "latest", "parameters": {"double": {"factor": 10}}, "settings": {"timeout": 60}}
    run = finished(api, api.post(f"runs/{failed['id']}/rerun/", asked), host)

    assert (run["version"], run["parameters"], run["settings"]) == (
        1,
        {"double": {"factor": 10}},
        {"timeout": 60},
    )
    assert api.get(f"runs/{run['id']}/nodes/double/").json()["outputs"] == {"result": 210}


def test_nothing_published_is_said(api: Api, failed: dict[str, Any]) -> None:
    answer = api.post(f"runs/{failed['id']}/rerun/", {"version": "latest"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["code"] == "unknown_version"


def test_a_version_whose_node_type_is_gone_is_refused(
    api: Api, workflow: dict[str, Any], failed: dict[str, Any]
) -> None:
    version = WorkflowVersion.objects.get(pk=Run.objects.get(pk=failed["id"]).version_id)
    other = WorkflowVersion.objects.create(
        tenant=version.tenant,
        workflow=version.workflow,
        graph=version.graph.replace("PythonCodeNode", "RetiredNode"),
        hash="0",
    )
    Run.objects.filter(pk=failed["id"]).update(version=other)

    answers = [api.post(f"runs/{failed['id']}/rerun/", {"mode": mode}) for mode in ("full", "failed")]

    for answer in answers:
        assert answer.status_code == 422
        assert "unknown_node_type" in {error["code"] for error in answer.json()["errors"]}
    assert api.get(f"runs/{failed['id']}/").status_code == 200
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [
        {"version": "newest"},
        {"version": 1},
        {"parameters": [1]},
        {"parameters": {"nowhere": 1}},
        {"settings": {"timeout": -1}},
        {"settings": {"no_such": 1}},
        {"mode": "failed", "node": "double"},
    ],
)
def test_what_cannot_be_is_refused_and_starts_nothing(
    api: Api, failed: dict[str, Any], body: dict[str, Any]
) -> None:
    answer = api.post(f"runs/{failed['id']}/rerun/", body)

    assert answer.status_code == 422, answer.content
    assert Run.objects.count() == 1


def test_many_runs_are_decided_one_by_one(
    api: Api, workflow: dict[str, Any], failed: dict[str, Any], host: RunHost
) -> None:
    saved(api, workflow, "result = number")
    good = finished(api, api.post(f"workflows/{workflow['id']}/runs/", {}), host)
    nobody = str(uuid4())
    asked = {"action": "rerun", "mode": "failed", "runs": [failed["id"], good["id"], nobody, failed["id"]]}

    answer = api.post("runs/bulk/", asked)

    assert answer.status_code == 202, answer.content
    first, second, third = answer.json()["results"]
    assert (first["id"], first["ok"], first["problem"]) == (failed["id"], True, None)
    assert first["run"]["number"] == 3
    assert (second["ok"], second["problem"]["code"]) == (False, "nothing_failed")
    assert (third["ok"], third["problem"]["status"]) == (False, 404)
    assert Run.objects.count() == 3


def test_runs_are_chosen_by_a_filter(api: Api, workflow: dict[str, Any]) -> None:
    runs = [api.post(f"workflows/{workflow['id']}/runs/", {}).json()["id"] for _ in range(3)]
    chosen = {"action": "cancel", "filter": {"status": "queued", "workflow": workflow["id"]}}

    answer = api.post("runs/bulk/", chosen)

    assert {result["id"] for result in answer.json()["results"] if result["ok"]} == set(runs)
    assert set(Run.objects.values_list("status", flat=True)) == {"cancelled"}


@pytest.mark.parametrize("action", ["rerun", "cancel", "pause", "resume", "delete"])
def test_who_may_only_look_is_refused_before_the_body_is_read(
    viewer_api: Api, api: Api, workflow: dict[str, Any], action: str
) -> None:
    run = api.post(f"workflows/{workflow['id']}/runs/", {}).json()["id"]

    assert viewer_api.post("runs/bulk/", {"action": action, "runs": [run]}).status_code == 403
    assert Run.objects.get().status == "queued"


def test_who_may_run_but_not_cancel_is_refused_for_each(
    tenant: Tenant, api: Api, workflow: dict[str, Any]
) -> None:
    analyst = Api(make_user(tenant, "analyst"))
    run = api.post(f"workflows/{workflow['id']}/runs/", {}).json()["id"]

    for action, status in (("rerun", None), ("cancel", 403), ("pause", 403), ("resume", 403)):
        (result,) = analyst.post("runs/bulk/", {"action": action, "runs": [run]}).json()["results"]
        assert (result["ok"], (result["problem"] or {}).get("status")) == (status is None, status)
    assert set(Run.objects.values_list("status", flat=True)) == {"queued"}


@pytest.mark.parametrize(
    "body",
    [
        {"action": "rerun"},
        {"action": "rerun", "runs": []},
        {"action": "rerun", "runs": ["x"]},
        {"action": "delete", "runs": [str(uuid4())]},
        {"action": "cancel", "runs": [str(uuid4())] * 501},
        {"action": "cancel", "runs": [str(uuid4())], "filter": {}},
        {"action": "cancel", "filter": {"status": "nearly"}},
        {"action": "cancel", "filter": {"cursor": "x"}},
        {"action": "rerun", "runs": [str(uuid4())], "mode": "single"},
    ],
)
def test_a_bulk_request_that_cannot_be_read_is_refused_whole(api: Api, body: dict[str, Any]) -> None:
    assert api.post("runs/bulk/", body).status_code == 422
