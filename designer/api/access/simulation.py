"""`policies/simulate/`: who could do what, by what is in force and by what is not, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Environment, PolicySet, Resource, Subject
from accounts.api import AuthorizedView
from accounts.authorization import visible
from accounts.compiled import policy_set_of
from accounts.models import User
from accounts.services.refusals import Refused
from accounts.stated import stated_environment, stated_form, stated_resource, stated_subject
from accounts.subjects import AccessFacts, access_facts
from accounts.tried import tried_policies
from designer.api.access.checks import answer_fields, check_action
from designer.api.access.decision_bodies import (
    Simulated,
    SimulatedAnswer,
    SimulatedDraft,
    Simulation,
    StatedQuestion,
)
from designer.api.access.policy_items import find_policy
from designer.api.access.refusals import refusing
from designer.api.access.tenants import tenant_of
from designer.api.access.things import find_thing
from runtime.api.parsing import read_body


class SimulationView(AuthorizedView, APIView):
    """Who could do what, when and from where, also by a policy that is not in force. Changes nothing."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.view"}

    @extend_schema(operation_id="policies_simulate", request=Simulation, responses=Simulated)
    def post(self, request: Request) -> Response:
        asked = read_body(request, Simulation)
        with refusing():
            check_action(asked.action)
            facts = self._facts(asked)
            resource = self._resource(asked, facts.subject)
            env = stated_environment(asked.env.model_dump())
        tried = self._tried(asked)
        active, took_us = _answer(facts, asked.action, resource, env)
        draft = None
        if tried is not None:
            draft, took_us = _answer(replace(facts, policies=tried), asked.action, resource, env)
        shown = draft or active
        stated = StatedQuestion.model_validate(stated_form(facts.subject, resource))
        answer = Simulated(**shown.model_dump(), active=active, draft=draft, took_us=took_us, stated=stated)
        return Response(answer)

    def _facts(self, asked: Simulation) -> AccessFacts:
        """Who asks, among the policies in force."""
        policies = policy_set_of(tenant_of(self))
        if asked.subject is not None:
            return AccessFacts(stated_subject(tenant_of(self), asked.subject.model_dump()), policies, None)
        people = visible(User.objects.all(), self.subject, "user.view")
        person = None if asked.user is None else people.filter(pk=asked.user).first()
        facts = None if person is None else access_facts(person)
        if facts is None:
            raise Refused.at("user", "There is nobody with this id.", "unknown")
        return replace(facts, policies=policies)

    def _resource(self, asked: Simulation, subject: Subject) -> Resource | None:
        if asked.resource is not None:
            return stated_resource(tenant_of(self), asked.resource.model_dump(), subject)
        if asked.resource_type is None:
            return None
        thing = find_thing(self.subject, asked.resource_type, str(asked.resource_id))
        if thing is None:
            raise Refused.at(
                "resource_id", "There is nothing with this id, or you may not see it.", "unknown"
            )
        resource: Resource = thing.as_resource()
        return resource

    def _tried(self, asked: Simulation) -> PolicySet | None:
        """What is in force with what is tried; None where nothing is."""
        if asked.policy is not None:
            with refusing("policy"):
                return tried_policies(tenant_of(self), asked.policy.model_dump())
        if asked.draft is None:
            return None
        document, instead_of = tried_document(self, asked.draft)
        with refusing("draft.document"):
            return tried_policies(tenant_of(self), document, instead_of=instead_of)


def tried_document(view: AuthorizedView, draft: SimulatedDraft) -> tuple[Mapping[str, Any], str | None]:
    """(what is tried, the key of the policy in whose place it counts). Raises `Http404` for none."""
    policy = None if draft.policy_id is None else find_policy(view, draft.policy_id)
    saved = {} if policy is None else policy.draft or policy.as_document()
    document = saved if draft.document is None else draft.document.model_dump()
    key = None if policy is None else policy.key
    return {**document, "key": document["key"] or key or "draft"}, key


def _answer(
    facts: AccessFacts, action: str, resource: Resource | None, env: Environment
) -> tuple[SimulatedAnswer, int]:
    """The answer, and how many microseconds the decision took by itself."""
    facts.decide(action, resource, env)  # what is worked out once for each person is worked out by now
    began = perf_counter()
    decision = facts.decide(action, resource, env)
    took_us = round((perf_counter() - began) * 1_000_000)
    explanation = facts.explain(action, resource, env).to_dict()
    return SimulatedAnswer(**answer_fields(decision), explanation=explanation), took_us
