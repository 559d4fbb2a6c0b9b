"""The guide's comprehensive example in the browser: imported, given its inputs, run, and its summary read."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e import canvas
from tests.e2e.complaints import Complaints
from tests.guide.running import run as run_script
from tests.guide.workspace import make_workspace

BLOCK = Path(__file__).parents[1] / "guide" / "blocks" / "comprehensive.txt"
RECORDS = 150_000  # some seconds of work: curves have a point a second
INPUTS = {
    "access_check.user_id": "analyst_001",
    "access_check.tenant_id": "enterprise",
    "access_check.user_roles": '["analyst"]',
    "access_check.user_attributes": '{"clearance": "confidential"}',
    "batch_processor.data_source": "production_dataset",
}


def document(folder: Path) -> str:
    """What `workflow.build().to_json()` gives, where the example would execute it."""
    script = folder / "document.py"
    building, _, _ = BLOCK.read_text("utf-8").partition("# Execute with advanced")
    script.write_text(f"{building}\nprint(workflow.build().to_json())\n")
    ended = run_script(script)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_comprehensive_example_gives_real_numbers(
    owner: Page, tmp_path: Path, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    upload(page, make_workspace(tmp_path, records=RECORDS) / "datasets" / "production_dataset.csv")
    take_in(page, document(tmp_path))

    page.get_by_role("button", name="Run", exact=True).click()
    asked = page.get_by_role("dialog")
    for name, value in INPUTS.items():
        asked.get_by_label(name).fill(value)
    asked.get_by_role("button", name="Run", exact=True).click()

    canvas.step(page, "aggregate_results").click()
    canvas.inspector(page).get_by_role("tab", name="Output").click()
    output = canvas.inspector(page)
    output.get_by_role("radio", name="JSON").click(timeout=60_000)
    expect(output).to_contain_text("total_records")
    expect(output).to_contain_text(re.compile("150,?000"))
    expect(output).to_contain_text("lineage_tracked")

    look_at_the_batches(page)


def look_at_the_batches(page: Page) -> None:
    page.get_by_role("link", name="on the canvas").click()
    page.get_by_label("Timeline").get_by_text("Batch processor").click()
    page.get_by_role("tab", name="Batches").click()
    expect(page.get_by_role("tabpanel")).to_contain_text(re.compile("Done150,?000"))
    expect(page.get_by_role("img", name=re.compile("^Rate: "))).to_be_visible()


def upload(page: Page, file: Path) -> None:
    page.goto("/datasets")
    page.get_by_label("Files to upload").set_input_files(file)
    expect(page.get_by_role("link", name="production_dataset")).to_be_visible(timeout=30_000)


def take_in(page: Page, text: str) -> None:
    page.goto("/workflows")
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Or paste the document").fill(text)
    dialog.get_by_label("Name").fill("Enterprise")
    dialog.get_by_role("button", name="Import").click()
    expect(page.get_by_role("heading", name="Enterprise", level=1)).to_be_visible()
