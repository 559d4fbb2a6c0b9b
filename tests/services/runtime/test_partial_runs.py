"""Parts of a graph, and runs that are run again: what runs, what is copied, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.authorization import AccessDenied
from accounts.models import User
from runtime.engine.errors import GraphError, ParameterError
from runtime.engine.state import RunStatus
from runtime.models import Blob, Run, Workflow, WorkflowVersion
from runtime.queries.nodes import inputs_of, outputs_of
from runtime.queries.runs import state_of
from runtime.services.reruns import rerun
from runtime.services.runs import start_run
from runtime.services.workflows import create_workflow, delete_workflow, publish_version, snapshot_version
from tests.people import make_tenant, make_user
from tests.services.runtime import nodes
from tests.services.runtime.conftest import HostMaker, types_of, wait_for, wait_for_status
from tests.services.runtime.test_containers import wire

LARGE = "x" * 20_000
BRANCHES = {
    "schema": 1,
    "nodes": [
        {"id": "a", "type": "TestEcho", "config": {"value": LARGE}},
        {"id": "b", "type": "TestEcho", "config": {"value": 2}},
        {"id": "c", "type": "TestEcho", "config": {"value": 3}},
        {"id": "side", "type": "TestEcho", "config": {"value": 4}},
    ],
    "connections": [wire("a", "result", "b", "value"), wire("b", "result", "c", "value")],
}


def failing(**config: Any) -> dict[str, Any]:
    """`a -> bad -> c`, and `side`."""
    return {
        "schema": 1,
        "nodes": [
            {"id": "a", "type": "TestEcho", "config": {"value": LARGE}},
            {"id": "bad", "type": "TestFlaky", "config": config},
            {"id": "c", "type": "TestEcho", "config": {"value": 3}},
            {"id": "side", "type": "TestEcho", "config": {"value": 4}},
        ],
        "connections": [wire("a", "result", "bad", "value"), wire("bad", "result", "c", "value")],
    }


@pytest.fixture
def version(workflow: Workflow, user: User) -> WorkflowVersion:
    return snapshot_version(workflow, BRANCHES, user=user)


@pytest.fixture
def earlier(version: WorkflowVersion, user: User, make_host: HostMaker) -> Run:
    """A whole run that has succeeded; its host goes on."""
    run = start_run(user, version)
    make_host()
    wait_for_status(run, RunStatus.SUCCEEDED)
    nodes.calls.clear()
    return run


def codes(caught: pytest.ExceptionInfo[GraphError]) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.node) for problem in caught.value.problems]


def test_a_run_to_a_node_runs_what_it_needs(
    version: WorkflowVersion, user: User, make_host: HostMaker
) -> None:
    run = start_run(user, version, mode="to_node", node="b")

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert (run.mode, run.node, run.selected) == ("to_node", "b", ["a", "b"])
    assert nodes.calls == {"a": 1, "b": 1}
    assert run.counts == {"succeeded": 2}


def test_a_single_node_takes_the_earlier_result_before_it(
    earlier: Run, version: WorkflowVersion, user: User
) -> None:
    run = start_run(user, version, mode="single", node="b")

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert nodes.calls == {"b": 1}
    assert inputs_of(run, "b").values == {"value": LARGE}
    assert run.prior == {str(earlier.pk): {"a": 4}}
    state = state_of(run.pk).nodes["a"]
    assert (state.copied_from, state.started_at) == (str(earlier.pk), None)
    assert Blob.objects.count() == 1


def test_from_a_node_runs_all_behind_it(earlier: Run, user: User) -> None:
    run = rerun(user, earlier, mode="from_node", node="b")

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert run.source_run == earlier
    assert nodes.calls == {"b": 1, "c": 1}
    assert types_of(run)[:3] == ["run.queued", "run.started", "node.succeeded a"]


def test_a_copy_of_a_copy_names_the_run_that_worked_it_out(earlier: Run, user: User) -> None:
    second = rerun(user, earlier, mode="from_node", node="b")
    wait_for_status(second, RunStatus.SUCCEEDED)

    third = rerun(user, second, mode="single", node="b")

    wait_for_status(third, RunStatus.SUCCEEDED)
    assert third.prior == {str(second.pk): {"a": 3}}
    assert state_of(third.pk).nodes["a"].copied_from == str(earlier.pk)
    assert outputs_of(third, "a").values == {"result": LARGE}


def test_a_node_without_an_earlier_result_is_refused(version: WorkflowVersion, user: User) -> None:
    with pytest.raises(GraphError) as caught:
        start_run(user, version, mode="single", node="b")

    assert codes(caught) == [("no_earlier_result", "a")]
    assert Run.objects.count() == 0


def test_a_node_that_is_not_there_is_refused(version: WorkflowVersion, user: User) -> None:
    with pytest.raises(GraphError) as caught:
        start_run(user, version, mode="to_node", node="nowhere")

    assert [(problem.code, problem.field) for problem in caught.value.problems] == [("unknown_node", "node")]


def test_a_pinned_node_needs_no_earlier_result(workflow: Workflow, user: User, make_host: HostMaker) -> None:
    pinned = {**BRANCHES["nodes"][0], "options": {"pin": {"result": "pinned"}}}  # type: ignore[index]
    document = {**BRANCHES, "nodes": [pinned, *BRANCHES["nodes"][1:]]}  # type: ignore[index]
    run = start_run(user, snapshot_version(workflow, document, user=user), mode="single", node="b")

    make_host()

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert nodes.calls == {"b": 1}
    assert inputs_of(run, "b").values == {"value": "pinned"}
    assert state_of(run.pk).nodes["a"].pinned


def test_a_version_with_pins_is_not_published(workflow: Workflow, user: User) -> None:
    pinned = {**BRANCHES["nodes"][0], "options": {"pin": {"result": "pinned"}}}  # type: ignore[index]

    with pytest.raises(GraphError) as caught:
        publish_version(workflow, {"schema": 1, "nodes": [pinned], "connections": []}, user=user)

    assert codes(caught) == [("pinned_output", "a")]
    assert not WorkflowVersion.objects.filter(number__isnull=False).exists()


def test_parameters_for_nodes_that_do_not_take_part_are_no_problem(
    earlier: Run, version: WorkflowVersion, user: User
) -> None:
    run = start_run(user, version, {"c": {"other": 1}, "b": {"more": 2}}, mode="single", node="b")

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert inputs_of(run, "b").values == {"value": LARGE, "more": 2}
    with pytest.raises(GraphError):
        start_run(user, version, {"nobody": 1}, mode="single", node="b")


def test_what_failed_is_run_again_and_the_rest_copied(
    workflow: Workflow, user: User, make_host: HostMaker
) -> None:
    first = start_run(user, snapshot_version(workflow, failing(), user=user))
    make_host()
    wait_for_status(first, RunStatus.FAILED)
    assert nodes.calls == {"a": 1, "bad": 1, "side": 1}

    nodes.open_gate("flaky")
    again = rerun(user, first, mode="failed")

    wait_for_status(again, RunStatus.SUCCEEDED)
    assert nodes.calls == {"a": 1, "bad": 2, "side": 1, "c": 1}
    assert (again.mode, again.selected, again.source_run) == ("failed", None, first)
    assert again.counts == {"succeeded": 4}
    assert outputs_of(again, "side").values == {"result": 4}
    assert inputs_of(again, "bad").values == {"value": LARGE}


def test_a_failed_part_is_run_again_as_that_part(
    workflow: Workflow, user: User, make_host: HostMaker
) -> None:
    version = snapshot_version(workflow, failing(), user=user)
    first = start_run(user, version, mode="to_node", node="bad")
    make_host()
    wait_for_status(first, RunStatus.FAILED)

    nodes.open_gate("flaky")
    again = rerun(user, first, mode="failed")

    wait_for_status(again, RunStatus.SUCCEEDED)
    assert (again.mode, again.node, again.selected) == ("failed", "bad", ["a", "bad"])
    assert nodes.calls == {"a": 1, "bad": 2}


def test_a_copied_failure_feeds_its_error_connection(
    workflow: Workflow, user: User, make_host: HostMaker
) -> None:
    document = failing()
    document["nodes"].append({"id": "handler", "type": "TestEcho"})
    document["connections"].append(wire("bad", "error", "handler", "value", kind="error"))
    version = snapshot_version(workflow, document, user=user)
    first = start_run(user, version)
    make_host()
    wait_for_status(first, RunStatus.SUCCEEDED)
    nodes.calls.clear()

    alone = start_run(user, version, mode="single", node="handler")

    wait_for_status(alone, RunStatus.SUCCEEDED)
    assert nodes.calls == {"handler": 1}
    given = inputs_of(alone, "handler").values
    assert given is not None
    assert given["value"]["error"]["code"] == "flaky"


@pytest.mark.parametrize("mode", ["full", "failed", "from_node"])
def test_a_resumed_partial_run_is_the_same(
    mode: str, workflow: Workflow, user: User, make_host: HostMaker
) -> None:
    document = failing()
    document["nodes"][2] = {"id": "c", "type": "TestGate"}
    first = start_run(user, snapshot_version(workflow, document, user=user))
    host = make_host(grace_s=0.1)
    wait_for_status(first, RunStatus.FAILED)
    nodes.open_gate("flaky")
    again = rerun(user, first, mode=mode, node="bad" if mode == "from_node" else None)
    wait_for(lambda: "node.started c" in types_of(again), "the last node")
    host.stop()
    before = types_of(again)

    nodes.open_gate("gate")
    make_host()

    wait_for_status(again, RunStatus.SUCCEEDED)
    done = [kind for kind in types_of(again) if kind.startswith("node.succeeded")]
    assert len(done) == len(set(done))
    assert types_of(again)[: len(before)] == before
    assert outputs_of(again, "c").values == {"result": "through"}


def test_a_run_without_failures_cannot_be_repaired(earlier: Run, user: User) -> None:
    with pytest.raises(ParameterError) as caught:
        rerun(user, earlier, mode="failed")

    assert caught.value.code == "nothing_failed"


def test_a_run_that_goes_on_cannot_be_repaired(version: WorkflowVersion, user: User) -> None:
    run = start_run(user, version)

    with pytest.raises(ParameterError) as caught:
        rerun(user, run, mode="failed")

    assert caught.value.code == "run_is_active"


def test_a_run_of_a_deleted_workflow_is_not_repeated(earlier: Run, user: User, workflow: Workflow) -> None:
    delete_workflow(workflow)
    earlier.refresh_from_db()

    with pytest.raises(ParameterError) as caught:
        rerun(user, earlier, mode="full")

    assert caught.value.code == "workflow_deleted"


def test_results_are_copied_only_for_who_may_see_them(
    earlier: Run, version: WorkflowVersion, user: User
) -> None:
    """A viewer who may start runs (by some role to come) but sees no data gets none through a copy."""
    viewer = make_user(user.tenant, "viewer")

    with pytest.raises(AccessDenied):
        rerun(viewer, earlier, mode="full")
    with pytest.raises(AccessDenied):
        start_run(viewer, version, mode="single", node="b", source=earlier)
    with pytest.raises(GraphError) as caught:
        start_run(viewer, version, mode="single", node="b")
    assert codes(caught) == [("no_earlier_result", "a")]


def test_a_run_of_another_tenant_lends_nothing(earlier: Run, version: WorkflowVersion, user: User) -> None:
    stranger = make_user(make_tenant("Other"), "owner")
    theirs = create_workflow(tenant=stranger.tenant, user=stranger, name="Theirs")
    their_version = snapshot_version(theirs, BRANCHES, user=stranger)

    with pytest.raises(AccessDenied):
        start_run(stranger, their_version, mode="single", node="b", source=earlier)
    with pytest.raises(AccessDenied):
        rerun(stranger, earlier, mode="full")
    with pytest.raises(GraphError) as caught:
        start_run(stranger, their_version, mode="single", node="b")
    assert codes(caught) == [("no_earlier_result", "a")]


def test_a_row_that_names_another_tenants_run_copies_nothing(earlier: Run, make_host: HostMaker) -> None:
    """Whatever a run's row says, its host reads no results outside of its tenant."""
    stranger = make_user(make_tenant("Other"), "owner")
    theirs = create_workflow(tenant=stranger.tenant, user=stranger, name="Theirs")
    version = snapshot_version(theirs, BRANCHES, user=stranger)
    run = start_run(stranger, version, mode="to_node", node="b")
    forged = Run.objects.create(
        tenant=stranger.tenant,
        number=run.number + 1000,
        workflow=theirs,
        version=version,
        part="single",
        node="b",
        prior=earlier_result(earlier),
        created_at=run.created_at,
    )

    wait_for_status(forged, RunStatus.FAILED)
    assert forged.error is not None
    assert LARGE not in str(list(forged.events.values()))


def earlier_result(run: Run) -> dict[str, dict[str, int]]:
    event = run.events.get(node="a", type="node.succeeded")
    return {str(run.pk): {"a": event.seq}}


def test_a_run_of_another_workflow_lends_nothing(earlier: Run, user: User) -> None:
    other = create_workflow(tenant=user.tenant, user=user, name="Other")
    version = snapshot_version(other, BRANCHES, user=user)

    with pytest.raises(GraphError) as caught:
        start_run(user, version, mode="single", node="b", source=earlier)

    assert [(problem.code, problem.field) for problem in caught.value.problems] == [
        ("unknown_run", "source_run")
    ]
