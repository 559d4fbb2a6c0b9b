"""Pictures of each template as it is begun with and run, and of the guide's comprehensive example."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from runtime.templates import TEMPLATES, Template
from tests.e2e.test_comprehensive import INPUTS, document, take_in, upload
from tests.guide.workspace import make_workspace

RECORDS = 150_000  # some seconds of work: its curves have a point a second
ENDS_AS = re.compile("Succeeded|Waiting")  # the approval chain waits for people

Take = Callable[[Page, str], None]


def take_each_template(page: Page, take: Take, theme: str) -> None:
    for item in TEMPLATES:
        _take_template(page, take, item, theme)


def _take_template(page: Page, take: Take, item: Template, theme: str) -> None:
    page.goto("/templates")
    page.get_by_role("button", name=f"Use template {item.title}").click()
    page.get_by_role("dialog").get_by_role("button", name="Create workflow").click()
    expect(page.get_by_role("heading", name=item.title, level=1)).to_be_visible()
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("link", name="on the canvas").click()
    page.wait_for_url("**/runs/*")
    expect(page.get_by_role("main").get_by_text(ENDS_AS).first).to_be_visible(timeout=60_000)
    take(page, f"template-{item.key}-{theme}")


def take_the_guides_example(page: Page, take: Take, folder: Path, theme: str) -> None:
    """Imported as its graph document, given its inputs, run, and looked at with the curves of its batches."""
    folder.mkdir()
    upload(page, make_workspace(folder, records=RECORDS) / "datasets" / "production_dataset.csv")
    take_in(page, document(folder))
    page.get_by_role("button", name="Run", exact=True).click()
    asked = page.get_by_role("dialog")
    for name, value in INPUTS.items():
        asked.get_by_label(name).fill(value)
    asked.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("link", name="on the canvas").click()
    page.get_by_label("Timeline").get_by_text("Batch processor").click()
    page.get_by_role("tab", name="Batches").click()
    expect(page.get_by_role("tabpanel")).to_contain_text(re.compile("Done150,?000"), timeout=60_000)
    expect(page.get_by_role("main").get_by_text("Succeeded").first).to_be_visible(timeout=30_000)
    take(page, f"run-guide-example-{theme}")
