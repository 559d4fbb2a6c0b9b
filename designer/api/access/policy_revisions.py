"""`policies/{id}/revisions/`: what a policy said before, and what each revision changed."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import changes_between
from accounts.api import AuthorizedView
from accounts.models import PolicyRevision
from designer.api.access.policy_bodies import PolicyRevisionItem, PolicyRevisionList
from designer.api.access.policy_draft_bodies import Change, PolicyRevisionDetail
from designer.api.access.policy_items import find_policy
from runtime.api.body import PageParameters
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_query
from runtime.api.people import person_body


class PolicyRevisionsView(AuthorizedView, APIView):
    """What a policy said before, newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view"}

    @extend_schema(
        operation_id="policies_revisions", parameters=query_of(PageParameters), responses=PolicyRevisionList
    )
    def get(self, request: Request, policy_id: UUID) -> Response:
        asked = read_query(request, PageParameters)
        policy = find_policy(self, policy_id)
        rows = PolicyRevision.objects.filter(policy=policy).select_related("by")
        page, cursor = newest_first(rows, asked, key="at")
        results = [
            PolicyRevisionItem(
                number=row.number, document=row.document, note=row.note, at=row.at, by=person_body(row.by)
            )
            for row in page
        ]
        return Response(PolicyRevisionList(results=results, next=next_address(request, cursor)))


class PolicyRevisionView(AuthorizedView, APIView):
    """One revision, beside the one before it."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view"}

    @extend_schema(operation_id="policies_revision", responses=PolicyRevisionDetail)
    def get(self, request: Request, policy_id: UUID, revision: int) -> Response:
        policy = find_policy(self, policy_id)
        if revision > policy.revision:
            raise Http404
        rows = PolicyRevision.objects.filter(policy=policy, number__in=[revision, revision - 1])
        found = {row.number: row for row in rows.select_related("by")}
        row, before = found.get(revision), found.get(revision - 1)
        if row is None:
            raise Http404
        changed = changes_between(before.document if before else {}, row.document)
        body = PolicyRevisionDetail(
            number=row.number,
            document=row.document,
            note=row.note,
            at=row.at,
            by=person_body(row.by),
            changes=[Change(path=each.path, before=each.before, after=each.after) for each in changed],
        )
        return Response(body)
