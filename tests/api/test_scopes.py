"""What runs inside loops, maps and sub-workflows, read by path."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from runtime.disclosure import NOT_SHOWN
from runtime.host.host import RunHost
from tests.api.driven import code, finished, make, wire
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def counting(rounds: int = 3, text: str = "print('round', state)\nresult = state + 1") -> dict[str, Any]:
    """A loop that counts up from 0."""
    return {
        "nodes": [
            {"id": "first", **code("result = 0")},
            {"id": "loop", "type": "LoopNode", "config": {"max_iterations": rounds}},
            {"id": "step one", "parent": "loop", **code(text)},
        ],
        "connections": [
            wire("first", "result", "loop", "state"),
            wire("loop", "state", "step one", "state"),
            wire("step one", "result", "loop", "state"),
        ],
    }


def mapping(items: str, text: str, **config: Any) -> dict[str, Any]:
    return {
        "nodes": [
            {"id": "list", **code(f"result = {items}")},
            {"id": "each", "type": "MapNode", "config": config},
            {"id": "work", "parent": "each", **code(text)},
        ],
        "connections": [
            wire("list", "result", "each", "items"),
            wire("each", "item", "work", "item"),
            wire("work", "result", "each", "value"),
        ],
    }


def run_of(api: Api, host: RunHost, graph: dict[str, Any]) -> dict[str, Any]:
    return finished(api, api.post(make(api, graph) + "runs/", {}), host)


def test_a_loop_that_ended_leaves_its_counts_and_its_rounds_are_listed(api: Api, host: RunHost) -> None:
    run = run_of(api, host, counting())
    path = f"runs/{run['id']}/"

    assert run["status"] == "succeeded", run["error"]
    assert set(run["nodes"]) == {"first", "loop"}
    assert run["nodes"]["loop"]["container"] == "loop"
    assert run["nodes"]["loop"]["iterations"] == {
        **{"total": 3, "done": 3, "failed": 0},
        **{"running": [], "failed_first": []},
    }
    assert run["nodes"]["first"]["iterations"] is None
    body = api.get(path + "iterations/", {"container": "loop"}).json()
    assert [(item["iteration"], item["status"]) for item in body["results"]] == [
        (number, "succeeded") for number in (1, 2, 3)
    ]
    assert all(item["duration_ms"] is not None and item["error"] is None for item in body["results"])
    assert body["next"] is None


def test_iterations_are_read_in_pages_and_by_status(api: Api, host: RunHost) -> None:
    graph = mapping("list(range(7))", "result = 1 // (item % 3)", on_item_error="continue")
    run = run_of(api, host, graph)
    path = f"runs/{run['id']}/iterations/"

    def numbers(**query: Any) -> list[int]:
        body = api.get(path, {"container": "each", **query}).json()
        return [item["iteration"] for item in body["results"]]

    first = api.get(path, {"container": "each", "limit": 4}).json()
    assert [item["iteration"] for item in first["results"]] == [1, 2, 3, 4]
    assert [item["iteration"] for item in api.get(first["next"]).json()["results"]] == [5, 6, 7]
    assert numbers(status="failed") == [1, 4, 7]
    assert numbers(status="failed", after=1, limit=1) == [4]
    assert numbers(status="running") == []
    assert numbers(after=7) == []
    assert run["nodes"]["each"]["iterations"]["failed_first"] == [1, 4, 7]
    assert (run["nodes"]["each"]["iterations"]["done"], run["nodes"]["each"]["iterations"]["failed"]) == (
        4,
        3,
    )


def test_a_round_that_ended_can_be_looked_into(api: Api, host: RunHost) -> None:
    run = run_of(api, host, counting())
    path = f"runs/{run['id']}/"

    scope = api.get(path + "scope/", {"path": "loop/2"}).json()
    node = api.get(path + "nodes/loop/2/step one/").json()
    whole = api.get(path + "nodes/loop/2/step one/", {"download": "inputs"})
    lines = api.get(path + "logs/", {"node": "loop/2/step one"}).json()["results"]

    assert (scope["path"], scope["container"], scope["iteration"]) == ("loop/2", "loop", 2)
    assert {name: state["status"] for name, state in scope["nodes"].items()} == {"step one": "succeeded"}
    assert [spec["id"] for spec in scope["graph"]["nodes"]] == ["step one"]
    assert len(scope["graph"]["connections"]) == 2, "with those at the frame"
    assert node["node"] == "loop/2/step one"
    assert (node["status"], len(node["attempts"])) == ("succeeded", 1)
    assert (node["inputs"], node["outputs"]) == ({"state": 1}, {"result": 2})
    assert whole.json() == {"state": 1}
    assert [(line["text"], line["node"]) for line in lines] == [("round 1", "loop/2/step one")]
    assert len(api.get(path + "logs/").json()["results"]) == 3


def test_a_path_may_be_written_with_percent_signs(api: Api, host: RunHost) -> None:
    run = run_of(api, host, counting())
    nodes = f"runs/{run['id']}/nodes/"

    for written in ("loop/2/step%20one", "loop%2F2%2Fstep%20one", "loop%2f2/step one", "%6Coop/2/step%20one"):
        assert api.get(f"{nodes}{written}/").json()["outputs"] == {"result": 2}, written


NOWHERE = [
    *(
        "loop/0",
        "loop/4",
        "loop/4/step one",
        "loop/" + "9" * 5000,
        "loop/-1",
        "loop/01",
        "loop/1.0",
        "loop/x",
        "loop/٢",
        "loop/99999999999999999999",
    ),
    *(
        "loop/2/ghost",
        "loop/2/first",
        "loop/2/loop",
        "first/1",
        "first/step one",
        "step one",
        "loop/step one",
    ),
    *("../nodes/first", "loop/2/../../first", "..", ".", "loop//2", "/loop/2", "loop/2/step one/"),
    *("loop/2/step one/1", "\x00", "%2e%2e", "🦔", "x" * 3000, "/" * 50, "a/" * 1500),
]


# The client itself resolves these in an address; in a query they stay.
RESOLVED = {"loop/2/../../first", "../nodes/first", "..", "."}


def test_paths_that_lead_nowhere_are_404(api: Api, host: RunHost) -> None:
    run = run_of(api, host, counting())
    address = f"runs/{run['id']}/"

    for path in NOWHERE:
        if path not in RESOLVED:
            assert api.get(address + f"nodes/{quote(path, safe='')}/").status_code == 404, path
        for name, key in (("scope", "path"), ("iterations", "container")):
            assert api.get(address + f"{name}/", {key: path}).status_code in (404, 422), (name, path)
        assert api.get(address + "logs/", {"node": path}).status_code in (200, 422), path


QUESTIONS: list[tuple[dict[str, Any], str]] = [
    ({}, "container"),
    ({"container": ""}, "container"),
    ({"container": "loop", "status": "happy"}, "status"),
    ({"container": "loop", "after": -1}, "after"),
    ({"container": "loop", "limit": 0}, "limit"),
    ({"container": "loop", "limit": 10**9}, "limit"),
    ({"container": "x" * 5000}, "container"),
    ({"container": "loop", "x": 1}, "x"),
]


def test_a_question_that_cannot_be_answered_says_what_is_wrong(api: Api) -> None:
    run = api.post(make(api, counting(1)) + "runs/", {}).json()

    for query, field in QUESTIONS:
        refused = api.get(f"runs/{run['id']}/iterations/", query)

        assert refused.status_code == 422, query
        assert [error["field"] for error in refused.json()["errors"]] == [field]


def test_a_failure_inside_is_told_with_its_path(api: Api, host: RunHost) -> None:
    run = run_of(api, host, counting(5, "result = 1 // (1 - state)"))
    path = f"runs/{run['id']}/"

    scope = api.get(path + "scope/", {"path": "loop/2"}).json()
    failed = api.get(path + "iterations/", {"container": "loop", "status": "failed"}).json()["results"]

    assert (run["status"], run["error"]["node"]) == ("failed", "loop")
    assert run["error"]["inner"] == run["nodes"]["loop"]["error"]["inner"]
    assert run["error"]["inner"].endswith("/step one")
    assert "ZeroDivisionError" in run["error"]["message"]
    assert run["error"]["inner"] == "loop/2/step one"
    assert scope["nodes"]["step one"]["error"]["node"] == "loop/2/step one"
    assert [(item["iteration"], item["error"]["code"]) for item in failed] == [(2, "code_error")]


def test_who_sees_no_data_sees_states_inside_but_not_why(tenant: Any, api: Api, host: RunHost) -> None:
    graph = counting(1, "result = int('a salary of ' + str(45_000 * 2))")
    run = run_of(api, host, graph)
    viewer = Api(make_user(tenant, "viewer"))
    path = f"runs/{run['id']}/"
    addresses = [
        (path, {}),
        (path + "scope/", {"path": "loop/1"}),
        (path + "iterations/", {"container": "loop"}),
        (path + "events/", {}),
    ]

    answers = [viewer.get(address, query) for address, query in addresses]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 200]
    assert not [answer for answer in answers if b"90000" in answer.content]
    assert answers[1].json()["nodes"]["step one"]["error"]["message"] == NOT_SHOWN
    assert answers[2].json()["results"][0]["error"]["message"] == NOT_SHOWN
    for name in ("nodes/loop/1/step one/", "nodes/loop/", "nodes/loop/1/", "logs/?node=loop/1/step one"):
        assert viewer.get(path + name).status_code == 403, name


def test_what_is_inside_is_as_hidden_as_the_run(api: Api, stranger_api: Api, host: RunHost) -> None:
    run = run_of(api, host, counting(1))
    path = f"runs/{run['id']}/"

    for name in ("nodes/loop/1/step one/", "scope/?path=loop/1", "iterations/?container=loop"):
        assert api.get(path + name).status_code == 200, name
        assert stranger_api.get(path + name).status_code == 404, name


def test_an_iteration_is_a_node_with_what_it_gave(api: Api, host: RunHost) -> None:
    run = run_of(api, host, counting())

    node = api.get(f"runs/{run['id']}/nodes/loop/3/").json()

    assert (node["status"], node["outputs"]) == ("succeeded", {"value": 3})


def test_a_sub_workflow_is_looked_into_with_its_own_graph(api: Api, host: RunHost) -> None:
    child = make(
        api,
        {
            "parameters": [{"name": "amount", "schema": {"type": "integer"}}],
            "nodes": [
                {"id": "pass", **code("print('inside')\nresult = 20")},
                {"id": "add", **code("result = value + 1")},
            ],
            "connections": [wire("pass", "result", "add", "value")],
        },
        "Child",
    )
    assert api.post(child + "versions/", {}).status_code == 201
    caller = {
        "nodes": [
            {"id": "give", **code("result = 1")},
            {
                "id": "sub",
                "type": "SubWorkflowNode",
                "config": {"workflow": child.split("/")[1], "output": "add.result"},
            },
        ],
        "connections": [wire("give", "result", "sub", "amount")],
    }

    run = run_of(api, host, caller)
    path = f"runs/{run['id']}/"
    scope = api.get(path + "scope/", {"path": "sub"}).json()

    assert run["status"] == "succeeded", run["error"]
    assert api.get(path + "nodes/sub/").json()["outputs"] == {"result": 21}
    assert (scope["container"], scope["iteration"]) == ("sub", None)
    assert {name: node["status"] for name, node in scope["nodes"].items()} == {
        "pass": "succeeded",
        "add": "succeeded",
    }
    assert [spec["id"] for spec in scope["graph"]["nodes"]] == ["add", "pass"]
    assert api.get(path + "nodes/sub/add/").json()["inputs"] == {"value": 20}
    assert [line["node"] for line in api.get(path + "logs/", {"node": "sub/pass"}).json()["results"]] == [
        "sub/pass"
    ]


def test_a_run_keeps_the_version_of_its_step_that_it_began_with(api: Api, host: RunHost) -> None:
    child = make(api, {"nodes": [{"id": "a", **code("result = 'first'")}]}, "Child")
    api.post(child + "versions/", {})
    config = {"workflow": child.split("/")[1], "output": "a.result"}
    caller = make(api, {"nodes": [{"id": "sub", "type": "SubWorkflowNode", "config": config}]})
    first = finished(api, api.post(caller + "runs/", {}), host)
    other = {"graph": {"nodes": [{"id": "a", **code("result = 'second'")}]}}
    api.put(child + "draft/", other, If_Match='"1"')
    api.post(child + "versions/", {})

    second = finished(api, api.post(caller + "runs/", {}), host)
    again = finished(api, api.post(f"runs/{first['id']}/rerun/", {}), host)

    values = [
        api.get(f"runs/{run['id']}/nodes/sub/").json()["outputs"]["result"] for run in (first, second, again)
    ]
    assert values == ["first", "second", "first"]


def test_a_loop_without_a_bound_and_one_past_it_are_refused(api: Api) -> None:
    for config in ({}, {"max_iterations": 10**9}, {"max_iterations": 0}, {"max_iterations": 1.5}):
        graph = counting()
        graph["nodes"][1]["config"] = config
        path = make(api, graph)

        refused = api.post(path + "runs/", {})

        assert refused.status_code == 422
        assert {(one["node"], one["field"]) for one in refused.json()["errors"]} == {
            ("loop", "config.max_iterations")
        }


def test_a_loop_that_needs_more_rounds_than_allowed_says_by_what(api: Api, host: RunHost) -> None:
    started = api.post(make(api, counting(50)) + "runs/", {"settings": {"max_iterations": 5}})

    run = finished(api, started, host)

    assert (run["status"], run["error"]["code"]) == ("failed", "max_iterations")
    assert "max_iterations" in run["error"]["message"]
