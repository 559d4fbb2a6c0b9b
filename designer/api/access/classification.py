"""`workflows/{id}/access/` and `datasets/{id}/access/`: what policies know of a thing."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from designer.api.access.refusals import refusing
from designer.api.access.vocabulary_bodies import AccessAttributes, AccessAttributesChange
from designer.api.lookup import find_workflow
from runtime.api.datasets import find_dataset
from runtime.api.parsing import read_body
from runtime.models import Dataset, Workflow
from runtime.services.classification import classify, said


class WorkflowAccessView(AuthorizedView, APIView):
    """What policies know of a workflow, and by it of its runs, nodes and triggers."""

    actions: ClassVar[dict[str, str]] = {"GET": "workflow.view", "PATCH": "workflow.edit"}

    @extend_schema(operation_id="workflows_access_retrieve", responses=AccessAttributes)
    def get(self, request: Request, workflow_id: UUID) -> Response:
        return Response(AccessAttributes(**said(find_workflow(self, workflow_id))))

    @extend_schema(
        operation_id="workflows_access_update", request=AccessAttributesChange, responses=AccessAttributes
    )
    def patch(self, request: Request, workflow_id: UUID) -> Response:
        return _changed(self, find_workflow(self, workflow_id, "workflow.edit"))


class DatasetAccessView(AuthorizedView, APIView):
    """What policies know of a dataset."""

    actions: ClassVar[dict[str, str]] = {"GET": "dataset.view", "PATCH": "dataset.create"}

    @extend_schema(operation_id="datasets_access_retrieve", responses=AccessAttributes)
    def get(self, request: Request, dataset_id: UUID) -> Response:
        return Response(AccessAttributes(**said(find_dataset(self, dataset_id))))

    @extend_schema(
        operation_id="datasets_access_update", request=AccessAttributesChange, responses=AccessAttributes
    )
    def patch(self, request: Request, dataset_id: UUID) -> Response:
        dataset = find_dataset(self, dataset_id)
        self.require("dataset.create", dataset)
        return _changed(self, dataset)


def _changed(view: AuthorizedView, thing: Workflow | Dataset) -> Response:
    asked = read_body(view.request, AccessAttributesChange)
    sent = asked.model_dump(exclude_unset=True)
    changes = {name: value for name, value in sent.items() if value is not None}
    with refusing():
        classify(thing, user=view.subject, changes=changes)
    return Response(AccessAttributes(**said(thing)))
