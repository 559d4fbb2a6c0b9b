from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Tenant
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db


def with_code(code: str) -> dict[str, Any]:
    return {"graph": {"nodes": [{"id": "a", "type": "PythonCodeNode", "config": {"code": code}}]}}


@pytest.fixture
def path(workflow: dict[str, Any]) -> str:
    return f"workflows/{workflow['id']}/draft/"


def test_saving_counts_the_revision_up_and_gives_it_as_etag(api: Api, path: str) -> None:
    assert api.get(path)["ETag"] == '"1"'

    saved = api.put(path, with_code("result = 1"), If_Match='"1"')

    assert saved.status_code == 200
    assert saved["ETag"] == '"2"'
    assert saved.json()["revision"] == 2
    assert api.get(path).json() == saved.json()


def test_saving_without_if_match_is_428(api: Api, path: str) -> None:
    response = api.put(path, with_code("result = 1"))

    assert response.status_code == 428
    assert response.json()["code"] == "if_match_required"


def test_saving_over_somebody_elses_work_is_412_with_their_draft(tenant: Tenant, api: Api, path: str) -> None:
    other = make_user(tenant, "editor", name="Amara")
    Api(other).put(path, with_code("result = 'theirs'"), If_Match='"1"')

    response = api.put(path, with_code("result = 'mine'"), If_Match='"1"')
    problem = response.json()

    assert response.status_code == 412
    assert problem["code"] == "draft_changed"
    assert "Amara" in problem["detail"]
    assert problem["current"] == api.get(path).json()
    assert problem["current"]["graph"]["nodes"][0]["config"]["code"] == "result = 'theirs'"


@pytest.mark.parametrize("value", ["*", "", '"one"', "-1", '"1", "2"', '"' + "9" * 30 + '"'])
def test_an_if_match_that_is_no_revision_is_400(api: Api, path: str, value: str) -> None:
    assert api.put(path, with_code("result = 1"), If_Match=value).status_code == 400


def test_a_draft_with_problems_is_saved_and_says_them(api: Api, path: str) -> None:
    graph = {
        "nodes": [
            {"id": "a", "type": "NoSuchNode"},
            {"id": "b", "type": "WaitNode", "config": {"seconds": 1}},
        ],
        "connections": [
            {"source": "b", "output": "result", "target": "b", "input": "data"},
            {"source": "ghost", "output": "result", "target": "b", "input": "data"},
        ],
    }

    response = api.put(path, {"graph": graph}, If_Match='"1"')
    codes = {problem["code"] for problem in response.json()["problems"]}

    assert response.status_code == 200
    assert "unknown_node_type" in codes
    assert len(codes) >= 2
    assert all(problem["message"] for problem in response.json()["problems"])


def test_a_syntax_error_is_a_problem_at_its_line(api: Api, path: str) -> None:
    body = api.put(path, with_code("x = 1\nresult = (x +\n"), If_Match='"1"').json()

    [problem] = [one for one in body["problems"] if one["severity"] == "error"]
    assert (problem["node"], problem["field"]) == ("a", "config.code")
    assert problem["line"] in (2, 3)


def test_an_unknown_key_is_kept_and_reported_until_it_is_put_right(api: Api, path: str) -> None:
    graph = {"nodes": [{"id": "a", "type": "WaitNode", "config": {"seconds": 1}, "colour": "red"}]}

    saved = api.put(path, {"graph": graph}, If_Match='"1"').json()
    again = api.get(path).json()

    assert saved["graph"] == again["graph"]
    assert again["graph"]["nodes"][0]["colour"] == "red"
    assert any("colour" in problem["message"] for problem in again["problems"])


@pytest.mark.parametrize(
    "graph", [{"nodes": 3}, {"nodes": [3]}, {"schema": 99, "nodes": []}, {"connections": {}}]
)
def test_a_document_of_unusable_shape_is_422_and_leaves_the_draft(api: Api, path: str, graph: Any) -> None:
    before = api.get(path).json()

    response = api.put(path, {"graph": graph}, If_Match='"1"')

    assert response.status_code == 422
    assert response.json()["errors"]
    assert api.get(path).json() == before


def test_moving_a_node_is_no_unpublished_change(api: Api, workflow: dict[str, Any], path: str) -> None:
    api.post(f"workflows/{workflow['id']}/versions/", {})
    graph = api.get(path).json()["graph"]
    graph["nodes"][0]["position"] = [640, 320]

    api.put(path, {"graph": graph}, If_Match='"1"')
    moved = api.get(f"workflows/{workflow['id']}/").json()
    graph["nodes"][0]["config"] = {"code": "result = {'value': 3}"}
    api.put(path, {"graph": graph}, If_Match='"2"')
    changed = api.get(f"workflows/{workflow['id']}/").json()

    assert moved["has_unpublished_changes"] is False
    assert changed["has_unpublished_changes"] is True


def test_who_may_not_write_code_may_still_move_nodes(tenant: Tenant, api: Api, path: str) -> None:
    mover = Api(make_user(tenant, "editor"), ["workflow.view", "workflow.edit"])
    graph = api.get(path).json()["graph"]
    graph["nodes"][0]["position"] = [640, 320]

    moved = mover.put(path, {"graph": graph}, If_Match='"1"')
    graph["nodes"][0]["config"]["code"] += "\n"
    written = mover.put(path, {"graph": graph}, If_Match='"2"')

    assert moved.status_code == 200
    assert written.status_code == 403


def test_who_may_not_edit_validates_the_draft_alone(viewer_api: Api, workflow: dict[str, Any]) -> None:
    validate = f"workflows/{workflow['id']}/validate/"

    assert viewer_api.post(validate).status_code == 200
    assert viewer_api.post(validate, with_code("result = 1")).status_code == 403


def test_validating_a_graph_saves_nothing(api: Api, workflow: dict[str, Any], path: str) -> None:
    before = api.get(path).json()
    validate = f"workflows/{workflow['id']}/validate/"

    problems = api.post(validate, with_code("result = = 1")).json()["problems"]

    assert problems[0]["node"] == "a"
    assert api.post(validate).json()["problems"] == []
    assert api.get(path).json() == before


def test_ten_megabytes_are_saved_or_refused_but_never_break(api: Api, path: str) -> None:
    fits = api.put(path, with_code("# " + "x" * (1 << 20)), If_Match='"1"')
    too_much = api.put(path, with_code("# " + "x" * (10 << 20)), If_Match='"2"')

    assert fits.status_code == 200
    assert too_much.status_code == 413
    assert too_much.json()["max_bytes"] == 10 << 20
    assert api.get(path).json()["revision"] == 2
