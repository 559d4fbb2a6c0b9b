"""Code that asks about access on the server is told what its host decides for whom the run belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Tenant
from runtime.host.host import RunHost
from tests.api.driven import code, finished, make
from tests.contract import Api
from tests.people import make_user

ASK = """\
from kailash.access_control.managers import AccessControlManager
from kailash.access_control import UserContext, NodePermission

acm = AccessControlManager(strategy="abac")
user = UserContext(user_id="analyst_001", roles=["analyst"], attributes={"clearance": "confidential"})
about = lambda name: acm.check_node_access(user=user, resource_id=name, permission=NodePermission.EXECUTE)
decision = acm.check_node_access(user=user, resource_id="enterprise_data", permission=NodePermission.EXECUTE)
unknown = about("enter" + "prise")
result = [decision.allowed, decision.reason, unknown.allowed]
"""

pytestmark = pytest.mark.django_db(transaction=True)


def ask(api: Api, host: RunHost) -> Any:
    address = make(api, {"nodes": [{"id": "ask", **code(ASK)}], "connections": []})
    run = finished(api, api.post(f"{address}runs/", {"parameters": {}}), host)
    assert run["status"] == "succeeded", run
    return api.get(f"runs/{run['id']}/nodes/ask/").json()["outputs"]["result"]


def test_it_is_allowed_what_its_owner_may(api: Api, host: RunHost) -> None:
    allowed, _, computed = ask(api, host)

    assert allowed is True
    assert computed is False  # an id that is not written as text was not asked about


def test_a_policy_about_the_resource_denies_with_its_reason(api: Api, tenant: Tenant, host: RunHost) -> None:
    policy = {
        "key": "nobody",
        "effect": "deny",
        "resource_type": "node",
        "resources": ["enterprise_data"],
        "actions": ["node.execute"],
    }
    admin = Api(make_user(tenant, "owner"))
    made = admin.post("policies/", policy)
    assert made.status_code == 201, made.content
    body = {"status": "active", "revision": made.json()["revision"]}
    active = admin.post(f"policies/{made.json()['id']}/activate/", body)
    assert active.status_code == 200, active.content

    allowed, reason, _ = ask(api, host)

    assert allowed is False
    assert reason
