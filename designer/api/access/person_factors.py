"""`users/{id}/factors/`: which second factors somebody has; taken away for who lost theirs."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import ACTIONS
from accounts.api import AuthorizedView
from accounts.api.identity_bodies import FactorsOfPerson
from accounts.authorization import may_somewhere, visible
from accounts.identity.factors import factors_of, remove_all_factors
from accounts.identity.step_up import Purpose, require_step_up
from accounts.models import User
from runtime.api.errors import ApiProblem


class PersonFactorsView(AuthorizedView, APIView):
    """Deleting leaves the person with the password alone, until they set up anew."""

    actions: ClassVar[dict[str, str]] = {"GET": "user.manage", "DELETE": "user.manage"}

    @extend_schema(operation_id="users_factors_retrieve", responses=FactorsOfPerson)
    def get(self, request: Request, user_id: UUID) -> Response:
        found = factors_of(self._find(user_id))
        body = FactorsOfPerson(
            app=found.app_since is not None, passkeys=len(found.passkeys), codes_left=found.codes_left
        )
        return Response(body)

    @extend_schema(operation_id="users_factors_remove", responses={204: None})
    def delete(self, request: Request, user_id: UUID) -> Response:
        person = self._find(user_id)
        if person.pk == self.subject.pk:
            raise ApiProblem(409, "own_account", "Your own factors you change at your account.")
        if any(may_somewhere(person, name) and not may_somewhere(self.subject, name) for name in ACTIONS):
            text = "This person may do more than you: somebody who may as much has to do it."
            raise ApiProblem(409, "beyond_yours", text)
        require_step_up(request, Purpose.SETTINGS)
        remove_all_factors(person)
        return Response(status=204)

    def _find(self, user_id: UUID) -> User:
        person = visible(User.objects.all(), self.subject, "user.view").filter(pk=user_id).first()
        if person is None:
            raise Http404
        self.require("user.manage", person)
        return person
