"""Workflows that run others as a step: what a draft may name, what is published, what may be deleted."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Tenant
from runtime.models import Workflow
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db
NOWHERE = "00000000-0000-4000-8000-000000000000"


def code(text: str) -> dict[str, Any]:
    return {"type": "PythonCodeNode", "config": {"code": text}}


def calling(workflow: str, **config: Any) -> dict[str, Any]:
    config = {"workflow": workflow, **config}
    return {"nodes": [{"id": "step", "type": "SubWorkflowNode", "config": config}]}


def make(api: Api, graph: dict[str, Any], name: str = "Calls") -> str:
    response = api.post("workflows/", {"name": name, "graph": graph})
    assert response.status_code == 201, response.content
    return str(response.json()["id"])


def publish(api: Api, workflow: str) -> None:
    response = api.post(f"workflows/{workflow}/versions/", {})
    assert response.status_code == 201, response.content


def problems(api: Api, workflow: str) -> list[tuple[str, str | None, str | None]]:
    body = api.get(f"workflows/{workflow}/draft/").json()
    return [(problem["code"], problem["node"], problem["field"]) for problem in body["problems"]]


@pytest.fixture
def plain(api: Api) -> str:
    """A published workflow that needs nothing."""
    workflow = make(api, {"nodes": [{"id": "a", **code("result = 1")}]}, "Plain")
    publish(api, workflow)
    return workflow


def test_a_workflow_that_is_there_is_no_problem(api: Api, viewer_api: Api, plain: str) -> None:
    caller = make(api, calling(plain))

    assert problems(api, caller) == []
    assert problems(viewer_api, caller) == [], "who only reads need not be able to run it"
    publish(api, caller)


@pytest.mark.parametrize("name", ["nothing", NOWHERE, "../../x", "%00", "x" * 200, "🦔"])
def test_a_workflow_that_is_not_there_is_a_problem_at_its_place(api: Api, name: str) -> None:
    caller = make(api, calling(name))

    [problem] = api.get(f"workflows/{caller}/draft/").json()["problems"]

    assert (problem["code"], problem["node"], problem["field"]) == (
        "unknown_workflow",
        "step",
        "config.workflow",
    )
    for path in ("versions/", "runs/"):
        refused = api.post(f"workflows/{caller}/{path}", {})
        assert refused.status_code == 422
        assert [error["code"] for error in refused.json()["errors"]] == ["unknown_workflow"]


def test_another_workspaces_workflow_is_as_unknown_as_none(api: Api, stranger_api: Api, plain: str) -> None:
    theirs = make(stranger_api, calling(plain))
    nowhere = make(stranger_api, calling(NOWHERE))

    def told(workflow: str, named: str) -> str:
        body = stranger_api.get(f"workflows/{workflow}/draft/").content.decode()
        return body[body.index('"problems"') : body.index('"updated_at"')].replace(named, "ID")

    named = stranger_api.get(f"workflows/{nowhere}/draft/").json()["graph"]["nodes"][0]["config"]["workflow"]
    assert told(theirs, plain) == told(nowhere, named)
    assert "Plain" not in stranger_api.get(f"workflows/{theirs}/draft/").content.decode()
    assert stranger_api.post(f"workflows/{theirs}/runs/", {}).status_code == 422


@pytest.mark.parametrize("written", ["upper", "braces", "hex", "urn"])
def test_an_id_has_one_way_of_writing(api: Api, plain: str, written: str) -> None:
    other = {
        "upper": plain.upper(),
        "braces": f"{{{plain}}}",
        "hex": plain.replace("-", ""),
        "urn": f"urn:uuid:{plain}",
    }[written]

    assert problems(api, make(api, calling(other))) == [("unknown_workflow", "step", "config.workflow")]


def test_a_workflow_without_a_published_version_cannot_be_a_step(api: Api) -> None:
    child = make(api, {"nodes": [{"id": "a", **code("result = 1")}]}, "Not yet")

    assert problems(api, make(api, calling(child))) == [("unknown_workflow", "step", "config.workflow")]


def test_a_version_that_is_not_there_is_a_problem(api: Api, plain: str) -> None:
    assert problems(api, make(api, calling(plain, version=1))) == []
    assert problems(api, make(api, calling(plain, version=2))) == [
        ("unknown_workflow", "step", "config.workflow")
    ]


def test_a_workflow_may_not_contain_itself(api: Api, plain: str) -> None:
    itself = {"graph": calling(plain)}
    api.put(f"workflows/{plain}/draft/", itself, If_Match='"1"')
    other = make(api, calling(plain), "Other")
    publish(api, other)
    api.put(f"workflows/{plain}/draft/", {"graph": calling(other)}, If_Match='"2"')

    refused = api.post(f"workflows/{plain}/versions/", {})

    assert [error["code"] for error in refused.json()["errors"]] == ["sub_workflow_cycle"]
    assert "Other" in refused.json()["errors"][0]["message"]


def test_its_own_latest_version_is_a_circle_at_once(api: Api, plain: str) -> None:
    saved = api.put(f"workflows/{plain}/draft/", {"graph": calling(plain)}, If_Match='"1"')

    assert [problem["code"] for problem in saved.json()["problems"]] == ["sub_workflow_cycle"]


# --- deleting -----------------------------------------------------------------------------------------------


def test_a_workflow_that_others_run_is_not_deleted_and_they_are_named(api: Api, plain: str) -> None:
    for name in ("Monthly", "Weekly"):
        publish(api, make(api, calling(plain), name))

    refused = api.delete(f"workflows/{plain}/")

    assert refused.status_code == 409
    assert refused.json()["code"] == "workflow_in_use"
    assert [caller["name"] for caller in refused.json()["callers"]] == ["Monthly", "Weekly"]
    assert "“Monthly”, “Weekly”" in refused.json()["detail"]
    assert api.get(f"workflows/{plain}/").status_code == 200


def test_it_is_deleted_once_nobody_runs_it(api: Api, plain: str) -> None:
    caller = make(api, calling(plain))
    publish(api, caller)
    api.put(f"workflows/{caller}/draft/", {"graph": {"nodes": []}}, If_Match='"1"')
    still = api.delete(f"workflows/{plain}/").status_code
    publish(api, caller)

    assert still == 409, "a draft without it changes nothing yet"
    assert api.delete(f"workflows/{plain}/").status_code == 204


@pytest.mark.parametrize("how", ["draft", "deleted", "mentioned", "itself"])
def test_what_does_not_run_it_does_not_keep_it(api: Api, plain: str, how: str) -> None:
    match how:
        case "draft":
            make(api, calling(plain))
        case "deleted":
            caller = make(api, calling(plain))
            publish(api, caller)
            api.delete(f"workflows/{caller}/")
        case "mentioned":
            publish(api, make(api, {"nodes": [{"id": "a", "notes": plain, **code(f"result = {plain!r}")}]}))
        case "itself":
            api.put(f"workflows/{plain}/draft/", {"graph": calling(plain, version=1)}, If_Match='"1"')
            publish(api, plain)

    assert api.delete(f"workflows/{plain}/").status_code == 204


def test_after_a_workflow_is_gone_its_callers_say_so(api: Api, plain: str) -> None:
    caller = make(api, calling(plain))
    api.delete(f"workflows/{plain}/")

    assert problems(api, caller) == [("unknown_workflow", "step", "config.workflow")]


def test_another_workspace_cannot_keep_ours_from_being_deleted(
    api: Api, stranger_api: Api, plain: str
) -> None:
    theirs = make(stranger_api, {"nodes": [{"id": "a", **code("result = 1")}]})
    Workflow.objects.get(pk=theirs)  # theirs cannot even publish a call of ours
    make(stranger_api, calling(plain))

    assert api.delete(f"workflows/{plain}/").status_code == 204


# --- files --------------------------------------------------------------------------------------------------


def test_an_export_carries_bodies_and_references_and_comes_back_whole(api: Api, plain: str) -> None:
    graph = {
        "nodes": [
            {"id": "loop", "type": "LoopNode", "config": {"max_iterations": 3}},
            {"id": "body", "parent": "loop", **code("result = state")},
            {"id": "step", "type": "SubWorkflowNode", "config": {"workflow": plain, "version": 1}},
            {"id": "set", **code("result = 1"), "options": {"pin": {"result": [1, {"a": None}]}}},
        ],
        "connections": [
            {"source": "loop", "output": "state", "target": "body", "input": "state"},
            {"source": "body", "output": "result", "target": "loop", "input": "state"},
        ],
        "settings": {"timeout": 5},
    }
    first = make(api, graph)

    exported = api.get(f"workflows/{first}/export/").json()
    again = api.post("workflows/import/", exported).json()

    assert problems(api, first) == []
    assert problems(api, again["id"]) == []
    assert api.get(f"workflows/{again['id']}/export/").json() == exported
    nodes = {node["id"]: node for node in exported["graph"]["nodes"]}
    assert nodes["body"]["parent"] == "loop"
    assert nodes["step"]["config"] == {"workflow": plain, "version": 1}
    assert nodes["set"]["options"]["pin"] == {"result": [1, {"a": None}]}


def test_an_import_whose_reference_is_not_here_loses_nothing(api: Api, stranger_api: Api, plain: str) -> None:
    exported = api.get(f"workflows/{make(api, calling(plain, output='a.result'))}/export/").json()

    imported = stranger_api.post("workflows/import/", exported)

    assert imported.status_code == 201
    draft = stranger_api.get(f"workflows/{imported.json()['id']}/draft/").json()
    assert draft["graph"] == exported["graph"]
    assert [(one["code"], one["field"]) for one in draft["problems"]] == [
        ("unknown_workflow", "config.workflow")
    ]


# --- who may ------------------------------------------------------------------------------------------------


def test_a_step_runs_only_what_its_starter_may_run(tenant: Tenant, api: Api, plain: str) -> None:
    caller = make(api, calling(plain))
    viewer = Api(make_user(tenant, "viewer"))

    assert viewer.post(f"workflows/{caller}/runs/", {}).status_code == 403
