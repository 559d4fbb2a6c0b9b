"""`policies/{id}/test-cases/`: questions that a policy has to answer as expected."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.models import Policy, PolicyTestCase
from accounts.services import policy_cases
from accounts.services.policy_cases import CaseResult
from designer.api.access.policy_bodies import NewPolicyTestCase, PolicyTestCaseItem, PolicyTestCaseList
from designer.api.access.policy_items import find_policy
from designer.api.access.refusals import refusing
from runtime.api.idempotency import once
from runtime.api.parsing import read_body


class PolicyTestCasesView(AuthorizedView, APIView):
    """The test cases of a policy, each with its result as if it, or the draft of it, were in force."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view", "POST": "policy.manage"}

    @extend_schema(operation_id="policies_test_cases", responses=PolicyTestCaseList)
    def get(self, request: Request, policy_id: UUID) -> Response:
        policy = find_policy(self, policy_id)
        with refusing():
            results = [_body(result) for result in policy_cases.run_cases(policy)]
        return Response(PolicyTestCaseList(results=results))

    @extend_schema(
        operation_id="policies_test_cases_create",
        request=NewPolicyTestCase,
        responses={201: PolicyTestCaseItem},
    )
    def post(self, request: Request, policy_id: UUID) -> Response:
        return once(request, lambda: self._create(request, policy_id))

    def _create(self, request: Request, policy_id: UUID) -> Response:
        policy = find_policy(self, policy_id, "policy.manage")
        asked = read_body(request, NewPolicyTestCase)
        document = asked.model_dump(mode="json", exclude_defaults=True)
        with refusing():
            case = policy_cases.create_case(policy, document)
            result = _result(policy, case)
        return Response(_body(result), status=201)


class PolicyTestCaseView(AuthorizedView, APIView):
    """One test case."""

    actions: ClassVar[dict[str, str]] = {"PUT": "policy.manage", "DELETE": "policy.manage"}

    @extend_schema(
        operation_id="policies_test_cases_update", request=NewPolicyTestCase, responses=PolicyTestCaseItem
    )
    def put(self, request: Request, policy_id: UUID, case_id: UUID) -> Response:
        policy = find_policy(self, policy_id, "policy.manage")
        case = _find(policy, case_id)
        asked = read_body(request, NewPolicyTestCase)
        with refusing():
            changed = policy_cases.change_case(case, asked.model_dump(mode="json", exclude_defaults=True))
            result = _result(policy, changed)
        return Response(_body(result))

    @extend_schema(operation_id="policies_test_cases_destroy", responses={204: None})
    def delete(self, request: Request, policy_id: UUID, case_id: UUID) -> Response:
        policy = find_policy(self, policy_id, "policy.manage")
        policy_cases.delete_case(_find(policy, case_id))
        return Response(status=204)


def _find(policy: Policy, case_id: UUID) -> PolicyTestCase:
    case = policy.test_cases.filter(pk=case_id).first()
    if case is None:
        raise Http404
    return case


def _result(policy: Policy, case: PolicyTestCase) -> CaseResult:
    return next(each for each in policy_cases.run_cases(policy) if each.case.pk == case.pk)


def _body(result: CaseResult) -> PolicyTestCaseItem:
    case = result.case
    return PolicyTestCaseItem(
        id=case.pk,
        name=case.name,
        subject=case.subject,
        action=case.action,
        resource=case.resource,
        env=case.env,
        expected=case.expected,
        allowed=result.decision.allowed,
        passed=result.passed,
        reason=result.decision.reason,
    )
