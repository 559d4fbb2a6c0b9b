"""The timeline of runs that really ran, and who sees it."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from runtime.host.host import RunHost
from runtime.models import Run
from tests.api.driven import code, finished, make, wire
from tests.contract import Api

pytestmark = pytest.mark.django_db(transaction=True)

DIAMOND: dict[str, Any] = {
    "nodes": [
        {"id": "first", **code("result = 1")},
        {"id": "slow", **code("import time\ntime.sleep(0.1)\nresult = x")},
        {"id": "quick", **code("result = x"), "label": "The quick one"},
        {"id": "last", **code("result = a + b")},
    ],
    "connections": [
        wire("first", "result", "slow", "x"),
        wire("first", "result", "quick", "x"),
        wire("slow", "result", "last", "a"),
        wire("quick", "result", "last", "b"),
    ],
}
MAPPED: dict[str, Any] = {
    "nodes": [
        {"id": "items", **code("result = [1, 2, 3]")},
        {"id": "each", "type": "MapNode", "config": {}},
        {"id": "double", **code("result = item * 2"), "parent": "each"},
    ],
    "connections": [
        wire("items", "result", "each", "items"),
        wire("each", "item", "double", "item"),
        wire("double", "result", "each", "value"),
    ],
}


def run_of(api: Api, host: RunHost, graph: dict[str, Any], **body: Any) -> str:
    run = finished(api, api.post(make(api, graph) + "runs/", body), host)
    assert run["status"] in ("succeeded", "failed"), run
    return f"runs/{run['id']}/timeline/"


def rows(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["node"]: row for row in body["results"]}


def test_each_node_has_a_row_and_the_slow_way_is_critical(api: Api, host: RunHost) -> None:
    body = api.get(run_of(api, host, DIAMOND)).json()

    assert set(rows(body)) == {"first", "slow", "quick", "last"}
    assert body["critical_path"] == ["first", "slow", "last"]
    assert [row["on_critical_path"] for row in body["results"] if row["node"] == "quick"] == [False]
    assert rows(body)["quick"]["label"] == "The quick one"
    assert body["next"] is None
    assert body["seq"] == Run.objects.get().last_seq
    for row in body["results"]:
        (attempt,) = row["attempts"]
        assert (row["status"], attempt["status"], attempt["error_code"]) == ("succeeded", "succeeded", None)
        ends = [(part["from"], part["to"]) for part in attempt["segments"]]
        assert all(before[1] == after[0] for before, after in pairwise(ends))
    slow = rows(body)["slow"]["attempts"][0]["segments"][-1]
    assert (datetime.fromisoformat(slow["to"]) - datetime.fromisoformat(slow["from"])).total_seconds() >= 0.1


def test_the_rows_come_in_pages(api: Api, host: RunHost) -> None:
    address = run_of(api, host, DIAMOND)

    first = api.get(address, {"limit": 3}).json()
    second = api.get(first["next"].removeprefix("/api/v1/")).json()

    assert [len(first["results"]), len(second["results"])] == [3, 1]
    assert second["next"] is None
    assert first["critical_path"] == second["critical_path"]


def test_attempts_show_the_pause_between_them(api: Api, host: RunHost) -> None:
    retry = {"max_retries": 1, "initial_delay": 0.05}
    graph = {"nodes": [{"id": "fails", **code("result = 1 / 0"), "options": {"retry": retry}}]}

    (row,) = api.get(run_of(api, host, graph)).json()["results"]

    assert [attempt["attempt"] for attempt in row["attempts"]] == [1, 2]
    assert row["attempts"][0]["segments"][-1]["kind"] == "retry"
    assert {attempt["error_code"] for attempt in row["attempts"]} == {"code_error"}
    assert {attempt["status"] for attempt in row["attempts"]} == {"failed"}


def test_a_container_is_one_row_and_its_iterations_are_asked_for(api: Api, host: RunHost) -> None:
    address = run_of(api, host, MAPPED)

    outside = rows(api.get(address).json())
    iterations = api.get(address, {"container": "each", "limit": 2}).json()
    more = api.get(iterations["next"].removeprefix("/api/v1/")).json()
    inside = rows(api.get(address, {"container": "each/2"}).json())

    assert set(outside) == {"items", "each"}
    assert outside["each"]["kind"] == "container"
    assert outside["each"]["iterations"] == {"total": 3, "done": 3, "failed": 0}
    assert [(row["node"], row["kind"]) for row in iterations["results"]] == [
        ("each/1", "iteration"), ("each/2", "iteration"),
    ]  # fmt: skip
    assert [row["node"] for row in more["results"]] == ["each/3"]
    assert [(name, row["depth"]) for name, row in inside.items()] == [("each/2/double", 2)]


@pytest.mark.parametrize("container", ["nothing", "items", "each/x", "each/2/double", "each/2/nothing", "/"])
def test_there_is_no_timeline_of_what_is_no_container(api: Api, host: RunHost, container: str) -> None:
    address = run_of(api, host, MAPPED)

    assert api.get(address, {"container": container}).status_code == 404


def test_a_run_that_waits_has_an_empty_timeline(api: Api, workflow: dict[str, Any]) -> None:
    run = api.post(f"workflows/{workflow['id']}/runs/", {}).json()

    body = api.get(f"runs/{run['id']}/timeline/").json()

    assert (body["results"], body["critical_path"], body["started_at"], body["seq"]) == ([], [], None, 1)


def test_another_workspace_sees_no_timeline(stranger_api: Api, api: Api, workflow: dict[str, Any]) -> None:
    run = api.post(f"workflows/{workflow['id']}/runs/", {}).json()

    assert stranger_api.get(f"runs/{run['id']}/timeline/").status_code == 404


@pytest.mark.parametrize("query", [{"after": -1}, {"limit": 0}, {"limit": "many"}, {"of": "a"}])
def test_a_page_that_cannot_be_is_refused(api: Api, workflow: dict[str, Any], query: dict[str, Any]) -> None:
    run = api.post(f"workflows/{workflow['id']}/runs/", {}).json()

    assert api.get(f"runs/{run['id']}/timeline/", query).status_code == 422
