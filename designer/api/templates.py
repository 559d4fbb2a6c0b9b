"""`templates/`: workflows to begin with."""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.models import Tenant
from designer import from_template
from designer.api.bodies import WorkflowItem
from designer.api.present import workflow_body
from designer.api.template_bodies import (
    TemplateDataset,
    TemplateDetail,
    TemplateItem,
    TemplateList,
    TemplateStep,
    TemplateUse,
    TemplateWire,
)
from designer.graphs import ReadGraph, code_in, read_graph
from runtime.api.errors import ApiProblem, invalid
from runtime.api.idempotency import once
from runtime.api.parsing import read_body
from runtime.engine.errors import ParameterError
from runtime.models import Dataset, Workflow
from runtime.services.datasets import DatasetError
from runtime.templates import TEMPLATES, Template, template


class TemplatesView(AuthorizedView, APIView):
    """The gallery."""

    actions: ClassVar[dict[str, str]] = {"GET": "node_type.view"}

    @extend_schema(operation_id="templates_list", responses=TemplateList)
    def get(self, request: Request) -> Response:
        names = {dataset.name for item in TEMPLATES for dataset in item.datasets}
        here = from_template.present(_tenant(self), names)
        return Response(TemplateList(results=[_item(item, here) for item in TEMPLATES], next=None))


class TemplateView(AuthorizedView, APIView):
    """One template, with the workflow that it begins as."""

    actions: ClassVar[dict[str, str]] = {"GET": "node_type.view"}

    @extend_schema(operation_id="templates_retrieve", responses=TemplateDetail)
    def get(self, request: Request, key: str) -> Response:
        found = _find(key)
        here = from_template.present(_tenant(self), (dataset.name for dataset in found.datasets))
        schema = found.config.model_json_schema()
        return Response(
            TemplateDetail(**dict(_item(found, here)), config_schema=schema, graph=_demo_document(key))
        )


class TemplateUseView(AuthorizedView, APIView):
    """Makes a workflow of a template, and the demo datasets that it lacks."""

    actions: ClassVar[dict[str, str]] = {"POST": "workflow.create"}

    @extend_schema(operation_id="templates_use", request=TemplateUse, responses={201: WorkflowItem})
    def post(self, request: Request, key: str) -> Response:
        return once(request, lambda: self._use(request, _find(key)))

    def _use(self, request: Request, found: Template) -> Response:
        asked = read_body(request, TemplateUse)
        graph = _configured(found, asked.config)
        tenant = _tenant(self)
        name = asked.name or found.title
        self._require(tenant, name, graph)
        lacking = from_template.missing(tenant, _read_by(found, graph))
        for dataset in lacking:
            row = Dataset(tenant=tenant, name=dataset.name, created_by=self.subject)
            self.require_new("dataset.create", row)
        workflow = _begun(
            tenant=tenant,
            user=self.subject,
            name=name,
            description=found.summary if asked.description is None else asked.description,
            graph=graph,
            datasets=lacking,
        )
        location = f"/api/v1/workflows/{workflow.pk}/"
        body = workflow_body(workflow, self.subject)
        return Response(body, status=201, headers={"Location": location})

    def _require(self, tenant: Tenant, name: str, graph: ReadGraph) -> None:
        made = Workflow(tenant=tenant, name=name, created_by=self.subject)
        self.require_new("workflow.create", made)
        if code_in(graph.graph):
            self.require_new("code.author", made)


def _begun(**values: Any) -> Workflow:
    try:
        return from_template.begin_workflow(**values)
    except DatasetError as error:
        raise ApiProblem(422, error.code, f"The demo data cannot be stored. {error.message}") from error


def _tenant(view: AuthorizedView) -> Tenant:
    tenant = view.subject.tenant
    assert tenant is not None  # noqa: S101  (the tenant wall refused everybody without one)
    return tenant


def _find(key: str) -> Template:
    found = template(key)
    if found is None:
        raise Http404
    return found


def _configured(found: Template, config: dict[str, Any]) -> ReadGraph:
    try:
        return read_graph(found.document(config))
    except ParameterError as error:
        errors = [
            {
                "field": ".".join(filter(None, ("config", problem.get("field")))),
                "message": problem["message"],
                "code": problem["code"],
            }
            for problem in error.facts.get("problems", ())
        ]
        fallback = {"field": "config", "message": error.message, "code": error.code}
        raise invalid(errors or [fallback]) from error


def _read_by(found: Template, graph: ReadGraph) -> list[Any]:
    """The demo datasets that are still read with this configuration."""
    read = {node.config.get("dataset") for node in graph.graph.nodes if node.type == "DatasetReadNode"}
    read |= {node.config.get("data_source") for node in graph.graph.nodes}
    return [dataset for dataset in found.datasets if dataset.name in read]


@cache
def _demo_document(key: str) -> dict[str, Any]:
    return _find(key).document()


def _item(found: Template, here: frozenset[str]) -> TemplateItem:
    document = _demo_document(found.key)
    return TemplateItem(
        key=found.key,
        title=found.title,
        summary=found.summary,
        description=found.description,
        category=found.category,
        steps=[
            TemplateStep(**{name: node[name] for name in TemplateStep.model_fields})
            for node in document["nodes"]
        ],
        wires=[
            TemplateWire(**{name: wire[name] for name in TemplateWire.model_fields})
            for wire in document["connections"]
        ],
        datasets=[
            TemplateDataset(name=dataset.name, about=dataset.about, here=dataset.name in here)
            for dataset in found.datasets
        ],
        next_steps=list(found.next_steps),
    )
