"""`approvals/`: what runs ask people, and their answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import Subject
from runtime.api.approval_bodies import (
    ApprovalAnswer,
    ApprovalDetail,
    ApprovalFilters,
    ApprovalItem,
    ApprovalList,
    ApprovalState,
    Approvers,
    Vote,
)
from runtime.api.errors import ApiProblem
from runtime.api.idempotency import once
from runtime.api.masking_bodies import MaskedFieldItem, denial_item, masked_items
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.api.people import person_body
from runtime.api.run_node_bodies import ValueInfo
from runtime.api.run_terms import RunReference, WorkflowReference
from runtime.disclosure import sees_data
from runtime.masking.reader import RunReader
from runtime.masking.readers import asked_reader, reader_of
from runtime.masking.shown import MaskedField
from runtime.models import Approval, ApprovalVote, VoteDecision
from runtime.queries.approvals import approvals_for, standing_of, waiting_for, with_shown
from runtime.queries.nodes import ValuesView, inputs_of
from runtime.services.approvals import ApprovalRefused, answer
from runtime.services.data_views import ShownPart, saw_run

_TOO_LATE = frozenset({"approval_ended", "already_voted"})


class ApprovalsView(AuthorizedView, APIView):
    """What runs of the workspace ask people, newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "approval.view"}
    by_object: ClassVar[frozenset[str]] = frozenset({"GET"})

    @extend_schema(
        operation_id="approvals_list", parameters=query_of(ApprovalFilters), responses=ApprovalList
    )
    def get(self, request: Request) -> Response:
        filters = read_query(request, ApprovalFilters)
        rows = approvals_for(self.subject)
        if filters.status is not None:
            rows = rows.filter(status=filters.status)
        if filters.run is not None:
            rows = rows.filter(run=filters.run)
        if filters.mine:
            rows = waiting_for(rows, self.subject)
        page, cursor = newest_first(rows, filters)
        items = [_item(approval, self.subject) for approval in page]
        return Response(ApprovalList(results=items, next=next_address(request, cursor)))


class ApprovalView(AuthorizedView, APIView):
    """One question, with what the step was given."""

    actions: ClassVar[dict[str, str]] = {"GET": "approval.view"}

    @extend_schema(operation_id="approvals_retrieve", responses=ApprovalDetail)
    def get(self, request: Request, approval_id: UUID) -> Response:
        return Response(_detail(_find(self, approval_id), self.subject))


class _AnswerView(AuthorizedView, APIView):
    actions: ClassVar[dict[str, str]] = {"POST": "approval.act"}
    decision: ClassVar[VoteDecision]

    def _answer(self, request: Request, approval_id: UUID) -> Response:
        asked = read_body(request, ApprovalAnswer)
        approval = _find(self, approval_id)
        self.require("approval.act", approval)
        try:
            answer(self.subject, approval, self.decision, asked.comment)
        except ApprovalRefused as refusal:
            status = 409 if refusal.code in _TOO_LATE else 422
            raise ApiProblem(status, refusal.code, refusal.message) from refusal
        return Response(_detail(_find(self, approval_id), self.subject))


class ApproveView(_AnswerView):
    """Approves. Enough approvals let the run go on."""

    decision = VoteDecision.APPROVE

    @extend_schema(operation_id="approvals_approve", request=ApprovalAnswer, responses=ApprovalDetail)
    def post(self, request: Request, approval_id: UUID) -> Response:
        return once(request, lambda: self._answer(request, approval_id))


class RejectView(_AnswerView):
    """Rejects. One rejection is enough."""

    decision = VoteDecision.REJECT

    @extend_schema(operation_id="approvals_reject", request=ApprovalAnswer, responses=ApprovalDetail)
    def post(self, request: Request, approval_id: UUID) -> Response:
        return once(request, lambda: self._answer(request, approval_id))


def _find(view: AuthorizedView, approval_id: UUID) -> Approval:
    """Raises `Http404`, the same for none and for another tenant's."""
    return view.find(with_shown(Approval.objects.all()), "approval.view", pk=approval_id)


def _item(approval: Approval, subject: Subject) -> ApprovalItem:
    return ApprovalItem(**_facts(approval, subject, _reader(approval, subject)))


def _detail(approval: Approval, subject: Subject) -> ApprovalDetail:
    reader = _reader(approval, subject)
    facts = _facts(approval, subject, reader)
    shown = _input(approval, subject, reader)
    given = None if shown is None or shown.values is None else shown.values
    if shown is not None and given is not None:
        saw_run(subject, approval.run, approval.node, [ShownPart("inputs", given, shown.masked)])
    denial = None if shown is None else reader.denial(approval.node, "inputs")
    return ApprovalDetail(
        **facts,
        input=None if given is None else given.get("input"),
        input_masked=[] if shown is None else _below_input(shown.masked),
        input_denied=None if denial is None else denial_item(denial),
        input_info=None
        if shown is None or shown.values is None
        else ValueInfo(bytes=shown.bytes, truncated=shown.truncated, items=shown.items),
    )


def _reader(approval: Approval, subject: Subject) -> RunReader:
    """Who is asked sees what they are asked about, unless a policy refuses just that."""
    if standing_of(approval, subject).is_asked:
        return asked_reader(subject, approval.run)
    return reader_of(subject, approval.run)


def _facts(approval: Approval, subject: Subject, reader: RunReader) -> dict[str, Any]:
    run = approval.run
    standing = standing_of(approval, subject)
    return {
        "id": approval.pk,
        "run": RunReference(id=run.pk, number=run.number),
        "workflow": WorkflowReference(id=run.workflow_id, name=run.workflow.name),
        "node": approval.node,
        "title": reader.text(approval.node, approval.title),
        "message": reader.text(approval.node, approval.message),
        "status": ApprovalState(approval.status),
        "required": approval.required,
        "votes": [_vote(approval, vote, reader) for vote in approval.votes.all()],
        "approvers": Approvers(roles=list(approval.roles), users=list(approval.users)),
        "comment": "required" if approval.needs_comment else "optional",
        "requested_by": person_body(run.requested_by),
        "created_at": approval.created_at,
        "expires_at": approval.expires_at,
        "ended_at": approval.ended_at,
        "may_act": standing.may_act,
        "why": standing.why,
    }


def _vote(approval: Approval, vote: ApprovalVote, reader: RunReader) -> Vote:
    return Vote(
        user=person_body(vote.user),
        name=vote.user_name,
        decision="approve" if vote.decision == VoteDecision.APPROVE else "reject",
        comment=reader.text(approval.node, vote.comment),
        at=vote.at,
    )


def _input(approval: Approval, subject: Subject, reader: RunReader) -> ValuesView | None:
    """What is to be approved: shown to those who may answer, and to readers of the run's data."""
    standing = standing_of(approval, subject)
    if not standing.is_asked and not sees_data(subject, approval.run):
        return None
    return inputs_of(approval.run, approval.node, reader)


def _below_input(fields: Iterable[MaskedField]) -> list[MaskedFieldItem]:
    """Those of the input `input`, which is shown by itself."""
    below = (field for field in fields if field.path.partition(".")[0].partition("[")[0] == "input")
    return masked_items(replace(field, path=field.path[len("input") :].removeprefix(".")) for field in below)
