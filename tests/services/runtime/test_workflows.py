"""Workflows, versions, and runs before any host has seen them."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, transaction

from accounts.models import Tenant, User
from runtime.engine.errors import GraphError, ParameterError
from runtime.models import Run, RunEvent, Workflow, WorkflowVersion
from runtime.queries.runs import RunFilter, filter_runs, newest_of_workflows
from runtime.queries.versions import graph_of
from runtime.services.runs import start_run
from runtime.services.workflows import (
    create_workflow,
    delete_workflow,
    publish_version,
    snapshot_version,
    update_workflow,
)
from tests.services.runtime.conftest import RunMaker, chain

GRAPH = chain(("a", "TestEcho", {"value": 1}))
OTHER = chain(("a", "TestEcho", {"value": 2}))


def test_versions_are_numbered_from_one(workflow: Workflow, user: User) -> None:
    numbers = [publish_version(workflow, GRAPH, user=user, note="n").number for _ in range(3)]

    workflow.refresh_from_db()
    assert numbers == [1, 2, 3]
    assert workflow.published_number == 3


def test_a_graph_with_errors_is_not_published(workflow: Workflow, user: User) -> None:
    with pytest.raises(GraphError) as caught:
        publish_version(workflow, chain(("a", "TestNothing", {}), ("b", "TestEcho", {"bad": 1})), user=user)

    assert {problem.node for problem in caught.value.problems} == {"a", "b"}
    assert not WorkflowVersion.objects.exists()


def test_a_snapshot_is_used_again_while_the_draft_is_the_same(workflow: Workflow, user: User) -> None:
    first = snapshot_version(workflow, GRAPH, user=user)
    again = snapshot_version(workflow, GRAPH, user=user)
    changed = snapshot_version(workflow, OTHER, user=user)

    assert first == again
    assert changed != first
    assert first.number is None


def test_a_stored_graph_is_read_back_whole(workflow: Workflow, user: User) -> None:
    document = chain(("a", "TestEcho", {"value": {"b": [1.5, None]}}), ("b", "TestEcho", {}))
    document["nodes"][0]["position"] = [12, -7.5]
    document["annotations"] = [{"kind": "note", "text": "hi", "box": [0, 0, 10, 10]}]

    version = snapshot_version(workflow, document, user=user)

    found = graph_of(version).to_document()
    assert found["nodes"][0]["position"] == [12, -7.5]
    assert found["annotations"] == document["annotations"]
    assert found["connections"][0]["target"] == "b"


def test_a_version_cannot_be_changed(workflow: Workflow, user: User) -> None:
    version = publish_version(workflow, GRAPH, user=user)

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        WorkflowVersion.objects.filter(pk=version.pk).update(graph="{}")


def test_an_event_cannot_be_changed(make_run: RunMaker) -> None:
    run = make_run(("a", "TestEcho", {}))

    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        RunEvent.objects.filter(run=run).update(type="run.failed")


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_workflow_needs_a_name_of_sensible_length(workflow: Workflow, user: User, name: str) -> None:
    with pytest.raises(ParameterError):
        update_workflow(workflow, user=user, name=name)


def test_a_deleted_workflow_keeps_its_runs(workflow: Workflow, make_run: RunMaker) -> None:
    run = make_run(("a", "TestEcho", {}))

    delete_workflow(workflow)

    workflow.refresh_from_db()
    run.refresh_from_db()
    assert workflow.deleted_at is not None
    assert run.status == "queued"


def test_runs_count_up_within_their_tenant(make_run: RunMaker, user: User) -> None:
    assert [make_run(("a", "TestEcho", {})).number for _ in range(3)] == [1, 2, 3]


def test_a_run_begins_with_its_first_event(make_run: RunMaker) -> None:
    run = make_run(("a", "TestEcho", {}), trigger="api")

    event = RunEvent.objects.get(run=run)
    assert (event.seq, event.type, event.data) == (1, "run.queued", {"trigger": "api"})
    assert (run.status, run.last_seq) == ("queued", 1)


@pytest.mark.parametrize("parameters", [{"nobody": 1}, {"a": 5}, {"region": 7}])
def test_parameters_that_do_not_fit_start_no_run(
    workflow: Workflow, user: User, parameters: dict[str, object]
) -> None:
    document = {**GRAPH, "parameters": [{"name": "region", "schema": {"type": "string"}}]}
    version = snapshot_version(workflow, document, user=user)

    with pytest.raises((GraphError, ParameterError)):
        start_run(user, version, parameters)

    assert not Run.objects.exists()


def test_parameters_are_kept_exactly(workflow: Workflow, user: User) -> None:
    given = {"a": {"zulu": 1e5, "alpha": [100000, "NUL \x00"]}}

    run = start_run(user, snapshot_version(workflow, GRAPH, user=user), given)

    assert repr(Run.objects.get(pk=run.pk).parameters) == repr(given)


def test_runs_are_found_by_status_name_number_and_workflow(
    make_run: RunMaker, workflow: Workflow, tenant: Tenant, user: User
) -> None:
    runs = [make_run(("a", "TestEcho", {})) for _ in range(2)]
    other = create_workflow(tenant=tenant, user=user, name="Quarterly report")
    report = start_run(user, snapshot_version(other, GRAPH, user=user))

    def found(**wanted: object) -> set[int]:
        return {run.number for run in filter_runs(Run.objects.all(), RunFilter(**wanted))}  # type: ignore[arg-type]

    assert found() == {1, 2, 3}
    assert found(statuses=("queued",), workflow_id=workflow.id) == {1, 2}
    assert found(search="quarter") == {3}
    assert found(search="#2") == {2}
    assert found(statuses=("failed",)) == set()
    assert found(until=runs[0].created_at) == set()
    assert newest_of_workflows([workflow.id, other.id], each=1) == {
        workflow.id: [runs[1]],
        other.id: [report],
    }
