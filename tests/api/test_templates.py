"""The gallery, and workflows that begin in it."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import AuditEntry, Tenant
from runtime.host.host import RunHost
from runtime.models import Dataset, Workflow
from runtime.templates import TEMPLATES
from tests.api.driven import finished
from tests.contract import Api
from tests.people import make_user

KEYS = [item.key for item in TEMPLATES]
ALONE = [key for key in KEYS if key != "approval_chain"]


def listed(api: Api) -> dict[str, dict[str, Any]]:
    return {item["key"]: item for item in api.get("templates/").json()["results"]}


def use(api: Api, key: str, **body: Any) -> Any:
    return api.post(f"templates/{key}/use/", body)


def test_the_gallery_shows_what_each_template_is_made_of(viewer_api: Api) -> None:
    found = listed(viewer_api)

    assert list(found) == KEYS
    steps = [step["id"] for step in found["pii_masking_pipeline"]["steps"]]
    assert steps == ["read", "mask", "look", "store", "lineage"]
    assert found["pii_masking_pipeline"]["datasets"][0]["here"] is False
    assert all(item["description"] and item["next_steps"] for item in found.values())


def test_one_template_comes_with_its_graph_and_what_can_be_set(viewer_api: Api) -> None:
    body = viewer_api.get("templates/data_processing_pipeline/").json()

    assert "data_sources" in body["config_schema"]["properties"]
    assert [node["id"] for node in body["graph"]["nodes"]] == [step["id"] for step in body["steps"]]


@pytest.mark.parametrize("key", KEYS)
def test_a_workflow_begins_as_a_template_without_problems(api: Api, key: str) -> None:
    response = use(api, key)

    assert response.status_code == 201, response.content
    workflow = response.json()
    assert response["Location"] == f"/api/v1/workflows/{workflow['id']}/"
    assert workflow["description"] == listed(api)[key]["summary"]
    draft = api.get(f"workflows/{workflow['id']}/draft/").json()
    assert draft["problems"] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ALONE)
def test_it_runs_at_once(api: Api, key: str, host: RunHost) -> None:
    workflow = use(api, key).json()

    run = finished(api, api.post(f"workflows/{workflow['id']}/runs/", {"parameters": {}}), host)

    assert run["status"] == "succeeded", run


def test_demo_data_comes_once(api: Api) -> None:
    for _ in range(2):
        assert use(api, "nightly_report").status_code == 201

    assert Dataset.objects.filter(name="sample-orders").count() == 1
    assert listed(api)["nightly_report"]["datasets"][0]["here"] is True


def test_only_the_demo_data_that_is_read_comes(api: Api) -> None:
    config = {"data_sources": ["apis"], "processing_stages": ["transform"]}

    assert use(api, "data_processing_pipeline", config=config).status_code == 201
    assert not Dataset.objects.exists()


def test_the_configuration_makes_the_steps(api: Api) -> None:
    config = {
        "data_sources": [{"kind": "files", "dataset": "mine"}],
        "processing_stages": ["validate"],
        "output_destinations": ["reports"],
    }

    workflow = use(api, "data_processing_pipeline", name="Mine", config=config).json()

    draft = api.get(f"workflows/{workflow['id']}/draft/").json()
    assert workflow["name"] == "Mine"
    assert [node["id"] for node in draft["graph"]["nodes"]] == ["files", "validate", "totals", "report"]


def test_a_bad_configuration_is_refused_at_its_field_and_makes_nothing(api: Api) -> None:
    response = use(api, "nightly_report", config={"group": "region", "report": ""})

    assert response.status_code == 422
    fields = {error["field"]: error["code"] for error in response.json()["errors"]}
    assert fields == {"config.group": "unknown_config_key", "config.report": "invalid_parameter"}
    assert not Workflow.objects.exists()
    assert not Dataset.objects.exists()


def test_an_unknown_template_is_not_found(api: Api) -> None:
    assert api.get("templates/nothing/").status_code == 404
    assert use(api, "nothing").status_code == 404


def test_who_may_not_make_workflows_looks_but_does_not_begin(viewer_api: Api) -> None:
    assert use(viewer_api, "nightly_report").status_code == 403
    assert not Dataset.objects.exists()


def test_what_begins_is_told_to_the_audit(api: Api, tenant: Tenant) -> None:
    use(api, "pii_masking_pipeline")

    actions = set(AuditEntry.objects.filter(tenant=tenant).values_list("action", flat=True))
    assert {"workflow.create", "dataset.create"} <= actions


def test_another_workspace_gets_its_own_demo_data(api: Api, stranger_api: Api, tenant: Tenant) -> None:
    use(api, "nightly_report")
    use(stranger_api, "nightly_report")

    assert Dataset.objects.filter(tenant=tenant).count() == 1
    assert Dataset.objects.count() == 2


def test_with_the_same_key_it_begins_once(tenant: Tenant) -> None:
    api = Api(make_user(tenant, "owner"))

    ids = {
        api.post("templates/nightly_report/use/", {}, **{"Idempotency-Key": "once"}).json()["id"]
        for _ in range(2)
    }

    assert len(ids) == 1
