"""Sub-workflows as runs of their own: started once, waited for parked, ended with their parent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from accounts.models import User
from runtime.engine.state import RunStatus
from runtime.models import TERMINAL, Run, RunEvent, Workflow
from runtime.queries.nodes import outputs_of
from runtime.services import run_ends
from runtime.services.children import RunChildren
from runtime.services.in_thread import in_thread
from runtime.services.runs import cancel_run, pause_run, resume_run
from runtime.services.withdrawing import withdraw_left
from runtime.services.workflows import create_workflow, delete_workflow, publish_version
from tests.services.runtime import nodes
from tests.services.runtime.conftest import (
    DeadLease,
    HostMaker,
    NoServices,
    RunMaker,
    expire_lease,
    look,
    types_of,
    wait_for,
    wait_for_status,
)
from tests.services.runtime.recorded import Step, record


class Children(NoServices):
    """Nothing but runs of steps."""

    def for_run(self, *, run_id: UUID, **_: Any) -> Any:
        return type("Services", (), {"children": RunChildren(run_id)})()

    async def recall_secrets(self, *_: Any) -> None:
        return None

    async def withdraw(self, run_id: UUID) -> None:
        await in_thread(withdraw_left, run_id)


@pytest.fixture
def start(make_host: HostMaker) -> Callable[..., Any]:
    return lambda **options: make_host(services=Children, **options)


def child(user: User, *steps: tuple[str, str, dict[str, Any]], **more: Any) -> Workflow:
    document = {
        "schema": 1,
        "nodes": [{"id": id_, "type": type_, "config": config} for id_, type_, config in steps],
        "connections": [],
        **more,
    }
    workflow = create_workflow(tenant=user.tenant, user=user, name="Child")
    publish_version(workflow, document, user=user)
    return workflow


def calling(workflow: Workflow, /, *, options: dict[str, Any] | None = None, **config: Any) -> dict[str, Any]:
    """call -> after; `after` gives what it was given."""
    config = {"workflow": str(workflow.pk), "run_as": "separate", **config}
    return {
        "nodes": [
            {"id": "call", "type": "SubWorkflowNode", "config": config, "options": options or {}},
            {"id": "after", "type": "TestEcho", "config": {"value": "after"}},
        ],
        "connections": [{"source": "call", "output": "result", "target": "after", "input": "value"}],
    }


def wait_for_end(run: Run) -> Run:
    def ended() -> bool:
        run_ends.follow_up()
        run.refresh_from_db()
        return run.status in TERMINAL

    wait_for(ended, "the end of the run")
    return run


def only_child(run: Run) -> Run:
    found: Run = run.child_runs.get()
    return found


@pytest.mark.parametrize("output", ["", "a.result", "a.result.n", "b"])
def test_the_result_is_that_of_the_same_workflow_inside_the_run(
    user: User, make_run: RunMaker, start: Any, output: str
) -> None:
    called = child(user, ("a", "TestEcho", {"value": {"n": [1, 2]}}), ("b", "TestEcho", {"value": 2}))
    start()

    results = []
    for run_as in ("inline", "separate"):
        run = wait_for_end(make_run(document=calling(called, output=output, run_as=run_as)))
        assert run.status == "succeeded", run.error
        results.append(outputs_of(run, "call").values)

    assert results[0] == results[1]
    assert Run.objects.filter(workflow=called).count() == 1


def test_the_parent_waits_parked_and_names_its_child(user: User, make_run: RunMaker, start: Any) -> None:
    called = child(user, ("gate", "TestGate", {}))
    run = make_run(document=calling(called))
    start()
    wait_for(lambda: "run.waiting" in types_of(run), "the wait")
    run.refresh_from_db()
    assert (run.status, run.owner_id, run.wake_at) == ("waiting", None, None)
    waiting = RunEvent.objects.get(run=run, type="node.waiting")
    assert waiting.data == {"reason": "child_run", "until": None}
    mine = only_child(run)
    assert (mine.trigger, mine.parent_path, mine.requested_by_id) == ("workflow", "call", user.pk)

    nodes.open_gate("gate")

    assert wait_for_end(run).status == "succeeded"
    assert nodes.calls == {"gate": 1, "after": 1}


def test_the_child_gets_the_inputs_as_parameters(user: User, make_run: RunMaker, start: Any) -> None:
    parameters = [{"name": "region", "schema": {"type": "string"}, "default": "north"}]
    called = child(user, ("a", "TestEcho", {"value": "${region}"}), parameters=parameters)
    document = calling(called, output="a")
    document["nodes"].append({"id": "give", "type": "TestEcho", "config": {"value": "south"}})
    document["connections"].append(
        {"source": "give", "output": "result", "target": "call", "input": "region"}
    )
    start()

    run = wait_for_end(make_run(document=document))

    assert outputs_of(run, "call").values == {"result": "south"}
    assert only_child(run).parameters == {"region": "south"}


def test_a_child_that_fails_fails_its_step_with_its_number(
    user: User, make_run: RunMaker, start: Any
) -> None:
    called = child(user, ("a", "TestFail", {}))
    start()

    run = wait_for_end(make_run(document=calling(called)))

    assert run.status == "failed"
    assert run.error["code"] == "child_failed"
    assert (run.error["node"], run.error["child_run"]) == ("call", only_child(run).number)


def test_a_child_that_is_cancelled_fails_its_step(user: User, make_run: RunMaker, start: Any) -> None:
    run = make_run(document=calling(child(user, ("gate", "TestGate", {}))))
    start()
    wait_for(lambda: "node.waiting call" in types_of(run), "the wait")

    cancel_run(only_child(run))

    assert wait_for_end(run).error["code"] == "child_cancelled"


def test_cancelling_the_parent_cancels_its_children(user: User, make_run: RunMaker, start: Any) -> None:
    run = make_run(document=calling(child(user, ("gate", "TestGate", {}))))
    start()
    wait_for(lambda: "run.waiting" in types_of(run), "the wait")
    mine = only_child(run)

    cancel_run(run)

    assert wait_for_end(run).status == "cancelled"
    assert wait_for_end(mine).status == "cancelled"


def in_a_loop_that_times_out(workflow: Workflow) -> dict[str, Any]:
    document = calling(workflow)
    for node in document["nodes"]:
        node["parent"] = "loop"
    options = {"timeout": 1, "on_error": "continue"}
    document["nodes"] += [
        {"id": "loop", "type": "LoopNode", "config": {"max_iterations": 1}, "options": options},
        {"id": "beside", "type": "TestGate", "config": {"gate": "beside"}},
    ]
    return document


def test_a_child_is_cancelled_when_its_step_ends_while_the_run_goes_on(
    user: User, make_run: RunMaker, start: Any
) -> None:
    run = make_run(document=in_a_loop_that_times_out(child(user, ("gate", "TestGate", {}))))
    start()
    wait_for(lambda: "node.failed loop" in types_of(run), "the timeout")

    assert wait_for_end(only_child(run)).status == "cancelled"

    run.refresh_from_db()
    assert run.status == "running"
    nodes.open_gate("beside")
    assert wait_for_end(run).status == "succeeded"


def test_a_child_that_is_started_too_late_is_cancelled_at_once(user: User, make_run: RunMaker) -> None:
    called = child(user, ("gate", "TestGate", {}))
    run = make_run(document=in_a_loop_that_times_out(called))
    ended = ("run.started", "node.started loop/1/call", "node.cancelled loop/1/call")
    record(run, [Step(what) for what in ended])

    asyncio.run(RunChildren(run.pk).start("loop/1/call", str(called.pk), "latest", {}, None))

    assert only_child(run).status == "cancelled"


def test_children_pause_and_go_on_with_their_parent(user: User, make_run: RunMaker, start: Any) -> None:
    wire = {"source": "gate", "output": "result", "target": "last", "input": "value"}
    grandchild = child(user, ("gate", "TestGate", {}), ("last", "TestEcho", {}), connections=[wire])
    middle = create_workflow(tenant=user.tenant, user=user, name="Middle")
    publish_version(middle, {"schema": 1, **calling(grandchild)}, user=user)
    run = make_run(document=calling(middle))
    host = start()
    wait_for(lambda: nodes.calls["gate"] == 1, "the gate of the grandchild")
    runs = [run, only_child(run), only_child(only_child(run))]

    pause_run(run)
    look(host)
    nodes.open_gate("gate")

    for each in runs:
        wait_for_status(each, RunStatus.PAUSED)
    resume_run(run)
    for each in reversed(runs):
        assert wait_for_end(each).status == "succeeded"


def test_a_child_that_is_started_while_its_parent_is_asked_to_pause_pauses_too(
    user: User, make_run: RunMaker
) -> None:
    called = child(user, ("a", "TestEcho", {}))
    run = make_run(document=calling(called))
    record(run, [Step("run.started"), Step("node.started call")])
    Run.objects.filter(pk=run.pk).update(pause_requested_at=timezone.now())

    asyncio.run(RunChildren(run.pk).start("call", str(called.pk), "latest", {}, None))

    assert only_child(run).status == "paused"


def test_another_host_starts_no_second_child(user: User, make_run: RunMaker, start: Any) -> None:
    document = calling(child(user, ("inner", "TestEcho", {})))
    document["nodes"].append({"id": "gate", "type": "TestGate", "config": {}})
    run = make_run(document=document)
    dead = start(lease=DeadLease)
    wait_for(lambda: nodes.calls["gate"] == 1, "the gate")
    wait_for(lambda: run.child_runs.exists(), "the child")

    expire_lease(dead.id)
    start()
    wait_for(lambda: nodes.calls["gate"] == 2, "the second host")
    nodes.open_gate("gate")

    assert wait_for_end(run).status == "succeeded"
    assert run.child_runs.count() == 1


def test_the_time_of_a_step_is_the_time_of_its_run(user: User, make_run: RunMaker, start: Any) -> None:
    called = child(user, ("gate", "TestGate", {}))
    start()

    run = wait_for_end(make_run(document=calling(called, options={"timeout": 0.5})))

    assert run.error["code"] == "child_failed"
    assert only_child(run).error["code"] == "timeout"


def test_a_parameter_that_the_workflow_does_not_declare_is_refused(
    user: User, make_run: RunMaker, start: Any
) -> None:
    """The name of a node, which a person could supply, is none for a step."""
    called = child(user, ("a", "TestEcho", {}), parameters=[{"name": "ab", "default": 1}])
    start()

    run = wait_for_end(make_run(document=calling(called), parameters={"call": {"a": {"value": 3}}}))

    assert run.error["code"] == "unknown_parameter"
    assert not run.child_runs.exists()


def test_the_version_is_that_of_when_the_run_began(user: User, make_run: RunMaker, start: Any) -> None:
    called = child(user, ("a", "TestEcho", {"value": "old"}))
    document = calling(called, output="a")
    document["nodes"].append({"id": "gate", "type": "TestGate", "config": {}})
    document["connections"].append(
        {"source": "gate", "output": "result", "target": "call", "input": "should_run"}
    )
    run = make_run(document=document)
    start()
    wait_for(lambda: nodes.calls["gate"] == 1, "the gate")
    publish_version(called, {**document, "nodes": document["nodes"][1:2], "connections": []}, user=user)
    delete_workflow(called)

    nodes.open_gate("gate")

    assert outputs_of(wait_for_end(run), "call").values == {"result": "old"}


def test_who_may_no_longer_run_the_workflow_does_not_run_it(
    user: User, make_run: RunMaker, start: Any
) -> None:
    document = calling(child(user, ("a", "TestEcho", {})))
    document["nodes"].append({"id": "gate", "type": "TestGate", "config": {}})
    document["connections"].append(
        {"source": "gate", "output": "result", "target": "call", "input": "should_run"}
    )
    run = make_run(document=document)
    start()
    wait_for(lambda: nodes.calls["gate"] == 1, "the gate")
    user.is_active = False
    user.save()

    nodes.open_gate("gate")

    assert wait_for_end(run).error["code"] == "workflow_denied"


def test_a_workflow_that_contains_itself_is_refused_before_it_starts(
    user: User, make_run: RunMaker, workflow: Workflow
) -> None:
    from runtime.engine.errors import GraphError

    with pytest.raises(GraphError, match="contains itself"):
        make_run(document=calling(workflow))


def test_a_map_waits_for_a_child_of_each_item(user: User, make_run: RunMaker, start: Any) -> None:
    called = child(
        user, ("a", "TestEcho", {"value": "${n}"}), parameters=[{"name": "n", "schema": {}, "default": 0}]
    )
    config = {"workflow": str(called.pk), "run_as": "separate", "output": "a"}
    run = make_run(
        document={
            "nodes": [
                {"id": "list", "type": "TestEcho", "config": {"value": [3, 4]}},
                {"id": "each", "type": "MapNode", "config": {"max_concurrent": 2}},
                {"id": "call", "type": "SubWorkflowNode", "parent": "each", "config": config},
            ],
            "connections": [
                {"source": "list", "output": "result", "target": "each", "input": "items"},
                {"source": "each", "output": "item", "target": "call", "input": "n"},
                {"source": "call", "output": "result", "target": "each", "input": "value"},
            ],
        }
    )
    start()

    wait_for_end(run)

    assert run.status == RunStatus.SUCCEEDED, run.error
    assert outputs_of(run, "each").values["result"] == [3, 4]
    assert sorted(run.child_runs.values_list("parent_path", flat=True)) == ["each/1/call", "each/2/call"]
