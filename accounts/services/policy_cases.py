"""Test cases of policies: questions with the answer that is expected, asked before a policy is in force."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db import IntegrityError, transaction

from accounts.access import Decision, PolicyError, PolicySet, decide, is_action
from accounts.compiled import levels_of, policy_set_of
from accounts.models import Policy, PolicyStatus, PolicyTestCase, Tenant
from accounts.role_book import RoleBook, read_roles
from accounts.services.audit import record
from accounts.services.refusals import Conflict, Fault, Refused
from accounts.stated import stated_environment, stated_resource, stated_subject

MAX_CASES = 100
_MAX_NAMED = 5
_KEPT_S = 600


@dataclass(frozen=True, slots=True)
class CaseResult:
    case: PolicyTestCase
    decision: Decision

    @property
    def passed(self) -> bool:
        return self.decision.allowed == self.case.expected


@dataclass(frozen=True, slots=True)
class CaseCount:
    """How many test cases of a policy get their answer, and how many do not."""

    passed: int = 0
    failed: int = 0


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
    _save(case)
    record("policy.add_case", policy, after=_document(case))
    return case


@transaction.atomic
def change_case(case: PolicyTestCase, document: Mapping[str, Any]) -> PolicyTestCase:
    """The whole question anew. Raises as `create_case`."""
    before = _document(case)
    changed = PolicyTestCase(pk=case.pk, policy=case.policy, created_at=case.created_at, **document)
    changed._state.adding = False
    _check(changed)
    _save(changed)
    record("policy.change_case", case.policy, before=before, after=_document(changed))
    return changed


@transaction.atomic
def delete_case(case: PolicyTestCase) -> None:
    record("policy.delete_case", case.policy, before=_document(case))
    case.delete()


def run_cases(policy: Policy) -> list[CaseResult]:
    """Each test case asked as if the policy, or the draft of it, were in force beside those that are."""
    return run_cases_with(policy, policy.draft or policy.as_document())


def run_cases_with(policy: Policy, document: Mapping[str, Any]) -> list[CaseResult]:
    """Each test case of the policy asked as if it said what the document says, and were in force."""
    cases = list(policy.test_cases.all())
    if not cases:
        return []
    tried = _with(policy_set_of(policy.tenant_id), policy, document, levels_of(policy.tenant_id))
    book = read_roles(policy.tenant_id)
    return [CaseResult(case, _asked(policy.tenant_id, case, tried, book)) for case in cases]


def refuse_failing_cases(policy: Policy) -> None:
    """Raises `CasesFail` unless every test case gets its answer by the policy as it stands."""
    failed = [each for each in run_cases_with(policy, policy.as_document()) if not each.passed]
    if failed:
        raise CasesFail(failed)


def count_cases(tenant_id: UUID, policies: Iterable[Policy]) -> dict[UUID, CaseCount]:
    """How the test cases of each policy go, or of its draft: in as many queries for many as for one.

    What was found is kept until a policy, a role or a test case changes, and for ten minutes: cases may
    depend on the time.
    """
    rows = list(policies)
    cases: dict[UUID, list[PolicyTestCase]] = {row.pk: [] for row in rows}
    for case in PolicyTestCase.objects.filter(policy__in=[row.pk for row in rows]):
        cases[case.policy_id].append(case)
    asked = {row.pk: row for row in rows if cases[row.pk]}
    if not asked:
        return {row.pk: CaseCount() for row in rows}
    version = Tenant.objects.values_list("policy_version", flat=True).get(pk=tenant_id)
    names = {key: _kept_name(row, version, cases[key]) for key, row in asked.items()}
    kept = cache.get_many(names.values())
    missing = [row for key, row in asked.items() if names[key] not in kept]
    fresh = _counted(tenant_id, missing, cases) if missing else {}
    cache.set_many({names[key]: (each.passed, each.failed) for key, each in fresh.items()}, _KEPT_S)
    found = {key: CaseCount(*kept[name]) for key, name in names.items() if name in kept}
    return {row.pk: CaseCount() for row in rows} | found | fresh


def _counted(
    tenant_id: UUID, policies: Iterable[Policy], cases: Mapping[UUID, list[PolicyTestCase]]
) -> dict[UUID, CaseCount]:
    book = read_roles(tenant_id)
    base, levels = policy_set_of(tenant_id), levels_of(tenant_id)
    counts = {}
    for policy in policies:
        document = policy.draft or policy.as_document()
        asked = cases[policy.pk]
        try:
            tried = _with(base, policy, document, levels)
            passed = sum(_passes(tenant_id, case, tried, book) for case in asked)
        except PolicyError:  # it cannot be read as it is, so that it answers nothing
            passed = 0
        counts[policy.pk] = CaseCount(passed, len(asked) - passed)
    return counts


def _with(base: PolicySet, policy: Policy, document: Mapping[str, Any], levels: Iterable[str]) -> PolicySet:
    """The policies in force, and the document as if it were, in the place of its policy."""
    own = PolicySet.compile([{**document, "status": PolicyStatus.ACTIVE.value}], levels=levels)
    return base.with_one(own, instead_of=[policy.key])


def _passes(tenant_id: UUID, case: PolicyTestCase, policies: PolicySet, book: RoleBook) -> bool:
    try:
        return _asked(tenant_id, case, policies, book).allowed == case.expected
    except Refused:  # a role that it names is gone
        return False


def _asked(tenant_id: UUID, case: PolicyTestCase, policies: PolicySet, book: RoleBook) -> Decision:
    subject = stated_subject(tenant_id, case.subject, book)
    resource = stated_resource(tenant_id, case.resource, subject) if case.resource else None
    return decide(subject, case.action, resource, policies=policies, env=stated_environment(case.env))


def _kept_name(policy: Policy, version: int, cases: Iterable[PolicyTestCase]) -> str:
    said = json.dumps(
        [version, policy.draft or policy.as_document(), [_document(case) for case in cases]], sort_keys=True
    )
    return f"policy-cases:{policy.pk}:{hashlib.sha256(said.encode()).hexdigest()}"


def _document(case: PolicyTestCase) -> dict[str, Any]:
    names = ("name", "subject", "action", "resource", "env", "expected")
    return {name: getattr(case, name) for name in names}


def _save(case: PolicyTestCase) -> None:
    try:
        with transaction.atomic():
            case.save()
    except IntegrityError as error:
        raise Conflict("case_taken", f"There is a test case “{case.name}” already.") from error


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
