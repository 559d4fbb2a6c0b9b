"""Reports of a workspace are made from its own tables, for who may read its audit."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Tenant
from runtime.host.host import RunHost
from tests.api.driven import finished, make
from tests.contract import Api
from tests.people import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def graph(**config: Any) -> dict[str, Any]:
    return {"nodes": [{"id": "step", "type": "DataLineageNode", "config": config}], "connections": []}


REPORT = graph(operation="generate_compliance_report", report_format="detailed", include_recommendations=True)
ANALYSIS = graph(operation="analyze_access_patterns", include_user_analysis=True)


def performed(api: Api, host: RunHost, document: dict[str, Any]) -> tuple[dict[str, Any], Any]:
    address = make(api, document)
    run = finished(api, api.post(f"{address}runs/", {}), host)
    node = api.get(f"runs/{run['id']}/nodes/step/").json()
    return run, None if node["outputs"] is None else node["outputs"]["result"]


def test_a_report_counts_what_is_there(tenant: Tenant, host: RunHost) -> None:
    owner = Api(make_user(tenant, "owner"))
    tracked = graph(transformation_type="copy", compliance_frameworks=["GDPR"])
    performed(owner, host, tracked)
    owner.post("credentials/", {"name": "k", "type": "secret", "values": {"value": "s3cret"}})

    run, result = performed(owner, host, REPORT)

    assert run["status"] == "succeeded", run
    found = {(row["framework"], row["control"]): row for row in result["controls"]}
    assert found["GDPR", "processing_recorded"]["counts"]["records"] == 1
    assert found["SOX", "processing_recorded"]["verdict"] == "insufficient_evidence"
    assert found["SOC2", "privileged_factor"]["verdict"] == "fail"
    assert found["SOC2", "credentials_current"]["verdict"] == "insufficient_evidence"
    assert found["GDPR", "fields_masked"]["verdict"] == "fail"
    assert found["GDPR", "storage_limited"]["verdict"] == "pass"
    assert "fail" in {row["verdict"] for row in result["frameworks"].values()}


def test_what_people_did_is_analysed_by_the_audit(tenant: Tenant, host: RunHost) -> None:
    user = make_user(tenant, "owner")

    _, result = performed(Api(user), host, ANALYSIS)

    assert result["entries"] >= 1
    assert user.email in {row["user"] for row in result["users"]}


def test_who_may_not_read_the_audit_gets_no_report_by_a_run(tenant: Tenant, api: Api, host: RunHost) -> None:
    for document in (REPORT, ANALYSIS):
        run, _ = performed(api, host, document)

        assert run["status"] == "failed"
        assert run["error"]["code"] == "report_refused"
