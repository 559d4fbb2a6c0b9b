"""What somebody tries who is signed in and means ill: each attempt ends in a refusal that costs little."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Tenant
from tests.contract import Api
from tests.people import make_user, signed_in

pytestmark = pytest.mark.django_db
ODD: list[Any] = [
    {
        "nodes": [
            {"id": "a", "type": "HTTPRequestNode", "config": {"url": "https://x.example/", "method": []}}
        ]
    },
    {"nodes": [{"id": "a", "type": "HTTPRequestNode", "options": {"retry": {}}, "config": {"method": {}}}]},
    {"nodes": [{"id": "a", "type": "TransformNode", "config": {"operations": "${x}"}}]},
    {"nodes": [{"id": "a", "type": "SwitchNode", "config": {"cases": "${x}"}}]},
    {"nodes": [{"id": "a", "type": "WaitNode", "config": {"seconds": 10**400}, "position": [10**400, 0]}]},
    {"nodes": [{"id": "a", "type": "WaitNode", "config": {"until": "9999-12-31T23:59:59-23:00"}}]},
    {"parameters": [{"name": "p", "schema": {"enum": 5}, "default": 1}]},
    {"parameters": [{"name": "p", "schema": {"properties": {"a": 1}}, "default": {"a": 1}}]},
    {"settings": {"timeout": 10**400}},
    {"annotations": [{"a": [10**400]}]},
]


@pytest.mark.parametrize("graph", ODD, ids=range(len(ODD)))
def test_an_odd_draft_can_still_be_read_and_mended(api: Api, workflow: dict[str, Any], graph: Any) -> None:
    path = f"workflows/{workflow['id']}/"

    saved = api.put(path + "draft/", {"graph": graph}, If_Match='"1"')
    revision = '"2"' if saved.status_code == 200 else '"1"'

    assert saved.status_code in (200, 422), saved.content
    assert api.get(path + "draft/").status_code == 200
    assert api.post(path + "validate/", {"graph": graph}).status_code in (200, 422)
    assert api.post(path + "runs/", {}).status_code in (202, 422)
    assert api.post(path + "versions/", {}).status_code in (201, 422)
    assert api.get("workflows/").status_code == 200
    assert api.put(path + "draft/", {"graph": {"nodes": []}}, If_Match=revision).status_code == 200


def scoped(tenant: Tenant, *without: str) -> Api:
    """An editor by a token that may do everything but this."""
    from accounts.access import BUILT_IN_ROLES

    return Api(make_user(tenant, "editor"), sorted(BUILT_IN_ROLES["editor"].permissions.difference(without)))


BATCH = {"id": "batch", "type": "BatchProcessorNode"}
CODE = {"id": "start", "type": "PythonCodeNode", "config": {"code": "result = 666"}}


@pytest.mark.parametrize(
    "graph",
    [
        {"nodes": [CODE]},
        {"nodes": [CODE], "nope": 1},
        {"nodes": [{**CODE, "nope": 1}]},
        {"nodes": [{**CODE, "disabled": True}]},
        {"nodes": [{**CODE, "type_version": 9}]},
        {"nodes": [{**CODE, "config": {**CODE["config"], "nope": 1}}]},
        {"nodes": [CODE, {"id": "start", "type": "MergeNode"}]},
        {"nodes": [{**CODE, "config": {"code": ["result = 666"]}}]},
        {"nodes": [{**CODE, "options": {"timeout": -1}}]},
        {"nodes": [{**BATCH, "config": {"processing": {"kind": "code", **CODE["config"]}}}]},
        {"nodes": [{**BATCH, "config": {"processing": {"kind": "nope", **CODE["config"]}}}]},
    ],
    ids=range(11),
)
def test_code_without_the_permission_to_write_it_is_saved_by_no_way(
    tenant: Tenant, workflow: dict[str, Any], graph: dict[str, Any]
) -> None:
    api = scoped(tenant, "code.author")
    path = f"workflows/{workflow['id']}/"

    api.put(path + "draft/", {"graph": graph}, If_Match='"1"')
    for address in ("workflows/", "workflows/import/"):
        api.post(address, {"name": "Mine", "graph": graph})

    assert b'code":"result = 666' not in api.get(path + "draft/").content
    for item in api.get("workflows/").json()["results"]:
        assert b'code":"result = 666' not in api.get(f"workflows/{item['id']}/draft/").content


def test_a_run_cannot_bring_code_of_its_own(tenant: Tenant, workflow: dict[str, Any]) -> None:
    api = scoped(tenant, "code.author")
    path = f"workflows/{workflow['id']}/"

    for given in ({"start": {"code": "result = 666"}}, {"code": "result = 666"}):
        answer = api.post(path + "runs/", {"parameters": given})
        run = api.get(f"runs/{answer.json()['id']}/").json() if answer.status_code == 202 else None
        assert run is None or "666" not in str(run["graph"])


def test_a_token_cannot_make_a_wider_one(tenant: Tenant) -> None:
    api = Api(make_user(tenant, "owner"), ["token.manage", "run.view"])

    assert api.post("tokens/", {"name": "wide", "scopes": ["workflow.edit"]}).status_code == 422
    assert set(api.post("tokens/", {"name": "same"}).json()["scopes"]) <= {"token.manage", "run.view"}


def test_a_kept_answer_is_the_askers_alone(tenant: Tenant, api: Api, workflow: dict[str, Any]) -> None:
    body = {"name": "Mine", "graph": {"nodes": []}}
    first = api.post("workflows/", body, Idempotency_Key="k")

    other = Api(make_user(tenant, "editor")).post("workflows/", body, Idempotency_Key="k")
    viewer = Api(make_user(tenant, "viewer")).post("workflows/", body, Idempotency_Key="k")

    assert first.json()["id"] != other.json()["id"]
    assert viewer.status_code == 403


def test_of_a_multitude_of_wrong_settings_only_the_first_are_judged(
    api: Api, workflow: dict[str, Any]
) -> None:
    path = f"workflows/{workflow['id']}/"
    settings = {f"timeou{number}": 1 for number in range(100_000)}

    refused = api.post(path + "runs/", {"settings": settings})
    checked = api.post(path + "validate/", {"graph": {"nodes": [], "settings": settings}})

    assert (refused.status_code, checked.status_code) == (422, 200)
    assert len(refused.json()["errors"]) == len(checked.json()["problems"]) == 21
    assert "100000 settings are unknown" in refused.json()["errors"][20]["message"]


def test_a_graph_that_names_thousands_of_workflows_asks_for_them_together(
    api: Api, workflow: dict[str, Any], django_assert_max_num_queries: Any
) -> None:
    nodes = [
        {"id": f"s{number}", "type": "SubWorkflowNode", "config": {"workflow": str(uuid4())}}
        for number in range(1000)
    ]

    with django_assert_max_num_queries(20):
        answer = api.post(f"workflows/{workflow['id']}/validate/", {"graph": {"nodes": nodes}})

    assert len(answer.json()["problems"]) == 1000


@pytest.mark.parametrize("search", ["%", "_", "\\", "%%%%%%%%", "'; drop table run; --"])
def test_signs_of_the_database_are_plain_text_in_a_search(
    api: Api, workflow: dict[str, Any], search: str
) -> None:
    for name in ("workflows/", "runs/", "datasets/"):
        assert api.get(name, {"search": search}).json()["results"] == []


def test_an_upload_by_session_needs_the_csrf_header(tenant: Tenant) -> None:
    """A form of another site can send files with the person's cookie."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser = signed_in(make_user(tenant, "editor"))

    answer = browser.post("/api/v1/datasets/", {"file": SimpleUploadedFile("a.csv", b"a\n1\n")})

    assert answer.status_code == 403
    assert browser.get("/api/v1/datasets/").json()["results"] == []


def test_a_download_is_never_shown_as_a_page(api: Api) -> None:
    """A dataset may be a page with a script; opened in our origin it would act as its reader."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    page = b'a\n"<script>alert(1)</script>"\n'
    dataset = api.upload("datasets/", {"file": SimpleUploadedFile("x<y>.html.csv", page)}).json()

    answer = api.get(f"datasets/{dataset['id']}/download/")

    assert answer["Content-Disposition"].startswith('attachment; filename="')
    assert answer["Content-Disposition"].count('"') == 2
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == "text/csv"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "localhost:8000@evil.example", ""]
)
def test_a_foreign_host_header_is_refused(client: Client, host: str) -> None:
    assert client.get("/sign-in/", headers={"Host": host or "evil"}).status_code == 400
