"""`roles/`: what the roles of a workspace give."""

from __future__ import annotations

from typing import ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import ACTIONS, OWN_ACTIONS
from accounts.api import AuthorizedView
from accounts.authorization import Subject, allowed_actions, visible
from accounts.models import Role
from accounts.role_tree import RoleTree
from accounts.services.roles import change_role, create_role, delete_role
from designer.api.access.refusals import refusing
from designer.api.access.role_bodies import GivenAction, NewRole, RoleChange, RoleItem, RoleList
from designer.api.access.tenants import tenant_of
from runtime.api.idempotency import once
from runtime.api.parsing import read_body

_ACTIONS = [
    GivenAction(
        name=action.name,
        label=action.label,
        resource_type=action.name.partition(".")[0],
        everybodys=action.name in OWN_ACTIONS,
    )
    for action in ACTIONS.values()
]


class RolesView(AuthorizedView, APIView):
    """The roles of the workspace, at most 100 on one page, and all that they can give."""

    actions: ClassVar[dict[str, str]] = {"GET": "role.view", "POST": "role.manage"}
    by_object = frozenset({"GET"})

    @extend_schema(operation_id="roles_list", responses=RoleList)
    def get(self, request: Request) -> Response:
        rows = visible(Role.objects.all(), self.subject, "role.view")
        return Response(RoleList(results=_items(rows, self.subject), actions=_ACTIONS))

    @extend_schema(operation_id="roles_create", request=NewRole, responses={201: RoleItem})
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        asked = read_body(request, NewRole)
        with refusing():
            role = create_role(tenant_of(self), by=self.subject, **asked.model_dump())
        return Response(_item(role, self.subject), status=201)


class RoleView(AuthorizedView, APIView):
    """One role. One that somebody has, or that another inherits from, cannot be deleted."""

    actions: ClassVar[dict[str, str]] = {"GET": "role.view", "PATCH": "role.manage", "DELETE": "role.manage"}

    @extend_schema(operation_id="roles_retrieve", responses=RoleItem)
    def get(self, request: Request, role_id: int) -> Response:
        return Response(_item(self._find(role_id, "role.view"), self.subject))

    @extend_schema(operation_id="roles_partial_update", request=RoleChange, responses=RoleItem)
    def patch(self, request: Request, role_id: int) -> Response:
        role = self._find(role_id, "role.manage")
        asked = read_body(request, RoleChange)
        with refusing():
            changed = change_role(
                role,
                by=self.subject,
                label=asked.label,
                permissions=asked.permissions,
                parents=asked.parents,
                ceiling=asked.ceiling,
                lift_ceiling="ceiling" in asked.model_fields_set and asked.ceiling is None,
            )
        return Response(_item(changed, self.subject))

    @extend_schema(operation_id="roles_destroy", responses={204: None})
    def delete(self, request: Request, role_id: int) -> Response:
        role = self._find(role_id, "role.manage")
        with refusing():
            delete_role(role, by=self.subject)
        return Response(status=204)

    def _find(self, role_id: int, action: str) -> Role:
        role = visible(Role.objects.all(), self.subject, "role.view").filter(pk=role_id).first()
        if role is None:
            raise Http404
        self.require(action, role)
        return role


def _item(role: Role, subject: Subject) -> RoleItem:
    return _items(Role.objects.filter(pk=role.pk), subject)[0]


def _items(rows: QuerySet[Role], subject: Subject) -> list[RoleItem]:
    """However many roles there are, in as many queries."""
    found = list(rows)
    tree = RoleTree.of(found[0].tenant_id) if found else None
    return [] if tree is None else [_shown(role, tree, subject) for role in found]


def _shown(role: Role, tree: RoleTree, subject: Subject) -> RoleItem:
    limit = tree.limit(role.pk)
    return RoleItem(
        id=role.pk,
        key=role.key,
        label=role.label,
        permissions=sorted(tree.given[role.pk]),
        parents=sorted(tree.keys[parent] for parent in tree.parents[role.pk]),
        ceiling=role.ceiling,
        inherited=tree.inherited(role.pk),
        limit=None if limit is None else sorted(limit),
        members=tree.members[role.pk],
        can=allowed_actions(subject, role, ["role.manage"]),
    )
