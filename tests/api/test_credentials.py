"""`credentials/`: secrets go in, are sealed, and never come out again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection

from accounts.models import Tenant, User
from runtime.models import Credential, CredentialVersion, IdempotencyRecord, Run, Workflow
from runtime.services.credentials import reveal
from runtime.services.runs import start_run
from runtime.services.workflows import create_workflow, publish_version, snapshot_version
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db

TOKEN = "canary-7f3a9c-token"
PASSWORD = "canary-pass word"

SMTP = {
    "host": "mail.example.com",
    "username": "lockgate",
    "password": PASSWORD,
    "sender": "Lockgate <lockgate@example.com>",
}


def new(name: str = "github", type: str = "bearer_token", **values: Any) -> dict[str, Any]:
    return {"name": name, "type": type, "values": values or {"token": TOKEN}}


def graph_with(name: str) -> dict[str, Any]:
    config = {"url": "https://api.example.com/x", "credential": {"name": name}}
    return {"nodes": [{"id": "call", "type": "HTTPRequestNode", "config": config}], "connections": []}


def test_a_credential_is_shown_without_its_secret(api: Api) -> None:
    response = api.post("credentials/", new("mail", "smtp", **SMTP))
    body = response.json()
    listed = api.get("credentials/").json()["results"]

    assert response.status_code == 201
    assert body["fields"] == {
        "host": "mail.example.com",
        "port": 587,
        "security": "starttls",
        "username": "lockgate",
        "sender": "Lockgate <lockgate@example.com>",
    }
    assert (body["type"], body["version"], body["secret_fields"]) == ("smtp", 1, ["password"])
    assert listed == [body] == [api.get(f"credentials/{body['id']}/").json()]
    assert body["can"] == ["credential.edit", "credential.delete", "credential.use"]


def test_no_answer_and_no_table_holds_a_secret(api: Api) -> None:
    created = api.post("credentials/", new(), idempotency_key="once")
    credential = created.json()["id"]
    answers = [
        created,
        api.post("credentials/", new(), idempotency_key="once"),
        api.post("credentials/", new()),
        api.patch(f"credentials/{credential}/", {"values": {"token": TOKEN + "2"}}),
        api.patch(f"credentials/{credential}/", {"values": {"token": TOKEN + "\n"}}),
        api.patch(f"credentials/{credential}/", {"values": {"tokken": TOKEN}}),
        api.post("credentials/", {**new("other"), "values": [TOKEN]}),
        api.post("credentials/", {**new("other"), "type": TOKEN}),
        api.get("credentials/"),
        api.get(f"credentials/{credential}/usage/"),
        api.get("credentials/names/"),
    ]

    assert [answer.status_code for answer in answers] == [
        201,
        201,
        409,
        200,
        422,
        422,
        422,
        422,
        200,
        200,
        200,
    ]
    for answer in answers:
        assert TOKEN not in answer.content.decode()
    assert IdempotencyRecord.objects.exists()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}" AS row WHERE row::text LIKE %s', [f"%{TOKEN}%"])  # noqa: S608
            assert cursor.fetchone() == (0,), table


def test_what_is_left_out_of_a_change_stays(api: Api, editor: User) -> None:
    credential = api.post(
        "credentials/", new("login", "basic_auth", username="ada", password=PASSWORD)
    ).json()

    changed = api.patch(f"credentials/{credential['id']}/", {"values": {"username": "grace"}}).json()
    described = api.patch(f"credentials/{credential['id']}/", {"description": "For the shop"}).json()

    assert (changed["version"], changed["fields"]) == (2, {"username": "grace"})
    assert (described["version"], described["description"]) == (2, "For the shop")
    found = reveal(editor.tenant_id, "login", principal=editor)  # type: ignore[arg-type]
    assert found.secret("password").reveal() == PASSWORD


@pytest.mark.parametrize(
    ("type", "values", "field", "said"),
    [
        ("bearer_token", {}, "values.token", "Field required"),
        ("bearer_token", {"token": "abc"}, "values.token", "at least 4 characters"),
        ("bearer_token", {"token": "    a "}, "values.token", "at least 4 characters"),
        ("bearer_token", {"token": "line\nbreak"}, "values.token", "no line break"),
        ("bearer_token", {"token": "tökens"}, "values.token", "plain ASCII"),
        ("bearer_token", {"token": 12345}, "values.token", "valid string"),
        ("bearer_token", {"token": TOKEN, "user": "x"}, "values.user", "not permitted"),
        ("basic_auth", {"username": "a:b", "password": PASSWORD}, "values.username", "no colon"),
        ("api_key", {"header": "Host", "value": TOKEN}, "values.header", "belongs to the connection"),
        ("api_key", {"header": "X Key", "value": TOKEN}, "values.header", "no name of a header"),
        ("smtp", {**SMTP, "host": "smtp://mail"}, "values.host", "without a scheme"),
        ("smtp", {**SMTP, "port": 0}, "values.port", "greater than"),
        ("smtp", {**SMTP, "sender": "nobody"}, "values.sender", "write an address"),
        ("smtp", {**SMTP, "password": "abc"}, "values.password", "at least 4 characters"),
        ("smtp", {**SMTP, "security": "ssl"}, "values.security", "'starttls', 'tls' or 'none'"),
        ("secret", {"value": "x" * 16_001}, "values.value", "at most 16000"),
    ],
)
def test_values_that_do_not_fit_are_told_by_field(
    api: Api, type: str, values: dict[str, Any], field: str, said: str
) -> None:
    response = api.post("credentials/", {"name": "x", "type": type, "values": values})
    [error] = response.json()["errors"]

    assert response.status_code == 422
    assert error["field"] == field
    assert said in error["message"]
    assert not Credential.objects.exists()


@pytest.mark.parametrize("name", ["", "  ", "_x", "a/b", "a" * 101, "naïve", 'a"b', "${x}"])
def test_a_name_is_plain(api: Api, name: str) -> None:
    response = api.post("credentials/", {**new(), "name": name})

    assert response.status_code == 422
    assert response.json()["errors"][0]["field"] == "name"


def test_a_name_is_taken_once(api: Api) -> None:
    api.post("credentials/", new())
    other = api.post("credentials/", new("other")).json()

    again = api.post("credentials/", new(" github "))
    renamed = api.patch(f"credentials/{other['id']}/", {"name": "github"})

    assert (again.status_code, again.json()["code"]) == (409, "name_taken")
    assert (renamed.status_code, renamed.json()["code"]) == (409, "name_taken")
    assert api.patch(f"credentials/{other['id']}/", {"name": "third"}).json()["name"] == "third"


def test_a_type_does_not_change(api: Api) -> None:
    credential = api.post("credentials/", new()).json()

    response = api.patch(f"credentials/{credential['id']}/", {"type": "secret"})

    assert response.status_code == 422


def test_one_that_a_published_workflow_names_stays_and_says_who(
    api: Api, tenant: Tenant, editor: User
) -> None:
    credential = api.post("credentials/", new()).json()
    workflow = create_workflow(tenant=tenant, user=editor, name="Sync issues")
    publish_version(workflow, graph_with("github"), user=editor)
    address = f"credentials/{credential['id']}/"

    deleted, renamed = api.delete(address), api.patch(address, {"name": "gitlab"})
    usage = api.get(f"{address}usage/").json()

    assert (deleted.status_code, deleted.json()["code"]) == (409, "credential_in_use")
    assert "workflow “Sync issues”" in deleted.json()["detail"]
    assert renamed.status_code == 409
    [user] = usage["users"]
    assert user == {
        "kind": "workflow",
        "id": str(workflow.pk),
        "name": "Sync issues",
        "workflow": str(workflow.pk),
        "nodes": ["call"],
    }
    publish_version(workflow, {"nodes": [], "connections": []}, user=editor)
    assert api.delete(address).status_code == 204
    assert not CredentialVersion.objects.exists()


def test_one_that_a_draft_names_stays_until_the_step_is_gone(api: Api) -> None:
    credential = api.post("credentials/", new()).json()
    workflow = api.post("workflows/", {"name": "Plans", "graph": graph_with("github")}).json()
    other = api.post("workflows/", {"name": "Others", "graph": graph_with("gitlab")}).json()
    address, draft = f"credentials/{credential['id']}/", f"workflows/{workflow['id']}/draft/"

    refused = api.delete(address)
    users = api.get(f"{address}usage/").json()["users"]
    tag = api.get(draft)["ETag"]
    assert api.put(draft, {"graph": graph_with("gitlab")}, if_match=tag).status_code == 200

    assert refused.status_code == 409
    assert "draft “Plans”" in refused.json()["detail"] and other["name"] not in refused.json()["detail"]
    assert [(user["kind"], user["name"], user["nodes"]) for user in users] == [("draft", "Plans", ["call"])]
    assert api.delete(address).status_code == 204


def test_what_opens_a_store_by_its_usual_name_stays_while_a_draft_needs_it(api: Api) -> None:
    values = {
        "region": "eu-central-1",
        "access_key_id": "AKIAIOSFODNN7EXAMPLE",
        "secret_access_key": "k" * 40,
    }
    key = api.post("credentials/", {"name": "aws", "type": "aws", "description": "", "values": values}).json()
    config = {"credential_name": "api_key", "refresh_sources": ["aws_secrets"]}
    step = {"id": "rotate", "type": "RotatingCredentialNode", "config": config}
    api.post("workflows/", {"name": "Renewing", "graph": {"nodes": [step], "connections": []}})

    refused = api.delete(f"credentials/{key['id']}/")

    assert refused.status_code == 409
    assert "draft “Renewing”" in refused.json()["detail"]


def test_a_draft_does_not_count_twice(api: Api) -> None:
    credential = api.post("credentials/", new()).json()
    workflow = api.post("workflows/", {"name": "Plans", "graph": graph_with("github")}).json()
    api.post(f"workflows/{workflow['id']}/versions/", {"note": ""})

    users = api.get(f"credentials/{credential['id']}/usage/").json()["users"]

    assert [user["kind"] for user in users] == ["workflow"]


def test_one_that_an_older_version_in_use_names_stays(api: Api, tenant: Tenant, editor: User) -> None:
    credential = api.post("credentials/", new()).json()
    callee = create_workflow(tenant=tenant, user=editor, name="Callee")
    publish_version(callee, graph_with("github"), user=editor)
    publish_version(callee, {"nodes": [], "connections": []}, user=editor)
    address = f"credentials/{credential['id']}/"
    free = api.get(f"{address}usage/").json()["users"]
    caller = create_workflow(tenant=tenant, user=editor, name="Caller")
    call = {"id": "call", "type": "SubWorkflowNode", "config": {"workflow": str(callee.pk), "version": 1}}
    publish_version(caller, {"nodes": [call], "connections": []}, user=editor)

    refused = api.delete(address)

    assert free == []
    assert refused.status_code == 409
    assert "version “Callee, version 1”" in refused.json()["detail"]


def test_one_that_a_run_under_way_names_stays_until_its_end(api: Api, tenant: Tenant, editor: User) -> None:
    credential = api.post("credentials/", new()).json()
    workflow = create_workflow(tenant=tenant, user=editor, name="Sync")
    run = start_run(editor, snapshot_version(workflow, graph_with("github"), user=editor))
    address = f"credentials/{credential['id']}/"

    refused = api.delete(address)
    Run.objects.filter(pk=run.pk).update(status="cancelled")

    assert refused.status_code == 409
    assert "run “Sync, run 1”" in refused.json()["detail"]
    assert api.delete(address).status_code == 204


def test_one_of_a_deleted_workflow_can_go(api: Api, tenant: Tenant, editor: User) -> None:
    credential = api.post("credentials/", new()).json()
    workflow = create_workflow(tenant=tenant, user=editor, name="Sync issues")
    publish_version(workflow, graph_with("github"), user=editor)
    Workflow.objects.filter(pk=workflow.pk).update(deleted_at="2026-01-01T00:00:00Z")

    assert api.delete(f"credentials/{credential['id']}/").status_code == 204


def test_pickers_get_names_by_type_and_use(api: Api) -> None:
    api.post("credentials/", new("token"))
    api.post("credentials/", new("sign", "signing_secret", secret=TOKEN))
    api.post("credentials/", new("mail", "smtp", **SMTP))

    def names(**query: str) -> list[str]:
        return [item["name"] for item in api.get("credentials/names/", query).json()["results"]]

    assert names() == ["mail", "sign", "token"]
    assert names(type="smtp") == ["mail"]
    assert names(use="http") == ["token"]
    assert names(use="signature") == ["sign"]
    assert api.get("credentials/names/", {"type": "nothing"}).status_code == 422


def test_the_types_describe_their_forms(api: Api) -> None:
    types = {item["type"]: item for item in api.get("credential-types/").json()["results"]}

    assert list(types) == [
        "bearer_token",
        "basic_auth",
        "api_key",
        "signing_secret",
        "smtp",
        "postgresql",
        "vault",
        "aws",
        "azure",
        "secret",
    ]
    smtp = types["smtp"]["values_schema"]["properties"]
    assert smtp["password"]["x-widget"] == "secret"
    assert [name for name, _ in sorted(smtp.items(), key=lambda item: item[1]["x-order"])] == [
        "host",
        "port",
        "security",
        "username",
        "password",
        "sender",
    ]
    for item in types.values():
        marked = [n for n, field in item["values_schema"]["properties"].items() if "x-widget" in field]
        assert sorted(marked) == item["secret_fields"]


def test_who_may_not_may_not(api: Api, viewer_api: Api, stranger_api: Api, tenant: Tenant) -> None:
    credential = api.post("credentials/", new()).json()
    address = f"credentials/{credential['id']}/"
    nobody = Api(make_user(tenant))

    assert viewer_api.get(address).json()["can"] == []
    assert viewer_api.post("credentials/", new("mine")).status_code == 403
    assert viewer_api.patch(address, {"description": "x"}).status_code == 403
    assert viewer_api.delete(address).status_code == 403
    assert nobody.get("credentials/").status_code == 403
    assert nobody.get(address).status_code in {403, 404}
    assert stranger_api.get("credentials/").json()["results"] == []
    for method in (stranger_api.get, stranger_api.delete):
        assert method(address).status_code == 404
    assert stranger_api.get(f"{address}usage/").status_code == 404
    assert stranger_api.get("credentials/names/").json()["results"] == []


def test_one_whose_values_come_anew_needs_no_old_key(api: Api, settings: Any, tmp_path: Any) -> None:
    credential = api.post(
        "credentials/", new("login", "basic_auth", username="ada", password=PASSWORD)
    ).json()
    settings.CREDENTIAL_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    settings.CREDENTIAL_KEY_PATH = tmp_path / "nothing"
    address = f"credentials/{credential['id']}/"

    without = api.patch(address, {"values": {"username": "grace"}})
    anew = api.patch(address, {"values": {"password": PASSWORD + "2"}})

    assert (without.status_code, without.json()["code"]) == (503, "credential_key_missing")
    assert anew.json()["version"] == 2


def test_without_a_key_nothing_is_stored(api: Api, settings: Any) -> None:
    settings.CREDENTIAL_KEY_PATH = None

    response = api.post("credentials/", new())

    assert response.status_code == 503
    assert "CREDENTIAL_KEY" in response.json()["detail"]
    assert not Credential.objects.exists()


def test_an_edited_row_is_told_as_such(api: Api, editor: User) -> None:
    credential = api.post("credentials/", new()).json()
    other = api.post("credentials/", new("other")).json()
    row = CredentialVersion.objects.get(credential_id=other["id"])
    CredentialVersion.objects.filter(credential_id=credential["id"]).update(
        ciphertext=row.ciphertext, wrapped_key=row.wrapped_key
    )

    response = api.patch(f"credentials/{credential['id']}/", {"values": {}})

    assert (response.status_code, response.json()["code"]) == (409, "credential_unreadable")
    assert "changed or moved" in response.json()["detail"]
    assert json.dumps(response.json()).count(TOKEN) == 0


def test_a_credential_that_a_batch_step_reads_with_is_one_of_the_workflow_s(api: Api) -> None:
    source = {
        "kind": "http",
        "url": "https://api.example.com/items",
        "pagination": {"kind": "page"},
        "credential": {"name": "nope"},
    }
    batch = {"id": "batch", "type": "BatchProcessorNode", "config": {"source": source}}
    made = api.post("workflows/", {"name": "Batches", "graph": {"nodes": [batch]}}).json()

    refused = api.post(f"workflows/{made['id']}/runs/", {})

    assert refused.status_code == 422
    [problem] = refused.json()["errors"]
    assert problem["message"] == "there is no credential 'nope'"
    assert (problem["node"], problem["field"]) == ("batch", "config.source.credential.name")
