"""Batches that another workflow works on, on the server."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from accounts.models import Policy, User
from accounts.services.versions import bump_policy_version
from runtime.engine.errors import GraphError
from runtime.engine.state import RunStatus
from runtime.models import Dataset, Run, RunEvent, RunLog, Workflow
from runtime.nodes.data_lineage import DataLineageNode
from runtime.nodes.dataset_write import DatasetWriteNode
from runtime.nodes.python_code import PythonCodeNode
from runtime.nodes.value import ValueNode
from runtime.queries.batches import batches_of
from runtime.queries.callers import callers_of
from runtime.queries.datasets import spooled
from runtime.queries.runs import state_of
from runtime.services.registry import node_registry
from runtime.services.runs import start_run
from runtime.services.workflows import create_workflow, publish_version, snapshot_version
from tests.contract import Api
from tests.people import make_tenant, make_user
from tests.services.runtime.batching import STEP, batch_host, fed, know_the_step, records
from tests.services.runtime.conftest import HostMaker, wait_for_status
from tests.services.runtime.test_batches import output_of

DOUBLE = "result = [{'n': r['n'], 'double': r['n'] * 2} for r in records]"


@pytest.fixture(autouse=True)
def step_types() -> None:
    know_the_step()
    node_registry().add(ValueNode)
    node_registry().add(PythonCodeNode)


def child(code: str = DOUBLE, **access: Any) -> dict[str, Any]:
    """A workflow that works on the records of a batch."""
    return {
        "schema": 1,
        "parameters": [
            {"name": "records", "schema": {"type": "array"}},
            {"name": "batch_index", "schema": {"type": "integer"}, "default": 0},
        ],
        "nodes": [
            {"id": "rows", "type": "ValueNode", "config": {"value": "${records}"}},
            {"id": "work", "type": "PythonCodeNode", "config": {"code": code}, "access": access},
        ],
        "connections": [{"source": "rows", "output": "result", "target": "work", "input": "records"}],
    }


def published(user: User, document: dict[str, Any], name: str = "Enrich") -> Workflow:
    assert user.tenant is not None
    workflow = create_workflow(tenant=user.tenant, user=user, name=name)
    publish_version(workflow, document, user=user)
    return workflow


def batched(named: Workflow | str, count: int = 100, **config: Any) -> dict[str, Any]:
    name = named if isinstance(named, str) else str(named.pk)
    return fed(records(count), batch_size=10, processing={"kind": "workflow", "workflow": name}, **config)


def test_a_workflow_works_on_each_batch_and_results_keep_their_order(
    user: User, workflow: Workflow, make_host: HostMaker
) -> None:
    enrich = published(user, child())
    version = snapshot_version(workflow, batched(enrich), user=user)
    batch_host(make_host)

    run = start_run(user, version)
    wait_for_status(run, RunStatus.SUCCEEDED)

    found = output_of(run)
    assert found["results"] == [{"n": n, "double": 2 * n} for n in range(100)]
    assert (found["batch_count"], found["ok"], found["failed"]) == (10, 100, 0)
    assert set(run.sub_versions) == {f"{enrich.pk}@latest"}
    # What it does inside leaves no events: a run has as many as its own steps have.
    assert not RunEvent.objects.filter(run=run, node__startswith=f"{STEP}/").exists()


def test_two_hosts_share_batches_and_records_that_fail_are_found(
    user: User, workflow: Workflow, make_host: HostMaker
) -> None:
    enrich = published(user, child("print(len(records))\nresult = [1 // (r['n'] - 17) for r in records]"))
    document = batched(enrich, error_handling="continue_with_logging", max_retry_attempts=0)
    batch_host(make_host)
    batch_host(make_host)

    run = start_run(user, snapshot_version(workflow, document, user=user))
    wait_for_status(run, RunStatus.SUCCEEDED)

    found = output_of(run)
    assert (found["ok"], found["failed"], found["skipped"], len(found["results"])) == (99, 1, 0, 99)
    [error] = found["errors"]
    assert error["record"] == 18
    assert error["message"].startswith("work: Line 2: ZeroDivisionError")
    [told] = batches_of(run)
    assert (told.ok, told.failed) == (99, 1)
    assert RunLog.objects.filter(run=run, text="work: 10").count() == 10


def test_the_version_is_the_one_of_the_runs_beginning(
    user: User, workflow: Workflow, make_host: HostMaker
) -> None:
    enrich = published(user, child())
    run = start_run(user, snapshot_version(workflow, batched(enrich, 10), user=user))
    publish_version(enrich, child("result = ['newer' for r in records]"), user=user)

    batch_host(make_host)
    wait_for_status(run, RunStatus.SUCCEEDED)

    assert output_of(run)["results"][0] == {"n": 0, "double": 0}
    publish_version(workflow, batched(enrich), user=user)
    assert [caller.pk for caller in callers_of(enrich)] == [workflow.pk]


def test_steps_inside_are_judged_as_those_of_a_sub_workflow_are(
    user: User, workflow: Workflow, make_host: HostMaker
) -> None:
    enrich = published(user, child(resource="payroll"))
    assert user.tenant is not None
    Policy.objects.create(
        tenant=user.tenant,
        key="no-payroll",
        label="",
        effect="deny",
        actions=["node.execute"],
        resources=["payroll"],
        status="active",
    )
    bump_policy_version(user.tenant.pk)
    document = batched(enrich, error_handling="continue_with_logging")
    batch_host(make_host)

    run = start_run(user, snapshot_version(workflow, document, user=user))
    wait_for_status(run, RunStatus.FAILED)

    error = state_of(run.pk).nodes[STEP].error or {}
    assert error["code"] == "access_denied"
    assert error["inner"].endswith("/work")
    assert (error["ok"], error["failed"], error["skipped"]) == (0, 0, 100)


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ({"nodes": [{"id": "end", "type": "TestEcho"}]}, "missing_parameter"),
        (child() | {"parameters": [{"name": "records"}, {"name": "region"}]}, "missing_input"),
        (child() | {"nodes": [*child()["nodes"], {"id": "other", "type": "TestEcho"}]}, "missing_parameter"),
    ],
)
def test_a_workflow_that_cannot_work_on_batches_is_refused_where_it_is_named(
    document: dict[str, Any], code: str, user: User, workflow: Workflow
) -> None:
    enrich = published(user, {"schema": 1, "connections": [], **document})

    with pytest.raises(GraphError) as caught:
        publish_version(workflow, batched(enrich), user=user)

    [problem] = [item for item in caught.value.problems if item.severity == "error"]
    assert (problem.code, problem.node) == (code, STEP)
    assert (problem.field or "").startswith("config.processing.")


def test_what_is_not_theirs_or_runs_itself_is_refused(user: User, workflow: Workflow) -> None:
    theirs = published(make_user(make_tenant("Other"), "owner"), child(), "Secret plan")
    publish_version(workflow, child(), user=user)

    for named, code in (
        (theirs, "unknown_workflow"),
        (str(uuid4()), "unknown_workflow"),
        (workflow, "sub_workflow_cycle"),
    ):
        with pytest.raises(GraphError) as caught:
            publish_version(workflow, batched(named), user=user)
        [problem] = [item for item in caught.value.problems if item.severity == "error"]
        assert (problem.code, problem.field) == (code, "config.processing.workflow")
    assert Run.objects.count() == 0


def test_what_is_kept_inside_is_kept_once_for_each_batch_and_can_be_read(
    user: User, workflow: Workflow, make_host: HostMaker
) -> None:
    for node_class in (DatasetWriteNode, DataLineageNode):
        node_registry().add(node_class)
    keeping = child()
    stated = {"system": "shop", "table": "orders"}
    config = {"source_info": stated, "target_info": stated, "transformation_type": "copy"}
    keeping["nodes"] += [
        {"id": "told", "type": "DataLineageNode", "config": config},
        {
            "id": "keep",
            "type": "DatasetWriteNode",
            "config": {"dataset": "kept", "mode": "append", "format": "jsonl"},
        },
    ]
    keeping["connections"] += [
        {"source": "work", "output": "result", "target": name, "input": port}
        for name, port in (("told", "input"), ("keep", "records"))
    ]
    enrich = published(user, keeping)
    document = batched(enrich, 30)
    document["nodes"][1]["config"]["processing"]["output"] = "work.result"
    batch_host(make_host)

    run = start_run(user, snapshot_version(workflow, document, user=user))
    wait_for_status(run, RunStatus.SUCCEEDED)

    dataset = Dataset.objects.get(name="kept")
    with spooled(dataset.pk) as content:
        assert sorted(row["n"] for row in content.rows()) == list(range(30))
    records_ = Api(user).get(f"lineage/?run={run.pk}").json()["results"]
    assert sorted(item["node"] for item in records_) == [f"{STEP}/{first}/told" for first in (1, 11, 21)]
    shown = Api(user).get(f"runs/{run.pk}/nodes/{STEP}/").json()["outputs"]["result"]
    assert (shown["ok"], len(shown["results"])) == (30, 30)
    assert Api(user).get(f"runs/{run.pk}/scope/?path={STEP}/1").status_code == 404
