from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from accounts.access import UserContext
from runtime import LocalRuntime, WorkflowBuilder
from runtime.engine.errors import NodeError, ParameterError
from runtime.lineage.script import ScriptLineage
from runtime.nodes.data_lineage import DataLineageNode
from tests.unit.nodes.surroundings import Context, outputs_of, run

ENRICHMENT: dict[str, Any] = {
    "operation": "track_transformation",
    "source_info": {"system": "Source", "table": "raw_data"},
    "transformation_type": "enrichment",
    "compliance_frameworks": ["GDPR", "SOX"],
    "audit_trail_enabled": True,
}


def surroundings(workspace: Path | None = None, user: Any = None) -> Any:
    return SimpleNamespace(lineage=ScriptLineage(workspace, lambda value: value).for_user(user))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_the_guide_s_node_is_kept_with_what_it_states() -> None:
    node = DataLineageNode(
        name="customer_lineage",
        operation="track_transformation",
        source_info={"system": "CRM", "table": "customers", "fields": ["name", "email"]},
        transformation_type="anonymization",
        target_info={"system": "Analytics", "table": "customer_segments"},
    )

    result = outputs_of(node, services=surroundings(), data=[{"segment": "a"}])["result"]

    assert UUID(result["tracking_id"])
    assert result["source"] == {"system": "CRM", "table": "customers", "fields": ["name", "email"]}
    assert result["target"] == {"system": "Analytics", "table": "customer_segments"}
    assert result["inputs"]["data"]["columns"] == [{"name": "segment", "type": "text"}]
    assert (result["stored"], result["audited"]) == (False, False)


def test_a_script_keeps_it_in_its_workspace_and_tells_its_audit(tmp_path: Path) -> None:
    user = UserContext(user_id="ada", tenant_id="acme", roles=["analyst"])
    services = surroundings(tmp_path, user)

    result = outputs_of(DataLineageNode(**ENRICHMENT), services=services, info={"rows": 4711})["result"]

    [kept] = lines(tmp_path / "state" / "lineage.jsonl")
    [told] = lines(tmp_path / "state" / "audit.jsonl")
    assert (result["stored"], result["audited"]) == (True, True)
    assert kept["tracking_id"] == told["tracking_id"] == result["tracking_id"]
    assert (kept["user_id"], kept["compliance_frameworks"]) == ("ada", ["GDPR", "SOX"])
    assert (told["action"], told["roles"]) == ("lineage.track", ["analyst"])
    assert "4711" not in json.dumps([kept, told])


def test_a_step_that_is_repeated_is_one_record(tmp_path: Path) -> None:
    node = DataLineageNode(**ENRICHMENT)

    first = run(node, Context({}, surroundings(tmp_path), attempt=1))
    again = run(node, Context({}, surroundings(tmp_path), attempt=2))

    assert first == again
    assert len(lines(tmp_path / "state" / "lineage.jsonl")) == 1
    assert len(lines(tmp_path / "state" / "audit.jsonl")) == 1


def test_the_audit_is_left_alone_where_it_is_switched_off(tmp_path: Path) -> None:
    node = DataLineageNode(**{**ENRICHMENT, "audit_trail_enabled": False})

    result = outputs_of(node, services=surroundings(tmp_path))["result"]

    assert (result["stored"], result["audited"]) == (True, False)
    assert not (tmp_path / "state" / "audit.jsonl").exists()


def test_a_workspace_that_cannot_be_written_fails_the_step(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file", "utf-8")

    with pytest.raises(NodeError, match="cannot be written") as caught:
        outputs_of(DataLineageNode(**ENRICHMENT), services=surroundings(tmp_path))

    assert caught.value.code == "state_unusable"


@pytest.mark.parametrize(
    ("config", "field"),
    [
        ({}, "config.transformation_type"),
        ({**ENRICHMENT, "transformation_type": "two\nlines"}, "config.transformation_type"),
        ({**ENRICHMENT, "compliance_frameworks": ["GDPR", "KGB"]}, "config.compliance_frameworks.1"),
        ({**ENRICHMENT, "source_info": {"sistem": "CRM"}}, "config.source_info.sistem"),
        ({**ENRICHMENT, "source_info": {"fields": [" "]}}, "config.source_info.fields"),
        ({**ENRICHMENT, "operation": "predict"}, "config.operation"),
    ],
)
def test_what_cannot_be_is_an_error_at_its_field(config: dict[str, Any], field: str) -> None:
    with pytest.raises(ParameterError) as caught:
        DataLineageNode(**config)

    assert [problem["field"] for problem in caught.value.facts["problems"]] == [field]


def test_it_takes_any_input_in_a_workflow(tmp_path: Path) -> None:
    workflow = WorkflowBuilder()
    workflow.add_node("PythonCodeNode", "rows", {"code": "result = [{'id': 1}, {'id': 2}]"})
    workflow.add_node("DataLineageNode", "tracker", ENRICHMENT)
    workflow.add_connection("rows", "result", "tracker", "processing_info")

    with LocalRuntime(workspace=tmp_path, sandbox="inline") as runtime:
        results, run_id = runtime.execute(workflow.build())

    [kept] = lines(tmp_path / "state" / "lineage.jsonl")
    assert kept["tracking_id"] == results["tracker"]["result"]["tracking_id"]
    assert kept["run_id"] == run_id
    assert kept["inputs"]["processing_info"]["count"] == 2


GUIDE_REPORT: dict[str, Any] = {
    "operation": "generate_compliance_report",
    "compliance_frameworks": ["GDPR", "SOX", "HIPAA"],
    "report_format": "detailed",
    "include_recommendations": True,
}
GUIDE_ANALYSIS: dict[str, Any] = {
    "operation": "analyze_access_patterns",
    "time_range_days": 30,
    "include_user_analysis": True,
    "detect_anomalies": True,
    "compliance_frameworks": ["SOC2", "ISO27001"],
}


def test_a_script_reports_on_what_its_workspace_holds(tmp_path: Path) -> None:
    with LocalRuntime(workspace=tmp_path, enable_audit=True, sandbox="inline") as runtime:
        for name, config in (("track", ENRICHMENT), ("report", GUIDE_REPORT), ("analysis", GUIDE_ANALYSIS)):
            workflow = WorkflowBuilder()
            workflow.add_node("DataLineageNode", name, config)
            results, _ = runtime.execute(workflow.build())
            found = results[name]["result"]
            if name == "report":
                by_control = {row["control"]: row for row in found["controls"] if row["framework"] == "GDPR"}

    assert by_control["processing_recorded"]["verdict"] == "pass"
    assert by_control["processing_recorded"]["counts"]["records"] == 1
    assert by_control["fields_masked"]["verdict"] == "insufficient_evidence"
    assert found["entries"] > 3
    assert found["users"][0]["user"] == "nobody"
    assert found["anomaly_detection"] == "insufficient_evidence"
    assert found["compliance_frameworks"] == {"SOC2": "CC7.2", "ISO27001": "A.8.16"}


def test_without_a_workspace_a_report_concludes_nothing() -> None:
    result = DataLineageNode(**GUIDE_REPORT).execute()["result"]

    assert {row["verdict"] for row in result["frameworks"].values()} == {"insufficient_evidence"}
    assert result["recommendations"]


@pytest.mark.parametrize(
    "config",
    [
        {**ENRICHMENT, "report_format": "detailed"},
        {**GUIDE_REPORT, "detect_anomalies": True},
        {**GUIDE_ANALYSIS, "source_info": {"system": "x"}},
    ],
)
def test_a_setting_of_another_operation_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ParameterError, match="is only for the operation"):
        DataLineageNode(**config)
