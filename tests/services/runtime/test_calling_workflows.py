"""Which workflows a sub-workflow node finds on the server, and for whom."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from runtime.engine.errors import GraphError, WorkflowError
from runtime.engine.state import RunStatus
from runtime.models import Run, Workflow
from runtime.queries.nodes import outputs_of
from runtime.services.reruns import rerun
from runtime.services.runs import start_run
from runtime.services.workflow_source import TenantWorkflows
from runtime.services.workflows import create_workflow, delete_workflow, publish_version, snapshot_version
from tests.people import make_tenant, make_user
from tests.services.runtime.conftest import HostMaker, wait_for_status


def echo(value: Any) -> dict[str, Any]:
    return {
        "schema": 1,
        "nodes": [{"id": "end", "type": "TestEcho", "config": {"value": value}}],
        "connections": [],
    }


def calling(name: str, version: Any = "latest") -> dict[str, Any]:
    config = {"workflow": name, "version": version, "output": "end.result"}
    return {
        "schema": 1,
        "nodes": [{"id": "end", "type": "SubWorkflowNode", "config": config}],
        "connections": [],
    }


def published(user: User, document: dict[str, Any], name: str = "Child") -> Workflow:
    workflow = create_workflow(tenant=user.tenant, user=user, name=name)
    publish_version(workflow, document, user=user)
    return workflow


def code_of(source: TenantWorkflows, name: str, version: Any = "latest") -> str:
    with pytest.raises(WorkflowError) as caught:
        source.find(name, version)
    return f"{caught.value.code}: {caught.value.message}"


def test_the_newest_version_and_a_pinned_one_are_found(user: User) -> None:
    child = published(user, echo(1))
    publish_version(child, echo(2), user=user)
    source = TenantWorkflows(user.tenant_id, user)

    newest, first = source.find(str(child.pk), "latest"), source.find(str(child.pk), 1)

    assert (newest.name, newest.graph.nodes[0].config["value"]) == ("Child", 2)
    assert first.graph.nodes[0].config["value"] == 1
    assert newest.key == source.find(str(child.pk), 2).key != first.key
    assert source.resolved[f"{child.pk}@latest"]["number"] == 2


def test_what_is_not_there_is_not_told_apart_from_what_is_not_theirs(user: User) -> None:
    stranger = make_user(make_tenant("Other"), "owner")
    theirs, deleted = published(stranger, echo(1), "Secret plan"), published(user, echo(1))
    delete_workflow(deleted)
    source = TenantWorkflows(user.tenant_id, user)

    for name in (str(theirs.pk), str(deleted.pk), str(uuid4()), "Child", f"{{{theirs.pk}}}"):
        assert code_of(source, name) == f"unknown_workflow: there is no workflow {name!r}"


@pytest.mark.parametrize("version", [0, 7, 10**30])
def test_a_version_that_is_not_there_is_named(user: User, version: int) -> None:
    source = TenantWorkflows(user.tenant_id, user)

    assert f"has no version {version}" in code_of(source, str(published(user, echo(1)).pk), version)


def test_a_workflow_that_was_never_published_cannot_be_called(user: User, workflow: Workflow) -> None:
    assert "has no published version" in code_of(TenantWorkflows(user.tenant_id, user), str(workflow.pk))


def test_who_may_not_run_a_workflow_cannot_run_it_as_a_step(user: User) -> None:
    child = published(user, echo(1))
    viewer = make_user(user.tenant, "viewer")

    assert code_of(TenantWorkflows(user.tenant_id, viewer), str(child.pk)).startswith("workflow_denied")
    assert TenantWorkflows(user.tenant_id, viewer, action="workflow.view").find(str(child.pk), "latest")


def test_a_run_is_refused_where_the_step_is(user: User, workflow: Workflow) -> None:
    stranger = make_user(make_tenant("Other"), "owner")
    theirs = published(stranger, echo(1), "Secret plan")
    child = published(user, echo(1))
    version = snapshot_version(workflow, calling(str(child.pk)), user=user)
    delete_workflow(child)

    with pytest.raises(GraphError) as gone:
        start_run(user, version)
    with pytest.raises(GraphError) as foreign:
        snapshot_version(workflow, calling(str(theirs.pk)), user=user)

    for caught in (gone, foreign):
        assert [(item.code, item.node, item.field) for item in caught.value.problems] == [
            ("unknown_workflow", "end", "config.workflow")
        ]
        assert "Secret plan" not in str(caught.value.problems)
    assert Run.objects.count() == 0


def test_a_workflow_does_not_call_its_own_newest_version(user: User, workflow: Workflow) -> None:
    publish_version(workflow, echo(1), user=user)

    with pytest.raises(GraphError) as caught:
        publish_version(workflow, calling(str(workflow.pk)), user=user)

    assert [(item.code, item.node) for item in caught.value.problems] == [("sub_workflow_cycle", "end")]
    assert publish_version(workflow, calling(str(workflow.pk), 1), user=user).number == 2


def test_workflows_that_call_each_other_are_refused(user: User) -> None:
    first = published(user, echo(1), "First")
    second = published(user, calling(str(first.pk)), "Second")

    with pytest.raises(GraphError) as caught:
        publish_version(first, calling(str(second.pk)), user=user)

    assert {item.code for item in caught.value.problems} & {"sub_workflow_cycle", "invalid_sub_workflow"}
    assert "contains itself" in str(caught.value)


def test_versions_of_nested_workflows_are_settled_when_the_run_begins(
    user: User, workflow: Workflow, make_host: HostMaker
) -> None:
    inner = published(user, echo("old"), "Inner")
    middle = published(user, calling(str(inner.pk)), "Middle")
    version = snapshot_version(workflow, calling(str(middle.pk)), user=user)
    run = start_run(user, version)
    publish_version(inner, echo("new"), user=user)

    make_host()
    wait_for_status(run, RunStatus.SUCCEEDED)
    again = rerun(user, run, mode="full")
    fresh = start_run(user, version)
    wait_for_status(again, RunStatus.SUCCEEDED)
    wait_for_status(fresh, RunStatus.SUCCEEDED)

    assert outputs_of(run, "end").values == {"result": "old"}
    assert outputs_of(again, "end").values == {"result": "old"}
    assert outputs_of(fresh, "end").values == {"result": "new"}
    assert set(run.sub_versions) == {f"{middle.pk}@latest", f"{inner.pk}@latest"}


def test_a_run_again_asks_again_whether_its_workflows_may_be_run(
    user: User, workflow: Workflow, make_host: HostMaker
) -> None:
    child = published(user, echo(1))
    run = start_run(user, snapshot_version(workflow, calling(str(child.pk)), user=user))
    make_host()
    wait_for_status(run, RunStatus.SUCCEEDED)
    delete_workflow(child)

    with pytest.raises(GraphError) as caught:
        rerun(user, run, mode="full")

    assert [item.code for item in caught.value.problems] == ["unknown_workflow"]
