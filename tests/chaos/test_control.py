"""Kills around what people and triggers do: places, pauses, answers, child runs, firings, notices."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Tenant, User
from runtime.models import (
    Approval,
    Outbox,
    Run,
    TriggerFire,
    WebhookDelivery,
    Workflow,
    WorkflowTrigger,
)
from runtime.services.outbox import Message, put
from runtime.services.run_control import resume_run
from runtime.services.runs import start_run
from runtime.services.triggers.checking import Wanted
from runtime.services.triggers.saving import address_path, create_trigger
from runtime.services.workflows import create_workflow, publish_version
from runtime.triggers.kinds import TriggerKind
from tests.chaos import effects
from tests.chaos.conftest import RunMaker
from tests.chaos.graphs import ENDS, SHAPES, graph, in_a_row, parked, step, wire
from tests.chaos.hosts import Worker, Workers, until
from tests.chaos.invariants import check_run, check_runs, wait_until_ended
from tests.chaos.peer import Peer
from tests.chaos.report import report

pytestmark = pytest.mark.chaos
BOTH = ["before", "after"]


def dies(workers: Workers, fault: str) -> Worker:
    """A worker that got to the point and died there."""
    worker = workers.start(fault)
    until(lambda: not worker.is_alive(), f"a death at {fault}", said=worker.said)
    assert worker.exit_code() == -signal.SIGKILL, worker.said()
    report().kills += 1
    worker.expire()
    return worker


def tell(workers: Workers, point: str, *words: str) -> None:
    """What a person asks for: the first process that does it dies at the point, and the person asks again."""
    assert workers.call(*words, fault=f"{point}=kill") == -signal.SIGKILL
    workers.call(*words)


def is_in(run: Run, status: str) -> bool:
    return Run.objects.filter(pk=run.pk, status=status).exists()


@pytest.mark.parametrize("when", BOTH)
def test_a_kill_while_a_run_gets_its_place(
    when: str, make_run: RunMaker, workers: Workers, workflow: Workflow, user: User
) -> None:
    Workflow.objects.filter(pk=workflow.pk).update(max_running=1)
    workflow.refresh_from_db()
    runs = [make_run(SHAPES["chain"]()) for _ in range(4)]

    dies(workers, f"admission.{when}:1=kill")
    survivor = workers.start()
    wait_until_ended(said=survivor.said)

    check_runs(runs, user)
    assert {run.status for run in runs} == {"succeeded"}


@pytest.mark.parametrize("when", BOTH)
def test_a_kill_while_a_run_parks(when: str, make_run: RunMaker, workers: Workers, user: User) -> None:
    run = make_run(parked())

    dies(workers, f"park.{when}:1=kill")
    survivor = workers.start()
    wait_until_ended(said=survivor.said)

    check_run(run, user)
    assert (run.status, run.counts) == ("succeeded", {"succeeded": 3})


@pytest.mark.parametrize("when", BOTH)
def test_a_kill_while_a_run_is_paused(when: str, make_run: RunMaker, workers: Workers, user: User) -> None:
    run = make_run(in_a_row([step(name, seconds=0.2) for name in "abcdef"]))
    first = workers.start()
    until(lambda: is_in(run, "running"), "a running run", said=first.said)

    tell(workers, f"pause.{when}", "pause", str(run.pk))
    first.kill()
    first.expire()
    second = workers.start()
    until(lambda: is_in(run, "paused"), "a paused run", said=second.said)
    check_run(run, user)
    resume_run(run)
    wait_until_ended(said=second.said)

    check_run(run, user)
    assert (run.status, run.counts) == ("succeeded", {"succeeded": 6})


def approval() -> dict[str, Any]:
    node = {
        "id": "ask",
        "type": "ApprovalNode",
        "config": {
            "title": "Go on?",
            "approvers": {"roles": ["owner"]},
            "allow_requester": True,
        },
    }
    nodes = [step("a"), node, step("yes"), step("no")]
    wires = [wire("a", "result", "ask", "input"), wire("ask", "approved", "yes")]
    return graph(nodes, [*wires, wire("ask", "rejected", "no")])


@pytest.mark.parametrize("point", ["ask.after", "vote.before", "vote.after"])
def test_a_kill_while_an_approval_is_asked_for_or_answered(
    point: str, make_run: RunMaker, workers: Workers, user: User
) -> None:
    run = make_run(approval())
    if point == "ask.after":
        dies(workers, "ask.after:1=kill")
    worker = workers.start()
    until(lambda: is_in(run, "waiting"), "a waiting run", said=worker.said)
    check_run(run, user)
    question = Approval.objects.get(run=run)

    words = ("vote", str(question.pk), str(user.pk), "approve")
    if point == "ask.after":
        assert workers.call(*words) == 0
    else:
        tell(workers, point, *words)
    wait_until_ended(said=worker.said)

    check_run(run, user)
    assert (run.status, run.counts) == ("succeeded", {"succeeded": 3, "skipped": 1})
    assert question.votes.count() == 1


def test_a_kill_before_a_question_is_withdrawn(make_run: RunMaker, workers: Workers, user: User) -> None:
    """The step that asks stands in a loop that times out; the run goes on beside it."""
    document = approval()
    for node in document["nodes"]:
        node["parent"] = "loop"
    options = {"timeout": 0.5, "on_error": "continue"}
    document["nodes"] += [
        {"id": "loop", "type": "LoopNode", "config": {"max_iterations": 1}, "options": options},
        step("beside", seconds=4.0),
    ]
    run = make_run(document)

    dies(workers, "withdraw.before:1=kill")
    assert Approval.objects.get(run=run).status == "pending"
    survivor = workers.start()
    until(lambda: not Approval.objects.filter(status="pending").exists(), "no question", said=survivor.said)
    assert is_in(run, "running")
    wait_until_ended(said=survivor.said)

    check_run(run, user)
    assert (run.status, run.counts) == ("succeeded", {"succeeded": 1, "failed": 1})


@pytest.mark.parametrize("when", BOTH)
def test_a_kill_while_an_unknown_step_is_decided(
    when: str, make_run: RunMaker, workers: Workers, user: User
) -> None:
    # it takes far longer than until the kill, and is never done again
    run = make_run(in_a_row([step("a"), step("once", effect="at_most_once", seconds=60.0), step("z")]))
    first = workers.start()
    until(lambda: effects.count(str(run.pk), "once") == 1, "the effect", said=first.said)
    first.kill()
    first.expire()
    second = workers.start()
    until(lambda: is_in(run, "waiting"), "a waiting run", said=second.said)

    tell(workers, f"decide.{when}", "decide", str(run.pk), str(user.pk), "once", "1", "failed")
    wait_until_ended(said=second.said)

    check_run(run, user)
    assert run.status == "failed"
    assert effects.of_run(run.pk) == {"a": 1, "once": 1}


@pytest.mark.parametrize("when", BOTH)
def test_a_kill_while_a_child_run_is_started(
    when: str, make_run: RunMaker, workers: Workers, user: User
) -> None:
    child = create_workflow(tenant=user.tenant, user=user, name="Child")
    publish_version(child, in_a_row([step("inner"), step("end")]), user=user)
    call = {"id": "call", "type": "SubWorkflowNode", "config": {"workflow": str(child.pk)}}
    call["config"]["run_as"] = "separate"  # type: ignore[index]
    run = make_run(graph([call, step("z")], [wire("call", "result", "z", "x")]))

    dies(workers, f"child.{when}:1=kill")
    survivor = workers.start()
    wait_until_ended(said=survivor.said)

    check_runs(Run.objects.all(), user)
    assert Run.objects.filter(parent_run=run).count() == 1
    assert set(Run.objects.values_list("status", flat=True)) == {"succeeded"}


# --- triggers and notices -----------------------------------------------------------------------------------


def trigger(kind: TriggerKind, workflow: Workflow, user: User, config: dict[str, Any]) -> WorkflowTrigger:
    publish_version(workflow, in_a_row([step("a"), step("b")]), user=user)
    return create_trigger(
        Wanted(
            workflow=workflow, kind=kind, name="Test", enabled=True, version=None,
            inputs=None, concurrency_key="", config=config, run_as=user,
        ),
        user=user,
    )  # fmt: skip


@pytest.mark.parametrize("when", BOTH)
def test_a_kill_while_a_schedule_fires(when: str, workers: Workers, workflow: Workflow, user: User) -> None:
    config = {"cron": "0 0 1 1 *", "zone": "UTC", "missed": "run_once"}
    made = trigger(TriggerKind.SCHEDULE, workflow, user, config)
    WorkflowTrigger.objects.filter(pk=made.pk).update(next_at=timezone.now() - timedelta(seconds=5))

    dies(workers, f"fire.{when}:1=kill")
    survivor = workers.start()
    wake_jobs()
    until(lambda: Run.objects.exists(), "the run of the schedule", said=survivor.said)
    wait_until_ended(said=survivor.said)

    check_runs(Run.objects.all(), user)
    assert (Run.objects.count(), TriggerFire.objects.filter(trigger=made).count()) == (1, 1)


@pytest.mark.parametrize("when", BOTH)
def test_a_kill_while_what_follows_a_run_is_arranged(
    when: str, workers: Workers, workflow: Workflow, user: User
) -> None:
    after = create_workflow(tenant=user.tenant, user=user, name="After")
    trigger(TriggerKind.WORKFLOW, after, user, {"source": str(workflow.pk), "on": "ended"})
    run = start_run(user, publish_version(workflow, SHAPES["chain"](), user=user))
    driver = workers.start("follow_up.before=delay:600")
    wait_until_ended(said=driver.said)
    driver.kill()

    dies(workers, f"follow_up.{when}:1=kill")
    survivor = workers.start()
    wake_jobs()
    until(lambda: Run.objects.filter(workflow=after).exists(), "the run after it", said=survivor.said)
    wait_until_ended(said=survivor.said)

    check_runs(Run.objects.all(), user)
    run.refresh_from_db()
    assert run.counts == ENDS["chain"]
    assert Run.objects.filter(workflow=after).count() == 1


@pytest.mark.parametrize("when", BOTH)
def test_a_kill_while_a_webhook_is_taken(when: str, workers: Workers, workflow: Workflow, user: User) -> None:
    made = trigger(TriggerKind.WEBHOOK, workflow, user, {"dedupe": "X-Delivery", "methods": ["POST"]})
    path = address_path(made, "live")

    tell(workers, f"webhook.{when}", "hook", path, "delivery-1")
    survivor = workers.start()
    wait_until_ended(said=survivor.said)

    check_runs(Run.objects.all(), user)
    assert Run.objects.count() == 1
    assert WebhookDelivery.objects.filter(trigger=made, run__isnull=False).count() == 1


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer() as running:
        yield running


@pytest.mark.parametrize("when", BOTH)
def test_a_kill_while_a_notice_is_sent(when: str, workers: Workers, user: User, peer: Peer) -> None:
    tenant: Tenant = user.tenant
    put(
        [
            Message(
                about="a run", event="failed", channel="webhook",  # type: ignore[arg-type]
                address=f"{peer.url}/notice", payload={"text": "it failed"}, tenant_id=tenant.pk,
            )
        ]
    )  # fmt: skip

    dies(workers, f"outbox.{when}:1=kill")
    Outbox.objects.update(next_at=timezone.now())
    workers.start()
    wake_jobs()
    until(lambda: Outbox.objects.filter(status="sent").count() == 1, "the notice")

    assert 1 <= len(peer.calls) <= 2
    assert len({call.body for call in peer.calls}) == 1
    assert len(peer.calls) == (1 if when == "before" else 2)


def wake_jobs() -> None:
    """A job whose worker died is due again in half a minute: nobody waits for that here."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE maintenance_job SET next_at = clock_timestamp()")
