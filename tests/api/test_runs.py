"""Runs by the API, driven by a real host with the real sandbox in this process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from runtime.api import runs
from runtime.host.host import RunHost
from runtime.models import Run
from runtime.queries.runs import state_of
from tests.api.driven import code, finished, make
from tests.contract import Api

pytestmark = pytest.mark.django_db(transaction=True)
Start = Callable[..., dict[str, Any]]


def test_a_run_of_the_draft_is_answered_at_once_and_done_by_a_host(
    api: Api, workflow: dict[str, Any], host: RunHost
) -> None:
    started = api.post(f"workflows/{workflow['id']}/runs/", {"parameters": {}})
    run = finished(api, started, host)
    node = api.get(f"runs/{run['id']}/nodes/double/").json()

    assert started.json()["status"] == "queued"
    assert (run["status"], run["version"], run["trigger"]) == ("succeeded", None, "api")
    assert run["counts"] == {"succeeded": 2}
    assert {name: state["status"] for name, state in run["nodes"].items()} == {
        "start": "succeeded",
        "double": "succeeded",
    }
    assert node["inputs"] == {"number": 21}
    assert node["outputs"] == {"result": 42}
    assert [attempt["status"] for attempt in node["attempts"]] == ["succeeded"]


def test_a_run_that_goes_on_while_it_is_read_is_shown_as_of_one_event(
    api: Api, workflow: dict[str, Any], host: RunHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = finished(api, api.post(f"workflows/{workflow['id']}/runs/", {"parameters": {}}), host)
    run = Run.objects.get(pk=done["id"])
    run.status, run.last_seq = "running", 1
    before = replace(state_of(run.pk), seq=2)
    told = iter([before])
    monkeypatch.setattr("runtime.api.runs.state_of", lambda run_id: next(told, None) or state_of(run_id))

    state = runs._state_beside(run)

    assert (run.status, run.last_seq, state.seq) == ("succeeded", done["seq"], done["seq"])


def test_a_published_version_runs_as_it_was(api: Api, workflow: dict[str, Any], host: RunHost) -> None:
    path = f"workflows/{workflow['id']}/"
    api.post(path + "versions/", {})
    api.put(path + "draft/", {"graph": {"nodes": [{"id": "new", **code("result = 1")}]}}, If_Match='"1"')

    by_number = finished(api, api.post(path + "runs/", {"version": 1}), host)
    latest = finished(api, api.post(path + "runs/", {"version": "latest"}), host)
    draft = finished(api, api.post(path + "runs/", {}), host)

    assert [run["version"] for run in (by_number, latest, draft)] == [1, 1, None]
    assert set(by_number["nodes"]) == set(latest["nodes"]) == {"start", "double"}
    assert set(draft["nodes"]) == {"new"}
    assert [node["id"] for node in draft["graph"]["nodes"]] == ["new"]


@pytest.mark.parametrize("version", [2, "latest", "newest", 0, 10**30, True, 1.5, {}])
def test_a_version_that_is_not_there_is_refused(api: Api, workflow: dict[str, Any], version: Any) -> None:
    response = api.post(f"workflows/{workflow['id']}/runs/", {"version": version})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].startswith("version")


def test_parameters_that_do_not_fit_are_refused_with_their_places(api: Api) -> None:
    path = make(
        api,
        graph={
            "parameters": [{"name": "region", "schema": {"type": "string"}}],
            "nodes": [{"id": "a", **code("result = region")}],
        },
    )

    response = api.post(path + "runs/", {"parameters": {"region": 3, "other": 1}})

    assert response.status_code == 422
    assert response.json()["code"] == "graph_has_errors"
    assert {error["field"] for error in response.json()["errors"]} >= {
        "parameters.region",
        "parameters.other",
    }
    assert api.get("runs/").json()["results"] == []


def test_a_name_in_code_that_nothing_feeds_has_to_be_supplied(api: Api, host: RunHost) -> None:
    path = make(api, graph={"nodes": [{"id": "a", **code("result = amount * 2")}]})

    refused = api.post(path + "runs/", {})
    run = finished(api, api.post(path + "runs/", {"parameters": {"a": {"amount": 21}}}), host)

    assert refused.status_code == 422
    assert [(error["node"], error["field"]) for error in refused.json()["errors"]] == [("a", "inputs.amount")]
    assert api.get(f"runs/{run['id']}/nodes/a/").json()["outputs"] == {"result": 42}


def test_a_draft_with_errors_does_not_run(api: Api) -> None:
    path = make(api, graph={"nodes": [{"id": "a", **code("result = ")}]})

    response = api.post(path + "runs/", {})

    assert response.status_code == 422
    assert (response.json()["errors"][0]["node"], response.json()["errors"][0]["line"]) == ("a", 1)


def test_a_failing_node_says_where_and_what_it_kept_from_running(api: Api, host: RunHost) -> None:
    graph = {
        "nodes": [
            {"id": "bad", **code("values = [1]\nresult = values[7]")},
            {"id": "after", **code("result = value")},
        ],
        "connections": [{"source": "bad", "output": "result", "target": "after", "input": "value"}],
    }

    run = finished(api, api.post(make(api, graph=graph) + "runs/", {}), host)
    node = api.get(f"runs/{run['id']}/nodes/bad/").json()

    assert run["status"] == "failed"
    assert run["error"]["node"] == "bad"
    assert run["nodes"]["bad"]["error"]["line"] == 2
    assert "IndexError" in node["error"]["message"]
    assert (run["nodes"]["after"]["status"], run["nodes"]["after"]["reason"]) == (
        "skipped",
        "upstream_failed",
    )
    assert node["outputs"] is None


def test_a_large_output_is_previewed_and_can_be_downloaded_whole(api: Api, host: RunHost) -> None:
    graph = {"nodes": [{"id": "big", **code("result = [{'n': n, 'text': 'x' * 100} for n in range(5000)]")}]}

    run = finished(api, api.post(make(api, graph=graph) + "runs/", {}), host)
    path = f"runs/{run['id']}/nodes/big/"
    node = api.get(path)
    whole = api.get(path, {"download": "outputs"})

    assert run["status"] == "succeeded", run["error"]
    assert len(node.content) < 64 << 10
    assert node.json()["outputs_info"]["truncated"] is True
    assert node.json()["outputs_info"]["bytes"] > 500_000
    assert node.json()["items"] == 5000
    assert len(node.json()["outputs"]["result"]) == 100
    assert len(whole.json()["result"]) == 5000
    assert "attachment" in whole["Content-Disposition"]


def test_events_and_log_lines_are_read_by_their_cursors(api: Api, host: RunHost) -> None:
    text = "import logging\nfor n in range(5):\n    print('line', n)\nlogging.warning('careful')\nresult = 1"
    run = finished(api, api.post(make(api, graph={"nodes": [{"id": "a", **code(text)}]}) + "runs/", {}), host)
    path = f"runs/{run['id']}/"

    events = api.get(path + "events/").json()["results"]
    first = api.get(path + "events/", {"limit": 2}).json()
    rest = api.get(first["next"]).json()
    lines = api.get(path + "logs/").json()["results"]
    tail = api.get(path + "logs/", {"after": lines[-2]["pos"]}).json()["results"]

    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    assert events[0]["type"] == "run.queued"
    assert events[-1]["type"] == "run.succeeded"
    assert first["results"] + rest["results"] == events[:4]
    assert [line["text"] for line in lines] == [*(f"line {n}" for n in range(5)), "careful"]
    assert [line["text"] for line in tail] == ["careful"]
    assert [line["text"] for line in api.get(path + "logs/", {"level": "warning"}).json()["results"]] == [
        "careful"
    ]
    assert api.get(path + "logs/", {"node": "other"}).json()["results"] == []
    assert api.get(path + "logs/", {"after": 10_000}).json() == {"results": [], "next": None, "denied": {}}


def test_cancelling_a_queued_run_ends_it_and_twice_is_no_error(api: Api, workflow: dict[str, Any]) -> None:
    run = api.post(f"workflows/{workflow['id']}/runs/", {}).json()

    answers = [api.post(f"runs/{run['id']}/cancel/") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert api.get(f"runs/{run['id']}/").json()["status"] == "cancelled"


def test_cancelling_stops_an_endless_loop(api: Api, host: RunHost) -> None:
    path = make(api, graph={"nodes": [{"id": "loop", **code("result = 0\nwhile True:\n    result += 1")}]})
    started = api.post(path + "runs/", {})
    host.ring()
    time.sleep(0.5)

    api.post(f"runs/{started.json()['id']}/cancel/")
    run = finished(api, started, host)

    assert run["status"] == "cancelled"
    assert run["nodes"]["loop"]["status"] == "cancelled"


def test_a_run_repeated_with_its_key_starts_once(api: Api, workflow: dict[str, Any]) -> None:
    path = f"workflows/{workflow['id']}/runs/"
    answers = [api.post(path, {"parameters": {}}, Idempotency_Key="order-17") for _ in range(3)]
    other_body = api.post(path, {"version": "latest"}, Idempotency_Key="order-17")

    assert len({answer.json()["id"] for answer in answers}) == 1
    assert other_body.status_code == 422
    assert len(api.get("runs/").json()["results"]) == 1


def test_the_list_can_be_filtered_and_paged(api: Api, workflow: dict[str, Any]) -> None:
    runs = [api.post(f"workflows/{workflow['id']}/runs/", {}).json() for _ in range(4)]
    api.post(f"runs/{runs[0]['id']}/cancel/")

    def ids(**query: Any) -> list[str]:
        return [row["id"] for row in api.get("runs/", query).json()["results"]]

    assert ids() == [run["id"] for run in runs[::-1]]
    assert ids(status="cancelled") == [runs[0]["id"]]
    assert ids(status="cancelled,queued") == ids()
    assert ids(workflow=workflow["id"], search="doubl") == ids()
    assert ids(search=f"#{runs[2]['number']}") == [runs[2]["id"]]
    assert ids(trigger="schedule") == []
    assert ids(until=api.get(f"runs/{runs[1]['id']}/").json()["created_at"]) == [runs[0]["id"]]
    first = api.get("runs/", {"limit": 3}).json()
    assert len(api.get(first["next"]).json()["results"]) == 1


def test_a_workflows_row_shows_its_newest_ten_runs(api: Api, workflow: dict[str, Any]) -> None:
    runs = [api.post(f"workflows/{workflow['id']}/runs/", {}).json() for _ in range(11)]

    [row] = api.get("workflows/").json()["results"]

    assert [run["id"] for run in row["last_runs"]] == [run["id"] for run in runs[:0:-1]]


def test_a_node_that_the_version_has_not_is_404(api: Api, workflow: dict[str, Any]) -> None:
    run = api.post(f"workflows/{workflow['id']}/runs/", {}).json()

    for node in ("ghost", "%00", "x" * 5000, "%F0%9F%A6%94"):
        assert api.get(f"runs/{run['id']}/nodes/{node}/").status_code == 404
        assert api.get(f"runs/{run['id']}/nodes/{node}/?download=outputs").status_code == 404


def test_datasets_are_read_and_written_by_nodes(api: Api, host: RunHost) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    api.upload("datasets/", {"file": SimpleUploadedFile("people.csv", b"name,age\nAda,36\nGrace,85\n")})
    graph = {
        "nodes": [
            {"id": "read", "type": "DatasetReadNode", "config": {"dataset": "people"}},
            {"id": "older", **code("result = [{**row, 'age': row['age'] + 1} for row in rows]")},
            {
                "id": "write",
                "type": "DatasetWriteNode",
                "config": {"dataset": "older people", "format": "json"},
            },
        ],
        "connections": [
            {"source": "read", "output": "result", "target": "older", "input": "rows"},
            {"source": "older", "output": "result", "target": "write", "input": "records"},
        ],
    }

    run = finished(api, api.post(make(api, graph=graph) + "runs/", {}), host)
    found = api.get("datasets/", {"search": "older"}).json()["results"]

    assert run["status"] == "succeeded", run["error"]
    assert [dataset["name"] for dataset in found] == ["older people"]
    assert api.get(f"datasets/{found[0]['id']}/rows/").json()["results"] == [
        {"name": "Ada", "age": 37},
        {"name": "Grace", "age": 86},
    ]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("result = 10 ** 40", 10**40),
        ("result = {'b': 1, 'a': [1e5, 1.5, None, True]}", {"b": 1, "a": [1e5, 1.5, None, True]}),
        ("result = '\\U0001f994 \\u200b'", "\U0001f994 \u200b"),
        ("print('a\\x00b \\x1b[31m', chr(0xd800) == '')\nresult = (1, 2)", [1, 2]),
    ],
)
def test_odd_values_come_back_as_they_were(api: Api, host: RunHost, text: str, value: Any) -> None:
    run = finished(api, api.post(make(api, graph={"nodes": [{"id": "a", **code(text)}]}) + "runs/", {}), host)
    path = f"runs/{run['id']}/"

    assert run["status"] == "succeeded", run["error"]
    assert api.get(path + "nodes/a/").json()["outputs"] == {"result": value}
    assert api.get(path + "nodes/a/", {"download": "outputs"}).json() == {"result": value}
    assert api.get(path + "logs/").status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "result = chr(0xd800)",
        "result = 'a\\x00b'",
        "result = {1, 2}",
        "result = float('nan')",
        "result = b'x'",
    ],
)
def test_output_that_is_not_json_fails_at_its_node(api: Api, host: RunHost, text: str) -> None:
    run = finished(api, api.post(make(api, graph={"nodes": [{"id": "a", **code(text)}]}) + "runs/", {}), host)

    assert (run["status"], run["error"]["node"]) == ("failed", "a")
    assert run["error"]["code"] == "invalid_output"
    assert api.get(f"runs/{run['id']}/nodes/a/").json()["error"]["message"]
