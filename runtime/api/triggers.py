"""`triggers/`: set up what starts runs by itself, and see what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from accounts.authorization import visible
from accounts.models import User
from runtime.api.body import PageParameters
from runtime.api.errors import ApiProblem, invalid
from runtime.api.idempotency import once
from runtime.api.pagination import newest_first, next_address
from runtime.api.parsing import query_of, read_body, read_query
from runtime.api.trigger_bodies import (
    DeliveryList,
    FiredRun,
    FireList,
    NewTrigger,
    SchedulePreview,
    ScheduleTime,
    ScheduleTimes,
    StartedRun,
    TriggerChange,
    TriggerFilters,
    TriggerItem,
    TriggerList,
)
from runtime.api.trigger_present import delivery_body, fire_body, sees_messages, trigger_body
from runtime.models import TriggerFire, WebhookDelivery, Workflow, WorkflowTrigger
from runtime.services.triggers.checking import Wanted
from runtime.services.triggers.saving import create_trigger, delete_trigger, update_trigger
from runtime.services.triggers.schedules import fire_now
from runtime.services.triggers.starting import FiringRefused
from runtime.triggers.kinds import TriggerKind
from runtime.triggers.problems import InvalidTrigger
from runtime.triggers.problems import invalid as invalid_trigger
from runtime.triggers.schedule import parse_schedule


class TriggersView(AuthorizedView, APIView):
    """The workspace's triggers, newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "trigger.view", "POST": "trigger.manage"}
    by_object: ClassVar[frozenset[str]] = frozenset({"GET", "POST"})

    @extend_schema(operation_id="triggers_list", parameters=query_of(TriggerFilters), responses=TriggerList)
    def get(self, request: Request) -> Response:
        filters = read_query(request, TriggerFilters)
        rows = visible(_triggers(), self.subject, "trigger.view")
        if filters.workflow is not None:
            rows = rows.filter(workflow_id=filters.workflow)
        if filters.kind is not None:
            rows = rows.filter(kind=filters.kind)
        if filters.search:
            rows = rows.filter(
                Q(name__icontains=filters.search) | Q(workflow__name__icontains=filters.search)
            )
        page, cursor = newest_first(rows, filters)
        results = [trigger_body(row, self.subject) for row in page]
        return Response(TriggerList(results=results, next=next_address(request, cursor)))

    @extend_schema(operation_id="triggers_create", request=NewTrigger, responses={201: TriggerItem})
    def post(self, request: Request) -> Response:
        return once(request, lambda: self._create(request))

    def _create(self, request: Request) -> Response:
        asked = read_body(request, NewTrigger)
        with located():
            wanted = Wanted(
                workflow=_workflow(self, asked.workflow),
                kind=asked.kind,
                name=asked.name,
                enabled=asked.enabled,
                version=None if asked.version == "latest" else asked.version,
                inputs=asked.inputs,
                concurrency_key=asked.concurrency_key,
                config=asked.config,
                run_as=_person(self.subject, asked.run_as or self.subject.pk),
            )
            self.require_new("trigger.manage", _unmade(wanted, self.subject))
            trigger = create_trigger(wanted, user=self.subject)
        body = trigger_body(find_trigger(self, trigger.pk), self.subject)
        return Response(body, status=201, headers={"Location": f"/api/v1/triggers/{trigger.pk}/"})


class TriggerView(AuthorizedView, APIView):
    """One trigger."""

    actions: ClassVar[dict[str, str]] = {
        "GET": "trigger.view",
        "PATCH": "trigger.manage",
        "DELETE": "trigger.manage",
    }

    @extend_schema(operation_id="triggers_retrieve", responses=TriggerItem)
    def get(self, request: Request, trigger_id: UUID) -> Response:
        return Response(trigger_body(find_trigger(self, trigger_id), self.subject))

    @extend_schema(operation_id="triggers_update", request=TriggerChange, responses=TriggerItem)
    def patch(self, request: Request, trigger_id: UUID) -> Response:
        trigger = find_trigger(self, trigger_id, "trigger.manage")
        asked = read_body(request, TriggerChange)
        with located():
            update_trigger(trigger, _changes(asked, self.subject), user=self.subject)
        return Response(trigger_body(find_trigger(self, trigger_id), self.subject))

    @extend_schema(operation_id="triggers_destroy", responses={204: None})
    def delete(self, request: Request, trigger_id: UUID) -> Response:
        delete_trigger(find_trigger(self, trigger_id, "trigger.manage"))
        return Response(status=204)


class PreviewView(AuthorizedView, APIView):
    """The next times of a schedule, before it is saved."""

    actions: ClassVar[dict[str, str]] = {"POST": "trigger.manage"}
    by_object: ClassVar[frozenset[str]] = frozenset({"POST"})

    @extend_schema(operation_id="triggers_preview", request=SchedulePreview, responses=ScheduleTimes)
    def post(self, request: Request) -> Response:
        asked = read_body(request, SchedulePreview)
        with located():
            times = parse_schedule(asked.cron, asked.zone).upcoming(timezone.now(), asked.count)
        return Response(ScheduleTimes(results=[ScheduleTime(at=time.at, note=time.note) for time in times]))


