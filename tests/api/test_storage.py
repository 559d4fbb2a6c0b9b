"""What runs store, how they are kept and limited, and runs found by what they were started with."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from runtime.host.host import RunHost
from runtime.models import FreedStorage, Run
from tests.api.driven import finished
from tests.contract import Api

NOTHING_SET = {
    "keep_days": None, "keep_runs": None, "max_stored_mb": None,
    "max_running": None, "max_running_per_key": 1, "concurrency_key": "",
}  # fmt: skip


@pytest.fixture
def address(workflow: dict[str, Any]) -> str:
    return f"workflows/{workflow['id']}/"


def test_storage_of_a_workflow_without_runs(api: Api, address: str) -> None:
    assert api.get(address + "storage/").json() == {
        "runs": 0,
        "events": 0,
        "bytes": {"values": 0, "events": 0, "logs": 0, "total": 0},
        "oldest": None,
        "retention": {
            "keep_days": 90, "keep_days_from": "operator", "keep_runs": None,
            "max_stored_bytes": None, "max_stored_from": "operator",
        },
        "freed": None,
    }  # fmt: skip


def test_storage_counts_the_runs_and_what_was_freed(
    api: Api, address: str, workflow: dict[str, Any], host: RunHost
) -> None:
    run = finished(api, api.post(address + "runs/", {}), host)
    FreedStorage.objects.create(workflow_id=workflow["id"], bytes=7, runs=2, at=timezone.now())

    body = api.get(address + "storage/").json()

    assert body["runs"] == 1
    assert body["events"] == run["seq"]
    assert body["bytes"]["events"] > 0
    assert body["bytes"]["total"] == Run.objects.get().stored_bytes
    assert body["oldest"] == run["created_at"]
    assert (body["freed"]["bytes"], body["freed"]["runs"]) == (7, 2)


def test_how_runs_are_kept_and_limited_is_changed_in_parts(api: Api, address: str) -> None:
    assert api.get(address + "operations/").json() == NOTHING_SET

    first = api.patch(address + "operations/", {"keep_days": 7, "concurrency_key": "${customer}"})
    second = api.patch(address + "operations/", {"keep_days": None, "max_running": 3, "max_stored_mb": 5})

    assert first.json() == {**NOTHING_SET, "keep_days": 7, "concurrency_key": "${customer}"}
    assert second.json() == {
        **NOTHING_SET, "concurrency_key": "${customer}", "max_running": 3, "max_stored_mb": 5
    }  # fmt: skip
    retention = api.get(address + "storage/").json()["retention"]
    assert (retention["max_stored_bytes"], retention["max_stored_from"]) == (5 << 20, "workflow")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"keep_days": -1}, "keep_days"),
        ({"keep_days": "soon"}, "keep_days"),
        ({"keep_runs": 0}, "keep_runs"),
        ({"max_stored_mb": 1e99}, "max_stored_mb"),
        ({"max_running": 0}, "max_running"),
        ({"concurrency_key": "x" * 501}, "concurrency_key"),
        ({"concurrency_key": "${not a name}"}, "concurrency_key"),
        ({"keep": 1}, "keep"),
    ],
)
def test_limits_that_cannot_be_are_refused(api: Api, address: str, change: Any, field: str) -> None:
    answer = api.patch(address + "operations/", change)

    assert answer.status_code == 422
    assert field in str(answer.json())
    assert api.get(address + "operations/").json() == NOTHING_SET


def test_who_may_not_edit_reads_the_limits_but_changes_none(viewer_api: Api, address: str) -> None:
    assert viewer_api.get(address + "operations/").status_code == 200
    assert viewer_api.get(address + "storage/").status_code == 200
    assert viewer_api.patch(address + "operations/", {"keep_days": 1}).status_code == 403


def test_another_workspace_learns_nothing(stranger_api: Api, address: str) -> None:
    assert stranger_api.get(address + "storage/").status_code == 404
    assert stranger_api.get(address + "operations/").status_code == 404
    assert stranger_api.patch(address + "operations/", {"keep_days": 1}).status_code == 404


def test_a_full_workflow_starts_no_run_and_says_what_to_do(api: Api, address: str) -> None:
    started = api.post(address + "runs/", {})
    Run.objects.filter(pk=started.json()["id"]).update(value_bytes=3 << 20)
    api.patch(address + "operations/", {"max_stored_mb": 3})

    refused = api.post(address + "runs/", {})

    assert refused.status_code == 422
    assert refused.json()["code"] == "workflow_quota_exceeded"
    assert "store 3.0 MiB" in refused.json()["detail"]
    assert "Keep runs for fewer days" in refused.json()["detail"]
    assert Run.objects.count() == 1
    api.patch(address + "operations/", {"max_stored_mb": 4})
    assert api.post(address + "runs/", {}).status_code == 202


# --- found by what they were started with -------------------------------------------------------------------


@pytest.fixture
def started(api: Api, address: str) -> list[dict[str, Any]]:
    given = [
        {"start": {"order": {"id": 4711, "tags": ["Rush", "gift"]}, "paid": True}},
        {"start": {"order": {"id": 4712, "note": "4711"}}},
        {"start": {"name": "Ann:Marie", "deep": {"er": {"than": "three"}}}},
    ]
    return [api.post(address + "runs/", {"parameters": each}).json() for each in given]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("4711", [1, 2]),
        ("id:4711", [1]),
        ("order.id:4711", [1]),
        ("start.order.id: 4711 ", [1]),
        ("note:4711", [2]),
        ("RUSH", [1]),
        ("tags:gift", [1]),
        ("true", [1]),
        ("ann:marie", [3]),
        ("name:Ann:Marie", [3]),
        ("three", []),
        ("der:4711", []),
        ("nothing", []),
        (":", []),
    ],
)
def test_runs_are_found_by_a_value_that_they_were_given(
    api: Api, started: list[dict[str, Any]], wanted: str, found: list[int]
) -> None:
    results = api.get("runs/", {"input": wanted}).json()["results"]

    numbers = sorted(run["number"] for run in results)
    assert numbers == [started[index - 1]["number"] for index in found]


def test_a_search_by_value_goes_with_other_filters(api: Api, started: list[dict[str, Any]]) -> None:
    Run.objects.filter(pk=started[0]["id"]).update(status="cancelled")

    results = api.get("runs/", {"input": "4711", "status": "queued"}).json()["results"]

    assert [run["id"] for run in results] == [started[1]["id"]]


def test_a_search_by_value_needs_the_right_to_see_data(
    viewer_api: Api, stranger_api: Api, started: list[dict[str, Any]]
) -> None:
    assert viewer_api.get("runs/").status_code == 200
    assert viewer_api.get("runs/", {"input": "4711"}).status_code == 403
    assert stranger_api.get("runs/", {"input": "4711"}).json()["results"] == []


def test_long_values_are_found_by_their_whole(api: Api, address: str) -> None:
    value = "long " * 100
    run = api.post(address + "runs/", {"parameters": {"start": {"text": value}}}).json()

    found = api.get("runs/", {"input": value[:250]}).json()["results"]

    assert [each["id"] for each in found] == [run["id"]]
