from __future__ import annotations

from typing import Any

import pytest

from tests.contract import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(workflow: dict[str, Any]) -> str:
    return f"workflows/{workflow['id']}/"


def test_publishing_numbers_versions_and_keeps_their_graphs(api: Api, path: str) -> None:
    first = api.post(path + "versions/", {"note": "First"})
    api.put(path + "draft/", {"graph": {"nodes": []}}, If_Match='"1"')
    second = api.post(path + "versions/", {})

    assert first.status_code == 201
    assert [one.json()["number"] for one in (first, second)] == [1, 2]
    assert [row["number"] for row in api.get(path + "versions/").json()["results"]] == [2, 1]
    assert len(api.get(path + "versions/1/").json()["graph"]["nodes"]) == 2
    assert api.get(path).json()["published_version"] == 2
    assert api.get(path).json()["has_unpublished_changes"] is False


def test_a_draft_with_errors_is_not_published_and_all_errors_are_told(api: Api, path: str) -> None:
    graph = {
        "nodes": [
            {"id": "a", "type": "Nope"},
            {"id": "b", "type": "PythonCodeNode", "config": {"code": "result = ="}},
        ]
    }
    api.put(path + "draft/", {"graph": graph}, If_Match='"1"')

    response = api.post(path + "versions/", {})
    problem = response.json()

    assert response.status_code == 422
    assert problem["code"] == "graph_has_errors"
    assert {error["node"] for error in problem["errors"]} == {"a", "b"}
    assert api.get(path + "versions/").json()["results"] == []


def test_versions_that_were_never_published_are_404(api: Api, path: str) -> None:
    for number in ("1", "0", "99999999999999999999", "latest", "-1"):
        assert api.get(f"{path}versions/{number}/").status_code == 404


def test_publishing_twice_with_one_key_publishes_once(api: Api, path: str) -> None:
    answers = [api.post(path + "versions/", {"note": "x"}, Idempotency_Key="publish-1") for _ in range(2)]

    assert answers[0].content == answers[1].content
    assert answers[1]["Idempotent-Replay"] == "true"
    assert len(api.get(path + "versions/").json()["results"]) == 1
