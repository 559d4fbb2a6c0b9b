"""`users/{id}/access/`: what one person may do, and by which rule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from typing import ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import ACTIONS, Environment
from accounts.access.effective import EffectiveAccess, effective_access
from accounts.api import AuthorizedView
from accounts.authorization import visible
from accounts.models import Role, User
from accounts.subjects import AccessFacts, access_facts
from designer.api.access.grant_bodies import RoleName
from designer.api.access.person_bodies import (
    ActionAccess,
    ActionVerdict,
    PersonAccess,
    PersonAccessFilters,
    TypeAccess,
    WorkflowAccess,
    WorkflowAccessList,
)
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_query
from runtime.api.people import person_body
from runtime.models import Workflow

_OF_WORKFLOWS = ("workflow.view", "workflow.run", "workflow.edit", "workflow.publish", "workflow.delete")


class PersonAccessView(AuthorizedView, APIView):
    """What a person may do now: of each action whether with everything, some things or nothing; and for a
    page of the workflows that you see, of each."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view"}

    @extend_schema(
        operation_id="users_access_retrieve",
        parameters=query_of(PersonAccessFilters),
        responses=PersonAccess,
    )
    def get(self, request: Request, user_id: UUID) -> Response:
        asked = read_query(request, PersonAccessFilters)
        self.require("policy.view")
        person = visible(User.objects.all(), self.subject, "user.view").filter(pk=user_id).first()
        facts = None if person is None else access_facts(person)
        if person is None or facts is None:
            raise Http404
        env = Environment(datetime.now(UTC))
        about = effective_access(facts.subject, policies=facts.policies, env=env, grants=facts.grants)
        body = PersonAccess(
            subject=person_body(person),
            is_active=person.is_active,
            at=env.at,
            roles=_roles(person, facts),
            types=_types(about),
            workflows=self._workflows(request, asked, facts, env),
        )
        return Response(body)

    def _workflows(
        self, request: Request, asked: PersonAccessFilters, facts: AccessFacts, env: Environment
    ) -> WorkflowAccessList:
        rows = visible(Workflow.objects.filter(deleted_at=None), self.subject, "workflow.view")
        page, cursor = newest_first(rows, asked)
        results = [_workflow(row, facts, env) for row in page]
        return WorkflowAccessList(results=results, next=next_address(request, cursor))


def _workflow(row: Workflow, facts: AccessFacts, env: Environment) -> WorkflowAccess:
    resource = row.as_resource()
    answers = {name: facts.decide(name, resource, env) for name in _OF_WORKFLOWS}
    verdicts = {
        name: ActionVerdict(allowed=answer.allowed, rule=str(answer.rule), policies=list(answer.policies))
        for name, answer in answers.items()
    }
    return WorkflowAccess(id=row.pk, name=row.name, actions=verdicts)


def _roles(person: User, facts: AccessFacts) -> list[RoleName]:
    rows = Role.objects.filter(tenant=person.tenant_id, key__in=facts.subject.roles).order_by("key")
    return [RoleName(key=row.key, label=row.label) for row in rows]


def _types(about: Iterable[EffectiveAccess]) -> list[TypeAccess]:
    def type_of(each: EffectiveAccess) -> str:
        return each.action.partition(".")[0]

    by_type = groupby(sorted(about, key=type_of), type_of)
    return [TypeAccess(type=kind, actions=[_action(each) for each in found]) for kind, found in by_type]


def _action(each: EffectiveAccess) -> ActionAccess:
    return ActionAccess(
        action=each.action,
        label=ACTIONS[each.action].label,
        answer=each.extent.value,
        rule=str(each.rule),
        reason=each.reason,
        policies=list(each.policies),
        missing=list(each.missing),
    )
