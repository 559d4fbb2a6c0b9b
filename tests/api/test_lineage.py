"""What steps did to data is listed for those who may know it, and outlives the run."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection

from accounts.models import AuditEntry, MaskingRule, Policy, Tenant, User
from accounts.services.versions import bump_policy_version
from runtime.host.host import RunHost
from runtime.models import LineageRecord, Run
from runtime.services.retention import delete_runs
from tests.api.driven import code, finished, make, wire
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)

SSN = "123-45-6789"
GRAPH: dict[str, Any] = {
    "nodes": [
        {"id": "people", **code(f"result = [{{'ssn': '{SSN}', 'name': 'Ada'}}]")},
        {
            "id": "tracker",
            "type": "DataLineageNode",
            "config": {
                "operation": "track_transformation",
                "source_info": {"system": "CRM", "table": "${table}", "fields": ["ssn"]},
                "transformation_type": "enrichment",
                "compliance_frameworks": ["GDPR"],
            },
        },
    ],
    "connections": [wire("people", "result", "tracker", "people")],
    "parameters": [{"name": "table", "schema": {"type": "string"}, "default": "raw_data"}],
}


@pytest.fixture
def owner_api(tenant: Tenant) -> Api:
    return Api(make_user(tenant, "owner"))


def tracked(api: Api, host: RunHost, **parameters: Any) -> dict[str, Any]:
    """The run, with what its step `tracker` gave."""
    address = make(api, GRAPH)
    run = finished(api, api.post(f"{address}runs/", {"parameters": parameters}), host)
    assert run["status"] == "succeeded", run
    result = api.get(f"runs/{run['id']}/nodes/tracker/").json()["outputs"]["result"]
    return {**run, "result": result}


def test_a_record_is_kept_listed_and_told_in_the_audit(owner_api: Api, host: RunHost, tenant: Tenant) -> None:
    run = tracked(owner_api, host)

    [item] = owner_api.get("lineage/", {"framework": "GDPR", "run": run["id"]}).json()["results"]
    assert item["id"] == run["result"]["tracking_id"]
    assert (run["result"]["stored"], run["result"]["audited"]) == (True, True)
    assert item["source"] == {"system": "CRM", "table": "raw_data", "fields": ["ssn"]}
    assert item["inputs"]["people"] == {
        "kind": "records",
        "count": 1,
        "columns": [{"name": "ssn", "type": "text"}, {"name": "name", "type": "text"}],
    }
    assert item["run"] == {"id": run["id"], "number": run["number"]}
    assert owner_api.get(f"lineage/{item['id']}/").json() == item
    assert owner_api.get("lineage/", {"framework": "SOX"}).json()["results"] == []
    entry = AuditEntry.objects.get(tenant=tenant, action="lineage.track")
    assert entry.object_id == item["id"]
    assert SSN not in str(entry.after)


def test_a_viewer_sees_what_was_done_and_not_what_was_given(api: Api, viewer_api: Api, host: RunHost) -> None:
    run = tracked(api, host)

    item = viewer_api.get(f"lineage/{run['result']['tracking_id']}/").json()

    assert item["transformation_type"] == "enrichment"
    assert item["inputs"] is None
    assert item["denied"]["inputs"]["action"] in ("run.data", "node.inputs")


def test_who_may_not_see_the_configuration_sees_nothing_that_it_states(
    tenant: Tenant, api: Api, host: RunHost
) -> None:
    run = tracked(api, host)
    Policy.objects.create(
        tenant=tenant,
        key="no-config",
        label="No config",
        effect="deny",
        actions=["node.config", "node.inputs"],
        resource_type="node",
        condition={"attribute_path": "resource.node_id", "operator": "equals", "value": "tracker"},
        status="active",
    )
    bump_policy_version(tenant.pk)

    response = api.get(f"lineage/{run['result']['tracking_id']}/")

    item = response.json()
    assert (item["source"], item["transformation_type"], item["inputs"]) == (None, None, None)
    assert item["denied"]["stated"]["action"] == "node.config"
    assert "raw_data" not in response.content.decode()


def test_a_masked_value_is_masked_where_a_record_states_it(tenant: Tenant, api: Api, host: RunHost) -> None:
    run = tracked(api, host, table=f"people_{SSN}")
    MaskingRule.objects.create(
        tenant=tenant, key="ssn", label="SSN", resource_type="*", field="ssn", mask_type="redact"
    )
    bump_policy_version(tenant.pk)

    response = api.get(f"lineage/{run['result']['tracking_id']}/")

    assert response.json()["source"]["system"] == "CRM"
    assert SSN not in response.content.decode()
    assert SSN not in api.get("lineage/").content.decode()


def test_another_workspace_finds_none(api: Api, stranger_api: Api, host: RunHost) -> None:
    run = tracked(api, host)

    assert stranger_api.get("lineage/").json()["results"] == []
    assert stranger_api.get(f"lineage/{run['result']['tracking_id']}/").status_code == 404


def test_a_record_outlives_its_run_and_never_changes(
    tenant: Tenant, api: Api, owner_api: Api, host: RunHost
) -> None:
    run = tracked(api, host)
    Run.objects.filter(pk=run["id"]).update(followed_up=True)
    assert delete_runs([run["id"]]).runs

    item = api.get(f"lineage/{run['result']['tracking_id']}/").json()
    assert (item["run"], item["run_number"]) == (None, run["number"])
    assert item["source"]["table"] == "raw_data"
    with pytest.raises(IntegrityError, match="never change"), connection.cursor() as cursor:
        cursor.execute("UPDATE lineage_record SET node = 'other'")

    MaskingRule.objects.create(
        tenant=tenant, key="ssn", label="SSN", resource_type="*", field="ssn", mask_type="redact"
    )
    bump_policy_version(tenant.pk)
    item = api.get(f"lineage/{run['result']['tracking_id']}/").json()
    assert (item["source"], item["denied"]["stated"]["rule"]) == (None, "run_deleted")


@pytest.mark.parametrize("query", [{"framework": "KGB"}, {"run": "x"}, {"cursor": "x"}, {"limit": 0}])
def test_a_filter_that_cannot_be_is_refused(api: Api, query: dict[str, Any]) -> None:
    assert api.get("lineage/", query).status_code == 422


def test_a_repeated_step_is_one_record(tenant: Tenant, editor: User, api: Api, host: RunHost) -> None:
    from asgiref.sync import async_to_sync

    from runtime.credentials.redactor import Redactor
    from runtime.lineage.protocols import Transformation
    from runtime.services.lineage import RunLineage

    run = tracked(api, host)
    desk = RunLineage(run_id=run["id"], tenant_id=tenant.pk, principal_id=editor.pk, redactor=Redactor())
    done = Transformation("key", run["id"], "step", "copy", {}, {}, {}, [], audit=False)

    first, again = async_to_sync(desk.track)(done), async_to_sync(desk.track)(done)

    assert first == again
    assert LineageRecord.objects.filter(tenant=tenant).count() == 2
