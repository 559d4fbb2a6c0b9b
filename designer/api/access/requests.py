"""`access/requests/`: asking for what one was denied, and answering."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import ACTIONS
from accounts.api import AuthorizedView
from accounts.authorization import Subject, is_allowed, visible
from accounts.models import AccessRequest, RequestStatus
from accounts.services import access_requests
from designer.api.access.grant_bodies import (
    AccessAnswer,
    AccessRequestFilters,
    AccessRequestItem,
    AccessRequestList,
    NewAccessRequest,
)
from designer.api.access.refusals import refusing
from designer.api.access.things import address_of, find_thing
from runtime.api.body import Person
from runtime.api.idempotency import once
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.api.people import person_body


class AccessRequestsView(AuthorizedView, APIView):
    """One's own requests, and those of others for who answers them; newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "access.request", "POST": "access.request"}

    @extend_schema(
        operation_id="access_requests_list",
        parameters=query_of(AccessRequestFilters),
        responses=AccessRequestList,
    )
    def get(self, request: Request) -> Response:
        filters = read_query(request, AccessRequestFilters)
        rows = requests_for(self.subject)
        if filters.mine is not None:
            own = Q(user=self.subject.pk)
            rows = rows.filter(own if filters.mine else ~own)
        if filters.status is not None:
            rows = rows.filter(status=filters.status)
        page, cursor = newest_first(rows, filters)
        results = [request_body(row, self.subject) for row in page]
        return Response(AccessRequestList(results=results, next=next_address(request, cursor)))

    @extend_schema(
        operation_id="access_requests_create", request=NewAccessRequest, responses={201: AccessRequestItem}
    )
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._ask(request))

    def _ask(self, request: Request) -> Response:
        asked = read_body(request, NewAccessRequest)
        thing = find_thing(self.subject, asked.resource_type, str(asked.resource_id))
        if thing is None:
            raise Http404
        with refusing():
            made = access_requests.ask_for_access(
                thing, user=self.subject, action=asked.action, reason=asked.reason
            )
        location = f"/api/v1/access/requests/{made.pk}/"
        return Response(request_body(made, self.subject), status=201, headers={"Location": location})


class AccessRequestView(AuthorizedView, APIView):
    """One request."""

    actions: ClassVar[dict[str, str]] = {"GET": "access.request"}

    @extend_schema(operation_id="access_requests_retrieve", responses=AccessRequestItem)
    def get(self, request: Request, request_id: UUID) -> Response:
        return Response(request_body(_find(self, request_id), self.subject))


class AccessDecisionView(AuthorizedView, APIView):
    """Answers a request of somebody else. What is granted is shared with them at once."""

    actions: ClassVar[dict[str, str]] = {"POST": "access.decide"}

    @extend_schema(operation_id="access_requests_decide", request=AccessAnswer, responses=AccessRequestItem)
    def post(self, request: Request, request_id: UUID) -> Response:
        return once(request, lambda: self._answer(request, request_id))

    def _answer(self, request: Request, request_id: UUID) -> Response:
        found = _find(self, request_id)
        self.require("access.decide", found)
        asked = read_body(request, AccessAnswer)
        with refusing():
            if asked.outcome == "granted":
                answered = access_requests.grant_request(
                    found,
                    self._thing(found),
                    by=self.subject,
                    expires_at=asked.expires_at,
                    answer=asked.answer,
                )
            else:
                answered = access_requests.refuse_request(found, by=self.subject, answer=asked.answer)
        return Response(request_body(answered, self.subject))

    def _thing(self, found: AccessRequest) -> Any:
        thing = find_thing(self.subject, found.resource_type, found.resource_id)
        if thing is None:
            raise Http404
        return thing


class AccessWithdrawalView(AuthorizedView, APIView):
    """Takes back a request of one's own that nobody answered yet."""

    actions: ClassVar[dict[str, str]] = {"POST": "access.request"}

    @extend_schema(operation_id="access_requests_withdraw", request=None, responses=AccessRequestItem)
    def post(self, request: Request, request_id: UUID) -> Response:
        return once(request, lambda: self._withdraw(request_id))

    def _withdraw(self, request_id: UUID) -> Response:
        found = _find(self, request_id)
        self.require("access.request", found)
        with refusing():
            withdrawn = access_requests.withdraw_request(found)
        return Response(request_body(withdrawn, self.subject))


def requests_for(subject: Subject) -> QuerySet[AccessRequest]:
    """One's own, and for who answers requests those of everybody in the workspace."""
    action = "access.decide" if is_allowed(subject, "access.decide") else "access.request"
    return visible(AccessRequest.objects.select_related("user", "decided_by"), subject, action)


def request_body(row: AccessRequest, subject: Subject) -> AccessRequestItem:
    thing = find_thing(subject, row.resource_type, row.resource_id)
    return AccessRequestItem(
        id=row.pk,
        user=Person(id=row.user.pk, name=row.user.name, email=row.user.email),
        action=row.action,
        action_label=ACTIONS[row.action].label if row.action in ACTIONS else row.action,
        resource_type=row.resource_type,
        resource_id=row.resource_id,
        resource_label=None if thing is None else str(thing),
        resource_path=None if thing is None else address_of(row.resource_type, row.resource_id),
        reason=row.reason,
        status=RequestStatus(row.status).value,
        created_at=row.created_at,
        decided_by=person_body(row.decided_by),
        decided_at=row.decided_at,
        answer=row.answer,
        expires_at=row.expires_at,
        can_decide=_can_decide(row, subject),
    )


def _can_decide(row: AccessRequest, subject: Subject) -> bool:
    is_open_to = row.status == RequestStatus.OPEN and row.user_id != subject.pk
    return is_open_to and is_allowed(subject, "access.decide", row)


def _find(view: AuthorizedView, request_id: UUID) -> AccessRequest:
    """Raises `Http404`, the same for none and for somebody else's."""
    found = requests_for(view.subject).filter(pk=request_id).first()
    if found is None:
        raise Http404
    return found
