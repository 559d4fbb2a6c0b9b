"""`policies/lint/`: what is odd about a policy that could be set in force."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

from drf_spectacular.utils import extend_schema
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Finding
from accounts.api import AuthorizedView
from accounts.policy_lint import lint_policy
from designer.api.access.decision_bodies import SimulatedDraft
from designer.api.access.policy_draft_bodies import DraftDocument
from designer.api.access.simulation import tried_document
from designer.api.access.tenants import tenant_of
from runtime.api.body import Body, RequestBody
from runtime.api.parsing import read_body


class LintedPolicy(RequestBody):
    """A policy as it is written; `id` is that of the policy that it changes."""

    document: DraftDocument
    id: UUID | None = None


class LintFix(Body):
    """What would mend it: the place is left out."""

    op: Literal["remove"]
    path: str


class LintFinding(Body):
    """No fault: a policy with findings can be set in force, unless it locks everybody out."""

    code: str
    severity: Literal["error", "warning", "info"]
    path: str = Field(description="Into the document, such as condition.and[0]; empty: the whole.")
    message: str
    policies: list[str] = Field(description="Keys of the other policies that it is about.")
    fix: LintFix | None


class LintFindings(Body):
    findings: list[LintFinding]


class PolicyLintView(AuthorizedView, APIView):
    """What never or always holds, what changes nothing, what others decide already. Saves nothing."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.view"}

    @extend_schema(operation_id="policies_lint", request=LintedPolicy, responses=LintFindings)
    def post(self, request: Request) -> Response:
        asked = read_body(request, LintedPolicy)
        draft = SimulatedDraft(policy_id=asked.id, document=asked.document)
        document, instead_of = tried_document(self, draft)
        found = lint_policy(tenant_of(self), document, instead_of=instead_of)
        return Response(LintFindings(findings=[_body(each) for each in found]))


def _body(finding: Finding) -> LintFinding:
    return LintFinding(
        code=finding.code,
        severity=finding.severity.value,
        path=finding.path,
        message=finding.message,
        policies=list(finding.policies),
        fix=LintFix(op="remove", path=finding.path) if finding.removable else None,
    )
