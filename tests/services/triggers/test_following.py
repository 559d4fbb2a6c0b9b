"""Workflows that start after others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from runtime.engine.state import RunStatus
from runtime.models import Run, RunEvent, RunMode, TriggerFire, Workflow, WorkflowVersion
from runtime.services.run_ends import follow_up
from runtime.services.runs import start_run
from runtime.services.triggers.following import MAX_DEPTH
from tests.people import make_user
from tests.services.triggers.conftest import TriggerMaker, WorkflowMaker

pytestmark = pytest.mark.django_db


def published(workflow: Workflow) -> WorkflowVersion:
    return WorkflowVersion.objects.get(workflow=workflow, number=1)


def ended(workflow: Workflow, user: User, status: RunStatus = RunStatus.SUCCEEDED, **options: Any) -> Run:
    """A run of the workflow's version that has ended, with an output of its node."""
    run = start_run(user, published(workflow), {"amount": 5}, **options)
    RunEvent.objects.create(
        run=run,
        seq=2,
        at=timezone.now(),
        type="node.succeeded",
        node="out",
        attempt=1,
        payload=json.dumps({"result": {"value": {"total": 42}}}).encode(),
    )
    Run.objects.filter(pk=run.pk).update(status=status, finished_at=timezone.now())
    return run


@pytest.fixture
def source(make_workflow: WorkflowMaker) -> Workflow:
    return make_workflow("Source")


def test_the_end_of_a_run_starts_the_next_once(
    make_trigger: TriggerMaker, source: Workflow, workflow: Workflow, user: User
) -> None:
    trigger = make_trigger("workflow", source=str(source.pk), inputs={"amount": "results.out.result.total"})
    first = ended(source, user)

    follow_up()
    Run.objects.filter(pk=first.pk).update(followed_up=False)
    follow_up()

    next_run = Run.objects.get(workflow=workflow)
    fire = TriggerFire.objects.get()
    assert (next_run.trigger, next_run.trigger_ref, next_run.parameters) == (
        "workflow",
        trigger,
        {"amount": 42},
    )
    assert (fire.source_run, fire.run, fire.depth, fire.outcome) == (first, next_run, 1, "started")


@pytest.mark.parametrize(
    ("on", "status", "starts"),
    [
        ("succeeded", RunStatus.SUCCEEDED, True),
        ("succeeded", RunStatus.FAILED, False),
        ("failed", RunStatus.FAILED, True),
        ("failed", RunStatus.CANCELLED, False),
        ("ended", RunStatus.CANCELLED, True),
        ("ended", RunStatus.SUCCEEDED, True),
    ],
)
def test_only_the_ends_that_were_asked_for_count(
    make_trigger: TriggerMaker,
    source: Workflow,
    workflow: Workflow,
    user: User,
    on: str,
    status: RunStatus,
    starts: bool,
) -> None:
    make_trigger("workflow", source=str(source.pk), on=on)
    ended(source, user, status)

    follow_up()

    assert Run.objects.filter(workflow=workflow).exists() is starts


def test_facts_and_parameters_of_the_run_can_be_read(
    make_trigger: TriggerMaker, source: Workflow, workflow: Workflow, user: User
) -> None:
    inputs = {"region": "run.status + ' ' + str(run.number)", "amount": "parameters.amount * 2"}
    make_trigger("workflow", source=str(source.pk), inputs=inputs, concurrency_key="run.workflow")
    run = ended(source, user)

    follow_up()

    next_run = Run.objects.get(workflow=workflow)
    assert next_run.parameters == {"region": f"succeeded {run.number}", "amount": 10}
    assert next_run.concurrency_key == "Source"


def test_all_results_can_be_handed_on_at_once(
    make_trigger: TriggerMaker, source: Workflow, workflow: Workflow, user: User
) -> None:
    make_trigger("workflow", source=str(source.pk), inputs={"amount": "[results]"})
    ended(source, user)

    follow_up()

    assert Run.objects.get(workflow=workflow).parameters == {"amount": [{"out": {"result": {"total": 42}}}]}


def test_a_result_that_is_not_there_is_noted(
    make_trigger: TriggerMaker, source: Workflow, user: User
) -> None:
    trigger = make_trigger("workflow", source=str(source.pk), inputs={"amount": "results.gone.result"})
    ended(source, user)

    follow_up()

    trigger.refresh_from_db()
    assert TriggerFire.objects.get().reason == "inputs_failed"
    assert "gone" in trigger.last_problem["message"]


def test_data_is_handed_on_only_to_who_may_see_it(
    make_trigger: TriggerMaker, source: Workflow, user: User
) -> None:
    """Roles that run workflows see the data of runs; the one of this test is made to lack it."""
    from accounts.models import Role
    from accounts.permissions import permissions_named

    runner = make_user(user.tenant, "viewer")
    role = Role.objects.create(
        name=f"{user.tenant_id}/runner", key="runner", label="Runner", tenant=user.tenant
    )
    role.permissions.set(permissions_named(["workflow.run", "workflow.view"]))
    runner.groups.set([role])
    owner = make_user(user.tenant, "owner")
    make_trigger(
        "workflow",
        source=str(source.pk),
        inputs={"amount": "results.out.result.total"},
        run_as=runner,
        by=owner,
    )
    ended(source, user)

    follow_up()

    assert TriggerFire.objects.get().reason == "run_as_sees_no_data"


def test_runs_of_a_draft_or_of_a_part_start_nothing(
    make_trigger: TriggerMaker, source: Workflow, workflow: Workflow, user: User
) -> None:
    make_trigger("workflow", source=str(source.pk))
    ended(source, user, mode=RunMode.SINGLE, node="out")
    draft = WorkflowVersion.objects.create(
        tenant=source.tenant, workflow=source, number=None, graph=published(source).graph, hash="x"
    )
    run = start_run(user, draft)
    Run.objects.filter(pk=run.pk).update(status=RunStatus.SUCCEEDED, finished_at=timezone.now())

    follow_up()

    assert not Run.objects.filter(workflow=workflow).exists()


def test_a_chain_ends_at_its_cap(
    make_trigger: TriggerMaker, source: Workflow, workflow: Workflow, user: User
) -> None:
    trigger = make_trigger("workflow", source=str(source.pk))
    run = ended(source, user)
    TriggerFire.objects.create(
        trigger=trigger,
        cause="run",
        fire_at=timezone.now(),
        created_at=timezone.now(),
        outcome="started",
        run=run,
        depth=MAX_DEPTH,
    )

    follow_up()

    assert TriggerFire.objects.filter(reason="chain_too_deep").count() == 1
    assert not Run.objects.filter(workflow=workflow).exists()


def test_a_disabled_follower_starts_nothing(
    make_trigger: TriggerMaker, source: Workflow, workflow: Workflow, user: User
) -> None:
    make_trigger("workflow", source=str(source.pk), enabled=False)
    ended(source, user)

    follow_up()

    assert not Run.objects.filter(workflow=workflow).exists()
