from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from accounts.models import Tenant, User
from runtime.host.host import RunHost
from runtime.host.worker import open_host
from tests.contract import Api
from tests.people import make_tenant, make_user

GRAPH: dict[str, Any] = {
    "nodes": [
        {"id": "start", "type": "PythonCodeNode", "config": {"code": "result = {'value': 20 + 1}"}},
        {"id": "double", "type": "PythonCodeNode", "config": {"code": "result = number * 2"}},
    ],
    "connections": [{"source": "start", "output": "result.value", "target": "double", "input": "number"}],
}


@pytest.fixture
def tenant(db: None) -> Tenant:
    return make_tenant()


@pytest.fixture
def editor(tenant: Tenant) -> User:
    return make_user(tenant, "editor")


@pytest.fixture
def api(editor: User) -> Api:
    """The API as an editor of the workspace."""
    return Api(editor)


@pytest.fixture
def viewer_api(tenant: Tenant) -> Api:
    return Api(make_user(tenant, "viewer"))


@pytest.fixture
def stranger_api(db: None) -> Api:
    """The API as the owner of another workspace."""
    return Api(make_user(make_tenant("Other"), "owner"))


@pytest.fixture
def workflow(api: Api) -> dict[str, Any]:
    """A workflow with two code nodes."""
    response = api.post("workflows/", {"name": "Doubling", "graph": GRAPH})
    assert response.status_code == 201, response.content
    body: dict[str, Any] = response.json()
    return body


@pytest.fixture
def host(transactional_db: None, tenant: Tenant) -> Iterator[RunHost]:
    """Drives runs in this process, with the real sandbox."""
    host = open_host()
    host.start()
    yield host
    host.stop()
