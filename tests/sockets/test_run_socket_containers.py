"""What a run's socket says of loops and maps: paths in events, and snapshots that do not grow with rounds."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any

import pytest

from accounts.models import Tenant, User
from accounts.services import create_token
from runtime.disclosure import NOT_SHOWN
from runtime.engine.state import RunStatus
from runtime.host.host import RunHost
from runtime.models import Run, Workflow
from runtime.services.runs import start_run
from runtime.services.workflows import snapshot_version
from tests.people import make_user
from tests.services.runtime.conftest import wait_for_status
from tests.services.runtime.recorded import Step, loop_steps, record
from tests.services.runtime.test_containers import loop, mapped
from tests.sockets.conftest import Reader, WebServer

ROUNDS = 2_000


def start(workflow: Workflow, user: User, document: dict[str, Any]) -> Run:
    return start_run(user, snapshot_version(workflow, document, user=user))


def read(web: WebServer, run: Run, user: User, *, until: str) -> Reader:
    headers = {"Authorization": f"Bearer {create_token(user, name='test').secret}"}

    async def scenario() -> Reader:
        async with web.socket(f"/ws/runs/{run.id}/", additional_headers=headers) as socket:
            reader = Reader(socket, [])
            await reader.read_until(lambda found: until in json.dumps(found.frames[-1:]), timeout_s=60)
            return reader

    return asyncio.run(scenario())


def test_events_inside_containers_name_their_path(
    web: WebServer, workflow: Workflow, user: User, host: RunHost
) -> None:
    run = start(workflow, user, loop(50))
    host.ring()

    reader = read(web, run, user, until="run.succeeded")

    ended = Counter(event["node"] for event in reader.events if event["type"] == "node.succeeded")
    assert reader.seqs == list(range(1, len(reader.seqs) + 1))
    assert set(ended.values()) == {1}
    assert {f"loop/{number}/step" for number in range(1, 51)} < set(ended)
    started = next(event for event in reader.events if event["node"] == "loop")
    assert started["data"]["container"] == "loop"
    assert started["data"]["total"] == 50


def test_a_snapshot_of_a_long_loop_holds_what_is_open(web: WebServer, workflow: Workflow, user: User) -> None:
    run = start(workflow, user, loop(ROUNDS + 1))
    whole = record(
        run,
        [Step("run.started"), *loop_steps(ROUNDS, ("step",), total=ROUNDS + 1, open_at=ROUNDS)],
    )

    reader = read(web, run, user, until="snapshot")

    frame = reader.frames[-1]
    snapshot = frame["snapshot"]
    assert snapshot == json.loads(json.dumps(whole.to_dict(), default=str))
    assert snapshot["nodes"]["loop"]["iterations"] == {
        "total": ROUNDS + 1,
        "done": ROUNDS - 1,
        "failed": 0,
        "running": [ROUNDS],
        "failed_first": [],
    }
    assert set(snapshot["nodes"]) == {"loop", f"loop/{ROUNDS}", f"loop/{ROUNDS}/step"}
    assert len(json.dumps(frame)) < 3_000


@pytest.mark.parametrize(("role", "told"), [("viewer", False), ("operator", True)])
def test_why_an_item_failed_is_for_those_who_may_see_data(
    web: WebServer, workflow: Workflow, tenant: Tenant, user: User, host: RunHost, role: str, told: bool
) -> None:
    document = mapped([1, 2], "TestFail")
    document["nodes"][2]["config"] = {"text": "SECRET"}
    run = start(workflow, user, document)
    wait_for_status(run, RunStatus.FAILED)

    reader = read(web, run, make_user(tenant, role), until="run.failed")

    failed = [event for event in reader.events if event["type"] == "node.failed"]
    assert [event["node"] for event in failed].count("map/1") == 1
    assert all(event["data"]["error"]["code"] == "always" for event in failed)
    assert ("SECRET" in json.dumps(reader.frames)) is told
    assert (NOT_SHOWN in json.dumps(reader.frames)) is not told
