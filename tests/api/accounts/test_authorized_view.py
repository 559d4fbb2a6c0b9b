from __future__ import annotations

from typing import ClassVar

import pytest
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from accounts.access import Resource
from accounts.api import AuthorizedView
from accounts.declared import declared, declared_action
from accounts.models import Tenant, User
from tests.people import make_tenant, make_user

pytestmark = pytest.mark.django_db


class Thing(AuthorizedView, APIView):
    """Answers two methods, but says for one only what it needs."""

    actions: ClassVar[dict[str, str]] = {"GET": "workflow.view"}

    def get(self, request: Request, tenant_id: str | None = None) -> Response:
        if tenant_id is not None:
            self.require("workflow.edit", Resource("workflow", "1", Tenant.objects.get(pk=tenant_id).pk))
        return Response("seen")

    def post(self, request: Request) -> Response:
        return Response("done")


class Things(AuthorizedView, ViewSet):
    actions: ClassVar[dict[str, str]] = {"list": "workflow.view", "publish": "workflow.publish"}

    def list(self, request: Request) -> Response:
        return Response([])

    def publish(self, request: Request) -> Response:
        return Response("done")

    def retire(self, request: Request) -> Response:
        return Response("done")


def answer(view: object, method: str, user: User | None, **kwargs: object) -> int:
    request = APIRequestFactory().generic(method, "/")
    force_authenticate(request, user)
    return int(view(request, **kwargs).status_code)  # type: ignore[operator]


def test_a_method_that_declares_nothing_is_refused_even_to_an_owner(tenant: Tenant) -> None:
    owner = make_user(tenant, "owner")

    assert answer(Thing.as_view(), "GET", owner) == 200
    assert answer(Thing.as_view(), "HEAD", owner) == 200
    assert answer(Thing.as_view(), "POST", owner) == 403
    assert answer(Thing.as_view(), "DELETE", owner) == 405


def test_nobody_is_asked_to_sign_in_whatever_the_method() -> None:
    for method in ("GET", "POST", "DELETE"):
        assert answer(Thing.as_view(), method, None) == 401


def test_a_handler_may_ask_about_one_object(tenant: Tenant) -> None:
    view = Thing.as_view()

    assert answer(view, "GET", make_user(tenant, "editor"), tenant_id=tenant.pk) == 200
    assert answer(view, "GET", make_user(tenant, "viewer"), tenant_id=tenant.pk) == 403
    assert answer(view, "GET", make_user(make_tenant(), "editor"), tenant_id=tenant.pk) == 404


def test_a_viewset_declares_by_its_own_names(tenant: Tenant) -> None:
    view = Things.as_view({"get": "list", "post": "publish", "delete": "retire"})
    viewer, editor = make_user(tenant, "viewer"), make_user(tenant, "editor")

    assert answer(view, "GET", viewer) == 200
    assert answer(view, "POST", viewer) == 403
    assert answer(view, "POST", editor) == 200
    assert answer(view, "DELETE", editor) == 403


def test_only_actions_can_be_declared() -> None:
    with pytest.raises(ValueError, match=r"workflow\.explode"):
        declared(action="workflow.explode")


def test_a_declaration_is_found_through_wrappers() -> None:
    @declared(action="run.view")
    def task() -> None:
        """Does nothing."""

    class Wrapper:
        __wrapped__ = staticmethod(task)

    assert declared_action(task) == "run.view"
    assert declared_action(Wrapper()) == "run.view"
    assert declared_action(lambda: None) is None
