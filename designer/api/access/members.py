"""`users/`: the people of a workspace."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import Subject, allowed_actions, is_allowed, visible
from accounts.models import User
from accounts.services.members import change_member
from designer.api.access.grant_bodies import RoleName
from designer.api.access.member_bodies import (
    MemberChange,
    MemberFilters,
    MemberItem,
    MemberList,
)
from designer.api.access.refusals import refusing
from designer.api.access.tenants import tenant_of
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query


class MembersView(AuthorizedView, APIView):
    """The people of the workspace, newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "user.view"}
    by_object = frozenset({"GET"})

    @extend_schema(operation_id="users_list", parameters=query_of(MemberFilters), responses=MemberList)
    def get(self, request: Request) -> Response:
        filters = read_query(request, MemberFilters)
        rows = visible(User.objects.all(), self.subject, "user.view")
        if (words := filters.search) is not None:
            rows = rows.filter(Q(name__icontains=words) | Q(email__icontains=words))
        if filters.role is not None:
            rows = rows.filter(groups__role__key=filters.role, groups__role__tenant=tenant_of(self))
        if filters.is_active is not None:
            rows = rows.filter(is_active=filters.is_active)
        page, cursor = newest_first(rows, filters, key="date_joined")
        roles = _roles_of(page)
        results = [_member(person, roles.get(person.pk, []), self.subject) for person in page]
        return Response(MemberList(results=results, next=next_address(request, cursor)))


class MemberView(AuthorizedView, APIView):
    """One of the people."""

    actions: ClassVar[dict[str, str]] = {"GET": "user.view", "PATCH": "user.manage"}

    @extend_schema(operation_id="users_retrieve", responses=MemberItem)
    def get(self, request: Request, user_id: UUID) -> Response:
        return self._answer(self._find(user_id, "user.view"))

    @extend_schema(operation_id="users_partial_update", request=MemberChange, responses=MemberItem)
    def patch(self, request: Request, user_id: UUID) -> Response:
        person = self._find(user_id, "user.manage")
        asked = read_body(request, MemberChange)
        with refusing():
            change_member(
                person,
                by=self.subject,
                roles=asked.roles,
                attributes=asked.attributes,
                is_active=asked.is_active,
            )
        return self._answer(person)

    def _find(self, user_id: UUID, action: str) -> User:
        person = visible(User.objects.all(), self.subject, "user.view").filter(pk=user_id).first()
        if person is None:
            raise Http404
        self.require(action, person)
        return person

    def _answer(self, person: User) -> Response:
        return Response(_member(person, _roles_of([person]).get(person.pk, []), self.subject))


def _roles_of(people: list[User]) -> dict[UUID, list[RoleName]]:
    """The roles of each in their own workspace, in one query."""
    through = User.groups.through.objects.filter(user__in=people, group__role__tenant=_tenant(people))
    found: dict[UUID, list[RoleName]] = {}
    for user_id, key, label in through.order_by("group__role__key").values_list(
        "user_id", "group__role__key", "group__role__label"
    ):
        found.setdefault(user_id, []).append(RoleName(key=key, label=label))
    return found


def _tenant(people: list[User]) -> UUID | None:
    return people[0].tenant_id if people else None


def _member(person: User, roles: list[RoleName], reader: Subject) -> MemberItem:
    sees_attributes = (
        person.pk == reader.pk
        or is_allowed(reader, "user.manage", person)
        or is_allowed(reader, "policy.view")
    )
    return MemberItem(
        id=person.pk,
        name=person.name,
        email=person.email,
        is_active=person.is_active,
        roles=roles,
        attributes=person.attributes if sees_attributes else None,
        joined_at=person.date_joined,
        signed_in_at=person.last_login,
        can=allowed_actions(reader, person, ["user.manage"]),
    )
