"""`workflows/{id}/notices/` and `notifications/`: who is told what, and what was sent."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import Subject, allowed_actions, visible
from designer.api.lookup import find_workflow
from designer.api.notice_bodies import (
    EmailState,
    NoticeRule,
    NoticeRules,
    NoticeRun,
    NoticeWorkflow,
    Notification,
    NotificationFilters,
    NotificationList,
    WorkflowNotices,
)
from runtime.api.errors import ApiProblem, invalid
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.models import STEP_EVENT, Channel, DeliveryStatus, NoticeEvent, Outbox, Workflow
from runtime.notices.messages import subject_of
from runtime.notices.rules import shown_address
from runtime.services.mail import is_mail_ready
from runtime.services.notices import Rule, RulesRefused, rules_of, set_rules
from runtime.services.outbox import resend

_NOT_READY = "E-mail is not set up on this server: its operator sets EMAIL_URL."


class WorkflowNoticesView(AuthorizedView, APIView):
    """The notices of a workflow."""

    actions: ClassVar[dict[str, str]] = {"GET": "notification.view", "PUT": "notification.manage"}

    @extend_schema(operation_id="workflows_notices_retrieve", responses=WorkflowNotices)
    def get(self, request: Request, workflow_id: UUID) -> Response:
        workflow = find_workflow(self, workflow_id, "notification.view")
        return Response(_notices_body(workflow, rules_of(workflow), self.subject))

    @extend_schema(operation_id="workflows_notices_update", request=NoticeRules, responses=WorkflowNotices)
    def put(self, request: Request, workflow_id: UUID) -> Response:
        workflow = find_workflow(self, workflow_id, "notification.manage")
        asked = read_body(request, NoticeRules)
        wanted = [
            Rule(
                NoticeEvent(notice.on),
                Channel(notice.channel),
                notice.address.strip(),
                notice.credential.strip(),
            )
            for notice in asked.notices
        ]
        try:
            rules = set_rules(workflow, wanted, user=self.subject)
        except RulesRefused as refused:
            raise _refused(refused) from refused
        return Response(_notices_body(workflow, rules, self.subject))


class NotificationsView(AuthorizedView, APIView):
    """What was sent and what waits to be, newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "notification.view"}
    by_object: ClassVar[frozenset[str]] = frozenset({"GET"})

    @extend_schema(
        operation_id="notifications_list",
        parameters=query_of(NotificationFilters),
        responses=NotificationList,
    )
    def get(self, request: Request) -> Response:
        filters = read_query(request, NotificationFilters)
        rows = visible(_rows(), self.subject, "notification.view")
        wanted = {
            "workflow": filters.workflow,
            "run": filters.run,
            "status": filters.status,
            "channel": filters.channel,
        }
        rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
        page, cursor = newest_first(rows, filters)
        results = [_notification_body(row, self.subject) for row in page]
        return Response(NotificationList(results=results, next=next_address(request, cursor)))


class ResendView(AuthorizedView, APIView):
    """Sends a message again."""

    actions: ClassVar[dict[str, str]] = {"POST": "notification.manage"}

    @extend_schema(operation_id="notifications_resend", request=None, responses={202: Notification})
    def post(self, request: Request, notification_id: UUID) -> Response:
        row = self.find(_rows(), "notification.view", pk=notification_id)
        self.require("notification.manage", row)
        if row.status == DeliveryStatus.PENDING:
            text = "This message is still being tried: it needs no sending again."
            raise ApiProblem(409, "still_pending", text)
        return Response(_notification_body(resend(row), self.subject), status=202)


def _rows() -> QuerySet[Outbox]:
    return Outbox.objects.select_related("workflow", "run")


def _notices_body(workflow: Workflow, rules: list[Rule], subject: Subject) -> WorkflowNotices:
    ready = is_mail_ready()
    return WorkflowNotices(
        notices=[
            NoticeRule(
                on=rule.event.value,
                channel=rule.channel.value,
                address=rule.address,
                credential=rule.credential,
            )
            for rule in rules
        ],
        email=EmailState(ready=ready, why="" if ready else _NOT_READY),
        can=allowed_actions(subject, workflow, ["notification.manage"]),
    )


def _notification_body(row: Outbox, subject: Subject) -> Notification:
    is_pending = row.status == DeliveryStatus.PENDING
    return Notification.model_validate(
        {
            "id": row.pk,
            "on": row.event,
            "channel": row.channel,
            **_told(row),
            "workflow": row.workflow and NoticeWorkflow(id=row.workflow.pk, name=row.workflow.name),
            "run": row.run and NoticeRun(id=row.run.pk, number=row.run.number),
            "status": row.status,
            "attempts": row.attempts,
            "next_at": row.next_at if is_pending else None,
            "created_at": row.created_at,
            "sent_at": row.sent_at,
            "can": [] if is_pending else allowed_actions(subject, row, ["notification.manage"]),
        }
    )


def _told(row: Outbox) -> dict[str, Any]:
    """What a message says. What a step sent is data of its run, and so may be where it went."""
    if row.event != STEP_EVENT:
        return {
            "address": row.address,
            "subject": subject_of(row.payload),
            "facts": row.payload,
            "last_error": row.last_error,
        }
    node, address = row.payload["node"], shown_address(row.channel, row.address)
    name = row.workflow.name if row.workflow else "a workflow"
    run = f", run {row.run.number}" if row.run else ""
    return {
        "address": address,
        "subject": f"The step {node} of {name}{run}",
        "facts": {"on": "step", "node": node},
        "last_error": row.last_error.replace(row.address, address),
    }


def _refused(refused: RulesRefused) -> ApiProblem:
    errors = [
        {
            "field": f"notices.{problem.index}.{problem.part}".rstrip("."),
            "message": problem.message,
            "code": problem.code,
        }
        for problem in refused.problems
    ]
    return invalid(errors)
