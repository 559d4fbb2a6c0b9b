"""`policies/impact/`: which of the decisions of the last days a policy would have changed."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from pydantic import Field, model_validator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.models import User
from accounts.policy_impact import BASIS, Impact, begin_impact, find_impact, go_on
from designer.api.access.decision_bodies import SimulatedDraft
from designer.api.access.policy_draft_bodies import DraftDocument
from designer.api.access.refusals import refusing
from designer.api.access.simulation import tried_document
from designer.api.access.tenants import tenant_of
from runtime.api.body import Body, Person, RequestBody, Time
from runtime.api.parsing import read_body
from runtime.api.people import person_body


class ImpactQuestion(RequestBody):
    """A policy that is not in force, and how far to look back. Without a document: the saved draft."""

    policy_id: UUID | None = Field(None, description="In whose place it counts.")
    document: DraftDocument | None = None
    days: int = Field(7, ge=1, le=30)

    @model_validator(mode="after")
    def _something(self) -> ImpactQuestion:
        if self.policy_id is None and self.document is None:
            raise ValueError("Name a policy, or send a document.")
        return self


class ChangedDecision(Body):
    """A decision that would be another."""

    at: Time
    user: Person | None
    action: str
    resource_type: str
    resource_id: str
    before: bool
    after: bool


ChangedDecisions = list[ChangedDecision]


class PolicyImpact(Body):
    """How far it is, and what was found until now."""

    id: UUID
    days: int
    done: int
    of: int = Field(description="Logged decisions that the policy could have changed.")
    finished: bool = Field(description="Until it is, ask again.")
    newly_denied: int
    newly_allowed: int
    people: int
    workflows: int
    unknown: int = Field(description="Decisions whose person or thing is gone, or that are about nodes.")
    sampled: float = Field(description="The share of allowed decisions that is logged; denials always are.")
    basis: str
    oldest: Time | None = Field(description="When the first decision was made that was looked at.")
    list: ChangedDecisions = Field(description="The latest, at most 200.")


class PolicyImpactsView(AuthorizedView, APIView):
    """Asks logged decisions again, with the policy and without it. Changes nothing."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.view"}

    @extend_schema(
        operation_id="policies_impact_create", request=ImpactQuestion, responses={202: PolicyImpact}
    )
    def post(self, request: Request) -> Response:
        asked = read_body(request, ImpactQuestion)
        draft = SimulatedDraft(policy_id=asked.policy_id, document=asked.document)
        document, instead_of = tried_document(self, draft)
        with refusing("document"):
            impact = begin_impact(
                self.subject, tenant_of(self), document, instead_of=instead_of, days=asked.days
            )
        return Response(_body(go_on(impact, self.subject)), status=202)


class PolicyImpactView(AuthorizedView, APIView):
    """Goes on with what one asked, and says how far it is."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view"}

    @extend_schema(operation_id="policies_impact_retrieve", responses=PolicyImpact)
    def get(self, request: Request, impact_id: UUID) -> Response:
        impact = find_impact(self.subject, impact_id)
        if impact is None:
            raise Http404
        return Response(_body(impact if impact.finished else go_on(impact, self.subject)))


def _body(impact: Impact) -> PolicyImpact:
    people = User.objects.in_bulk({each.user for each in impact.changed})
    return PolicyImpact(
        id=impact.id,
        days=impact.days,
        done=impact.done,
        of=impact.of,
        finished=impact.finished,
        newly_denied=impact.newly_denied,
        newly_allowed=impact.newly_allowed,
        people=len(impact.people),
        workflows=len(impact.workflows),
        unknown=impact.unknown,
        sampled=impact.sampled,
        basis=BASIS,
        oldest=impact.oldest,
        list=[
            ChangedDecision(
                at=each.at,
                user=person_body(people.get(each.user)),
                action=each.action,
                resource_type=each.resource_type,
                resource_id=each.resource_id,
                before=each.before,
                after=each.after,
            )
            for each in impact.changed
        ],
    )