class FireView(AuthorizedView, APIView):
    """Fires a schedule at once, as the one whom it runs as."""

    actions: ClassVar[dict[str, str]] = {"POST": "trigger.manage"}

    @extend_schema(operation_id="triggers_fire", request=None, responses={202: FiredRun})
    def post(self, request: Request, trigger_id: UUID) -> Response:
        return once(request, lambda: self._fire(trigger_id))

    def _fire(self, trigger_id: UUID) -> Response:
        trigger = find_trigger(self, trigger_id, "trigger.manage")
        self.require("workflow.run", trigger.workflow)
        if trigger.kind != TriggerKind.SCHEDULE:
            message = "Only a schedule can be fired by hand. Call the webhook, or run the workflow."
            raise ApiProblem(409, "not_a_schedule", message)
        try:
            run = fire_now(trigger)
        except FiringRefused as refused:
            raise ApiProblem(409, refused.code, refused.message) from refused
        return Response(FiredRun(run=StartedRun(id=run.pk, number=run.number)), status=202)


class FiresView(AuthorizedView, APIView):
    """What became of the times of a schedule, or of the ends that are followed; newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "trigger.view"}

    @extend_schema(operation_id="triggers_fires", parameters=query_of(PageParameters), responses=FireList)
    def get(self, request: Request, trigger_id: UUID) -> Response:
        asked = read_query(request, PageParameters)
        trigger = find_trigger(self, trigger_id)
        rows = TriggerFire.objects.filter(trigger=trigger).select_related("run", "source_run")
        page, cursor = newest_first(rows, asked)
        with_data = sees_messages(trigger, self.subject)
        results = [fire_body(row, with_data=with_data) for row in page]
        return Response(FireList(results=results, next=next_address(request, cursor)))


class DeliveriesView(AuthorizedView, APIView):
    """Calls of a webhook, newest first."""

    actions: ClassVar[dict[str, str]] = {"GET": "trigger.view"}

    @extend_schema(
        operation_id="triggers_deliveries", parameters=query_of(PageParameters), responses=DeliveryList
    )
    def get(self, request: Request, trigger_id: UUID) -> Response:
        asked = read_query(request, PageParameters)
        trigger = find_trigger(self, trigger_id)
        rows = WebhookDelivery.objects.filter(trigger=trigger).select_related("run")
        page, cursor = newest_first(rows, asked)
        with_data = sees_messages(trigger, self.subject)
        results = [delivery_body(row, with_data=with_data) for row in page]
        return Response(DeliveryList(results=results, next=next_address(request, cursor)))


def find_trigger(view: AuthorizedView, trigger_id: UUID, action: str = "trigger.view") -> WorkflowTrigger:
    """The trigger, checked for `action`. Raises `Http404`, the same for none and for another tenant's."""
    trigger = view.find(_triggers(), "trigger.view", pk=trigger_id)
    if action != "trigger.view":
        view.require(action, trigger)
    return trigger


def _unmade(wanted: Wanted, user: User) -> WorkflowTrigger:
    """The trigger as policies see it before it is made."""
    workflow = wanted.workflow
    return WorkflowTrigger(
        tenant_id=workflow.tenant_id, workflow=workflow, name=wanted.name, kind=wanted.kind, created_by=user
    )


@contextmanager
def located() -> Iterator[None]:
    """Answers what is wrong with a trigger as problems of fields."""
    try:
        yield
    except InvalidTrigger as problem:
        raise invalid(
            [
                {"field": item.field or "", "message": item.message, "code": item.code}
                for item in problem.problems
            ]
        ) from problem


def _triggers() -> QuerySet[WorkflowTrigger]:
    rows = WorkflowTrigger.objects.select_related("workflow", "source", "run_as")
    return rows.filter(workflow__deleted_at=None)


def _workflow(view: AuthorizedView, workflow_id: UUID) -> Workflow:
    """A workflow whose triggers the subject may set up. Raises `InvalidTrigger` for one that is not there."""
    rows = visible(Workflow.objects.filter(deleted_at=None), view.subject, "workflow.view")
    workflow = rows.filter(pk=workflow_id).first()
    if workflow is None:
        raise invalid_trigger("unknown_workflow", "There is no such workflow.", "workflow")
    view.require("trigger.manage", workflow)
    return workflow


def _person(subject: User, user_id: UUID) -> User:
    """Oneself as one is here (a token may have fewer rights), or somebody of the same workspace."""
    if user_id == subject.pk:
        return subject
    user = User.objects.filter(pk=user_id, tenant__isnull=False, tenant=subject.tenant).first()
    if user is None:
        raise invalid_trigger("unknown_user", "There is no such person here.", "run_as")
    return user


def _changes(asked: TriggerChange, subject: User) -> dict[str, Any]:
    """What was sent, in the words of the service. Null stands for something only in `inputs`."""
    changes = {
        name: getattr(asked, name)
        for name in asked.model_fields_set
        if name == "inputs" or getattr(asked, name) is not None
    }
    if "version" in changes:
        changes["version"] = None if asked.version == "latest" else asked.version
    if asked.run_as is not None:
        changes["run_as"] = _person(subject, asked.run_as)
    return changes
