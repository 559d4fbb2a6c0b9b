"""Parts of a graph, pinned outputs and runs that are run again, by the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from runtime.host.host import RunHost
from runtime.models import Run
from tests.api.driven import code, finished, make, wire
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def chain(last: str = "result = value * 100") -> dict[str, Any]:
    """a -> b -> c, and d beside them."""
    return {
        "nodes": [
            {"id": "a", **code("result = 1")},
            {"id": "b", **code("result = value + 1")},
            {"id": "c", **code(last)},
            {"id": "d", **code("result = 'beside'")},
        ],
        "connections": [wire("a", "result", "b", "value"), wire("b", "result", "c", "value")],
    }


def save(api: Api, path: str, graph: dict[str, Any]) -> None:
    revision = api.get(path + "draft/")["ETag"]
    assert api.put(path + "draft/", {"graph": graph}, If_Match=revision).status_code == 200


def start(api: Api, path: str, host: RunHost, **body: Any) -> dict[str, Any]:
    return finished(api, api.post(path + "runs/", body), host)


def states(run: dict[str, Any]) -> dict[str, str]:
    return {name: node["status"] for name, node in run["nodes"].items()}


def value(api: Api, run: dict[str, Any], node: str) -> Any:
    return api.get(f"runs/{run['id']}/nodes/{node}/").json()["outputs"]["result"]


def refusal(response: Any) -> list[tuple[str, str | None, str | None]]:
    """(code, node, field) of each."""
    assert response.status_code == 422, response.content
    return [(one["code"], one.get("node"), one["field"]) for one in response.json()["errors"]]


def test_a_full_run_says_so(api: Api, host: RunHost) -> None:
    run = start(api, make(api, chain()), host)

    assert (run["mode"], run["node"], run["source_run"], run["selected"]) == ("full", None, None, None)
    assert run["settings"] == {}
    assert api.get("runs/").json()["results"][0]["mode"] == "full"


def test_to_a_node_runs_it_and_what_it_needs(api: Api, host: RunHost) -> None:
    run = start(api, make(api, chain()), host, mode="to_node", node="b")

    assert run["status"] == "succeeded", run["error"]
    assert (run["mode"], run["node"], set(run["selected"])) == ("to_node", "b", {"a", "b"})
    assert states(run) == {"a": "succeeded", "b": "succeeded", "c": "pending", "d": "pending"}


def test_from_a_node_takes_the_newest_results_before_it(api: Api, host: RunHost) -> None:
    path = make(api, chain())
    first = start(api, path, host)
    save(api, path, chain("result = value * 1000"))

    run = start(api, path, host, mode="from_node", node="c")

    assert run["status"] == "succeeded", run["error"]
    assert value(api, run, "c") == 2000
    assert states(run) == {"a": "pending", "b": "succeeded", "c": "succeeded", "d": "pending"}
    assert run["nodes"]["b"]["copied_from"] == {"id": first["id"], "number": first["number"]}
    assert run["nodes"]["c"]["copied_from"] is None
    assert value(api, run, "b") == 2, "a result that was taken over can be looked at"


def test_a_single_node_runs_alone_on_the_results_of_the_run_that_is_named(api: Api, host: RunHost) -> None:
    path = make(api, chain())
    first = start(api, path, host)
    other = chain()
    other["nodes"][1] = {"id": "b", **code("result = value + 10")}
    save(api, path, other)
    start(api, path, host)

    newest = start(api, path, host, mode="single", node="c")
    named = start(api, path, host, mode="single", node="c", source_run=first["id"])

    assert (value(api, newest, "c"), value(api, named, "c")) == (1100, 200)
    assert named["source_run"] == {"id": first["id"], "number": first["number"]}
    assert named["nodes"]["b"]["copied_from"]["id"] == first["id"]


def test_without_an_earlier_result_a_part_is_refused(api: Api, host: RunHost) -> None:
    path = make(api, chain())

    refused = api.post(path + "runs/", {"mode": "single", "node": "c"})

    [(told, node, _)] = refusal(refused)
    assert (told, node) == ("no_earlier_result", "b")
    assert not Run.objects.exists()


def test_a_pinned_output_stands_in_for_the_node_and_cuts_what_it_needs(api: Api, host: RunHost) -> None:
    graph = chain()
    graph["nodes"][1]["options"] = {"pin": {"result": 7}}
    path = make(api, graph)

    whole = start(api, path, host)
    part = start(api, path, host, mode="to_node", node="c")
    alone = start(api, path, host, mode="single", node="c")

    assert [value(api, run, "c") for run in (whole, part, alone)] == [700, 700, 700]
    assert whole["nodes"]["b"]["pinned"] is True
    assert whole["nodes"]["c"]["pinned"] is False
    assert states(part)["a"] == "pending"


def test_a_run_is_run_again_whole(api: Api, host: RunHost) -> None:
    path = make(api, chain())
    first = start(api, path, host, settings={"max_concurrency": 3})
    save(api, path, {"nodes": []})

    again = finished(api, api.post(f"runs/{first['id']}/rerun/", {}), host)

    assert again["id"] != first["id"]
    assert (again["graph"], again["settings"]) == (first["graph"], first["settings"])
    assert (again["mode"], states(again)) == ("full", states(first))
    assert again["source_run"] == {"id": first["id"], "number": first["number"]}
    assert all(node["copied_from"] is None for node in again["nodes"].values())


def test_what_failed_is_run_again_and_the_rest_is_taken_over(api: Api, host: RunHost) -> None:
    first = start(api, make(api, chain("result = value // zero")), host, parameters={"c": {"zero": 0}})

    answer = api.post(f"runs/{first['id']}/rerun/", {"mode": "failed"})
    again = finished(api, answer, host)

    assert answer["Location"] == f"/api/v1/runs/{again['id']}/"
    assert (first["status"], again["status"]) == ("failed", "failed")
    assert again["mode"] == "failed"
    copied = {name for name, node in again["nodes"].items() if node["copied_from"]}
    assert copied == {"a", "b", "d"}
    assert again["nodes"]["c"]["error"]["code"] == "code_error"


def test_a_copy_of_a_copy_names_the_run_that_did_the_work(api: Api, host: RunHost) -> None:
    first = start(api, make(api, chain("result = value // 0")), host)
    second = finished(api, api.post(f"runs/{first['id']}/rerun/", {"mode": "failed"}), host)

    third = finished(api, api.post(f"runs/{second['id']}/rerun/", {"mode": "failed"}), host)

    assert third["nodes"]["a"]["copied_from"] == {"id": first["id"], "number": first["number"]}
    assert third["source_run"]["id"] == second["id"]


def test_running_again_twice_with_its_key_starts_once(api: Api, host: RunHost) -> None:
    first = start(api, make(api, chain()), host)

    answers = [api.post(f"runs/{first['id']}/rerun/", {}, Idempotency_Key="again-1") for _ in range(2)]

    assert len({answer.json()["id"] for answer in answers}) == 1
    assert (
        api.post(f"runs/{first['id']}/rerun/", {"mode": "failed"}, Idempotency_Key="again-1").status_code
        == 422
    )


# --- refused ------------------------------------------------------------------------------------------------

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"mode": "half"}, "mode"),
    ({"mode": None}, "mode"),
    ({"mode": "to_node"}, "node"),
    ({"mode": "single", "node": None}, "node"),
    ({"node": "a"}, "node"),
    ({"mode": "full", "node": "a"}, "node"),
    ({"mode": "to_node", "node": "ghost"}, "node"),
    ({"mode": "to_node", "node": ""}, "node"),
    ({"mode": "to_node", "node": "../a"}, "node"),
    ({"mode": "to_node", "node": "x" * 500}, "node"),
    ({"mode": "to_node", "node": ["a"]}, "node"),
]


def test_a_part_that_cannot_be_is_refused_with_its_place(api: Api) -> None:
    path = make(api, chain())
    run = api.post(path + "runs/", {}).json()

    for body, field in WRONG:
        for address in (path + "runs/", f"runs/{run['id']}/rerun/"):
            refused = api.post(address, body)

            assert refused.status_code == 422, (address, body)
            assert [error["field"] for error in refused.json()["errors"]] == [field], (address, body)
            assert refused.json()["detail"]
    assert Run.objects.count() == 1


@pytest.mark.parametrize("mode", ["full", "to_node"])
def test_a_source_that_nothing_is_taken_from_is_refused(api: Api, host: RunHost, mode: str) -> None:
    path = make(api, chain())
    first = start(api, path, host)
    body = {"mode": mode, "source_run": first["id"], **({"node": "b"} if mode == "to_node" else {})}

    assert refusal(api.post(path + "runs/", body)) == [("value_error", None, "source_run")]


def test_a_source_that_is_none_of_this_workflow_is_as_unknown_as_none(
    api: Api, stranger_api: Api, host: RunHost
) -> None:
    path = make(api, chain())
    start(api, path, host)
    other = start(api, make(api, chain()), host)
    theirs = start(stranger_api, make(stranger_api, chain()), host)

    answers = [
        api.post(path + "runs/", {"mode": "single", "node": "c", "source_run": source})
        for source in (other["id"], theirs["id"], str(uuid4()))
    ]

    assert {answer.status_code for answer in answers} == {422}
    assert len({answer.content for answer in answers}) == 1, "one cannot tell which of them it is"
    assert refusal(answers[0]) == [("unknown_run", None, "source_run")]


def test_a_run_that_goes_on_has_nothing_failed_to_repeat(api: Api) -> None:
    run = api.post(make(api, chain()) + "runs/", {}).json()

    refused = api.post(f"runs/{run['id']}/rerun/", {"mode": "failed"})

    assert (refused.status_code, refused.json()["code"]) == (422, "run_is_active")


def test_where_nothing_failed_nothing_is_repeated(api: Api, host: RunHost) -> None:
    run = start(api, make(api, chain()), host)

    refused = api.post(f"runs/{run['id']}/rerun/", {"mode": "failed"})

    assert (refused.status_code, refused.json()["code"]) == (422, "nothing_failed")


def test_a_deleted_workflows_run_is_not_run_again(api: Api, host: RunHost) -> None:
    path = make(api, chain())
    run = start(api, path, host)
    assert api.delete(path).status_code == 204

    refused = api.post(f"runs/{run['id']}/rerun/", {})

    assert (refused.status_code, refused.json()["code"]) == (422, "workflow_deleted")


def test_results_are_taken_over_only_by_who_may_see_them(tenant: Any, api: Api, host: RunHost) -> None:
    path = make(api, chain())
    run = start(api, path, host)
    blind = Api(make_user(tenant, "editor"), ["workflow.view", "workflow.run", "run.view"])

    again = blind.post(f"runs/{run['id']}/rerun/", {"mode": "failed"})
    named = blind.post(path + "runs/", {"mode": "single", "node": "c", "source_run": run["id"]})
    found = blind.post(path + "runs/", {"mode": "single", "node": "c"})

    assert (again.status_code, named.status_code) == (403, 403)
    assert [code for code, *_ in refusal(found)] == ["no_earlier_result"]
    assert Run.objects.count() == 1


def test_another_workspaces_run_is_not_run_again(api: Api, stranger_api: Api, host: RunHost) -> None:
    run = start(api, make(api, chain()), host)

    answers = [stranger_api.post(f"runs/{name}/rerun/", {}) for name in (run["id"], uuid4())]

    assert [answer.status_code for answer in answers] == [404, 404]


# --- pins ---------------------------------------------------------------------------------------------------


def pinned(pin: Any) -> dict[str, Any]:
    return {"nodes": [{"id": "a", **code("result = 1"), "options": {"pin": pin}}]}


def test_a_version_with_pins_is_not_published(api: Api) -> None:
    path = make(api, pinned({"result": 1}))

    refused = api.post(path + "versions/", {})

    assert refusal(refused) == [("pinned_output", "a", "options.pin")]
    assert "Remove the pin" in refused.json()["errors"][0]["hint"]
    save(api, path, pinned(None))
    assert api.post(path + "versions/", {}).status_code == 201


@pytest.mark.parametrize("pin", [{"nope": 1}, {"result": 1, "x": 2}])
def test_a_pin_that_is_not_of_its_outputs_is_kept_and_told(api: Api, pin: Any) -> None:
    path = make(api, pinned(pin))

    draft = api.get(path + "draft/").json()

    [problem] = draft["problems"]
    assert draft["graph"]["nodes"][0]["options"]["pin"] == pin
    assert (problem["code"], problem["node"]) == ("unknown_output", "a")
    assert problem["field"].startswith("options.pin")
    assert api.post(path + "runs/", {}).status_code == 422


@pytest.mark.parametrize("pin", [5, "text", [1], True])
def test_a_pin_that_is_no_object_is_refused(api: Api, pin: Any) -> None:
    refused = api.post("workflows/", {"name": "x", "graph": pinned(pin)})

    assert refused.status_code == 422
    assert ("a", "options.pin") in {(one["node"], one["field"]) for one in refused.json()["errors"]}


def test_a_huge_pin_and_a_deep_one_are_refused_like_any_body(api: Api) -> None:
    deep: Any = 1
    for _ in range(200):
        deep = [deep]
    huge = (
        b'{"name": "x", "graph": {"nodes": [{"id": "a", "type": "MergeNode", "options": {"pin": {"result": "'
    )
    huge += b"x" * (11 << 20) + b'"}}}]}}'

    assert api.post("workflows/", {"name": "x", "graph": pinned({"result": deep})}).status_code == 422
    assert api.send("POST", "workflows/", huge).status_code == 413
    assert api.send("POST", "workflows/", huge[: 1 << 20]).status_code == 400


def test_a_large_pin_that_fits_runs(api: Api, host: RunHost) -> None:
    rows = [{"n": n, "text": "x" * 20} for n in range(20_000)]
    path = make(api, pinned({"result": rows}))

    run = start(api, path, host)
    node = api.get(f"runs/{run['id']}/nodes/a/").json()

    assert run["status"] == "succeeded", run["error"]
    assert (node["items"], node["outputs_info"]["truncated"]) == (20_000, True)


def test_a_pin_past_what_a_sample_is_can_be_mended(api: Api) -> None:
    path = make(api, pinned({"result": "x" * (2 << 20)}))

    draft = api.get(path + "draft/").json()

    assert [(one["node"], one["field"]) for one in draft["problems"]] == [("a", "options.pin")]
    save(api, path, pinned(None))
    assert api.get(path + "draft/").json()["problems"] == []


def test_pinned_values_are_shown_to_those_alone_who_may_see_data(
    tenant: Any, api: Api, host: RunHost
) -> None:
    path = make(api, pinned({"result": "a secret value"}))
    run = start(api, path, host)
    viewer = Api(make_user(tenant, "viewer"))
    analyst = Api(make_user(tenant, "analyst"))
    addresses = [path + "draft/", path + "export/", f"runs/{run['id']}/"]

    for address in addresses:
        assert b"a secret value" in analyst.get(address).content, address
        assert b"a secret value" not in viewer.get(address).content, address
        graph = viewer.get(address).json()["graph"]
        assert graph["nodes"][0]["options"]["pin"] == {"result": None}


def test_what_is_not_part_of_the_run_may_have_errors_yet(api: Api, host: RunHost) -> None:
    path = make(api, chain())
    save(api, path, chain(last="result = ("))

    run = start(api, path, host, mode="to_node", node="b")

    assert run["status"] == "succeeded", run["error"]
    assert value(api, run, "b") == 2
    assert refusal(api.post(path + "runs/", {}))[0][1] == "c"
    assert refusal(api.post(path + "runs/", {"mode": "to_node", "node": "c"}))[0][1] == "c"
    assert refusal(api.post(f"runs/{run['id']}/rerun/", {"mode": "from_node", "node": "b"}))[0][1] == "c"


def test_errors_of_what_is_part_of_the_run_are_all_told(api: Api) -> None:
    path = make(api, chain())
    save(api, path, chain(last="result = ("))

    assert refusal(api.post(path + "runs/", {"mode": "single", "node": "nobody"}))[0][2] == "node"
