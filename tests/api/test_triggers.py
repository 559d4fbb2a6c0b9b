"""`triggers/`: set up by those who may, with every problem at its field."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Tenant
from runtime.models import Run, WorkflowTrigger
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(api: Api, workflow: dict[str, Any]) -> str:
    """The id of a workflow with a published version."""
    assert api.post(f"workflows/{workflow['id']}/versions/", {}).status_code == 201
    return str(workflow["id"])


def schedule(workflow: str, **fields: Any) -> dict[str, Any]:
    config = {"cron": "0 6 * * MON-FRI", "zone": "Europe/Berlin", **fields.pop("config", {})}
    return {"workflow": workflow, "kind": "schedule", "name": "Mornings", "config": config, **fields}


def test_a_schedule_is_made_read_changed_and_deleted(api: Api, published: str) -> None:
    made = api.post("triggers/", schedule(published, enabled=True))
    path = f"triggers/{made.json()['id']}/"

    body = api.get(path).json()
    changed = api.patch(path, {"name": "Weekdays", "config": {"cron": "0 7 * * *"}}).json()

    assert made.status_code == 201
    assert made["Location"] == f"/api/v1/{path}"
    assert (body["version"], body["enabled"], body["can"]) == ("latest", True, ["trigger.manage"])
    assert body["config"]["overlap"] == "queue"
    assert body["workflow"]["published_version"] == 1
    assert body["next_fire_at"] is not None
    assert (changed["name"], changed["config"]["zone"]) == ("Weekdays", "UTC")
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_bad_cron_and_zone_are_located(api: Api, published: str) -> None:
    response = api.post("triggers/", schedule(published, config={"cron": "0 0 0 1 1 *", "zone": "Mars"}))

    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == ["config.cron", "config.zone"]
    assert WorkflowTrigger.objects.count() == 0


def test_a_preview_tells_times_with_their_offsets(api: Api) -> None:
    found = api.post("triggers/preview/", {"cron": "30 2 * * *", "zone": "Europe/Berlin", "count": 3}).json()
    refused = api.post("triggers/preview/", {"cron": "0 0 31 2 *"})

    assert len(found["results"]) == 3
    assert all(time["at"].endswith(("+01:00", "+02:00")) for time in found["results"])
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "cron"


def test_enabling_needs_a_published_version(api: Api, workflow: dict[str, Any]) -> None:
    refused = api.post("triggers/", schedule(workflow["id"], enabled=True))
    kept = api.post("triggers/", schedule(workflow["id"]))

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "not_published"
    assert kept.json()["next_fire_at"] is None


def test_lists_are_filtered(api: Api, published: str) -> None:
    api.post("triggers/", schedule(published))
    api.post("triggers/", {**schedule(published), "kind": "webhook", "name": "Orders", "config": {}})

    def names(**query: str) -> list[str]:
        return [item["name"] for item in api.get("triggers/", query).json()["results"]]

    assert names() == ["Orders", "Mornings"]
    assert names(kind="schedule") == ["Mornings"]
    assert names(workflow=published, search="ord") == ["Orders"]
    assert names(search="doubling") == ["Orders", "Mornings"]


def test_a_schedule_is_fired_by_hand_and_tells_of_it(api: Api, published: str) -> None:
    trigger = api.post("triggers/", schedule(published)).json()["id"]

    fired = api.post(f"triggers/{trigger}/fire/")
    [fire] = api.get(f"triggers/{trigger}/fires/").json()["results"]

    run = Run.objects.get()
    assert (fired.status_code, fired.json()) == (202, {"run": {"id": str(run.pk), "number": run.number}})
    assert (fire["cause"], fire["outcome"], fire["run"]["number"]) == ("person", "started", run.number)


def test_only_schedules_are_fired_and_only_webhooks_have_addresses(api: Api, published: str) -> None:
    timed = api.post("triggers/", schedule(published)).json()["id"]
    hook = api.post("triggers/", {**schedule(published), "kind": "webhook", "config": {}}).json()["id"]

    assert api.post(f"triggers/{hook}/fire/").status_code == 409
    assert api.get(f"triggers/{timed}/secret/").status_code == 409


def test_an_address_is_whole_and_stays_secret_from_who_only_looks(
    api: Api, viewer_api: Api, published: str
) -> None:
    hook = api.post("triggers/", {**schedule(published), "kind": "webhook", "config": {}}).json()["id"]

    shown = api.get(f"triggers/{hook}/secret/").json()

    assert shown["url"].startswith("http://testserver/api/v1/hooks/")
    assert "/hooks/test/" in shown["test_url"]
    assert viewer_api.get(f"triggers/{hook}/secret/").status_code == 403
    assert shown["url"].split("/")[-2] not in viewer_api.get(f"triggers/{hook}/").content.decode()


def test_messages_are_for_those_who_may_see_data(api: Api, viewer_api: Api, published: str) -> None:
    trigger = api.post("triggers/", schedule(published)).json()["id"]
    problem = {"code": "cannot_start", "message": "amount is 12345", "at": "2026-05-04T12:00:00+00:00"}
    WorkflowTrigger.objects.update(last_problem=problem)

    assert api.get(f"triggers/{trigger}/").json()["last_problem"]["message"] == "amount is 12345"
    shown = viewer_api.get(f"triggers/{trigger}/").json()["last_problem"]
    assert (shown["code"], shown["message"]) == ("cannot_start", None)


def test_anothers_trigger_is_taken_over_before_it_is_changed(
    api: Api, tenant: Tenant, published: str
) -> None:
    colleague = make_user(tenant, "editor")
    other = Api(colleague)
    trigger = api.post("triggers/", schedule(published)).json()["id"]

    refused = other.patch(f"triggers/{trigger}/", {"concurrency_key": "fired_at"})
    taken = other.patch(f"triggers/{trigger}/", {"concurrency_key": "fired_at", "run_as": str(colleague.pk)})

    assert refused.status_code == 403
    assert "take it over" in refused.json()["detail"]
    assert taken.json()["run_as"]["id"] == str(colleague.pk)


def test_a_tokens_scopes_bound_what_its_triggers_may_run(editor: Any, published: str) -> None:
    narrow = Api(editor, ["trigger.view", "trigger.manage", "workflow.view"])

    response = narrow.post("triggers/", schedule(published, enabled=True))

    assert response.status_code == 422
    assert response.json()["errors"][0]["code"] == "run_as_denied"


def test_workflows_and_people_of_another_workspace_are_unknown(
    api: Api, stranger_api: Api, published: str
) -> None:
    theirs = stranger_api.post("triggers/", schedule(published))
    stranger = make_user(Tenant.objects.exclude(workflows__id=published).first(), "editor")
    ours = api.post("triggers/", schedule(published, run_as=str(stranger.pk)))

    assert theirs.json()["errors"][0]["field"] == "workflow"
    assert ours.json()["errors"][0]["field"] == "run_as"


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "manual"},
        {"version": 0},
        {"version": "newest"},
        {"inputs": {"x": 5}},
        {"inputs": []},
        {"name": ""},
        {"config": None},
        {"extra": 1},
        {"workflow": "x"},
        {"concurrency_key": "x" * 5000},
    ],
)
def test_what_is_no_trigger_is_refused_with_its_field(
    api: Api, published: str, fields: dict[str, Any]
) -> None:
    response = api.post("triggers/", {**schedule(published), **fields})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"].split(".")[0] == next(iter(fields))


def test_deleting_a_trigger_keeps_its_runs(api: Api, published: str) -> None:
    trigger = api.post("triggers/", schedule(published)).json()["id"]
    run = api.post(f"triggers/{trigger}/fire/").json()["run"]["id"]

    api.delete(f"triggers/{trigger}/")

    assert api.get(f"runs/{run}/").json()["trigger_ref"] is None


def test_triggers_of_a_deleted_workflow_are_gone(api: Api, published: str) -> None:
    trigger = api.post("triggers/", schedule(published)).json()["id"]

    api.delete(f"workflows/{published}/")

    assert api.get(f"triggers/{trigger}/").status_code == 404
    assert api.get("triggers/").json()["results"] == []
