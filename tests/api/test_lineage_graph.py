"""What runs did to data is found out by itself, column by column, and shown to those who may know it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Policy, Tenant
from accounts.services.versions import bump_policy_version
from runtime.host.host import RunHost
from runtime.models import LineageColumn, LineageColumnEdge, LineageDataset, LineageRun
from runtime.services.lineage_facts.finding import find_facts
from runtime.services.run_ends import follow_up
from tests.api.driven import code, finished, make, wire
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)

CSV = b"date,temp\n2024-01-01 00:00,39.4\n2024-06-02 00:00,75.5\n2024-12-03 00:00,41.0\n"


@pytest.fixture
def owner_api(tenant: Tenant) -> Api:
    return Api(make_user(tenant, "owner"))


def run_to_end(api: Api, host: RunHost, graph: dict[str, Any], name: str = "Runs", **parameters: Any) -> Any:
    run = finished(api, api.post(f"{make(api, graph, name)}runs/", {"parameters": parameters}), host)
    follow_up()
    find_facts()
    return run


def edges() -> set[str]:
    """`place.column -> place.column tier` of all edges that are in force."""
    rows = LineageColumnEdge.objects.filter(until=None).select_related(
        "from_dataset", "from_column", "to_dataset", "to_column"
    )
    return {
        f"{row.from_dataset.name}.{row.from_column.name} -> {row.to_dataset.name}.{row.to_column.name}"
        f" {row.get_tier_display().lower()}"
        for row in rows
    }


def seattle(api: Api, host: RunHost) -> Any:
    api.upload("datasets/", {"file": SimpleUploadedFile("seattle-temps.csv", CSV)})
    graph = json.loads(Path("examples/workflows/seattle-by-month.json").read_text())
    return run_to_end(api, host, graph, "Seattle by month")


def named(graph: dict[str, Any], name: str) -> dict[str, Any]:
    [node] = [node for node in graph["nodes"] if node["name"] == name]
    return node


def test_columns_are_followed_from_a_dataset_through_steps_into_another(
    owner_api: Api, host: RunHost
) -> None:
    seattle(owner_api, host)

    [target] = owner_api.get("lineage/datasets/", {"search": "by-month"}).json()["results"]
    graph = owner_api.get("lineage/graph/", {"dataset": target["id"], "column": "mean_c", "depth": 6}).json()

    assert (target["kind"], target["last_run"]["number"]) == ("dataset", 1)
    assert {node["name"] for node in graph["nodes"]} == {
        "seattle-by-month",
        "Seattle, hourly",
        "Clean and convert",
        "Warm or cold month",
        "Warm months",
        "Cold months",
        "In order",
        "seattle-temps",
    } - {"In order"} | {node["name"] for node in graph["nodes"] if node["step"] == "order"}
    by_id = {node["id"]: node["name"] for node in graph["nodes"]}
    lines = {
        (by_id[edge["from"]], edge["from_column"], by_id[edge["to"]], edge["to_column"], edge["tier"])
        for edge in graph["edges"]
    }
    assert ("seattle-temps", "temp", "Seattle, hourly", "temp", "exact") in lines
    assert ("Seattle, hourly", "temp", "Clean and convert", "celsius", "inferred") in lines
    assert ("Warm or cold month", "warm.celsius", "Warm months", "mean_c", "exact") in lines
    assert not any(column == "date" for _, column, _, _, _ in lines)
    step = named(graph, "Clean and convert")
    assert (step["kind"], step["icon"], step["detail"]) == ("step", "code", "Python code, draft")
    assert graph["truncated"] is False
    short = owner_api.get("lineage/graph/", {"dataset": target["id"], "depth": 1, "direction": "up"}).json()
    assert (len(short["nodes"]), short["truncated"]) == (2, True)


def test_a_column_tells_how_it_is_made_and_what_changes_with_it(owner_api: Api, host: RunHost) -> None:
    run = seattle(owner_api, host)

    [source] = owner_api.get("lineage/datasets/", {"search": "seattle-temps"}).json()["results"]
    column = owner_api.get("lineage/columns/", {"dataset": source["id"], "column": "temp"}).json()
    [moment] = owner_api.get("lineage/moments/", {"dataset": source["id"]}).json()["results"]

    assert (column["made"], column["feeds"], column["runs"]) == ([], 1, 1)
    assert [each["name"] for each in column["impact"]["workflows"]] == ["Seattle by month"]
    assert column["impact"]["datasets"] == 1
    assert (moment["run"]["id"], moment["direction"], moment["status"]) == (run["id"], "read", "succeeded")
    graph = owner_api.get("lineage/graph/", {"workflow": run["workflow"]["id"], "run": run["id"]}).json()
    clean = named(graph, "Clean and convert")
    celsius = owner_api.get("lineage/columns/", {"dataset": clean["id"], "column": "celsius"}).json()
    assert [(one["from"], one["column"], one["tier"]) for one in celsius["made"]] == [
        ("Seattle, hourly", "temp", "inferred")
    ]


def test_who_may_not_see_the_workflow_sees_nothing_of_it(
    owner_api: Api, host: RunHost, tenant: Tenant
) -> None:
    run = seattle(owner_api, host)
    [source] = owner_api.get("lineage/datasets/", {"search": "seattle-temps"}).json()["results"]
    graph = owner_api.get("lineage/graph/", {"workflow": run["workflow"]["id"]}).json()
    Policy.objects.create(
        tenant=tenant,
        key="hidden",
        effect="deny",
        resource_type="workflow",
        resources=["*"],
        actions=["workflow.view"],
        condition={"attribute_path": "user.roles", "operator": "contains", "value": "viewer"},
        status="active",
    )
    bump_policy_version(tenant.pk)
    viewer = Api(make_user(tenant, "viewer"))

    answer = viewer.get("lineage/graph/", {"dataset": source["id"], "direction": "down"})

    assert answer.status_code == 200, answer.content
    around = answer.json()
    assert [node["name"] for node in around["nodes"]] == ["seattle-temps"]
    assert around["edges"] == []
    step = named(graph, "Clean and convert")["id"]
    assert viewer.get("lineage/graph/", {"dataset": step}).status_code == 404
    assert viewer.get("lineage/columns/", {"dataset": step, "column": "celsius"}).status_code == 404
    assert viewer.get("lineage/moments/", {"dataset": source["id"]}).json()["results"] == []
    assert viewer.get("lineage/graph/", {"workflow": run["workflow"]["id"]}).status_code == 404
    column = viewer.get("lineage/columns/", {"dataset": source["id"], "column": "temp"}).json()
    assert (column["feeds"], column["impact"]["workflows"], column["impact"]["datasets"]) == (0, [], 0)
    items = viewer.get("lineage/datasets/").json()["results"]
    assert {item["name"] for item in items} == {"seattle-temps", "seattle-by-month"}  # both are datasets
    assert {(item["last_run"], item["last_at"]) for item in items} == {(None, None)}


def test_another_workspace_sees_nothing(owner_api: Api, host: RunHost, stranger_api: Api) -> None:
    seattle(owner_api, host)
    [source, *_] = owner_api.get("lineage/datasets/").json()["results"]

    assert stranger_api.get("lineage/datasets/").json()["results"] == []
    assert stranger_api.get("lineage/graph/", {"dataset": source["id"]}).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"dataset": "x"},
        {"dataset": "1", "depth": 11},
        {"dataset": "1", "direction": "left"},
        {"else": "1"},
    ],
)
def test_a_query_that_means_nothing_is_refused(owner_api: Api, query: dict[str, Any]) -> None:
    assert owner_api.get("lineage/graph/", query).status_code == 422


def test_names_that_are_data_are_not_told(owner_api: Api, host: RunHost) -> None:
    graph = {
        "nodes": [
            {
                "id": "people",
                **code("import base64\nresult = {base64.b64decode('QWRh').decode(): 1, 'plain': 2}"),
            },
            {"id": "next", **code("result = {'known': given, 'sum': sum(given.values())}")},
        ],
        "connections": [wire("people", "result", "next", "given")],
    }

    run = run_to_end(owner_api, host, graph)

    row = LineageRun.objects.get(pk=run["id"])
    stored = [row.facts, list(LineageDataset.objects.values()), list(LineageColumn.objects.values())]
    assert "Ada" not in str(stored)
