"""`masks/sample/`, `masks/reach/`, `masks/suggestions/`: what a rule would do, and where one is missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import MaskSet, Subject
from accounts.api import AuthorizedView
from accounts.authorization import environment, visible
from accounts.compiled import hash_key_of
from accounts.mask_reach import reach_of
from accounts.models import MaskingRule, PolicyStatus, Role, User
from accounts.services.rule_checks import mask_faults, raise_faults
from accounts.view_as import Viewer, facts_of_viewer
from accounts.vocabulary import Vocabulary, vocabulary_of
from designer.api.access.mask_bodies import MaskDocument
from designer.api.access.mask_trial_bodies import (
    MaskedPair,
    MaskReach,
    MaskReachRequest,
    MaskSample,
    MaskSampleRequest,
    MaskSuggestion,
    MaskSuggestionList,
    RoleReach,
    SuggestionPlace,
)
from designer.api.access.refusals import refusing
from designer.api.access.tenants import tenant_of
from runtime.api.datasets import find_dataset
from runtime.api.errors import ApiProblem
from runtime.api.parsing import read_body
from runtime.api.runs import find_run
from runtime.masking.samples import Sample, dataset_sample, node_sample, pairs
from runtime.masking.suggestions import Suggestion, suggestions
from runtime.queries.datasets import DatasetChanged
from runtime.services.data_views import ShownPart, saw_dataset, saw_run


class MaskSampleView(AuthorizedView, APIView):
    """Values of data that is there, stored and as somebody would see them by a rule. Nothing is saved."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.view"}

    @extend_schema(operation_id="masks_sample", request=MaskSampleRequest, responses=MaskSample)
    def post(self, request: Request) -> Response:
        asked = read_body(request, MaskSampleRequest)
        document, words = _rule(tenant_of(self), asked.rule)
        viewer = self._viewer(asked)
        sample = self._sample(asked)
        key = hash_key_of(tenant_of(self))
        tried = MaskSet.compile([*self._others(document), document], levels=words.levels, key=key)
        field = {**document, "mask_type": "redact", "options": {}, "condition": None}
        everywhere = MaskSet.compile([field], levels=words.levels)
        found = pairs(
            sample,
            everywhere.for_reader(viewer, sample.resource, environment()),
            tried.for_reader(viewer, sample.resource, environment()),
        )
        return Response(
            MaskSample(
                pairs=[
                    MaskedPair(
                        path=one.path,
                        row=one.row,
                        stored=one.stored,
                        seen=one.seen,
                        dropped=one.dropped,
                        hidden=one.hidden,
                    )
                    for one in found
                ],
                viewer=viewer.email if asked.subject is None else "",
            )
        )

    def _viewer(self, asked: MaskSampleRequest) -> Subject:
        stated = None if asked.subject is None else asked.subject.model_dump(mode="json")
        named = asked.user or (self.subject.pk if stated is None else None)
        with refusing():
            return facts_of_viewer(self.subject, Viewer(named, stated, {})).subject

    def _sample(self, asked: MaskSampleRequest) -> Sample:
        if asked.dataset is not None:
            return self._of_dataset(asked.dataset)
        assert asked.run is not None  # noqa: S101  (the body says one of both)
        run = find_run(self, asked.run)
        self.require("run.data", run)
        sample = node_sample(self.subject, run, str(asked.node))
        if sample is None:
            raise Http404
        saw_run(self.subject, run, str(asked.node), [ShownPart("outputs", sample.value, sample.masked)])
        return sample

    def _of_dataset(self, dataset_id: UUID) -> Sample:
        try:
            dataset = find_dataset(self, dataset_id)
            sample = dataset_sample(self.subject, dataset)
        except DatasetChanged:
            message = "The dataset was written while it was read. Try again."
            raise ApiProblem(409, "dataset_changed", message) from None
        saw_dataset(self.subject, dataset, sample.value, sample.masked)
        return sample

    def _others(self, document: Mapping[str, Any]) -> list[dict[str, object]]:
        rows = MaskingRule.objects.filter(tenant=tenant_of(self), status=PolicyStatus.ACTIVE)
        return [row.as_document() for row in rows.exclude(key=document["key"])]


class MaskReachView(AuthorizedView, APIView):
    """For how many people a rule would mask."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.view"}

    @extend_schema(operation_id="masks_reach", request=MaskReachRequest, responses=MaskReach)
    def post(self, request: Request) -> Response:
        asked = read_body(request, MaskReachRequest)
        tenant_id = tenant_of(self)
        document, words = _rule(tenant_id, asked.rule)
        people = visible(User.objects.all(), self.subject, "user.view")
        found = reach_of(document, people, tenant_id, levels=words.levels)
        labels = dict(Role.objects.filter(tenant=tenant_id).values_list("key", "label"))
        seeing = sorted((key, counts) for key, counts in found.by_role.items() if counts[0])
        return Response(
            MaskReach(
                people=found.people,
                sees=found.sees,
                roles=[
                    RoleReach(key=key, label=labels.get(key, key), sees=sees, people=people)
                    for key, (sees, people) in seeing
                ],
                depends=found.depends,
            )
        )


class MaskSuggestionsView(AuthorizedView, APIView):
    """Fields that look as if they needed a mask."""

    actions: ClassVar[dict[str, str]] = {"GET": "policy.view"}

    @extend_schema(operation_id="masks_suggestions", responses=MaskSuggestionList)
    def get(self, request: Request) -> Response:
        looked = suggestions(self.subject)
        return Response(
            MaskSuggestionList(
                results=[_suggestion(one) for one in looked.found],
                datasets=looked.datasets,
                nodes=looked.nodes,
            )
        )


def _rule(tenant_id: UUID, rule: MaskDocument) -> tuple[dict[str, Any], Vocabulary]:
    """The rule as if it were in force. Raises 422 for one that cannot be."""
    document = {**rule.model_dump(), "status": PolicyStatus.ACTIVE.value}
    words = vocabulary_of(tenant_id)
    with refusing("rule"):
        raise_faults(mask_faults(document, words))
    return document, words


def _suggestion(one: Suggestion) -> MaskSuggestion:
    finding, place = one.finding, one.place
    return MaskSuggestion.model_validate(
        {
            "path": finding.path,
            "detector": finding.detector,
            "values": finding.values,
            "matching": finding.matching,
            "place": SuggestionPlace.model_validate(
                {
                    "type": place.type,
                    "id": place.id,
                    "name": place.name,
                    "run": place.run,
                    "node": place.node,
                }
            ),
            "rule": one.rule,
        }
    )
