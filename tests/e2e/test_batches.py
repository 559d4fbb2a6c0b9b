"""The run page of a step that works in batches: its counts and curves, while it goes on and afterwards."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api, code, node
from tests.e2e.complaints import Complaints

SLOW = "import time\ntime.sleep(0.15)\nresult = [{'n': r['n'] * 2} for r in records if r['n'] != 41 or 1 / 0]"


def test_watch_the_batches_of_a_step(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    config = {
        "batch_size": 10,
        "max_concurrent_batches": 2,
        "processing": {"kind": "code", "code": SLOW},
        "error_handling": "continue_with_logging",
        "max_retry_attempts": 0,
    }
    workflow = api.new_workflow(
        "Batches",
        [
            code("rows", "result = [{'n': n} for n in range(500)]"),
            node("batch", "BatchProcessorNode", config, at=(400, 80), label="In batches"),
        ],
        ["rows.result > batch.items"],
    )
    run = api.run(workflow)
    page.goto(f"/runs/{run['id']}")
    page.get_by_label("Timeline").get_by_text("In batches").click()

    page.get_by_role("tab", name="Batches").click()
    expect(page.get_by_text(re.compile("batch(es)? under way"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Rate: .* records a second"))).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("^Batches at a time: 2 "))).to_be_visible()

    expect(page.get_by_text(re.compile("^Took "))).to_be_visible()
    facts = page.get_by_role("tabpanel")
    expect(facts).to_contain_text("Done499")
    expect(facts).to_contain_text("Failed1")


def test_choose_a_workflow_for_each_batch(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    publish_enrich(api)
    batches = api.new_workflow(
        "Enriched in batches",
        [
            code("rows", "result = [{'n': n} for n in range(30)]"),
            node("batch", "BatchProcessorNode", {"batch_size": 10}, at=(400, 80), label="In batches"),
        ],
        ["rows.result > batch.items"],
    )
    page.goto(f"/workflows/{batches}")
    canvas.step(page, "batch").click()
    form = canvas.inspector(page).get_by_role("group", name="Do with the records")
    form.get_by_label("Kind").select_option("Another workflow for each batch")
    form.get_by_role("combobox", name=re.compile("^Workflow")).select_option("Enrich a batch")
    form.get_by_label("Version").select_option("v1 · First")
    expect(page.get_by_text("Draft saved")).to_be_visible()

    page.get_by_role("button", name="Run", exact=True).click()
    expect(
        canvas.step(page, "batch").get_by_text("Succeeded").or_(page.get_by_text("Succeeded")).first
    ).to_be_visible()

    run_id = api.call("GET", f"runs/?workflow={batches}")["results"][0]["id"]
    outputs = api.call("GET", f"runs/{run_id}/nodes/batch/")["outputs"]
    assert outputs["result"]["results"][:2] == [{"n": 0, "double": 0}, {"n": 1, "double": 2}]


def publish_enrich(api: Api) -> None:
    """A workflow that doubles the numbers of its records."""
    text = "result = [{'n': r['n'], 'double': 2 * r['n']} for r in records]"
    enrich = api.new_workflow(
        "Enrich a batch",
        [node("rows", "ValueNode", {"value": "${records}"}), code("double", text, at=(400, 80))],
        ["rows.result > double.records"],
    )
    draft = api.draft(enrich)
    draft["graph"]["parameters"] = [{"name": "records", "schema": {"type": "array"}}]
    api.save(enrich, draft)
    api.call("POST", f"workflows/{enrich}/versions/", {"note": "First"})
