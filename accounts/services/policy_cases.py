"""Test cases of policies: questions with the answer that is expected, asked before a policy is in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from accounts.access import Decision, PolicySet, decide, is_action
from accounts.models import Policy, PolicyStatus, PolicyTestCase
from accounts.services.refusals import Conflict, Fault, Refused
from accounts.stated import stated_environment, stated_resource, stated_subject
from accounts.vocabulary import vocabulary_of

MAX_CASES = 100
_MAX_NAMED = 5


@dataclass(frozen=True, slots=True)
class CaseResult:
    case: PolicyTestCase
    decision: Decision

    @property
    def passed(self) -> bool:
        return self.decision.allowed == self.case.expected


class CasesFail(Conflict):
    """The policy does not do what its test cases say."""

    def __init__(self, failed: list[CaseResult]) -> None:
        names = "; ".join(_said(result) for result in failed[:_MAX_NAMED])
        super().__init__("test_cases_fail", f"Not set in force, because test cases fail: {names}.")
        self.failed = failed


@transaction.atomic
def create_case(policy: Policy, document: Mapping[str, Any]) -> PolicyTestCase:
    """A new question. Raises `Refused` when it cannot be asked, `Conflict` for a name that is taken."""
    if policy.test_cases.count() >= MAX_CASES:
        raise Refused.at("name", f"It has {MAX_CASES} test cases already. Delete one first.", "too_many")
    case = PolicyTestCase(policy=policy, **document)
    _check(case)
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict("case_taken", f"There is a test case “{case.name}” already.") from error
    return case


def delete_case(case: PolicyTestCase) -> None:
    case.delete()


def run_cases(policy: Policy) -> list[CaseResult]:
    """Each test case asked as if the policy were in force, beside those that are."""
    cases = list(policy.test_cases.all())
    policies = _with(policy) if cases else PolicySet.compile([])
    return [CaseResult(case, _asked(case, policies)) for case in cases]


def refuse_failing_cases(policy: Policy) -> None:
    """Raises `CasesFail` unless every test case of the policy gets its answer."""
    failed = [result for result in run_cases(policy) if not result.passed]
    if failed:
        raise CasesFail(failed)


def _with(policy: Policy) -> PolicySet:
    others = Policy.objects.filter(tenant=policy.tenant_id, status=PolicyStatus.ACTIVE).exclude(pk=policy.pk)
    documents: Iterable[dict[str, Any]] = (row.as_document() for row in others)
    own = {**policy.as_document(), "status": PolicyStatus.ACTIVE.value}
    return PolicySet.compile([*documents, own], levels=vocabulary_of(policy.tenant_id).levels)


def _asked(case: PolicyTestCase, policies: PolicySet) -> Decision:
    tenant_id = case.policy.tenant_id
    subject = stated_subject(tenant_id, case.subject)
    resource = stated_resource(tenant_id, case.resource, subject) if case.resource else None
    return decide(subject, case.action, resource, policies=policies, env=stated_environment(case.env))


def _check(case: PolicyTestCase) -> None:
    """Raises `Refused` unless it can be asked: roles, times and the action have to be there."""
    if not is_action(case.action):
        raise Refused([Fault("action", f"“{case.action}” is not an action.", "unknown_action")])
    subject = stated_subject(case.policy.tenant_id, case.subject)
    stated_environment(case.env)
    if case.resource:
        stated_resource(case.policy.tenant_id, case.resource, subject)


def _said(result: CaseResult) -> str:
    wanted = "allowed" if result.case.expected else "denied"
    return f"“{result.case.name}” should be {wanted}, but: {result.decision.reason}"
