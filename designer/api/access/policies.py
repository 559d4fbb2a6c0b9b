"""`policies/`: list, write, check, set in force, take out of force, look back."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.identity.step_up import Purpose, require_step_up
from accounts.models import Policy, PolicyStatus
from accounts.services import policies
from accounts.services.policy_drafts import activate_draft
from accounts.services.rule_checks import policy_faults
from accounts.vocabulary import vocabulary_of
from designer.api.access.policy_bodies import (
    Fault,
    NewPolicy,
    PolicyActivation,
    PolicyChange,
    PolicyCheck,
    PolicyDocument,
    PolicyFilters,
    PolicyItem,
    PolicyList,
)
from designer.api.access.policy_items import find_policy, policy_bodies, policy_body, policy_rows
from designer.api.access.refusals import refusing
from designer.api.access.tenants import tenant_of
from runtime.api.idempotency import once
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query


class PoliciesView(AuthorizedView, APIView):
    """The workspace's policies, last changed first."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view", "POST": "policy.manage"}
    by_object = frozenset({"GET"})

    @extend_schema(operation_id="policies_list", parameters=query_of(PolicyFilters), responses=PolicyList)
    def get(self, request: Request) -> Response:
        filters = read_query(request, PolicyFilters)
        rows = policy_rows(self.subject)
        if filters.search:
            rows = rows.filter(Q(key__icontains=filters.search) | Q(label__icontains=filters.search))
        if filters.status:
            rows = rows.filter(status=filters.status)
        if filters.effect:
            rows = rows.filter(effect=filters.effect)
        page, cursor = newest_first(rows, filters, key="updated_at")
        results = policy_bodies(page, self.subject)
        return Response(PolicyList(results=results, next=next_address(request, cursor)))

    @extend_schema(operation_id="policies_create", request=NewPolicy, responses={201: PolicyItem})
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        asked = read_body(request, NewPolicy)
        with refusing():
            policy = policies.create_policy(
                tenant_of(self), asked.model_dump(exclude={"note"}), user=self.subject, note=asked.note
            )
        location = f"/api/v1/policies/{policy.pk}/"
        return Response(policy_body(policy, self.subject), status=201, headers={"Location": location})


class PolicyCheckView(AuthorizedView, APIView):
    """Says everything that is wrong with a policy, and saves nothing."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.view"}

    @extend_schema(operation_id="policies_validate", request=PolicyDocument, responses=PolicyCheck)
    def post(self, request: Request) -> Response:
        asked = read_body(request, PolicyDocument)
        faults = policy_faults(asked.model_dump(), vocabulary_of(tenant_of(self)))
        problems = [Fault(field=each.field, message=each.message, code=each.code) for each in faults]
        return Response(PolicyCheck(problems=problems))


class PolicyView(AuthorizedView, APIView):
    """One policy."""

    actions: ClassVar[dict[str, str]] = {
        "GET": "policy.view",
        "PATCH": "policy.manage",
        "DELETE": "policy.manage",
    }

    @extend_schema(operation_id="policies_retrieve", responses=PolicyItem)
    def get(self, request: Request, policy_id: UUID) -> Response:
        return Response(policy_body(find_policy(self, policy_id), self.subject))

    @extend_schema(operation_id="policies_partial_update", request=PolicyChange, responses=PolicyItem)
    def patch(self, request: Request, policy_id: UUID) -> Response:
        policy = find_policy(self, policy_id, "policy.manage")
        _step_up(request, policy)
        asked = read_body(request, PolicyChange)
        with refusing():
            changed = policies.change_policy(
                policy, _given(asked), user=self.subject, revision=asked.revision, note=asked.note
            )
        return Response(policy_body(changed, self.subject))

    @extend_schema(operation_id="policies_destroy", responses={204: None})
    def delete(self, request: Request, policy_id: UUID) -> Response:
        policy = find_policy(self, policy_id, "policy.manage")
        _step_up(request, policy)
        with refusing():
            policies.delete_policy(policy)
        return Response(status=204)


class PolicyActivationView(AuthorizedView, APIView):
    """Sets a policy in force, in shadow or out of force. A failing test case keeps it from being active."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.manage"}

    @extend_schema(operation_id="policies_activate", request=PolicyActivation, responses=PolicyItem)
    def post(self, request: Request, policy_id: UUID) -> Response:
        return once(request, lambda: self._set(request, policy_id))

    def _set(self, request: Request, policy_id: UUID) -> Response:
        policy = find_policy(self, policy_id, "policy.manage")
        require_step_up(request, Purpose.POLICY)
        asked = read_body(request, PolicyActivation)
        how: dict[str, Any] = {"user": self.subject, "revision": asked.revision, "note": asked.note}
        with refusing():
            if asked.draft_version is None:
                changed = policies.set_policy_status(policy, asked.status, **how)
            else:
                changed = activate_draft(policy, asked.status, draft_version=asked.draft_version, **how)
        return Response(policy_body(changed, self.subject))


def _step_up(request: Request, policy: Policy) -> None:
    """Raises `StepUpNeeded` where a change of it changes decisions at once."""
    if policy.status == PolicyStatus.ACTIVE:
        require_step_up(request, Purpose.POLICY)


def _given(asked: PolicyChange) -> dict[str, Any]:
    """What is to change: what was sent, but for null where null says nothing."""
    sent = asked.model_dump(exclude_unset=True, exclude={"revision", "note"})
    return {name: value for name, value in sent.items() if value is not None or name == "condition"}
