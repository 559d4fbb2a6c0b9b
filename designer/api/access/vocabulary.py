"""`attributes/` and `levels/`: what conditions can name; and what a thing is classified by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import Subject, allowed_actions, visible
from accounts.models import AttributeDefinition, AttributeKind, AttributeOwner, SecurityLevel
from accounts.services import attributes, levels
from designer.api.access.refusals import refusing
from designer.api.access.tenants import tenant_of
from designer.api.access.vocabulary_bodies import (
    AttributeChange,
    AttributeItem,
    AttributeList,
    ClaimSource,
    Level,
    LevelList,
    NewAttribute,
    NewLevels,
)
from designer.identity.claim_sources import claim_sources
from runtime.api.idempotency import once
from runtime.api.parsing import read_body


class AttributesView(AuthorizedView, APIView):
    """Every attribute. There are at most 200, so the list has one page."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view", "POST": "policy.manage"}
    by_object = frozenset({"GET"})

    @extend_schema(operation_id="attributes_list", responses=AttributeList)
    def get(self, request: Request) -> Response:
        rows = visible(AttributeDefinition.objects.all(), self.subject, "policy.view")
        return Response(AttributeList(results=_attributes(rows, self.subject)))

    @extend_schema(operation_id="attributes_create", request=NewAttribute, responses={201: AttributeItem})
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        asked = read_body(request, NewAttribute)
        with refusing():
            row = attributes.create_attribute(tenant_of(self), **asked.model_dump())
        return Response(_one(row, self.subject), status=201)


class AttributeView(AuthorizedView, APIView):
    """One attribute."""

    actions: ClassVar[dict[str, str]] = {
        "GET": "policy.view",
        "PATCH": "policy.manage",
        "DELETE": "policy.manage",
    }

    @extend_schema(operation_id="attributes_retrieve", responses=AttributeItem)
    def get(self, request: Request, attribute_id: UUID) -> Response:
        return Response(_one(self._find(attribute_id, "policy.view"), self.subject))

    @extend_schema(operation_id="attributes_partial_update", request=AttributeChange, responses=AttributeItem)
    def patch(self, request: Request, attribute_id: UUID) -> Response:
        row = self._find(attribute_id, "policy.manage")
        asked = read_body(request, AttributeChange)
        with refusing():
            changed = attributes.change_attribute(row, _given(asked))
        return Response(_one(changed, self.subject))

    @extend_schema(operation_id="attributes_destroy", responses={204: None})
    def delete(self, request: Request, attribute_id: UUID) -> Response:
        row = self._find(attribute_id, "policy.manage")
        with refusing():
            attributes.delete_attribute(row)
        return Response(status=204)

    def _find(self, attribute_id: UUID, action: str) -> AttributeDefinition:
        rows = visible(AttributeDefinition.objects.all(), self.subject, "policy.view")
        row = rows.filter(pk=attribute_id).first()
        if row is None:
            raise Http404
        self.require(action, row)
        return row


class LevelsView(AuthorizedView, APIView):
    """The security levels, the least secret first. Everybody reads them: things are classified by them."""

    actions: ClassVar[dict[str, str]] = {"GET": "account.view", "PUT": "policy.manage"}

    @extend_schema(operation_id="levels_list", responses=LevelList)
    def get(self, request: Request) -> Response:
        return Response(_levels(list(SecurityLevel.objects.filter(tenant=tenant_of(self)))))

    @extend_schema(operation_id="levels_update", request=NewLevels, responses=LevelList)
    def put(self, request: Request) -> Response:
        asked = read_body(request, NewLevels)
        with refusing():
            rows = levels.set_levels(tenant_of(self), [(each.key, each.label) for each in asked.levels])
        return Response(_levels(rows))


def _levels(rows: list[SecurityLevel]) -> LevelList:
    return LevelList(results=[Level(key=row.key, label=row.label, rank=row.rank) for row in rows])


def _one(row: AttributeDefinition, subject: Subject) -> AttributeItem:
    return _attributes([row], subject)[0]


def _attributes(rows: Iterable[AttributeDefinition], subject: Subject) -> list[AttributeItem]:
    """As told; all are of one tenant."""
    kept = list(rows)
    sources = claim_sources(kept[0].tenant_id) if kept else {}
    return [_attribute(row, sources.get(row.name, ()), subject) for row in kept]


def _attribute(
    row: AttributeDefinition, sources: Sequence[tuple[str, str]], subject: Subject
) -> AttributeItem:
    told = sources if row.applies_to == AttributeOwner.USER else ()
    return AttributeItem(
        id=row.pk,
        name=row.name,
        label=row.label,
        kind=AttributeKind(row.kind).value,
        applies_to=AttributeOwner(row.applies_to).value,
        allowed=row.allowed,
        claims=[ClaimSource(provider=provider, claim=claim) for provider, claim in told],
        description=row.description,
        updated_at=row.updated_at,
        can=allowed_actions(subject, row, ["policy.manage"]),
    )


def _given(asked: AttributeChange) -> dict[str, Any]:
    sent = asked.model_dump(exclude_unset=True)
    return {name: value for name, value in sent.items() if value is not None or name == "allowed"}
