"""`compliance/controls/`: what holds now, by the workspace's own tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.api.refusals import refusing
from accounts.authorization import is_allowed
from accounts.models import User
from runtime.api.compliance_bodies import (
    LONGEST_DAYS,
    ConfirmControl,
    ControlFilters,
    ControlItem,
    ControlReport,
)
from runtime.api.compliance_samples import described
from runtime.api.errors import invalid
from runtime.api.parsing import query_of, read_body, read_query
from runtime.models import Workflow
from runtime.reports.controls import FRAMEWORKS, judged
from runtime.services.compliance.confirmations import confirm
from runtime.services.evidence import evidence_of

VIEW, MANAGE = "compliance.view", "compliance.manage"
USUAL_PERIOD = timedelta(days=30)


class ControlsView(AuthorizedView, APIView):
    """Each control with its verdict, evidence and advice."""

    actions: ClassVar[dict[str, str]] = {"GET": VIEW}

    @extend_schema(
        operation_id="compliance_controls", parameters=query_of(ControlFilters), responses=ControlReport
    )
    def get(self, request: Request) -> Response:
        asked = read_query(request, ControlFilters)
        since, until = period_of(asked.since, asked.until)
        workflow = None if asked.workflow is None else find_workflow(self, asked.workflow)
        tenant_id = self.subject.tenant_id
        assert tenant_id is not None  # noqa: S101  (nobody without a workspace is let in)
        evidence = evidence_of(tenant_id, since, until, workflow_id=asked.workflow)
        found = judged(evidence, [asked.framework] if asked.framework else [])
        return Response(control_report(found, self.subject, workflow, checked_at=timezone.now()))


class ConfirmControlView(AuthorizedView, APIView):
    """A person stands for a control that no table can tell of; for a year."""

    actions: ClassVar[dict[str, str]] = {"POST": MANAGE}

    @extend_schema(operation_id="compliance_confirm", request=ConfirmControl, responses={204: None})
    def post(self, request: Request, control: str) -> Response:
        self.require(MANAGE)
        asked = read_body(request, ConfirmControl)
        with refusing():
            confirm(control, asked.note, user=self.subject)
        return Response(status=204)


def find_workflow(view: AuthorizedView, workflow_id: UUID) -> Workflow:
    """The workflow, when the subject may see it. Raises `Http404`."""
    return view.find(Workflow.objects.filter(deleted_at=None), "workflow.view", pk=workflow_id)


def period_of(since: datetime | None, until: datetime | None) -> tuple[datetime, datetime]:
    """The last thirty days unless told otherwise. Raises `ApiProblem` 422."""
    end = until or timezone.now()
    begin = since or end - USUAL_PERIOD
    if begin >= end:
        message = "A period begins before it ends."
        raise invalid([{"field": "since", "message": message, "code": "bad_period"}])
    if end - begin > timedelta(days=LONGEST_DAYS):
        message = f"A period is at most {LONGEST_DAYS:,} days long."
        raise invalid([{"field": "since", "message": message, "code": "bad_period"}])
    return begin, end


def in_order(by_framework: Mapping[str, Any]) -> dict[str, Any]:
    """Stored JSON has no order of its own."""
    return {name: by_framework[name] for name in FRAMEWORKS if name in by_framework}


def control_report(
    found: Mapping[str, Any], subject: User, workflow: Workflow | None, *, checked_at: datetime
) -> ControlReport:
    """What was found, with samples as this reader may know them."""
    samples = [sample for row in found["controls"] for sample in row["samples"]]
    known = described(samples, subject)
    may_confirm = is_allowed(subject, MANAGE)
    reference = None if workflow is None else {"id": workflow.pk, "name": workflow.name}
    return ControlReport.model_validate(
        {
            "checked_at": checked_at,
            "period": found["period"],
            "seal": found["seal"],
            "scope": {"workflow": reference},
            "frameworks": in_order(found["frameworks"]),
            "controls": [
                ControlItem(
                    **{
                        **row,
                        "clauses": in_order(row["clauses"]),
                        "verdicts": in_order(row["verdicts"]),
                        "samples": [known[each["type"], each["id"]] for each in row["samples"]],
                        "can_confirm": may_confirm and row["family"] == "people",
                    }
                )
                for row in found["controls"]
            ],
        }
    )
