from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Tenant
from runtime.models import Workflow
from tests.api.conftest import GRAPH
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db


def test_a_new_workflow_has_a_draft_and_nothing_published(api: Api, workflow: dict[str, Any]) -> None:
    draft = api.get(f"workflows/{workflow['id']}/draft/").json()

    assert workflow["published_version"] is None
    assert workflow["has_unpublished_changes"] is True
    assert workflow["node_count"] == 2
    assert draft["revision"] == 1
    assert [node["id"] for node in draft["graph"]["nodes"]] == ["start", "double"]
    assert draft["problems"] == []


def test_a_workflow_without_a_graph_starts_empty(api: Api) -> None:
    created = api.post("workflows/", {"name": "  Blank  "}).json()

    assert created["name"] == "Blank"
    assert api.get(f"workflows/{created['id']}/draft/").json()["graph"]["nodes"] == []


def test_lists_show_the_last_changed_first_in_pages(api: Api) -> None:
    ids = [api.post("workflows/", {"name": f"Flow {number}"}).json()["id"] for number in range(5)]

    first = api.get("workflows/", {"limit": 2}).json()
    second = api.get(first["next"]).json()
    third = api.get(second["next"]).json()

    assert [row["id"] for page in (first, second, third) for row in page["results"]] == ids[::-1]
    assert third["next"] is None


def test_the_next_address_keeps_the_filters(api: Api) -> None:
    for name in ("Orders a", "Orders b", "Invoices"):
        api.post("workflows/", {"name": name})

    first = api.get("workflows/", {"limit": 1, "search": "orders"}).json()
    second = api.get(first["next"]).json()

    assert [page["results"][0]["name"] for page in (first, second)] == ["Orders b", "Orders a"]
    assert second["next"] is None


def test_a_made_up_cursor_is_refused(api: Api) -> None:
    for cursor in ("nonsense", "WyJ4IiwgInkiXQ==", "W10=", "bnVsbA==", "é"):
        response = api.get("workflows/", {"cursor": cursor})
        assert response.status_code == 422, cursor
        assert response.json()["errors"][0]["field"] == "cursor"


def test_a_list_takes_the_same_number_of_queries_however_long(
    api: Api, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        api.post("workflows/", {"name": f"Flow {number}"})

    with django_assert_max_num_queries(9):
        api.get("workflows/")


def test_renaming_changes_only_what_is_given(api: Api, workflow: dict[str, Any]) -> None:
    changed = api.patch(f"workflows/{workflow['id']}/", {"description": "What it does"}).json()

    assert (changed["name"], changed["description"]) == ("Doubling", "What it does")


def test_a_deleted_workflow_is_gone_everywhere(api: Api, workflow: dict[str, Any]) -> None:
    path = f"workflows/{workflow['id']}/"

    assert api.delete(path).status_code == 204

    for below in ("", "draft/", "versions/", "export/"):
        assert api.get(path + below).status_code == 404
    assert api.get("workflows/").json()["results"] == []


def test_an_export_can_be_imported(api: Api, workflow: dict[str, Any]) -> None:
    exported = api.get(f"workflows/{workflow['id']}/export/", {"format": "json"})
    assert "attachment" in exported["Content-Disposition"]

    copy = api.post("workflows/import/", exported.json()).json()

    assert copy["id"] != workflow["id"]
    assert copy["name"] == workflow["name"]
    drafts = [api.get(f"workflows/{one['id']}/draft/").json()["graph"] for one in (workflow, copy)]
    assert drafts[0] == drafts[1]


def test_a_published_version_can_be_exported(api: Api, workflow: dict[str, Any]) -> None:
    path = f"workflows/{workflow['id']}/"
    api.post(path + "versions/", {})
    api.put(path + "draft/", {"graph": {"nodes": []}}, If_Match='"1"')

    assert len(api.get(path + "export/", {"version": 1}).json()["graph"]["nodes"]) == 2
    assert api.get(path + "export/").json()["graph"]["nodes"] == []
    assert api.get(path + "export/", {"version": 2}).status_code == 404


def test_what_somebody_may_do_is_listed(api: Api, viewer_api: Api, workflow: dict[str, Any]) -> None:
    assert "workflow.edit" in workflow["can"]
    assert viewer_api.get(f"workflows/{workflow['id']}/").json()["can"] == []


def test_a_graph_with_code_needs_the_permission_to_write_code(tenant: Tenant) -> None:
    author = Api(make_user(tenant, "editor"), ["workflow.view", "workflow.create", "workflow.edit"])

    refused = author.post("workflows/", {"name": "Code", "graph": GRAPH})
    allowed = author.post("workflows/", {"name": "No code", "graph": {"nodes": []}})

    assert refused.status_code == 403
    assert author.post("workflows/import/", {"graph": GRAPH}).status_code == 403
    assert allowed.status_code == 201
    assert Workflow.objects.count() == 1
