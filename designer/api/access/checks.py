"""`access/check/`: whether one may do something oneself, asked only to see the answer."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import Decision, is_action
from accounts.api import AuthorizedView
from accounts.authorization import decision_about, explain_decision, is_allowed
from accounts.services.grants import SHARED
from accounts.services.refusals import Refused
from designer.api.access.decision_bodies import AccessCheck, AccessChecked
from designer.api.access.refusals import refusing
from designer.api.access.things import find_thing
from runtime.api.parsing import read_body


class AccessCheckView(AuthorizedView, APIView):
    """Whether one may do something oneself, and why, or why not."""

    actions: ClassVar[dict[str, str]] = {"POST": "access.request"}

    @extend_schema(operation_id="access_check", request=AccessCheck, responses=AccessChecked)
    def post(self, request: Request) -> Response:
        asked = read_body(request, AccessCheck)
        thing = self._thing(asked)
        with refusing():
            check_action(asked.action)
        decision = decision_about(self.subject, asked.action, thing)
        assert decision is not None  # noqa: S101  (somebody is signed in)
        may_ask = asked.action in SHARED.get(asked.resource_type or "", frozenset())
        sees_why = is_allowed(self.subject, "policy.view")
        explanation = explain_decision(self.subject, asked.action, thing).to_dict() if sees_why else None
        return Response(
            AccessChecked(
                **answer_fields(decision),
                can_request=may_ask and decision.lacks_only_a_grant,
                explanation=explanation,
            )
        )

    def _thing(self, asked: AccessCheck) -> Any | None:
        if asked.resource_type is None:
            return None
        thing = find_thing(self.subject, asked.resource_type, str(asked.resource_id))
        if thing is None:
            raise Http404
        return thing


def check_action(name: str) -> None:
    if not is_action(name):
        raise Refused.at("action", f"“{name}” is not an action.", "unknown_action")


def answer_fields(decision: Decision) -> dict[str, Any]:
    return {
        "allowed": decision.allowed,
        "action": decision.action,
        "rule": str(decision.rule),
        "reason": decision.reason,
        "policies": list(decision.policies),
        "missing": list(decision.missing),
    }
