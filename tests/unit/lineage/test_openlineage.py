"""Every event is what OpenLineage 2-0-2 says, and what its own client takes."""

from __future__ import annotations

import pytest

from runtime.lineage.openlineage import events_of
from tests.unit.lineage.openlineage_schemas import complaints, needs_schemas
from tests.unit.lineage.random_workflows import random_run


@needs_schemas
@pytest.mark.parametrize("tenth", range(10))
def test_events_of_200_random_workflows_are_valid(tenth: int) -> None:
    for seed in range(tenth * 20, tenth * 20 + 20):
        events = events_of(random_run(seed))

        assert [found for event in events for found in complaints(event)] == [], seed


def test_the_client_of_openlineage_takes_them() -> None:
    from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
    from openlineage.client.serde import Serde

    for seed in range(40):
        for event in events_of(random_run(seed)):
            taken = RunEvent(
                eventType=RunState(event["eventType"]),
                eventTime=event["eventTime"],
                run=Run(runId=event["run"]["runId"]),
                job=Job(namespace=event["job"]["namespace"], name=event["job"]["name"]),
                producer=event["producer"],
            )
            assert Serde.to_dict(taken)["eventTime"] == event["eventTime"]


def test_each_run_and_step_starts_once_and_ends_once() -> None:
    for seed in range(40):
        run = random_run(seed)
        kinds: dict[str, list[str]] = {}
        for event in events_of(run):
            kinds.setdefault(event["run"]["runId"], []).append(event["eventType"])

        assert len(kinds) == len(run.steps) + 1
        for told in kinds.values():
            assert told[0] == "START"
            assert told[1:] in (["COMPLETE"], ["FAIL"], ["ABORT"])
