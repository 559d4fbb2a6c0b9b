"""`workflows/{id}/view-as/` and `runs/{id}/view-as/`: what somebody else would see, do and be refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Decision, Resource
from accounts.api import AuthorizedView
from accounts.models import User
from accounts.stated import stated_environment
from accounts.subjects import AccessFacts
from accounts.view_as import LASTS, Viewer, facts_of_viewer
from designer.api.access.refusals import refusing
from designer.api.access.view_as_bodies import (
    ThingAsked,
    Verdict,
    ViewAs,
    ViewAsRequest,
    ViewedNode,
    ViewedPerson,
)
from designer.api.lookup import find_workflow
from designer.queries import draft_of
from runtime.api.parsing import read_body
from runtime.api.runs import find_run
from runtime.masking.people import FactsEyes
from runtime.masking.verdicts import JudgedNode, judged_nodes
from runtime.models import Run, Workflow
from runtime.queries.versions import graph_of
from runtime.services.view_as import begin_view

OF_WORKFLOW = (
    "workflow.view",
    "workflow.edit",
    "workflow.publish",
    "workflow.run",
    "workflow.delete",
    *("run.view", "run.data", "trigger.view", "code.author"),
)
OF_RUN = ("run.view", "run.data", "run.cancel", "run.pause", "run.decide")


class WorkflowViewAsView(AuthorizedView, APIView):
    """Begins to look at the draft as somebody else."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.view"}

    @extend_schema(operation_id="workflows_view_as", request=ViewAsRequest, responses=ViewAs)
    def post(self, request: Request, workflow_id: UUID) -> Response:
        self.require("policy.view")
        workflow = find_workflow(self, workflow_id)
        eyes = _Eyes(self.subject, read_body(request, ViewAsRequest))
        document = draft_of(workflow).document()
        return Response(eyes.look(workflow, None, document))


class RunViewAsView(AuthorizedView, APIView):
    """Begins to look at a run as somebody else."""

    actions: ClassVar[dict[str, str]] = {"POST": "policy.view"}

    @extend_schema(operation_id="runs_view_as", request=ViewAsRequest, responses=ViewAs)
    def post(self, request: Request, run_id: UUID) -> Response:
        self.require("policy.view")
        run = find_run(self, run_id)
        eyes = _Eyes(self.subject, read_body(request, ViewAsRequest))
        return Response(eyes.look(run.workflow, run, graph_of(run.version).to_document()))


class _Eyes:
    """Those of the viewer who was asked for. Raises 422 for nobody."""

    def __init__(self, looker: User, asked: ViewAsRequest) -> None:
        stated = None if asked.subject is None else asked.subject.model_dump(mode="json")
        self._looker = looker
        self._viewer = Viewer(asked.user, stated, asked.env.model_dump(mode="json"))
        with refusing():
            self._facts = facts_of_viewer(looker, self._viewer)
            env = stated_environment(self._viewer.env)
        self._judge = FactsEyes(self._facts, env)

    def look(self, workflow: Workflow, run: Run | None, document: Mapping[str, Any]) -> ViewAs:
        """Tells the audit, and answers what holds for the viewer."""
        about = workflow.as_resource()
        decisions = [self._judge.decide(action, about) for action in OF_WORKFLOW]
        if run is not None:
            decisions += [self._judge.decide(action, run.as_resource()) for action in OF_RUN]
        data = next(each for each in reversed(decisions) if each.action == "run.data")
        judged = judged_nodes(self._judge, workflow, document, data)
        return ViewAs(
            view=begin_view(self._looker, workflow if run is None else run, self._viewer),
            until=timezone.now() + LASTS,
            viewer=_person(self._facts, self._viewer.user),
            workflow=_thing(about),
            run=None if run is None else _thing(run.as_resource()),
            actions={each.action: _verdict(each) for each in decisions},
            nodes={node_id: _node(node) for node_id, node in judged.items()},
        )


def _person(facts: AccessFacts, user_id: UUID | None) -> ViewedPerson:
    subject = facts.subject
    row = None if user_id is None else User.objects.filter(pk=user_id).first()
    name = "" if row is None else row.name or row.email
    return ViewedPerson(
        id=user_id,
        name=name,
        email=subject.email,
        roles=sorted(subject.roles),
        attributes=_plain(subject.attributes),
    )


def _thing(resource: Resource) -> ThingAsked:
    owner = None if resource.owner_id is None else str(resource.owner_id)
    attributes = {name: value for name, value in _plain(resource.attributes).items() if value is not None}
    return ThingAsked(type=resource.type, id=resource.id, owner=owner, attributes=attributes)


def _plain(attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in attributes.items()}


def _node(node: JudgedNode) -> ViewedNode:
    refused = {action: _verdict(decision) for action, decision in node.refused.items()}
    return ViewedNode(resource=_thing(node.resource), refused=refused)


def _verdict(decision: Decision) -> Verdict:
    return Verdict(
        action=decision.action,
        allowed=decision.allowed,
        rule=str(decision.rule),
        reason=decision.reason,
        policies=list(decision.policies),
        missing=list(decision.missing),
    )
