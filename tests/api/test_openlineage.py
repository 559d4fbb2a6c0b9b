"""What a run did is told to other tools: on demand to who may know it, and by posts to a collector."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Tenant
from runtime.host.host import RunHost
from runtime.models import LineageRun, Run, WorkflowTrigger
from runtime.services.lineage_facts.finding import find_facts
from runtime.services.lineage_facts.sending import send_events
from runtime.services.run_ends import follow_up
from runtime.services.triggers.schedules import fire_due
from tests.api.driven import code, ended, finished, make, wire
from tests.contract import Api
from tests.people import make_user
from tests.services.runtime.receiver import receiving
from tests.unit.lineage.openlineage_schemas import FOLDER, complaints

pytestmark = pytest.mark.django_db(transaction=True)

GRAPH: dict[str, Any] = {
    "nodes": [
        {
            "id": "people",
            **code("result = [{'ssn': '123-45-6789', 'name': 'Ada'}, {'ssn': '9', 'name': 'Ben'}]"),
        },
        {
            "id": "hide",
            "type": "MaskNode",
            "config": {"masking_rules": {"ssn": {"mask_type": "redact"}}},
        },
        {"id": "keep", "type": "DatasetWriteNode", "config": {"dataset": "people"}},
        {"id": "break", **code("result = int(given[0]['ssn'])")},
    ],
    "connections": [
        wire("people", "result", "hide", "data"),
        wire("hide", "result", "keep", "records"),
        wire("people", "result", "break", "given"),
    ],
}


@pytest.fixture
def owner_api(tenant: Tenant) -> Api:
    return Api(make_user(tenant, "owner"))


def run_of(api: Api, host: RunHost) -> Any:
    run = finished(api, api.post(f"{make(api, GRAPH)}runs/", {}), host)
    follow_up()
    return run


def test_a_run_tells_its_events_without_a_value(owner_api: Api, host: RunHost, tenant: Tenant) -> None:
    run = run_of(owner_api, host)
    address = f"runs/{run['id']}/openlineage/"
    early = owner_api.get(address)
    find_facts()

    viewer = Api(make_user(tenant, "viewer"))
    events = viewer.get(address).json()["events"]

    assert (early.status_code, early.json()["code"]) == (409, "lineage_not_ready")
    assert [
        (event["eventType"], event["job"]["name"].partition(").")[2]) for event in events[:1] + events[-1:]
    ] == [
        ("START", ""),
        ("FAIL", ""),
    ]
    ended = {
        event["job"]["name"].partition(").")[2]: event for event in events if event["eventType"] != "START"
    }
    assert {name: event["eventType"] for name, event in ended.items()} == {
        "": "FAIL", "people": "COMPLETE", "hide": "COMPLETE", "keep": "COMPLETE", "break": "FAIL",
    }  # fmt: skip
    [place] = [
        one for one in ended["keep"]["outputs"] if one["name"] == "people" and one["namespace"] == "lockgate"
    ]
    fields = place["facets"]["columnLineage"]["fields"]
    assert {one["field"] for one in fields["ssn"]["inputFields"]} == {"ssn"}
    assert place["outputFacets"]["outputStatistics"]["rowCount"] == 2
    [hidden] = ended["hide"]["outputs"]
    assert hidden["facets"]["columnLineage"]["fields"]["ssn"]["inputFields"][0]["transformations"][0][
        "masking"
    ]
    assert "123-45-6789" not in json.dumps(events)
    if FOLDER.is_dir():
        assert [found for event in events for found in complaints(event)] == []


def test_another_workspace_is_not_told(owner_api: Api, host: RunHost, stranger_api: Api) -> None:
    run = run_of(owner_api, host)

    assert stranger_api.get(f"runs/{run['id']}/openlineage/").status_code == 404


def test_events_are_posted_once_to_the_collector(owner_api: Api, host: RunHost, settings: Any) -> None:
    with receiving() as receiver:
        settings.EGRESS_ALLOW, settings.OPENLINEAGE_URL = f"127.0.0.1:{receiver.port}", receiver.url
        run = run_of(owner_api, host)
        find_facts()
        receiver.behaviours = [503]

        send_events()
        LineageRun.objects.update(next_at=LineageRun.objects.get().at)
        send_events()
        send_events()

    row = LineageRun.objects.get(pk=run["id"])
    kinds = [json.loads(got.body)["eventType"] for got in receiver.got]
    assert (row.sending, row.attempts, row.last_error) == ("sent", 2, "")
    assert kinds == ["START", *kinds[1:-1], "FAIL"]
    assert len(kinds) == 1 + 2 * 5  # the refused one, then two for the run and each of its steps
    assert "123-45-6789" not in str(receiver.got)


def test_a_scheduled_run_tells_the_time_that_it_was_scheduled_for(
    owner_api: Api, host: RunHost, tenant: Tenant
) -> None:
    noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
    path = make(owner_api, {"nodes": [{"id": "one", **code("result = 1")}]})
    assert owner_api.post(f"{path}versions/", {}).status_code == 201
    config = {"cron": "0 12 * * *", "zone": "UTC"}
    body = {"kind": "schedule", "workflow": path.split("/")[1], "name": "Noon", "config": config}
    made = owner_api.post("triggers/", body)
    assert made.status_code == 201, made.content
    WorkflowTrigger.objects.update(enabled=True, next_at=noon)
    fire_due(noon + timedelta(seconds=1))
    run = ended(owner_api, Run.objects.get().pk, host)
    follow_up()
    find_facts()

    events = owner_api.get(f"runs/{run['id']}/openlineage/").json()["events"]

    told = {event["run"]["facets"]["nominalTime"]["nominalStartTime"] for event in (events[0], events[-1])}
    assert told == {noon.isoformat()}
    if FOLDER.is_dir():
        assert [found for event in events for found in complaints(event)] == []
