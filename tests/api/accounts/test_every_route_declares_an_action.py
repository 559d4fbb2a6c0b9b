"""Walks every address, consumer and task: each declares its action, or is public for a stated reason."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.test import Client

from accounts.access import ACTIONS
from accounts.api import AuthorizedView
from accounts.declared import SYSTEM, declared_action
from accounts.sockets import SubjectMiddleware, nothing_here
from designer.celery import app
from designer.sockets import middleware, routes
from runtime.api.hooks import HookGate
from tests.routes import ADMIN, Route, all_routes, our_routes

PUBLIC = {
    "": "sends on to /workflows, which declares",
    "favicon.ico": "an icon",
    "healthz": "says that the process answers, for load balancers",
    "readyz": "says whether the parts are there, for load balancers",
    "sign-in/": "where one signs in",
    "sign-in/by/<uuid:provider_id>/": "sends to a provider of identities; rate limited",
    "sign-in/return/": "where providers send back to; the session's `state` is the permission",
    "sign-in/code/": "asks whoever gave a password for their second factor; rate limited",
    "sign-in/passkey/": "signs in by a passkey, without a password; rate limited",
    "sign-in/inactive/": "says that an account is not active",
    "sign-out/": "ends the session of whoever asks",
    "invitation/<str:secret>/": "the secret from the mail is the permission",
    "password/change/": "one's own password; django-allauth asks for the session and the old password",
    "password/reset/": "for people who cannot sign in; rate limited",
    "password/reset/sent/": "says that mail is on its way",
    "password/reset/<uidb36>-<key>/": "the key from the mail is the permission",
    "password/reset/done/": "says that the password is set",
    "api/v1/": "says as a problem that nothing is there",
}
OURS = our_routes()
REST = [route for route in OURS if route.view_class is not None]
PLAIN = [route for route in OURS if route.view_class is None]


def address_of(route: Route) -> str:
    return f"{route.address or '/'}"


@pytest.mark.parametrize("route", REST, ids=address_of)
def test_every_rest_handler_declares_an_action(route: Route) -> None:
    view = route.view_class
    assert view is not None
    assert issubclass(view, AuthorizedView), f"{view.__name__} does not ask who may use it"

    handlers = list(route.handlers())

    assert handlers
    for method, handler in handlers:
        action = view.actions.get(handler)
        assert action is not None, f"{method} /{route.address}: {view.__name__}.actions lacks {handler!r}"
        assert action in ACTIONS, f"{method} /{route.address}: {action!r} is not an action"


@pytest.mark.parametrize("route", PLAIN, ids=address_of)
def test_every_other_page_declares_an_action_or_is_public_for_a_reason(route: Route) -> None:
    action = declared_action(route.view)

    assert action in ACTIONS or route.address in PUBLIC, f"/{route.address} declares no action"


def test_nothing_is_listed_as_public_that_is_not_there() -> None:
    assert set(PUBLIC) <= {route.address for route in PLAIN}


@pytest.mark.django_db
def test_the_admin_is_closed() -> None:
    client = Client()

    for route in all_routes():
        if route.address.startswith(ADMIN):
            response = client.get("/" + filled(route.address))
            assert response.status_code in {302, 404}, f"/{route.address} answered {response.status_code}"


def test_every_consumer_declares_an_action_behind_the_subject_middleware() -> None:
    patterns = routes()
    assert isinstance(middleware(nothing_here), SubjectMiddleware)

    for pattern in patterns:
        if pattern.callback is nothing_here:
            continue
        consumer = pattern.callback.consumer_class
        assert getattr(consumer, "action", None) in ACTIONS, f"{consumer.__name__} declares no action"


def test_what_answers_beside_the_routes_declares_an_action() -> None:
    """Deliveries to webhooks do not pass through Django's routes."""
    assert declared_action(HookGate.answer) in ACTIONS


def test_every_task_declares_an_action() -> None:
    app.loader.import_default_modules()
    app.finalize()
    tasks = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}

    assert tasks
    for name, task in tasks.items():
        action = declared_action(task)
        assert action == SYSTEM or action in ACTIONS, f"task {name} declares no action"


def filled(address: str) -> str:
    """An address with something in the place of each parameter."""
    return re.sub(r"<(?:(\w+):)?\w+>", lambda match: _SAMPLES.get(match[1] or "", "x"), address)


_SAMPLES = {"uuid": str(UUID(int=7)), "int": "7", "path": "x/y"}
