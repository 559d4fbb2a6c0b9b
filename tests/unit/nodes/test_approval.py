"""ApprovalNode: what it asks, how it waits, and what it makes of the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime import LocalRuntime, WorkflowBuilder
from runtime.engine.errors import NodeError, ParameterError
from runtime.engine.node import CheckContext, Park
from runtime.nodes.approval import ApprovalNode
from runtime.services_protocol import Answer, Question
from tests.unit.nodes.surroundings import Context

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
VOTE = {"user": "ann@example.org", "decision": "approve", "comment": "fine", "at": NOW.isoformat()}


@dataclass
class Desk:
    """Answers as told, and keeps what was asked."""

    answer: Answer = field(default_factory=lambda: Answer("pending", None, None))
    asked: dict[str, Question] = field(default_factory=dict)

    async def ask(self, key: str, question: Question) -> Answer:
        self.asked.setdefault(key, question)
        return self.answer

    async def look(self, key: str) -> Answer | None:
        return self.answer if key in self.asked else None


class Services:
    def __init__(self, desk: Desk) -> None:
        self.approvals = desk


def node(**config: Any) -> ApprovalNode:
    return ApprovalNode(**{"title": "Pay?", "approvers": {"roles": ["owner"]}, **config})


def run(config: dict[str, Any], desk: Desk, *, resumed: bool = False) -> Mapping[str, Any] | Park:
    context = Context({"input": {"sum": 7}}, Services(desk))
    step = node(**config)
    if resumed:
        asyncio.run(step.run(context))
        return asyncio.run(step.resume(context))
    return asyncio.run(step.run(context))


def test_it_asks_and_waits():
    desk = Desk()

    parked = run({"message": "Look at it", "required": 2, "comment": "required"}, desk)

    assert parked == Park(None, on="approval")
    question = desk.asked["run-1/step"]
    assert (question.title, question.message, question.required) == ("Pay?", "Look at it", 2)
    assert (question.roles, question.needs_comment, question.expires_at) == (("owner",), True, None)


def test_it_waits_until_it_expires():
    until = NOW + timedelta(hours=1)

    parked = run({"expires_after": 3600}, Desk(Answer("pending", until, None)))

    assert isinstance(parked, Park)
    assert parked.until == until


def test_an_approval_takes_the_branch_of_approval_with_its_input():
    outputs = run({}, Desk(Answer("approved", None, NOW, [VOTE])), resumed=True)

    assert not isinstance(outputs, Park)
    assert outputs["approved"] == {"sum": 7}
    assert "rejected" not in outputs
    assert outputs["result"] == {
        "decision": "approved",
        "expired": False,
        "by": [VOTE],
        "at": NOW.isoformat(),
        "input": {"sum": 7},
    }


def test_a_rejection_takes_the_other_branch():
    outputs = run({}, Desk(Answer("rejected", None, NOW)), resumed=True)

    assert not isinstance(outputs, Park)
    assert set(outputs) == {"rejected", "result"}


@pytest.mark.parametrize(("on_expiry", "branch"), [("approve", "approved"), ("reject", "rejected")])
def test_what_expired_counts_as_the_answer_that_was_set(on_expiry: str, branch: str):
    outputs = run({"on_expiry": on_expiry}, Desk(Answer("expired", NOW, NOW)), resumed=True)

    assert not isinstance(outputs, Park)
    assert outputs["result"]["expired"] is True
    assert branch in outputs


def test_what_expired_fails_by_default():
    with pytest.raises(NodeError) as caught:
        run({}, Desk(Answer("expired", NOW, NOW)), resumed=True)
    assert caught.value.code == "approval_expired"


def test_a_question_that_is_gone_is_asked_again():
    desk = Desk()
    context = Context({"input": 1}, Services(desk))

    assert asyncio.run(node().resume(context)) == Park(None, on="approval")
    assert list(desk.asked) == ["run-1/step"]


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"approvers": {}}, "at least one"),
        ({"approvers": {"roles": ["viewer"]}}, "owner"),
        ({"approvers": {"users": ["ann"]}}, "not an e-mail address"),
        ({"approvers": {"users": ["a b@example.org"]}}, "not an e-mail address"),
        ({"required": 0}, "required"),
        ({"expires_after": 0}, "expires_after"),
        ({"title": ""}, "title"),
        ({"on_expiry": "shrug"}, "on_expiry"),
    ],
)
def test_settings_that_cannot_be_are_refused_with_their_place(config: dict[str, Any], words: str):
    with pytest.raises(ParameterError, match=words):
        node(**config)


def test_addresses_are_kept_in_one_way_of_writing():
    approvers = node(approvers={"users": ["Ann@Example.org", "ann@example.org "]}).parameters.approvers

    assert approvers.users == ("ann@example.org",)


def test_more_approvals_than_people_are_a_problem():
    config = {"title": "Pay?", "approvers": {"users": ["a@example.org"]}, "required": 2}

    problems = ApprovalNode.check(config, CheckContext("a"))

    assert [problem.code for problem in problems] == ["too_few_approvers"]
    assert ApprovalNode.check({**config, "approvers": {"roles": ["owner"]}}, CheckContext("a")) == []


# --- in scripts -------------------------------------------------------------------------------------------


def workflow(**options: Any):
    builder = WorkflowBuilder()
    builder.add_node("ApprovalNode", "ask", {"title": "Pay?", "approvers": {"roles": ["owner"]}}, **options)
    return builder.build()


def test_a_script_is_told_before_it_runs_that_approvals_need_the_server():
    with pytest.raises(ParameterError, match="server only") as caught:
        LocalRuntime().execute(workflow())

    (problem,) = caught.value.facts["problems"]
    assert (problem["code"], problem["node"]) == ("needs_server", "ask")


def test_a_node_alone_says_so_too():
    with pytest.raises(ParameterError, match="server only"):
        node().execute(input=1)
