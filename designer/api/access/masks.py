"""`masks/`: list, write, change and delete masking rules, and try them on data."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import MaskSet, Resource, Subject
from accounts.api import AuthorizedView
from accounts.authorization import allowed_actions, environment, mask_set_of, visible
from accounts.models import MaskingRule, PolicyStatus, User
from accounts.services import masks
from accounts.services.rule_checks import mask_faults, raise_faults
from accounts.subjects import facts_of
from accounts.vocabulary import vocabulary_of
from designer.api.access.mask_bodies import (
    MaskChange,
    MaskDocument,
    MaskFilters,
    MaskHit,
    MaskItem,
    MaskList,
    MaskPreview,
    MaskPreviewed,
    NewMask,
)
from designer.api.access.refusals import refusing
from designer.api.access.tenants import tenant_of
from runtime.api.errors import invalid
from runtime.api.idempotency import once
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.api.people import person_body


class MasksView(AuthorizedView, APIView):
    """The workspace's masking rules, last changed first."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view", "POST": "policy.manage"}
    by_object = frozenset({"GET"})

    @extend_schema(operation_id="masks_list", parameters=query_of(MaskFilters), responses=MaskList)
    def get(self, request: Request) -> Response:
        filters = read_query(request, MaskFilters)
        rows = visible(MaskingRule.objects.select_related("updated_by"), self.subject, "policy.view")
        if (words := filters.search) is not None:
            rows = rows.filter(
                Q(key__icontains=words) | Q(label__icontains=words) | Q(field__icontains=words)
            )
        if filters.status:
            rows = rows.filter(status=filters.status)
        page, cursor = newest_first(rows, filters, key="updated_at")
        results = [mask_body(row, self.subject) for row in page]
        return Response(MaskList(results=results, next=next_address(request, cursor)))

    @extend_schema(operation_id="masks_create", request=NewMask, responses={201: MaskItem})
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        asked = read_body(request, NewMask)
        with refusing():
            rule = masks.create_mask(tenant_of(self), asked.model_dump(), user=self.subject)
        location = f"/api/v1/masks/{rule.pk}/"
        return Response(mask_body(rule, self.subject), status=201, headers={"Location": location})


class MaskView(AuthorizedView, APIView):
    """One masking rule."""

    actions: ClassVar[dict[str, str]] = {
        "GET": "policy.view",
        "PATCH": "policy.manage",
        "DELETE": "policy.manage",
    }

    @extend_schema(operation_id="masks_retrieve", responses=MaskItem)
    def get(self, request: Request, mask_id: UUID) -> Response:
        return Response(mask_body(_find(self, mask_id), self.subject))

    @extend_schema(operation_id="masks_partial_update", request=MaskChange, responses=MaskItem)
    def patch(self, request: Request, mask_id: UUID) -> Response:
        rule = _find(self, mask_id, "policy.manage")
        asked = read_body(request, MaskChange)
        with refusing():
            changed = masks.change_mask(rule, _given(asked), user=self.subject, revision=asked.revision)
        return Response(mask_body(changed, self.subject))

    @extend_schema(operation_id="masks_destroy", responses={204: None})
    def delete(self, request: Request, mask_id: UUID) -> Response:
        masks.delete_mask(_find(self, mask_id, "policy.manage"))
        return Response(status=204)


class MaskPreviewView(AuthorizedView, APIView):
    """Data that is sent along, as somebody would see it. Nothing is saved."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.view"}

    @extend_schema(operation_id="masks_preview", request=MaskPreview, responses=MaskPreviewed)
    def post(self, request: Request) -> Response:
        asked = read_body(request, MaskPreview)
        reader = self._reader(asked.user)
        resource = Resource(asked.resource_type, asked.resource or "", tenant_of(self))
        masker = self._rules(asked.rule).for_reader(reader, resource, environment())
        if masker is None:
            return Response(MaskPreviewed(value=asked.data, masked=[]))
        seen = masker.apply(asked.data)
        hits = [MaskHit(path=hit.path, rule=hit.rule, type=hit.mask_type) for hit in seen.hits]
        return Response(MaskPreviewed(value=seen.value, masked=hits))

    def _reader(self, user_id: UUID | None) -> Subject:
        people = visible(User.objects.all(), self.subject, "user.view")
        person = self.subject if user_id is None else people.filter(pk=user_id).first()
        facts = None if person is None else facts_of(person)
        if facts is None:
            raise invalid([{"field": "user", "message": "There is nobody with this id.", "code": "unknown"}])
        return facts

    def _rules(self, rule: MaskDocument | None) -> MaskSet:
        if rule is None:
            return mask_set_of(tenant_of(self))
        document = {**rule.model_dump(), "status": PolicyStatus.ACTIVE.value}
        words = vocabulary_of(tenant_of(self))
        with refusing("rule"):
            raise_faults(mask_faults(document, words))
        return MaskSet.compile([document], levels=words.levels)


def mask_body(rule: MaskingRule, subject: User) -> MaskItem:
    return MaskItem(
        id=rule.pk,
        created_at=rule.created_at,
        updated_at=rule.updated_at,
        updated_by=person_body(rule.updated_by),
        revision=rule.revision,
        can=allowed_actions(subject, rule, ["policy.manage"]),
        **rule.as_document(),
    )


def _find(view: AuthorizedView, mask_id: UUID, action: str = "policy.view") -> MaskingRule:
    """Raises `Http404`, the same for none and for another tenant's."""
    rows = visible(MaskingRule.objects.select_related("updated_by"), view.subject, "policy.view")
    rule = rows.filter(pk=mask_id).first()
    if rule is None:
        raise Http404
    view.require(action, rule)
    return rule


def _given(asked: MaskChange) -> dict[str, Any]:
    sent = asked.model_dump(exclude_unset=True, exclude={"revision"})
    return {name: value for name, value in sent.items() if value is not None or name == "condition"}
