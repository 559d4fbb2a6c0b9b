"""Every address for nobody, another workspace and each built-in role, held against `matrix.ROWS`."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from django.db import transaction
from django.test import Client

from accounts.declared import declared_action
from accounts.models import Tenant, User
from accounts.services import create_token
from tests.api.matrix import ABSENT, HIDDEN, OWN, ROLES, ROWS
from tests.api.things import make_request, make_session, make_things
from tests.people import bearer, make_tenant, make_user
from tests.routes import Route, our_routes

API = "api/v1/"
REST = [route for route in our_routes() if route.view_class is not None]
PAGES = [
    route
    for route in our_routes()
    if route.view_class is None and declared_action(route.view) is not None and route.address != API
]


def name_of(route: Route) -> str:
    """`workflows/{workflow_id}/` of an address below the API; others begin with a slash."""
    readable = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route.address)
    return readable.removeprefix(API) if readable.startswith(API) else "/" + readable


def served() -> set[str]:
    """`METHOD address` of everything that the API answers."""
    return {f"{method} {name_of(route)}" for route in REST for method, _ in route.handlers()}


@pytest.fixture
def owner(tenant: Tenant) -> User:
    return make_user(tenant, "owner")


@pytest.fixture
def things(owner: User) -> dict[str, str]:
    return make_things(owner)


class Caller:
    """Somebody, or nobody, whose calls leave nothing behind."""

    def __init__(self, user: User | None) -> None:
        self._client = Client(raise_request_exception=False)
        self._headers = bearer(user) if user else {}

    def status(self, row: str, things: Mapping[str, str]) -> int:
        method, name = row.split(" ")
        path = re.sub(r"{(\w+)}", lambda match: things[match[1]], name)
        address = path if path.startswith("/") else f"/{API}{path}"
        with transaction.atomic():
            response = self._client.generic(
                method,
                address,
                b"" if method in ("GET", "DELETE") else b"{}",
                content_type="application/json",
                headers=self._headers,
            )
            transaction.set_rollback(True)
        if response.status_code >= 400:
            assert response["Content-Type"] == "application/problem+json", row
        return int(response.status_code)


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    rows = {*ROWS, *OWN}

    assert {*HIDDEN, *ABSENT} <= ROWS.keys()
    assert served() - rows == set(), "new addresses: say in tests/api/matrix.py who gets through"
    assert rows - served() == set(), "rows of addresses that are gone"
    assert not ROWS.keys() & OWN.keys()


def test_nobody_gets_through_anywhere(things: dict[str, str]) -> None:
    nobody = Caller(None)

    answers = {row: nobody.status(row, things) for row in (*ROWS, *OWN)}

    assert {row: status for row, status in answers.items() if status != 401} == {}


def test_another_workspace_finds_nothing_of_ours(things: dict[str, str]) -> None:
    stranger = Caller(make_user(make_tenant("Other"), "owner"))

    answers = {row: stranger.status(row, things) for row in (*ROWS, *OWN)}

    wrong = {
        row: status
        for row, status in answers.items()
        if (status != 404 if "_id}" in row else status in (401, 403, 404) or status >= 500)
    }
    assert wrong == {}


def test_each_role_gets_through_where_its_row_says_so(tenant: Tenant, things: dict[str, str]) -> None:
    people = {role: Caller(make_user(tenant, role)) for role in ROLES}

    answers = {(row, role): person.status(row, things) for role, person in people.items() for row in ROWS}

    assert {key: status for key, status in answers.items() if not _fits(*key, status)} == {}


def _fits(row: str, role: str, status: int) -> bool:
    if role not in ROWS[row]:
        return status == (404 if row in HIDDEN else 403)
    if row in ABSENT:
        return status == 404
    return status not in (401, 403, 404) and status < 500


def test_what_is_somebodys_own_is_not_there_for_others(tenant: Tenant, things: dict[str, str]) -> None:
    for role in ROLES:
        user = make_user(tenant, role)
        token, request = create_token(user, name="mine").row, make_request(user)
        own = {
            **things,
            "token_id": str(token.pk),
            "request_id": str(request.pk),
            "session_id": str(make_session(user).id),
        }

        for row in OWN:
            assert Caller(user).status(row, things) == 404, (role, row)
            assert Caller(user).status(row, own) in (200, 204), (role, row)


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.address)
def test_pages_send_nobody_to_sign_in_and_open_for_every_role(tenant: Tenant, route: Route) -> None:
    first = re.search(r"\w+", route.address.removeprefix("(?:"))
    assert first is not None
    address = f"/{first[0]}"

    assert Client().get(address).status_code == 302
    for role in ROLES:
        client = Client()
        client.force_login(make_user(tenant, role))
        # 503: the interface is not built here.
        assert client.get(address).status_code in (200, 503), role
