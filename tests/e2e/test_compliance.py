"""An owner sees which controls hold, confirms what no table can tell, and makes a report."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints

CONTACT = "It is known who is told of a breach"


def test_a_control_tells_its_evidence_and_a_person_confirms_another(
    owner: Page, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    page.goto("/compliance")
    table = page.get_by_role("table", name="Controls")
    expect(table.get_by_role("row").nth(5)).to_be_visible()
    assert grave_findings(page) == []

    page.get_by_role("group", name="Frameworks").get_by_role("button", name=re.compile("SOC 2")).click()
    table.get_by_role("link", name="Everybody proves who they are", exact=True).click()
    pane = page.get_by_role("complementary", name="Control")
    expect(pane.get_by_text("have no second factor").first).to_be_visible()
    expect(pane.get_by_text("How it was found")).to_be_visible()
    assert grave_findings(page) == []

    pane.get_by_role("button", name="Close").click()
    table.get_by_role("button", name=re.compile(f"Confirm.*{CONTACT}")).click()
    page.get_by_label("How you know").fill("We called the officer; the minutes are in the wiki.")
    page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
    expect(table.get_by_role("row", name=re.compile(CONTACT))).to_contain_text("minutes are in the wiki")


def test_a_report_is_made_and_opened(owner: Page, complaints: Complaints, tmp_path: Path) -> None:
    page = complaints.watch(owner)
    page.goto("/compliance/reports")
    page.get_by_role("button", name="Report", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Evidence of the quarter")
    assert grave_findings(page) == []
    dialog.get_by_role("button", name="Make it").click()

    page.get_by_role("button", name="Open Evidence of the quarter").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name=re.compile("HTML")).click()

    download.value.save_as(tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Evidence of the quarter" in text and "GDPR" in text


def test_reports_are_made_on_a_schedule(owner: Page, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    page.goto("/compliance/reports")
    page.get_by_role("button", name="Schedule", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Title").fill("Each month")
    dialog.get_by_role("button", name="Save").click()

    row = page.get_by_role("table", name="Schedules").get_by_role("row", name=re.compile("Each month"))
    expect(row).to_contain_text("On day 1 of the month at 07:00")
    row.get_by_role("button", name="Delete Each month").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)


def test_an_auditor_sees_and_does_not_manage_and_a_viewer_sees_nothing(
    page_of: Callable[..., Page], complaints: Complaints
) -> None:
    auditor = complaints.watch(page_of("auditor"))
    auditor.goto("/compliance")
    expect(auditor.get_by_role("table", name="Controls")).to_be_visible()
    expect(auditor.get_by_role("button", name="Report", exact=True)).to_have_count(0)
    auditor.goto("/compliance/alerts")
    expect(auditor.get_by_role("radiogroup", name="Which alerts")).to_be_visible()

    complaints.expect(r"403 .*/compliance/controls/")
    viewer = complaints.watch(page_of("viewer"))
    viewer.goto("/compliance")
    expect(viewer.get_by_text("You can’t see the controls")).to_be_visible()
    expect(viewer.get_by_role("link", name="Compliance", exact=True)).to_have_count(0)
