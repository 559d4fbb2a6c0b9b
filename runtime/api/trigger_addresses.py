"""`triggers/{id}/secret|rotate|listen/`: the addresses of a webhook, and listening at the one for tests."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import AuthorizedView
from runtime.api.errors import ApiProblem
from runtime.api.hooks import PREFIX
from runtime.api.idempotency import once
from runtime.api.trigger_bodies import ListeningState, ReceivedCall, WebhookAddress
from runtime.api.triggers import find_trigger, located
from runtime.models import WorkflowTrigger
from runtime.services.triggers.listening import Listening, listen, listening_at, stop_listening
from runtime.services.triggers.saving import address_path, rotate_address
from runtime.triggers.addresses import Purpose
from runtime.triggers.kinds import TriggerKind


class SecretView(AuthorizedView, APIView):
    """The addresses of a webhook, for those who may set it up."""

    actions: ClassVar[dict[str, str]] = {"GET": "trigger.manage"}

    @extend_schema(operation_id="triggers_secret", responses=WebhookAddress)
    def get(self, request: Request, trigger_id: UUID) -> Response:
        return Response(_addresses(request, _find_webhook(self, trigger_id)))


class RotateView(AuthorizedView, APIView):
    """New addresses; the old ones are nothing any more."""

    actions: ClassVar[dict[str, str]] = {"POST": "trigger.manage"}

    @extend_schema(operation_id="triggers_rotate", request=None, responses=WebhookAddress)
    def post(self, request: Request, trigger_id: UUID) -> Response:
        return once(request, lambda: self._rotate(request, trigger_id))

    def _rotate(self, request: Request, trigger_id: UUID) -> Response:
        return Response(_addresses(request, rotate_address(_find_webhook(self, trigger_id))))


class ListenView(AuthorizedView, APIView):
    """Listens at the test address for two minutes: calls run the draft, as oneself."""

    actions: ClassVar[dict[str, str]] = {
        "GET": "trigger.manage",
        "POST": "trigger.manage",
        "DELETE": "trigger.manage",
    }

    @extend_schema(operation_id="triggers_listening", responses=ListeningState)
    def get(self, request: Request, trigger_id: UUID) -> Response:
        trigger = _find_webhook(self, trigger_id)
        return Response(_state(request, trigger, listening_at(trigger, self.subject)))

    @extend_schema(operation_id="triggers_listen", request=None, responses=ListeningState)
    def post(self, request: Request, trigger_id: UUID) -> Response:
        trigger = _find_webhook(self, trigger_id)
        self.require("workflow.run", trigger.workflow)
        return Response(_state(request, trigger, listen(trigger, self.subject)))

    @extend_schema(operation_id="triggers_stop_listening", responses={204: None})
    def delete(self, request: Request, trigger_id: UUID) -> Response:
        stop_listening(_find_webhook(self, trigger_id), self.subject)
        return Response(status=204)


def _find_webhook(view: AuthorizedView, trigger_id: UUID) -> WorkflowTrigger:
    trigger = find_trigger(view, trigger_id, "trigger.manage")
    if trigger.kind != TriggerKind.WEBHOOK:
        raise ApiProblem(409, "not_a_webhook", "Only a webhook has an address.")
    return trigger


def _addresses(request: Request, trigger: WorkflowTrigger) -> WebhookAddress:
    return WebhookAddress(url=_url(request, trigger, "live"), test_url=_url(request, trigger, "test"))


def _url(request: Request, trigger: WorkflowTrigger, purpose: Purpose) -> str:
    with located():
        path = address_path(trigger, purpose)
    return str(request.build_absolute_uri(f"{PREFIX}{'test/' if purpose == 'test' else ''}{path}/"))


def _state(request: Request, trigger: WorkflowTrigger, state: Listening) -> ListeningState:
    received = None if state.received is None else ReceivedCall.model_validate(state.received)
    return ListeningState(until=state.until, url=_url(request, trigger, "test"), received=received)
