"""`access/check/` and `policies/simulate/`: questions that are only asked to see the answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Decision, PolicySet, Resource, Subject, is_action
from accounts.api import AuthorizedView
from accounts.authorization import decision_about, explain_decision, is_allowed, visible
from accounts.models import Policy, PolicyStatus, User
from accounts.services.grants import SHARED
from accounts.services.refusals import Refused
from accounts.services.rule_checks import policy_faults, raise_faults
from accounts.stated import stated_environment, stated_resource, stated_subject
from accounts.subjects import AccessFacts, access_facts
from accounts.vocabulary import vocabulary_of
from designer.api.access.decision_bodies import AccessCheck, AccessChecked, Simulated, Simulation
from designer.api.access.refusals import refusing
from designer.api.access.tenants import tenant_of
from designer.api.access.things import find_thing
from runtime.api.parsing import read_body


class AccessCheckView(AuthorizedView, APIView):
    """Whether one may do something oneself, and why, or why not."""

    actions: ClassVar[dict[str, str]] = {"POST": "access.request"}

    @extend_schema(operation_id="access_check", request=AccessCheck, responses=AccessChecked)
    def post(self, request: Request) -> Response:
        asked = read_body(request, AccessCheck)
        thing = self._thing(asked)
        with refusing():
            _check_action(asked.action)
        decision = decision_about(self.subject, asked.action, thing)
        assert decision is not None  # noqa: S101  (somebody is signed in)
        may_ask = asked.action in SHARED.get(asked.resource_type or "", frozenset())
        sees_why = is_allowed(self.subject, "policy.view")
        explanation = explain_decision(self.subject, asked.action, thing).to_dict() if sees_why else None
        return Response(
            AccessChecked(
                **_said(decision),
                can_request=may_ask and decision.lacks_only_a_grant,
                explanation=explanation,
            )
        )

    def _thing(self, asked: AccessCheck) -> Any | None:
        if asked.resource_type is None:
            return None
        thing = find_thing(self.subject, asked.resource_type, str(asked.resource_id))
        if thing is None:
            raise Http404
        return thing


class SimulationView(AuthorizedView, APIView):
    """Who could do what, when and from where, also by a policy that is not in force. Changes nothing."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.view"}

    @extend_schema(operation_id="policies_simulate", request=Simulation, responses=Simulated)
    def post(self, request: Request) -> Response:
        asked = read_body(request, Simulation)
        with refusing():
            _check_action(asked.action)
            facts = self._facts(asked)
            resource = self._resource(asked, facts.subject)
            env = stated_environment(asked.env.model_dump())
        decision = facts.decide(asked.action, resource, env)
        explanation = facts.explain(asked.action, resource, env).to_dict()
        return Response(Simulated(**_said(decision), explanation=explanation))

    def _facts(self, asked: Simulation) -> AccessFacts:
        """Who asks, among the policies that are to count."""
        policies = self._policies(asked)
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

    def _policies(self, asked: Simulation) -> PolicySet:
        """Those in force, and the one that is sent along in the place of the one with its key."""
        words = vocabulary_of(tenant_of(self))
        tried = None if asked.policy is None else {**asked.policy.model_dump(), "status": PolicyStatus.ACTIVE}
        rows = Policy.objects.filter(tenant=tenant_of(self), status=PolicyStatus.ACTIVE)
        documents = [row.as_document() for row in rows if tried is None or row.key != tried["key"]]
        if tried is not None:
            raise_faults(
                replace(fault, field=f"policy.{fault.field}") for fault in policy_faults(tried, words)
            )
            documents.append({**tried, "status": PolicyStatus.ACTIVE.value})
        return PolicySet.compile(documents, levels=words.levels)


def _check_action(name: str) -> None:
    if not is_action(name):
        raise Refused.at("action", f"“{name}” is not an action.", "unknown_action")


def _said(decision: Decision) -> dict[str, Any]:
    return {
        "allowed": decision.allowed,
        "action": decision.action,
        "rule": str(decision.rule),
        "reason": decision.reason,
        "policies": list(decision.policies),
        "missing": list(decision.missing),
    }
