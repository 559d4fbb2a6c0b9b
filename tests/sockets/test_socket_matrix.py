"""Every consumer and every task for nobody, another workspace and each built-in role."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from accounts.access import BUILT_IN_ROLES
from accounts.declared import SYSTEM, declared_action
from accounts.services import create_token
from accounts.sockets import nothing_here
from designer.celery import app
from designer.sockets import routes
from runtime.models import Run
from tests.people import make_tenant, make_user
from tests.sockets.conftest import Reader, WebServer, close_code

CONSUMERS: dict[str, frozenset[str]] = {"ws/runs/<uuid:run_id>/": frozenset(BUILT_IN_ROLES)}
"""By address: the built-in roles whose socket stays open. Everybody else's is closed."""

TASKS: dict[str, str] = {
    "runtime.tasks.drive": SYSTEM,
    "runtime.tasks.maintain": SYSTEM,
    "runtime.tasks.work_on_chunk": SYSTEM,
}
"""For whom each task acts. Those of the system carry ids only: no caller's rights count in them."""


def test_every_consumer_has_a_row_and_every_row_a_consumer() -> None:
    served = {str(route.pattern) for route in routes() if route.callback is not nothing_here}

    assert served == CONSUMERS.keys(), "say in CONSUMERS whose socket stays open"


def test_every_task_has_a_row_and_does_as_it_says() -> None:
    app.loader.import_default_modules()
    app.finalize()
    tasks = {
        name: declared_action(task) for name, task in app.tasks.items() if not name.startswith("celery.")
    }

    assert tasks == TASKS, "say in TASKS for whom it acts"


@pytest.mark.parametrize("address", sorted(CONSUMERS))
def test_a_socket_stays_open_for_the_roles_of_its_row(
    web: WebServer, make_run: Callable[..., Run], address: str
) -> None:
    run = make_run(("a", "TestEcho", {}))
    path = "/" + address.replace("<uuid:run_id>", str(run.pk))
    people = {role: make_user(run.tenant, role) for role in BUILT_IN_ROLES}
    people["of another workspace"] = make_user(make_tenant("Other"), "owner")
    people["without a role"] = make_user(run.tenant)
    headers = {
        name: {"Authorization": f"Bearer {create_token(person, name='test').secret}"}
        for name, person in people.items()
    }
    headers["nobody"] = {"Origin": f"http://localhost:{web.port}"}

    async def opened(name: str) -> int | None:
        """The close code; None for a socket on which events come."""
        async with web.socket(path, additional_headers=headers[name]) as socket:
            if name not in CONSUMERS[address]:
                return await close_code(socket)
            reader = Reader(socket, [])
            await reader.read_until(lambda found: bool(found.events))
            return None

    async def all_of_them() -> dict[str, int | None]:
        return dict(zip(headers, await asyncio.gather(*map(opened, headers)), strict=True))

    answers = asyncio.run(all_of_them())

    closed = {"of another workspace": 4404, "without a role": 4404, "nobody": 4401}
    assert answers == {name: closed.get(name) for name in headers}
