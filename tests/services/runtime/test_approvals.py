"""Runs that wait for people: asked once, answered once, ended by time or with their run."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from accounts.authorization import AccessDenied, Hidden
from accounts.models import Tenant, User
from accounts.queries import user_by_secret
from accounts.services import create_token
from runtime.credentials.redactor import Redactor
from runtime.engine.state import RunStatus
from runtime.models import Approval, ApprovalVote, Run, VoteDecision
from runtime.queries.approvals import count_waiting_for, standing_of
from runtime.services import run_ends
from runtime.services.approvals import ApprovalRefused, RunApprovals, answer
from runtime.services.in_thread import in_thread
from runtime.services.runs import cancel_run
from runtime.services.withdrawing import withdraw_left
from runtime.services_protocol import Question
from tests.people import make_tenant, make_user
from tests.services.runtime import nodes
from tests.services.runtime.conftest import (
    DeadLease,
    HostMaker,
    NoServices,
    RunMaker,
    expire_lease,
    types_of,
    wait_for,
    wait_for_status,
)
from tests.services.runtime.recorded import Step, record

APPROVE, REJECT = VoteDecision.APPROVE, VoteDecision.REJECT


class Asking(NoServices):
    """Nothing but approvals."""

    def for_run(self, *, run_id: UUID, tenant_id: UUID, redactor: Redactor, **_: Any) -> Any:
        desk = RunApprovals(run_id, tenant_id, redactor)
        return type("Services", (), {"approvals": desk})()

    async def recall_secrets(self, *_: Any) -> None:
        return None

    async def withdraw(self, run_id: UUID) -> None:
        await in_thread(withdraw_left, run_id)


@pytest.fixture
def start(make_host: HostMaker) -> Callable[..., Any]:
    return lambda **options: make_host(**{"services": Asking, **options})


def asking(**config: Any) -> dict[str, Any]:
    """give -> ask -> yes | no."""
    config = {"title": "Pay?", "approvers": {"roles": ["admin"]}, **config}
    wires = [("give", "result", "ask", "input"), ("ask", "approved", "yes", "value")]
    wires.append(("ask", "rejected", "no", "value"))
    return {
        "nodes": [
            {"id": "give", "type": "TestEcho", "config": {"value": {"sum": 7}}},
            {"id": "ask", "type": "ApprovalNode", "config": config},
            {"id": "yes", "type": "TestEcho", "config": {"value": "paid"}},
            {"id": "no", "type": "TestEcho", "config": {"value": "kept"}},
        ],
        "connections": [
            {"source": source, "output": output, "target": target, "input": port}
            for source, output, target, port in wires
        ],
    }


def asked(run: Run) -> Approval:
    wait_for_status(run, RunStatus.WAITING)
    return Approval.objects.get(run=run)


@pytest.fixture
def admin(tenant: Tenant) -> User:
    return make_user(tenant, "admin")


def test_an_approval_lets_the_run_go_on(make_run: RunMaker, start: Any, admin: User) -> None:
    run = make_run(document=asking())
    start()
    approval = asked(run)
    assert (approval.title, approval.status, approval.node) == ("Pay?", "pending", "ask")
    assert (run.owner_id, run.wake_at) == (None, None)

    answer(admin, approval, APPROVE, "fine")

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert nodes.calls == {"give": 1, "yes": 1}
    approval.refresh_from_db()
    assert approval.status == "approved"
    assert "node.skipped no" in types_of(run)


def test_one_rejection_takes_the_other_branch(make_run: RunMaker, start: Any, admin: User) -> None:
    run = make_run(document=asking(required=3))
    start()

    answer(admin, asked(run), REJECT)

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert nodes.calls == {"give": 1, "no": 1}


def test_as_many_have_to_approve_as_are_asked_for(
    make_run: RunMaker, start: Any, admin: User, tenant: Tenant
) -> None:
    run = make_run(document=asking(required=2))
    start()
    approval = asked(run)

    answer(admin, approval, APPROVE)
    approval.refresh_from_db()
    assert approval.status == "pending"
    answer(make_user(tenant, "admin"), approval, APPROVE)

    wait_for_status(run, RunStatus.SUCCEEDED)


def test_nobody_answers_twice(make_run: RunMaker, start: Any, admin: User) -> None:
    run = make_run(document=asking(required=2))
    start()
    approval = asked(run)
    answer(admin, approval, APPROVE)

    with pytest.raises(ApprovalRefused, match="already") as caught:
        answer(admin, approval, APPROVE)

    assert caught.value.code == "already_voted"
    assert ApprovalVote.objects.count() == 1


def test_nothing_is_answered_after_the_end(
    make_run: RunMaker, start: Any, admin: User, tenant: Tenant
) -> None:
    run = make_run(document=asking())
    start()
    approval = asked(run)
    answer(admin, approval, REJECT)

    with pytest.raises(ApprovalRefused, match="was rejected"):
        answer(make_user(tenant, "admin"), approval, APPROVE)


def test_the_wrong_person_is_told_why(make_run: RunMaker, start: Any, tenant: Tenant, user: User) -> None:
    run = make_run(document=asking(approvers={"users": ["ann@example.org"], "roles": ["owner"]}))
    start()
    approval = asked(run)
    token = create_token(make_user(tenant, "owner"), name="narrow", scopes=["approval.view"])
    narrow = user_by_secret(token.secret)
    assert narrow is not None

    for person, words in (
        (make_user(tenant, "editor"), "put to people with the role owner or ann@example.org"),
        (make_user(tenant, "viewer", email="ann@example.org"), "need a role"),
        (user, "You started this run"),
        (narrow, "scopes"),
    ):
        with pytest.raises(AccessDenied, match=words) as caught:
            answer(person, approval, APPROVE)
        assert not isinstance(caught.value, Hidden)
    with pytest.raises(Hidden):
        answer(make_user(make_tenant("Other"), "owner"), approval, APPROVE)
    assert ApprovalVote.objects.count() == 0


def test_a_comment_is_asked_for_where_it_is_required(make_run: RunMaker, start: Any, admin: User) -> None:
    run = make_run(document=asking(comment="required"))
    start()
    approval = asked(run)

    with pytest.raises(ApprovalRefused, match="Say why"):
        answer(admin, approval, APPROVE, "  ")
    answer(admin, approval, APPROVE, "I looked")

    wait_for_status(run, RunStatus.SUCCEEDED)


def test_of_two_who_answer_at_once_both_count_or_one_is_told(
    make_run: RunMaker, start: Any, admin: User, tenant: Tenant
) -> None:
    """One approval is enough: whoever comes second finds the question ended."""
    run = make_run(document=asking())
    start()
    approval = asked(run)
    people = [admin, make_user(tenant, "admin")]
    outcomes: list[str] = []
    barrier = threading.Barrier(len(people))

    def vote(person: User, decision: VoteDecision) -> None:
        barrier.wait()
        try:
            answer(person, approval, decision)
            outcomes.append("counted")
        except ApprovalRefused as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=vote, args=pair) for pair in zip(people, (APPROVE, REJECT), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["approval_ended", "counted"]
    wait_for_status(run, RunStatus.SUCCEEDED)
    assert ApprovalVote.objects.count() == 1


def test_what_expires_fails_the_step(make_run: RunMaker, start: Any) -> None:
    run = make_run(document=asking(expires_after=0.2))
    start()

    wait_for_status(run, RunStatus.FAILED)

    assert run.error["code"] == "approval_expired"
    assert Approval.objects.get(run=run).status == "expired"


def test_what_expires_wakes_its_run(make_run: RunMaker, start: Any) -> None:
    run = make_run(document=asking(expires_after=3600, on_expiry="reject"))
    start()
    approval = asked(run)
    assert run.wake_at == approval.expires_at

    past = timezone.now() - timedelta(seconds=1)
    Approval.objects.filter(pk=approval.pk).update(expires_at=past)
    Run.objects.filter(pk=run.pk).update(wake_at=past)

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert nodes.calls == {"give": 1, "no": 1}


def test_an_answer_after_the_time_is_refused(make_run: RunMaker, start: Any, admin: User) -> None:
    run = make_run(document=asking(expires_after=3600))
    start()
    approval = asked(run)
    Approval.objects.filter(pk=approval.pk).update(expires_at=timezone.now() - timedelta(seconds=1))

    with pytest.raises(ApprovalRefused, match="expired at"):
        answer(admin, approval, APPROVE)

    assert count_waiting_for(admin) == 0


def test_an_approval_ends_with_its_run(make_run: RunMaker, start: Any, admin: User) -> None:
    run = make_run(document=asking())
    start()
    approval = asked(run)

    cancel_run(run)
    wait_for_status(run, RunStatus.CANCELLED)
    run_ends.follow_up()

    approval.refresh_from_db()
    assert approval.status == "cancelled"
    with pytest.raises(ApprovalRefused, match="was cancelled"):
        answer(admin, approval, APPROVE)


def timing_out() -> dict[str, Any]:
    """The questions stand in a loop that times out, while the run goes on."""
    document = asking()
    for node in document["nodes"]:
        node["parent"] = "loop"
    document["nodes"] += [
        {"id": "loop", "type": "LoopNode", "config": {"max_iterations": 1}, "options": {"timeout": 1}},
        {"id": "gate", "type": "TestGate", "config": {}},
    ]
    document["nodes"][-2]["options"]["on_error"] = "continue"
    return document


def test_a_question_is_withdrawn_when_its_step_ends_while_the_run_goes_on(
    make_run: RunMaker, start: Any, admin: User
) -> None:
    run = make_run(document=timing_out())
    start()
    wait_for(lambda: "node.failed loop" in types_of(run), "the timeout")

    wait_for(lambda: Approval.objects.filter(run=run, status="cancelled").exists(), "the withdrawal")

    assert count_waiting_for(admin) == 0
    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING
    nodes.open_gate("gate")
    wait_for_status(run, RunStatus.SUCCEEDED)


def test_a_question_that_is_asked_too_late_is_withdrawn_at_once(make_run: RunMaker, tenant: Tenant) -> None:
    """The loop around the step timed out while the thread that asks was on its way."""
    run = make_run(document=timing_out())
    ended = ("run.started", "node.started loop/1/ask", "node.cancelled loop/1/ask")
    record(run, [Step(what) for what in ended])
    desk = RunApprovals(run.pk, tenant.pk, Redactor())
    question = Question("loop/1/ask", "Pay?", "", ("admin",), (), 1, False, False, None)

    asyncio.run(desk.ask("key", question))

    assert Approval.objects.get(run=run).status == "cancelled"


def test_another_host_withdraws_what_a_dead_one_left(make_run: RunMaker, start: Any, admin: User) -> None:
    run = make_run(document=timing_out())
    dead = make_dead_host(start)
    wait_for(lambda: "node.failed loop" in types_of(run), "the timeout")
    assert Approval.objects.get(run=run).status == "pending"

    expire_lease(dead.id)
    start()

    wait_for(lambda: Approval.objects.filter(run=run, status="cancelled").exists(), "the withdrawal")
    nodes.open_gate("gate")
    wait_for_status(run, RunStatus.SUCCEEDED)


class Forgetful(Asking):
    """Dies before it withdraws anything."""

    async def withdraw(self, run_id: UUID) -> None:
        return None


def make_dead_host(start: Any) -> Any:
    return start(services=Forgetful, lease=DeadLease)


def test_an_answer_finds_out_that_its_step_waits_no_longer(
    make_run: RunMaker, start: Any, admin: User
) -> None:
    run = make_run(document=timing_out())
    start(services=Forgetful)
    wait_for(lambda: Approval.objects.filter(run=run).exists(), "the question")
    approval = Approval.objects.get(run=run)
    wait_for(lambda: "node.failed loop" in types_of(run), "the timeout")

    with pytest.raises(ApprovalRefused, match="waits no longer"):
        answer(admin, approval, APPROVE)

    approval.refresh_from_db()
    assert (approval.node, approval.status) == ("loop/1/ask", "cancelled")
    nodes.open_gate("gate")


def test_another_host_asks_nothing_again(make_run: RunMaker, start: Any, admin: User) -> None:
    document = asking()
    document["nodes"].append({"id": "gate", "type": "TestGate", "config": {}})
    run = make_run(document=document)
    dead = start(lease=DeadLease)
    wait_for(lambda: "node.waiting ask" in types_of(run), "the question")
    expire_lease(dead.id)
    start()
    wait_for(lambda: nodes.calls["gate"] == 2, "the second host")

    approval = Approval.objects.get(run=run)
    answer(admin, approval, APPROVE)
    wait_for(lambda: "node.succeeded ask" in types_of(run), "the answer, while the run is driven")
    nodes.open_gate("gate")

    wait_for_status(run, RunStatus.SUCCEEDED)
    assert Approval.objects.count() == 1
    assert nodes.calls["yes"] == 1


def test_the_inbox_counts_what_waits_for_a_person(
    make_run: RunMaker, start: Any, admin: User, tenant: Tenant, user: User
) -> None:
    first = make_run(document=asking(approvers={"roles": ["admin", "owner"]}))
    second = make_run(document=asking(approvers={"users": [user.email]}, allow_requester=True))
    start()
    approval = asked(first)
    asked(second)

    assert count_waiting_for(admin) == 1
    assert count_waiting_for(user) == 1  # not the one that they started, where that is not allowed
    assert count_waiting_for(make_user(tenant, "viewer")) == 0
    assert count_waiting_for(make_user(make_tenant("Other"), "admin")) == 0
    answer(admin, approval, APPROVE)
    assert count_waiting_for(admin) == 0
    approval = Approval.objects.select_related("run").get(pk=approval.pk)
    assert standing_of(approval, admin).why == "This was approved."


def test_steps_of_a_map_ask_one_by_one(make_run: RunMaker, start: Any, admin: User) -> None:
    run = make_run(
        document={
            "nodes": [
                {"id": "list", "type": "TestEcho", "config": {"value": [1, 2, 3]}},
                {"id": "each", "type": "MapNode", "config": {"max_concurrent": 3}},
                {
                    "id": "ask",
                    "type": "ApprovalNode",
                    "parent": "each",
                    "config": {"title": "Pay?", "approvers": {"roles": ["admin"]}},
                },
            ],
            "connections": [
                {"source": "list", "output": "result", "target": "each", "input": "items"},
                {"source": "each", "output": "item", "target": "ask", "input": "input"},
                {"source": "ask", "output": "result.decision", "target": "each", "input": "value"},
            ],
        }
    )
    start()
    wait_for_status(run, RunStatus.WAITING)
    assert Approval.objects.count() == 3

    for approval in Approval.objects.order_by("node"):
        answer(admin, approval, REJECT if approval.node == "each/2/ask" else APPROVE)

    wait_for_status(run, RunStatus.SUCCEEDED)
