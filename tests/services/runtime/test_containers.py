"""Loops, maps and sub-workflows as hosts drive them and as readers see them."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import User
from runtime.engine.state import NodeStatus, RunStatus, fold
from runtime.models import Run, RunEvent, Workflow
from runtime.queries.iterations import iterations_of
from runtime.queries.nodes import inputs_of, node_of_run, outputs_of
from runtime.queries.runs import logs_after, state_of
from runtime.queries.scopes import scope_of
from runtime.services.workflows import create_workflow, publish_version
from tests.services.runtime import nodes
from tests.services.runtime.conftest import (
    DeadLease,
    HostMaker,
    RunMaker,
    expire_lease,
    types_of,
    wait_for,
    wait_for_status,
)
from tests.services.runtime.recorded import stored_events


def wire(source: str, output: str, target: str, input: str, kind: str = "data") -> dict[str, Any]:
    return {"source": source, "output": output, "target": target, "input": input, "kind": kind}


def loop(rounds: int, body: str = "TestEcho", **config: Any) -> dict[str, Any]:
    """`first -> loop[step] -> last`."""
    return {
        "schema": 1,
        "nodes": [
            {"id": "first", "type": "TestEcho", "config": {"value": {"n": 0}}},
            {"id": "loop", "type": "LoopNode", "config": {"max_iterations": rounds, **config}},
            {
                "id": "step",
                "type": body,
                "parent": "loop",
                "config": {"value": {"n": 1}} if body == "TestEcho" else {},
            },
            {"id": "last", "type": "TestEcho", "config": {"value": "end"}},
        ],
        "connections": [
            wire("first", "result", "loop", "state"),
            wire("loop", "state", "step", "value"),
            wire("step", "result", "loop", "state"),
            wire("loop", "result", "last", "value"),
        ],
    }


def mapped(items: list[Any], body: str = "TestEcho", **config: Any) -> dict[str, Any]:
    """`first -> map[step]`."""
    return {
        "schema": 1,
        "nodes": [
            {"id": "first", "type": "TestEcho", "config": {"value": items}},
            {"id": "map", "type": "MapNode", "config": config},
            {"id": "step", "type": body, "parent": "map"},
        ],
        "connections": [
            wire("first", "result", "map", "items"),
            wire("map", "item", "step", "value"),
            wire("step", "result", "map", "value"),
        ],
    }


@pytest.fixture
def child(tenant: Any, user: User) -> Workflow:
    workflow = create_workflow(tenant=tenant, user=user, name="Child")
    document = {
        "schema": 1,
        "parameters": [{"name": "size", "schema": {"type": "integer"}}],
        "nodes": [
            {"id": "inner", "type": "TestEcho", "config": {"value": "${size}"}},
            {"id": "end", "type": "TestEcho", "config": {"value": "done"}},
        ],
        "connections": [wire("inner", "result", "end", "value")],
    }
    publish_version(workflow, document, user=user)
    return workflow


def calling(child: Workflow, **config: Any) -> dict[str, Any]:
    """`first -> sub(child)`."""
    return {
        "schema": 1,
        "nodes": [
            {"id": "first", "type": "TestEcho", "config": {"value": 3}},
            {"id": "sub", "type": "SubWorkflowNode", "config": {"workflow": str(child.pk), **config}},
        ],
        "connections": [wire("first", "result", "sub", "size")],
    }


def test_a_loop_runs_round_by_round_and_counts_as_one_node(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(document=loop(3))

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert run.counts == {"succeeded": 3}
    assert [kind for kind in types_of(run) if "/" in kind][:4] == [
        "node.started loop/1",
        "node.started loop/1/step",
        "node.succeeded loop/1/step",
        "node.succeeded loop/1",
    ]
    assert outputs_of(run, "loop").values == {"result": {"n": 1}, "iterations": 3}


def test_what_a_node_in_an_iteration_was_given_and_gave(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(document=loop(2))
    items = make_run(document=mapped(["a", "b", "c"]))

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    wait_for_status(items, RunStatus.SUCCEEDED)
    assert inputs_of(run, "loop/1/step").values == {"value": {"n": 0}}
    assert inputs_of(run, "loop/2/step").values == {"value": {"n": 1}}
    assert inputs_of(run, "loop/2").values == {"state": {"n": 1}, "iteration": 2}
    assert outputs_of(run, "loop/2").values == {"value": {"n": 1}}
    assert inputs_of(items, "map/3/step").values == {"value": "c"}
    assert inputs_of(items, "map/3").values == {"item": "c", "index": 2}
    seen = node_of_run(run, "loop/2/step")
    assert seen is not None
    assert (seen.state.status, len(seen.attempts)) == (NodeStatus.SUCCEEDED, 1)


@pytest.mark.parametrize("path", ["loop/3/step", "loop/0", "loop/x", "nowhere", "loop/1/nowhere", "step"])
def test_a_path_that_is_not_there_has_nothing(path: str, make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(document=loop(2))

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert node_of_run(run, path) is None
    assert scope_of(run, path) is None
    assert iterations_of(run, path) is None


def test_lines_of_a_container_are_those_of_the_steps_inside(make_run: RunMaker, make_host: HostMaker) -> None:
    nodes.open_gate("gate")
    run = make_run(document=loop(12, "TestGate"))

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert len(logs_after(run.pk, 0, node="loop")) == 12
    assert [line.node for line in logs_after(run.pk, 0, node="loop/1")] == ["loop/1/step"]
    assert logs_after(run.pk, 0, node="loop/1/st") == []
    assert logs_after(run.pk, 0, node="loo_") == []


def test_a_node_fed_by_an_error_shows_it_as_its_input(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(
        document={
            "schema": 1,
            "nodes": [
                {"id": "bad", "type": "TestFail"},
                {"id": "handler", "type": "TestEcho"},
            ],
            "connections": [wire("bad", "error", "handler", "value", kind="error")],
        }
    )

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    given = inputs_of(run, "handler").values
    assert given is not None
    assert (given["value"]["error"]["code"], given["value"]["attempts"]) == ("always", 1)


def test_iterations_come_in_pages_and_by_status(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(document=mapped(list(range(25)), on_item_error="continue"))

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    first = iterations_of(run, "map", limit=10)
    rest = iterations_of(run, "map", after=10, limit=100)
    assert first is not None
    assert rest is not None
    assert [item.iteration for item in (*first, *rest)] == list(range(1, 26))
    assert {item.status for item in first} == {NodeStatus.SUCCEEDED}
    assert iterations_of(run, "map", status="failed") == []
    by_status = iterations_of(run, "map", status="succeeded", after=20, limit=3)
    assert [item.iteration for item in by_status or []] == [21, 22, 23]


def test_a_failed_iteration_is_found_with_its_error(make_run: RunMaker, make_host: HostMaker) -> None:
    document = mapped([1, 2], "TestFail", on_item_error="continue")
    document["nodes"][2]["config"] = {"text": "no"}
    run = make_run(document=document)

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    failed = iterations_of(run, "map", status="failed")
    assert [(item.iteration, item.error and item.error["code"]) for item in failed or []] == [
        (1, "always"),
        (2, "always"),
    ]
    iterations = state_of(run.pk).nodes["map"].iterations
    assert iterations is not None
    assert iterations.to_dict() == {
        "total": 2,
        "done": 0,
        "failed": 2,
        "running": [],
        "failed_first": [1, 2],
    }


def test_a_hostile_message_of_an_item_is_a_value_that_can_be_stored(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(document=mapped([1], "TestFail", on_item_error="continue"))

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    outputs = outputs_of(run, "map").values
    assert outputs is not None
    assert outputs["errors"][0]["error"]["message"].endswith("\ufffdxxxxxxxxxx")


def test_an_iteration_shows_the_nodes_of_its_body(make_run: RunMaker, make_host: HostMaker) -> None:
    run = make_run(document=loop(2, "TestGate"))
    make_host()
    wait_for(lambda: nodes.calls["loop/1/step"] == 1, "the first round")
    wait_for(lambda: "node.started loop/1/step" in types_of(run), "the record of it")

    within = scope_of(run, "loop/1")
    nodes.open_gate("gate")
    wait_for_status(run, RunStatus.SUCCEEDED)
    after = scope_of(run, "loop/1")

    assert within is not None
    assert after is not None
    assert (within.container, within.iteration) == ("loop", 1)
    assert within.nodes["step"].status is NodeStatus.RUNNING
    assert after.nodes["step"].status is NodeStatus.SUCCEEDED
    assert [spec.id for spec in after.graph.nodes] == ["step"]
    assert scope_of(run, "loop") is None


def test_what_readers_leave_out_changes_no_state(make_run: RunMaker, make_host: HostMaker) -> None:
    """In mid-run and at the end: the same as the fold of every event."""
    run = make_run(document=loop(3, "TestGate"))
    host = make_host()
    wait_for(lambda: nodes.calls["loop/1/step"] == 1, "the first round")
    host.stop()

    middle, all_of_it = state_of(run.pk), fold(stored_events(run))
    nodes.open_gate("gate")
    make_host()
    wait_for_status(run, RunStatus.SUCCEEDED)

    assert middle == all_of_it
    assert state_of(run.pk) == fold(stored_events(run))


def test_a_sub_workflow_runs_inside_the_run(
    child: Workflow, make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(document=calling(child))

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert outputs_of(run, "sub").values == {"result": {"end": {"result": "done"}}}
    assert outputs_of(run, "sub/inner").values == {"result": 3}
    assert inputs_of(run, "sub/end").values == {"value": 3}
    seen = scope_of(run, "sub")
    assert seen is not None
    assert (seen.container, seen.iteration, sorted(seen.nodes)) == ("sub", None, ["end", "inner"])
    assert [spec.id for spec in seen.graph.nodes] == ["end", "inner"]
    assert run.counts == {"succeeded": 2}


def test_a_run_keeps_the_versions_that_were_current_when_it_began(
    child: Workflow, user: User, make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(document=calling(child))
    changed = {"schema": 1, "nodes": [{"id": "other", "type": "TestEcho"}], "connections": []}
    publish_version(
        child, {**changed, "parameters": [{"name": "size", "schema": {"type": "integer"}}]}, user=user
    )

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert outputs_of(run, "sub").values == {"result": {"end": {"result": "done"}}}
    later = make_run(document=calling(child))
    wait_for_status(later, RunStatus.SUCCEEDED)
    assert outputs_of(later, "sub").values == {"result": {"other": {"result": None}}}
    pinned = make_run(document=calling(child, version=1))
    wait_for_status(pinned, RunStatus.SUCCEEDED)
    assert outputs_of(pinned, "sub").values == {"result": {"end": {"result": "done"}}}


@pytest.mark.parametrize(
    "document", [loop(4, "TestGate"), mapped([1, 2, 3, 4], "TestGate", max_concurrent=2)]
)
def test_another_host_goes_on_in_the_middle_of_a_container(
    document: dict[str, Any], make_run: RunMaker, make_host: HostMaker
) -> None:
    container = "loop" if "loop" in str(document) else "map"
    run = make_run(document=document)
    dead = make_host(lease=DeadLease)
    wait_for(lambda: f"node.started {container}/1/step" in types_of(run), "the first round")

    dead.stop_claiming()
    expire_lease(dead.id)
    make_host()
    wait_for(lambda: nodes.calls[f"{container}/1/step"] == 2, "the second host")
    nodes.open_gate("gate")

    wait_for_status(run, RunStatus.SUCCEEDED)
    done = [kind for kind in types_of(run) if kind.startswith("node.succeeded")]
    assert len(done) == len(set(done))
    assert nodes.calls["first"] == 1
    assert state_of(run.pk) == fold(stored_events(run))


def test_a_run_ended_by_another_than_its_driver_has_no_open_node_inside(
    make_run: RunMaker, make_host: HostMaker
) -> None:
    run = make_run(document=loop(4, "TestGate"))
    host = make_host(grace_s=0.1)
    wait_for(lambda: "node.started loop/1/step" in types_of(run), "the first round")
    host.stop()
    run.refresh_from_db()
    end(run)

    state = state_of(run.pk)
    inside = scope_of(run, "loop/1")

    assert state == fold(stored_events(run))
    assert inside is not None
    assert inside.nodes["step"].status is NodeStatus.CANCELLED
    cancelled = iterations_of(run, "loop", status="cancelled")
    assert [(item.iteration, item.status) for item in cancelled or []] == [(1, NodeStatus.CANCELLED)]
    assert iterations_of(run, "loop", status="running") == []


def end(run: Run) -> None:
    """As a host that cannot drive the run records it."""
    from runtime.host import claims
    from runtime.host.connection import open_connection
    from runtime.host.rows import RunKey

    with open_connection("test") as connection:
        claims.fail_claim(connection, RunKey(run.pk, run.fence), {"code": "internal_error", "message": "x"})
    run.refresh_from_db()


def test_events_of_ended_rounds_are_found_by_their_index(make_run: RunMaker) -> None:
    from django.db import connection

    from runtime.story import IN_SCOPE

    run = make_run(document=loop(2))
    sql = f"EXPLAIN SELECT seq FROM run_event WHERE run_id = %(run)s {IN_SCOPE}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        cursor.execute(sql, {"run": run.pk, "scopes": ["loop/1"]})
        plan = " ".join(row[0] for row in cursor.fetchall())
        cursor.execute("RESET enable_seqscan; RESET enable_bitmapscan")

    assert "run_event_scope" in plan, plan
    assert RunEvent.objects.filter(run=run).count() == 1
