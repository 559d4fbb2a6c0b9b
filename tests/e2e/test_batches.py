"""The run page of a step that works in batches: its counts and curves, while it goes on and afterwards."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

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
