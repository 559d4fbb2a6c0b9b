"""What the page of credentials tells: who uses one, who holds it, how it is doing, and what its test says."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import AuditEntry, Tenant, User
from runtime.credentials.types import CREDENTIAL_TYPES
from runtime.models import Credential, CredentialLease
from runtime.services.credential_probes import NEEDS_URL, PROBES
from runtime.services.runs import start_run
from runtime.services.workflows import create_workflow, publish_version
from tests.contract import Api
from tests.mail_server import Inbox, mail_server
from tests.people import make_user
from tests.postgres_door import postgres_door
from tests.secret_stores.openbao import OpenBao

TOKEN = "canary-7f3a9c-token"


class Answering(BaseHTTPRequestHandler):
    """Takes the token at `/`, is silent about anything at `/gone`, and sends back what it got."""

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        sent = self.headers.get("Authorization", "")
        is_right = sent == f"Bearer {TOKEN}" or "X-Lockgate-Signature" in self.headers
        status = 404 if self.path == "/gone" else 200 if is_right else 401
        self.send_response(status, sent)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:
        return None


@pytest.fixture
def server(settings: Any) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        settings.EGRESS_ALLOW = f"127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def make(api: Api, type: str = "bearer_token", name: str = "github", **values: Any) -> dict[str, Any]:
    body = {"name": name, "type": type, "values": values or {"token": TOKEN}}
    made = api.post("credentials/", body)
    assert made.status_code == 201, made.json()
    found: dict[str, Any] = made.json()
    return found


def test_of(api: Api, credential: dict[str, Any], url: str | None = None) -> Any:
    return api.post(f"credentials/{credential['id']}/test/", {} if url is None else {"url": url})


test_of.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_test_that_passes_is_kept_and_audited(api: Api, server: str) -> None:
    made = make(api)
    assert (made["health"]["state"], made["test"], made["needs_url"]) == ("unknown", None, True)

    tried = test_of(api, made, server).json()

    assert tried["test"]["ok"] and tried["test"]["version"] == 1
    assert tried["test"]["reason"] == f"{server.removeprefix('http://')} answered 200."
    assert tried["health"]["state"] == "ok"
    assert tried["updated_at"] == made["updated_at"]
    entry = AuditEntry.objects.get(action="credential.test")
    assert entry.after == {"version": 1, "ok": True, "host": server.removeprefix("http://")}
    assert TOKEN not in str(AuditEntry.objects.values_list()) + str(tried)


@pytest.mark.django_db
def test_a_test_that_fails_says_why_without_the_secret(api: Api, server: str) -> None:
    made = make(api, token="canary-another-one")

    refused = test_of(api, made, server).json()
    silent = test_of(api, made, f"{server}/gone").json()
    closed = test_of(api, made, "http://127.0.0.1:9/").json()

    assert refused["test"]["reason"].endswith("answered 401: it is refused.")
    assert refused["health"] == {
        "state": "failing",
        "reason": f"Its last test failed: {refused['test']['reason']}",
    }
    assert "says nothing about the credential" in silent["test"]["reason"]
    assert not closed["test"]["ok"]
    assert "canary" not in str([refused, silent, closed])


@pytest.mark.django_db
def test_a_new_version_forgets_what_the_last_test_told(api: Api, server: str) -> None:
    made = make(api, token="canary-another-one")
    test_of(api, made, server)
    changed = api.patch(f"credentials/{made['id']}/", {"values": {"token": TOKEN}}).json()
    assert (changed["health"]["state"], changed["test"]["version"]) == ("unknown", 1)


@pytest.mark.django_db
@pytest.mark.parametrize("url", [None, "", "ftp://example.com/", "https://me:pw@example.com/", "nothing"])
def test_an_address_has_to_be_one(api: Api, url: str | None) -> None:
    answer = test_of(api, make(api), url)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "url"


@pytest.mark.django_db
def test_a_signing_secret_signs_a_message_that_says_it_is_a_test(api: Api, server: str) -> None:
    assert test_of(api, make(api, "signing_secret", secret=TOKEN), server).json()["test"]["ok"]


@pytest.mark.django_db
def test_a_mail_server_lets_it_in_or_not(api: Api, settings: Any) -> None:
    with mail_server(Inbox()) as port:
        settings.EGRESS_ALLOW = f"127.0.0.1:{port}"
        place = {"host": "127.0.0.1", "port": port, "security": "none", "sender": "me@example.com"}
        open_to_all = make(api, "smtp", "open", **place)
        refused = test_of(api, make(api, "smtp", "mail", **place, username="me", password=TOKEN))
        answered = test_of(api, open_to_all)
        too_much = test_of(api, open_to_all, "https://example.com/")

    assert answered.json()["test"]["reason"] == "127.0.0.1 answers."
    assert not refused.json()["test"]["ok"]
    assert too_much.json()["errors"][0]["field"] == "url"


@pytest.mark.django_db
def test_a_database_answers_or_not(api: Api, settings: Any) -> None:
    known = connection.settings_dict
    with postgres_door() as port:
        settings.EGRESS_ALLOW = f"127.0.0.1:{port}"
        place = {"host": "127.0.0.1", "port": port, "database": known["NAME"], "encryption": "disable"}
        right = make(api, "postgresql", "right", **place, username=known["USER"], password=TOKEN)
        wrong = make(api, "postgresql", "wrong", **place, username="nobody_here", password=TOKEN)
        answered, refused = test_of(api, right).json()["test"], test_of(api, wrong).json()["test"]

    assert answered["ok"] and f"{known['NAME']} at 127.0.0.1 answered in" in answered["reason"]
    assert not refused["ok"] and "cannot be used" in refused["reason"]


@pytest.mark.django_db
def test_a_vault_knows_its_token_or_not(api: Api, settings: Any, openbao: OpenBao) -> None:
    settings.EGRESS_ALLOW = openbao.place
    token = openbao.token_for('path "secret/*" { capabilities = ["read"] }', ttl="2h")
    right = make(api, "vault", "right", address=openbao.address, token=token)
    wrong = make(api, "vault", "wrong", address=openbao.address, token=TOKEN)

    passed, refused = test_of(api, right).json()["test"], test_of(api, wrong).json()["test"]
    assert passed["ok"] and passed["reason"].startswith("Vault knows the token as")
    assert not refused["ok"] and "Vault" in refused["reason"]
    with openbao.sealed():
        assert "sealed" in test_of(api, right).json()["test"]["reason"]


@pytest.mark.django_db
def test_every_type_can_be_tried() -> None:
    assert PROBES.keys() == CREDENTIAL_TYPES.keys()
    assert PROBES.keys() > NEEDS_URL


@pytest.mark.django_db
def test_who_may_not_use_it_may_not_test_it(api: Api, tenant: Tenant, server: str) -> None:
    made = make(api)
    assert test_of(Api(make_user(tenant, "viewer")), made, server).status_code == 403
    assert test_of(Api(make_user(tenant, "analyst")), made, server).status_code == 200


@pytest.mark.django_db
def test_expiry_is_told_in_time(api: Api) -> None:
    made = make(api)
    for days, state in ((30, "unknown"), (3, "expiring"), (-1, "expired")):
        moment = (timezone.now() + timedelta(days=days)).isoformat()
        body = api.patch(f"credentials/{made['id']}/", {"expires_at": moment}).json()
        assert body["health"]["state"] == state


def graph_of(config: dict[str, Any], type: str = "HTTPRequestNode") -> dict[str, Any]:
    return {"nodes": [{"id": "call", "type": type, "config": config}], "connections": []}


@pytest.mark.django_db
def test_the_list_counts_workflows_runs_and_holders(api: Api, tenant: Tenant, editor: User) -> None:
    made = make(api)
    make(api, name="other")
    call = graph_of({"url": "https://api.example.com/", "credential": {"name": "github"}})
    for name in ("Sync", "Import"):
        workflow = create_workflow(tenant=tenant, user=editor, name=name)
        version = publish_version(workflow, call, user=editor)
    run = start_run(editor, version)
    CredentialLease.objects.create(
        credential_id=made["id"], version=1, run=run, node="call", purpose="run",
        at=Now(), until=Now() + timedelta(minutes=1),
    )  # fmt: skip

    listed = {row["name"]: row for row in api.get("credentials/").json()["results"]}
    usage = api.get(f"credentials/{made['id']}/usage/").json()

    counted = {name: (row["workflows"], row["running"], row["held"]) for name, row in listed.items()}
    assert counted == {"github": (2, 1, 1), "other": (0, 0, 0)}
    [holder] = usage["holders"]
    assert (holder["run"], holder["node"], holder["version"]) == (str(run.pk), "call", 1)
    assert usage["hidden"] == 0


@pytest.mark.django_db
def test_a_step_that_renews_it_uses_it(api: Api, tenant: Tenant, editor: User) -> None:
    made = make(api)
    keeper = make(api, "vault", "keeper", address="https://vault.example.com", token=TOKEN)
    workflow = create_workflow(tenant=tenant, user=editor, name="Renew")
    config = {
        "operation": "start_rotation",
        "credential_name": "github",
        "refresh_config": {"vault": {"credential": "keeper"}},
    }
    publish_version(workflow, graph_of(config, "RotatingCredentialNode"), user=editor)

    for credential in (made, keeper):
        [user] = api.get(f"credentials/{credential['id']}/usage/").json()["users"]
        assert (user["kind"], user["name"], user["nodes"]) == ("workflow", "Renew", ["call"])
    assert api.delete(f"credentials/{made['id']}/").status_code == 409
    assert Credential.objects.filter(pk=made["id"]).exists()
