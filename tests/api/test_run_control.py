"""People pause, resume and decide about runs by the API, and read why one does not go on."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from runtime.models import Run, RunDecision, RunEvent, Workflow
from tests.contract import Api

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(api: Api, workflow: dict[str, Any]) -> str:
    """The address of a run that no worker has taken."""
    body = api.post(f"workflows/{workflow['id']}/runs/", {"parameters": {}}).json()
    return f"runs/{body['id']}/"


@pytest.fixture
def undecided(run: str) -> str:
    """Its step `start` began, must not begin twice, and has no end."""
    row = Run.objects.get(pk=run.split("/")[1])
    happened: list[tuple[str, str | None, int, dict[str, Any]]] = [
        ("run.started", None, 0, {}),
        ("node.started", "start", 1, {}),
        ("node.waiting", "start", 1, {"reason": "outcome_unknown", "until": None}),
        ("run.waiting", None, 0, {"wake_at": None}),
    ]
    for seq, (kind, node, attempt, data) in enumerate(happened, start=2):
        RunEvent.objects.create(
            run=row, seq=seq, at=timezone.now(), type=kind, node=node, attempt=attempt, data=data
        )
    Run.objects.filter(pk=row.pk).update(status="waiting", last_seq=5, started_at=timezone.now())
    return run


def test_a_run_is_paused_and_resumed(api: Api, run: str) -> None:
    paused = api.post(run + "pause/", {})
    shown = api.get(run).json()
    resumed = api.post(run + "resume/", {})

    assert (paused.status_code, paused.json()["status"]) == (202, "paused")
    assert (shown["status"], shown["pause_requested"]) == ("paused", True)
    assert resumed.status_code == 202
    assert api.get(run).json()["pause_requested"] is False


def test_a_run_that_has_ended_stays_as_it_is(api: Api, run: str) -> None:
    api.post(run + "cancel/", {})

    for action in ("pause/", "resume/", "cancel/"):
        answer = api.post(run + action, {})
        assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")


def test_who_may_only_look_may_not_take_part(viewer_api: Api, undecided: str) -> None:
    decision = {"attempt": 1, "outcome": "retry"}

    assert viewer_api.post(undecided + "pause/", {}).status_code == 403
    assert viewer_api.post(undecided + "resume/", {}).status_code == 403
    assert viewer_api.post(undecided + "nodes/start/decide/", decision).status_code == 403
    assert not RunDecision.objects.exists()


def test_another_workspace_sees_nothing(stranger_api: Api, undecided: str) -> None:
    decision = {"attempt": 1, "outcome": "retry"}

    assert stranger_api.post(undecided + "pause/", {}).status_code == 404
    assert stranger_api.post(undecided + "nodes/start/decide/", decision).status_code == 404


def test_a_step_of_unknown_outcome_is_shown_and_decided(api: Api, undecided: str) -> None:
    waiting = api.get(undecided).json()["waiting"]
    decision = {"attempt": 1, "outcome": "succeeded", "outputs": {"result": 3}, "comment": "in the ledger"}

    answer = api.post(undecided + "nodes/start/decide/", decision)
    again = api.post(undecided + "nodes/start/decide/", decision)

    assert waiting == [
        {
            "node": "start",
            "reason": "outcome_unknown",
            "until": None,
            "attempt": 1,
            "approval": None,
            "child_run": None,
        }
    ]
    assert answer.status_code == 202, answer.content
    kept = RunDecision.objects.get()
    assert (kept.outcome, kept.outputs, kept.comment) == ("succeeded", {"result": 3}, "in the ledger")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_decide")
    assert "already" in again.json()["detail"]


@pytest.mark.parametrize(
    ("node", "body", "status"),
    [
        ("start", {"attempt": 2, "outcome": "failed"}, 409),
        ("double", {"attempt": 1, "outcome": "failed"}, 409),
        ("nowhere", {"attempt": 1, "outcome": "failed"}, 409),
        ("start", {"attempt": 0, "outcome": "failed"}, 422),
        ("start", {"attempt": 10**30, "outcome": "failed"}, 422),
        ("start", {"attempt": "1", "outcome": "maybe"}, 422),
        ("start", {"outcome": "failed"}, 422),
        ("start", {"attempt": 1, "outcome": "failed", "outputs": {"result": 1}}, 422),
        ("start", {"attempt": 1, "outcome": "succeeded", "outputs": {"reslt": 1}}, 422),
        ("start", {"attempt": 1, "outcome": "succeeded", "outputs": [1]}, 422),
        ("start", {"attempt": 1, "outcome": "retry", "comment": "x" * 3000}, 422),
        ("start", {"attempt": 1, "outcome": "retry", "more": 1}, 422),
    ],
)
def test_a_decision_that_does_not_fit_changes_nothing(
    api: Api, undecided: str, node: str, body: dict[str, Any], status: int
) -> None:
    answer = api.post(f"{undecided}nodes/{node}/decide/", body)

    assert answer.status_code == status, answer.content
    assert answer.json()["detail"]
    assert not RunDecision.objects.exists()


def test_a_run_says_what_it_queues_for(api: Api, workflow: dict[str, Any]) -> None:
    Workflow.objects.filter(pk=workflow["id"]).update(max_running=1)
    Run.objects.all().delete()
    path = f"workflows/{workflow['id']}/runs/"
    first, second, third = (api.post(path, {}).json()["id"] for _ in range(3))
    Run.objects.filter(pk=first).update(admitted_at=timezone.now())

    places = [api.get(f"runs/{run_id}/").json()["queue"] for run_id in (first, second, third)]

    assert places == [
        None,
        {"position": 1, "limit": "workflow", "running": 1, "allowed": 1},
        {"position": 2, "limit": "workflow", "running": 1, "allowed": 1},
    ]


def test_a_child_run_names_its_parent(api: Api, run: str, workflow: dict[str, Any]) -> None:
    parent = Run.objects.get(pk=run.split("/")[1])
    child = api.post(f"workflows/{workflow['id']}/runs/", {}).json()["id"]
    Run.objects.filter(pk=child).update(parent_run=parent, parent_path="double")

    assert api.get(f"runs/{child}/").json()["parent"] == {
        "id": str(parent.pk),
        "number": parent.number,
        "node": "double",
    }


def test_the_data_of_a_step_called_decide_is_still_read(api: Api, run: str) -> None:
    assert api.get(run + "nodes/start/decide/").status_code == 404
    assert api.get(run + "nodes/start/").status_code == 200
