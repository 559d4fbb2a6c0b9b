"""Each thing that people do leaves its entry, and no entry holds a secret or data."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import ActorVia, AuditEntry, AuditOutcome, Tenant, User
from tests.contract import Api
from tests.people import PASSWORD, make_tenant, make_user

pytestmark = pytest.mark.django_db
CANARY = "canary-9c41e7"
GRAPH: dict[str, Any] = {
    "nodes": [{"id": "one", "type": "PythonCodeNode", "config": {"code": "result = 1"}}],
    "connections": [],
    "parameters": [{"name": "who", "schema": {"type": "string"}, "default": ""}],
}


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant()


@pytest.fixture
def owner(tenant: Tenant) -> User:
    return make_user(tenant, "owner")


@pytest.fixture
def api(owner: User) -> Api:
    return Api(owner)


def told(tenant: Tenant) -> list[str]:
    return list(AuditEntry.objects.filter(tenant=tenant).order_by("id").values_list("action", flat=True))


def ok(response: Any) -> Any:
    assert response.status_code < 300, response.content
    return response.json() if response.content else None


def test_a_workflow_s_life_is_told(api: Api, tenant: Tenant, owner: User) -> None:
    id = ok(api.post("workflows/", {"name": "Nightly", "graph": GRAPH}))["id"]
    ok(api.patch(f"workflows/{id}/", {"name": "Weekly"}))
    draft = api.get(f"workflows/{id}/draft/")
    ok(api.put(f"workflows/{id}/draft/", {"graph": {**GRAPH, "connections": []}}, **if_match(draft)))
    ok(api.post(f"workflows/{id}/versions/", {"note": "first"}))
    run = ok(api.post(f"workflows/{id}/runs/", {"parameters": {"who": CANARY}}))["id"]
    ok(api.post(f"runs/{run}/pause/"))
    ok(api.post(f"runs/{run}/resume/"))
    ok(api.post(f"runs/{run}/cancel/"))
    ok(api.patch(f"workflows/{id}/operations/", {"keep_days": 7}))
    ok(api.delete(f"workflows/{id}/"))

    names = [name for name in told(tenant) if name.partition(".")[0] in {"workflow", "run"}]
    assert names == [
        "workflow.create", "workflow.change", "workflow.edit", "workflow.publish", "run.start", "run.pause",
        "run.resume", "run.cancel", "workflow.operate", "workflow.delete",
    ]  # fmt: skip
    entries = AuditEntry.objects.filter(tenant=tenant, action__in=names)
    assert {each.actor_id for each in entries} == {owner.pk}
    assert {each.via for each in entries} == {ActorVia.TOKEN}
    assert {each.decision for each in entries} == {AuditOutcome.ALLOWED}
    start = entries.get(action="run.start")
    assert (start.object_label, start.after["parameters"]) == ("Weekly", ["who"])


def if_match(draft: Any) -> dict[str, str]:
    return {"If-Match": draft.headers["ETag"]}


def test_credentials_tokens_and_notices_are_told_without_what_is_secret(api: Api, tenant: Tenant) -> None:
    body = {"name": "Bank", "type": "secret", "values": {"value": CANARY}}
    id = ok(api.post("credentials/", body))["id"]
    ok(api.patch(f"credentials/{id}/", {"values": {"value": f"{CANARY}-2"}}))
    ok(api.delete(f"credentials/{id}/"))
    token = ok(api.post("tokens/", {"name": "ci", "expires_in_days": 3}))
    ok(api.delete(f"tokens/{token['id']}/"))
    workflow = ok(api.post("workflows/", {"name": "N", "graph": GRAPH}))["id"]
    notice = {"on": "failed", "channel": "webhook", "address": f"https://example.com/{CANARY}"}
    ok(api.put(f"workflows/{workflow}/notices/", {"notices": [notice]}))

    assert {
        "credential.create", "credential.change", "credential.delete", "token.create", "token.revoke",
        "notification.manage",
    } <= set(told(tenant))  # fmt: skip
    everything = json.dumps([[each.before, each.after] for each in AuditEntry.objects.all()])
    assert CANARY not in everything and token["token"] not in everything
    assert "example.com" in everything


def test_coming_going_and_failing_to_come_are_told(tenant: Tenant, owner: User) -> None:
    client = Client()
    sign_in = {"login": owner.email, "password": PASSWORD}
    client.post("/sign-in/", sign_in)
    client.post("/sign-out/")
    client.post("/sign-in/", {**sign_in, "password": CANARY})
    client.post("/sign-in/", {"login": "nobody@example.com", "password": CANARY})

    mine = AuditEntry.objects.filter(actor_id=owner.pk, action__startswith="account.").order_by("id")
    assert list(mine.values_list("action", "decision", "via")) == [
        ("account.sign_in", "", "session"),
        ("account.sign_out", "", "session"),
        ("account.sign_in", "denied", "anonymous"),
    ]
    stranger = AuditEntry.objects.get(actor_email="nobody@example.com")
    assert (stranger.tenant_id, stranger.actor_id) == (None, None)
    assert CANARY not in str(list(AuditEntry.objects.values()))


def test_what_is_refused_leaves_no_entry_of_a_deed(api: Api, tenant: Tenant) -> None:
    assert api.post("workflows/", {"name": "", "graph": GRAPH}).status_code == 422

    assert "workflow.create" not in told(tenant)
