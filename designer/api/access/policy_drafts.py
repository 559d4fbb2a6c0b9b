"""`policies/{id}/draft/`, `approve/` and `rollback/`: what is changed before it decides."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.identity.step_up import Purpose, require_step_up
from accounts.services import policy_drafts
from accounts.services.policy_revisions import roll_back
from designer.api.access.policy_bodies import PolicyItem
from designer.api.access.policy_draft_bodies import DraftDiscard, NewDraft, PolicyApproval, RollBack
from designer.api.access.policy_items import find_policy, policy_body
from designer.api.access.refusals import refusing
from runtime.api.idempotency import once
from runtime.api.parsing import query_of, read_body, read_query


class PolicyDraftView(AuthorizedView, APIView):
    """What the next revision is to say. The one before decides until the draft is set in force."""

    actions: ClassVar[dict[str, str]] = {"PUT": "policy.manage", "DELETE": "policy.manage"}

    @extend_schema(operation_id="policies_save_draft", request=NewDraft, responses=PolicyItem)
    def put(self, request: Request, policy_id: UUID) -> Response:
        policy = find_policy(self, policy_id, "policy.manage")
        asked = read_body(request, NewDraft)
        document = asked.document.model_dump()
        document["key"] = document["key"] or policy.key
        with refusing("document"):
            changed = policy_drafts.save_draft(policy, document, user=self.subject, version=asked.version)
        return Response(policy_body(changed, self.subject))

    @extend_schema(
        operation_id="policies_discard_draft", parameters=query_of(DraftDiscard), responses={200: PolicyItem}
    )
    def delete(self, request: Request, policy_id: UUID) -> Response:
        policy = find_policy(self, policy_id, "policy.manage")
        asked = read_query(request, DraftDiscard)
        with refusing():
            changed = policy_drafts.discard_draft(policy, user=self.subject, version=asked.version)
        return Response(policy_body(changed, self.subject))


class PolicyApprovalView(AuthorizedView, APIView):
    """Says that what somebody else wrote may be set in force. Any change of it takes that back."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.manage"}

    @extend_schema(operation_id="policies_approve", request=PolicyApproval, responses=PolicyItem)
    def post(self, request: Request, policy_id: UUID) -> Response:
        return once(request, lambda: self._approve(request, policy_id))

    def _approve(self, request: Request, policy_id: UUID) -> Response:
        policy = find_policy(self, policy_id, "policy.manage")
        require_step_up(request, Purpose.POLICY)
        asked = read_body(request, PolicyApproval)
        with refusing():
            changed = policy_drafts.approve_policy(
                policy, user=self.subject, draft_version=asked.draft_version, revision=asked.revision
            )
        return Response(policy_body(changed, self.subject))


class PolicyRollBackView(AuthorizedView, APIView):
    """Says again what an earlier revision said, at once where the policy is in force."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.manage"}

    @extend_schema(operation_id="policies_roll_back", request=RollBack, responses=PolicyItem)
    def post(self, request: Request, policy_id: UUID) -> Response:
        return once(request, lambda: self._roll_back(request, policy_id))

    def _roll_back(self, request: Request, policy_id: UUID) -> Response:
        policy = find_policy(self, policy_id, "policy.manage")
        require_step_up(request, Purpose.POLICY)
        asked = read_body(request, RollBack)
        with refusing():
            changed = roll_back(
                policy, asked.number, user=self.subject, revision=asked.revision, note=asked.note
            )
        return Response(policy_body(changed, self.subject))
