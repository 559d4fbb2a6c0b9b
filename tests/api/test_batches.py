"""How steps that work in batches fare, over HTTP: counts and times, and nothing of their data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from runtime.host.host import RunHost
from runtime.models import BatchSample, BatchStep
from tests.api.driven import code, finished, make, wire
from tests.contract import Api

pytestmark = pytest.mark.django_db(transaction=True)

SECRET_WORD = "heron"
GRAPH: dict[str, Any] = {
    "nodes": [
        {"id": "rows", **code(f"result = [{{'n': n, 'word': '{SECRET_WORD}'}} for n in range(25)]")},
        {
            "id": "batch",
            "type": "BatchProcessorNode",
            "config": {
                "batch_size": 10,
                "processing": {"kind": "expression", "expression": "100 / (n - 7)"},
                "error_handling": "continue_with_logging",
                "rate_limit_per_second": 100,
            },
        },
    ],
    "connections": [wire("rows", "result", "batch", "items")],
}


@pytest.fixture
def address(api: Api, host: RunHost) -> str:
    """Where the batches of an ended run are told."""
    run = finished(api, api.post(make(api, GRAPH) + "runs/", {}), host)
    assert run["status"] == "succeeded", run["error"]
    return f"runs/{run['id']}/batches/"


def test_a_step_tells_its_counts_and_none_of_its_data(api: Api, viewer_api: Api, address: str) -> None:
    answer = viewer_api.get(address)

    [step] = answer.json()["results"]
    assert (step["node"], step["status"], step["strategy"]) == ("batch", "done", "parallel")
    assert (step["ok"], step["failed"], step["skipped"], step["chunks"]) == (24, 1, 0, 3)
    assert (step["rate_per_s"], step["pending"], step["working"]) == (100, 0, 0)
    assert SECRET_WORD not in answer.content.decode()
    assert "ivision" not in answer.content.decode()


def test_points_are_told_behind_the_last_that_is_known(api: Api, address: str) -> None:
    step = with_samples(3)

    [whole] = api.get(address, {"node": "batch"}).json()["results"]
    [rest] = api.get(address, {"node": "batch", "after": 2}).json()["results"]

    assert [point["seq"] for point in whole["samples"]] == [1, 2, 3]
    assert [point["seq"] for point in rest["samples"]] == [3]
    assert whole["samples"][0] | {"at": ""} == {
        **{"seq": 1, "at": "", "rate": 10.0, "size": 100, "limit": 4.5},
        **{"in_flight": 4, "p95_ms": 12.5, "done": 10, "failed": 0},
    }
    assert step.samples.count() == 3


def test_of_very_many_points_neighbours_become_one(api: Api, address: str) -> None:
    with_samples(1500)

    [step] = api.get(address).json()["results"]

    assert 400 <= len(step["samples"]) <= 600
    assert (step["samples"][-1]["seq"], step["samples"][-1]["done"]) == (1500, 15_000)


def with_samples(count: int) -> BatchStep:
    """The one step, with so many points and no others."""
    step = BatchStep.objects.get()
    step.samples.all().delete()
    first = timezone.now()
    facts = {"rate": 10.0, "size": 100, "concurrency": 4.5, "in_flight": 4, "p95_ms": 12.5, "failed": 0}
    BatchSample.objects.bulk_create(
        BatchSample(batch=step, seq=seq, at=first + timedelta(seconds=seq), done=10 * seq, **facts)
        for seq in range(1, count + 1)
    )
    return step


def test_a_step_that_there_is_not_has_no_batches(api: Api, address: str) -> None:
    assert api.get(address, {"node": "rows"}).json() == {"results": []}
    assert api.get(address, {"nodes": "rows"}).status_code == 422
