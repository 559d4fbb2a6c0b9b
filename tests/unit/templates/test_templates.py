"""Templates in scripts: each runs on its demo data, and each setting has an effect."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime import LocalRuntime, ParameterError, RunFailed, WorkflowBuilder
from runtime.nodes import registry
from runtime.tabular import inspect, open_rows
from runtime.templates import TEMPLATES, BusinessWorkflowTemplates, Template
from runtime.templates.steps import literal
from tests.model_peer import Refuse, Say, serving

ON_A_SERVER = {"approval_chain"}
IN_SCRIPTS = [item for item in TEMPLATES if item.key not in ON_A_SERVER]


def key_of(item: Template) -> str:
    return item.key


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    BusinessWorkflowTemplates.write_demo_data(tmp_path)
    return tmp_path


@pytest.fixture
def runtime(workspace: Path) -> Iterator[LocalRuntime]:
    with LocalRuntime(workspace=workspace) as runtime:
        yield runtime


def run(runtime: LocalRuntime, key: str, **config: Any) -> dict[str, Any]:
    workflow = WorkflowBuilder()
    getattr(BusinessWorkflowTemplates, key)(workflow, **config)
    results, _ = runtime.execute(workflow.build())
    return dict(results)


def rows(workspace: Path, file: str) -> list[dict[str, Any]]:
    path = workspace / "datasets" / file
    return [row for batch in open_rows(path, path.suffix[1:]) for row in batch]


@pytest.mark.parametrize("item", TEMPLATES, ids=key_of)
def test_each_template_is_a_method_and_builds_without_problems(item: Template) -> None:
    workflow = WorkflowBuilder()

    ids = getattr(BusinessWorkflowTemplates, item.key)(workflow)

    built = workflow.build()
    assert ids == tuple(node.id for node in built.graph.nodes)
    assert built.warnings == ()
    assert {node.type for node in built.graph.nodes} <= set(registry().types())


@pytest.mark.parametrize("item", TEMPLATES, ids=key_of)
def test_each_template_tells_what_it_is(item: Template) -> None:
    assert item.title and item.summary.endswith(".") and item.description.endswith(".")
    assert len(item.summary) <= 110
    assert item.next_steps
    document = item.document()
    assert all(node["label"] for node in document["nodes"])
    read = {node["config"].get("dataset") for node in document["nodes"]}
    read |= {node["config"].get("data_source") for node in document["nodes"]}
    assert {dataset.name for dataset in item.datasets} <= read


@pytest.mark.parametrize("item", IN_SCRIPTS, ids=key_of)
def test_each_template_runs_on_its_demo_data(item: Template, runtime: LocalRuntime) -> None:
    results, _ = runtime.execute(item.document())

    assert results


def test_a_template_fits_twice_with_a_prefix(runtime: LocalRuntime) -> None:
    workflow = WorkflowBuilder()
    first = BusinessWorkflowTemplates.pii_masking_pipeline(workflow, masked="one")
    second = BusinessWorkflowTemplates.pii_masking_pipeline(workflow, prefix="again_", masked="two")

    results, _ = runtime.execute(workflow.build())

    assert second == tuple(f"again_{name}" for name in first)
    assert results["store"]["result"]["dataset"] == "one"
    assert results["again_store"]["result"]["dataset"] == "two"


@pytest.mark.parametrize(
    ("config", "field", "words"),
    [
        ({"data_source": ["files"]}, "data_source", "data_sources"),
        ({"data_sources": ["tapes"]}, "data_sources.0", "tapes"),
        ({"data_sources": []}, "data_sources", "at least 1"),
        ({"processing_stages": ["validate", "validate"]}, "processing_stages", "twice"),
        ({"output_destinations": ["moon"]}, "output_destinations.0", "warehouse"),
    ],
)
def test_a_bad_setting_is_refused_at_its_field(config: dict[str, Any], field: str, words: str) -> None:
    workflow = WorkflowBuilder()

    with pytest.raises(ParameterError) as caught:
        BusinessWorkflowTemplates.data_processing_pipeline(workflow, **config)

    (problem,) = caught.value.facts["problems"]
    assert problem["field"] == field
    assert words in problem["message"] + (problem["hint"] or "")
    assert workflow.to_document()["nodes"] == []


def test_data_processing_gives_each_source_stage_and_destination(
    runtime: LocalRuntime, workspace: Path
) -> None:
    results = run(
        runtime,
        "data_processing_pipeline",
        data_sources=["apis", "files"],
        processing_stages=["validate", "transform", "enrich"],
        output_destinations=["warehouse", "reports"],
    )

    checked = results["validate"]["result"]
    assert (len(checked["data"]), len(checked["errors"]), checked["valid"]) == (240, 6, False)
    assert checked["errors"][0] == {"record": 5, "errors": ["quantity is missing"]}
    stored = results["enrich"]["result"]
    assert stored[0]["amount"] == 78.0
    assert stored[0]["warehouse"] == "Oslo"
    assert inspect(workspace / "datasets" / "orders-warehouse.parquet", "parquet").rows == 240
    report = rows(workspace, "orders-report.csv")
    assert sum(row["records"] for row in report) == 240
    assert sum(row["amount"] for row in report) == pytest.approx(sum(row["amount"] for row in stored))


def test_data_processing_takes_sources_of_ones_own(runtime: LocalRuntime, workspace: Path) -> None:
    (workspace / "datasets" / "mine.csv").write_text("order_id,n\na,1\nb,\n")

    results = run(
        runtime,
        "data_processing_pipeline",
        data_sources=[{"kind": "files", "dataset": "mine"}],
        processing_stages=["validate"],
        required_fields=["order_id", "n"],
        positive_fields=["n"],
        output_destinations=["warehouse"],
    )

    assert set(results) == {"files", "validate", "warehouse"}
    assert results["validate"]["result"]["data"] == [{"order_id": "a", "n": 1}]


def test_api_sync_tells_what_is_new_changed_and_gone(runtime: LocalRuntime, workspace: Path) -> None:
    first = run(runtime, "api_sync")["compare"]["result"]
    kept = workspace / "datasets" / "orders-synced.jsonl"
    lines = kept.read_text("utf-8").splitlines()
    changed = lines[1].replace("desk", "table")
    kept.write_text("\n".join([changed, *lines[2:], '{"order_id": "OLD"}']) + "\n", "utf-8")
    second = run(runtime, "api_sync")["compare"]["result"]

    assert len(first["new"]) == 6
    assert (second["new"], second["changed"], second["gone"]) == (["W00001"], ["W00002"], ["OLD"])


def test_the_gate_stops_when_too_many_are_bad(runtime: LocalRuntime, workspace: Path) -> None:
    results = run(runtime, "data_quality_gate")
    with pytest.raises(RunFailed) as caught:
        run(runtime, "data_quality_gate", max_bad_percent=5, passed="never")

    assert results["check"]["result"]["bad_percent"] == pytest.approx(5.83, abs=2)
    assert inspect(workspace / "datasets" / "customers-checked.parquet", "parquet").rows < 120
    quarantine = rows(workspace, "customers-quarantine.jsonl")
    assert any("customer_id is there twice" in row["faults"] for row in quarantine)
    assert "The gate stays closed" in caught.value.errors["closed"]["message"]
    assert not (workspace / "datasets" / "never.parquet").exists()


def test_masking_leaves_nothing_personal_and_stops_when_a_rule_is_missing(
    runtime: LocalRuntime, workspace: Path
) -> None:
    run(runtime, "pii_masking_pipeline")
    with pytest.raises(RunFailed) as caught:
        run(runtime, "pii_masking_pipeline", masking_rules={"name": {"mask_type": "redact"}}, masked="never")

    text = (workspace / "datasets" / "customers-masked.csv").read_text("utf-8")
    source = rows(workspace, "sample-customers.csv")
    assert not any(row["ssn"] in text for row in source)
    assert not any(row["email"] and row["email"] in text for row in source)
    assert "personal data is left" in caught.value.errors["look"]["message"]
    assert not (workspace / "datasets" / "never.csv").exists()


def test_the_report_adds_up_and_names_what_is_low(runtime: LocalRuntime) -> None:
    results = run(runtime, "nightly_report", alert_below=10**9)

    told = results["tell"]["result"]
    assert told["total"] == pytest.approx(sum(row["amount"] for row in results["amounts"]["result"]))
    assert sorted(told["low"]) == ["east", "north", "south", "west"]


def test_triage_takes_what_a_model_answers_once_it_is_checked(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = [
        {"ticket_id": "T001", "topic": "billing", "urgent": True},
        {"ticket_id": "T002", "topic": "weather", "urgent": False},
    ]
    with serving() as provider:
        provider.script["gpt-4"] = [Refuse(503)]
        provider.script["claude-3-sonnet"] = [Say(json.dumps(answer))]
        served = {"provider": "one"}
        models = {
            "providers": {"one": {"wire": "openai", "base_url": provider.url}},
            "models": {"gpt-4": served, "claude-3-sonnet": served},
        }
        (workspace / "models.json").write_text(json.dumps(models))
        monkeypatch.setenv("EGRESS_ALLOW", provider.place)
        with LocalRuntime(workspace=workspace) as runtime:
            results = run(runtime, "llm_triage")

    first, second, third, *_ = results["by_model"]["result"]
    assert (first["topic"], first["urgent"], first["by"]) == ("billing", True, "served-openai")
    assert (second["topic"], second["urgent"]) == ("other", False)
    assert (third["topic"], third["urgent"]) == ("other", True)
    assert "by_rules" not in results


def test_triage_goes_by_words_where_no_model_answers(runtime: LocalRuntime) -> None:
    results = run(runtime, "llm_triage")

    assert results["ask"]["result"]["error"]["code"] == "no_provider"
    assert "by_model" not in results
    topics = {row["ticket_id"]: (row["topic"], row["urgent"]) for row in results["by_rules"]["result"]}
    assert topics["T001"] == ("billing", False)
    assert topics["T009"] == ("account", True)


def test_enrichment_accounts_for_every_record_and_sets_bad_ones_aside(
    runtime: LocalRuntime, workspace: Path
) -> None:
    """Five of the orders are wrong: two of them only in fields that this template does not look at."""
    results = run(runtime, "batch_enrichment", batch_size=20)

    done = results["enrich"]["result"]
    assert (done["total_records"], done["ok"], done["failed"], done["batch_count"]) == (240, 237, 3, 12)
    assert results["look"]["result"] == 3
    enriched = rows(workspace, "orders-enriched.jsonl")
    assert len(enriched) == 237
    assert enriched[0]["gross"] == pytest.approx(round(64.9 * 1.21, 2))
    letters = {path.stem for path in (workspace / "datasets").iterdir()}
    assert "orders-dead-letters" in letters


def test_the_report_is_sent_where_somebody_is_to_get_it() -> None:
    workflow = WorkflowBuilder()

    ids = BusinessWorkflowTemplates.nightly_report(workflow, recipients=["ann@example.com"])

    assert ids[-1] == "mail"
    assert workflow.build().graph.nodes[-1].config["to"] == ["ann@example.com"]


def test_masking_is_recorded(runtime: LocalRuntime) -> None:
    results = run(runtime, "pii_masking_pipeline", frameworks=["GDPR", "HIPAA"])

    kept = results["lineage"]["result"]
    assert kept["tracking_id"]
    assert (kept["transformation_type"], kept["compliance_frameworks"]) == (
        "anonymization",
        ["GDPR", "HIPAA"],
    )


def test_a_health_check_names_what_is_wrong_and_keeps_it(runtime: LocalRuntime, workspace: Path) -> None:
    results = run(runtime, "credential_health_check", credentials=["nothing-of-this-name"])

    assert results["judge"]["result"]["unhealthy"] == ["nothing-of-this-name"]
    assert results["alarm"]["result"] == "Look after: nothing-of-this-name"
    (kept,) = rows(workspace, "credential-health.jsonl")
    assert (kept["status"], kept["healthy"]) == ("failed", False)
    assert kept["reason"]


def test_an_approval_chain_waits_for_a_server(runtime: LocalRuntime) -> None:
    with pytest.raises(ParameterError, match="server only"):
        run(runtime, "approval_chain")


def test_settings_are_written_as_python_writes_them() -> None:
    assert literal(("a", None, True, {"b": 1.5})) == '["a", None, True, {"b": 1.5}]'


def test_demo_data_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "datasets").mkdir()
    mine = tmp_path / "datasets" / "sample-orders.jsonl"
    mine.write_text('{"mine": 1}\n')

    names = BusinessWorkflowTemplates.write_demo_data(tmp_path)

    assert "sample-orders" in names
    assert not (tmp_path / "datasets" / "sample-orders.csv").exists()


@pytest.mark.parametrize("item", TEMPLATES, ids=key_of)
def test_settings_that_name_datasets_are_drawn_as_such(item: Template) -> None:
    config = item.config()
    nodes = item.document()["nodes"]
    used = {node["config"].get("dataset") or node["config"].get("data_source") for node in nodes}

    schema = item.config.model_json_schema()["properties"]

    named = {name for name in schema if isinstance(value := getattr(config, name), str) and value in used}
    assert named
    assert {name for name in named if schema[name].get("x-widget") != "dataset"} == set()
