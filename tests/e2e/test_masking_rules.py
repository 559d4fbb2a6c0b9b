"""A masking rule: suggested from data, seen on that data for a person, mended, and in force at once."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.api import Api, code
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints

CARDS = """result = [
    {'name': 'Ada', 'card': '4111 1111 1111 1111'}, {'name': 'Max', 'card': '5555 5555 5555 4444'}
]"""


def test_make_a_rule_from_a_suggestion_and_see_whom_it_hits(
    page_of: Callable[..., Page], api: Api, complaints: Complaints
) -> None:
    page = complaints.watch(page_of("owner"))
    complaints.expect(r"422 .*/masks/")
    workflow = api.new_workflow("Payments by card", [code("pay", CARDS)])
    run = api.run(workflow)
    api.wait_for_end(run["id"])

    page.goto("/masking")
    page.get_by_role("button", name="Look for fields").click()
    page.get_by_role("link", name="Mask it: result[*].card").click()
    rule = page.get_by_role("region", name="Rule", exact=True)
    expect(rule.get_by_label("Name")).to_have_value("Card numbers")
    expect(rule.get_by_role("radio", name="Partial")).to_be_checked()

    preview = page.get_by_role("region", name="Preview")
    preview.get_by_label("Data").select_option(f"run:{run['id']}")
    table = preview.get_by_role("table", name="Values of the field")
    expect(table.get_by_role("row").filter(has_text="Ada")).to_contain_text("**** **** **** 1111")
    rule.get_by_label("Who sees the value").select_option("As a condition says")
    rule.get_by_role("button", name="Add a condition", exact=True).click()
    page.keyboard.type("user.department")
    page.keyboard.press("Escape")
    ada = table.get_by_role("row").filter(has_text="Ada")
    for department, chips in (("lending", 0), ("management", 1)):
        rule.get_by_label("Value", exact=True).fill(department)
        expect(ada.locator(".mask")).to_have_count(chips)
    rule.get_by_label("Who sees the value").select_option("People cleared for at least")
    rule.get_by_label("Clearance").select_option("secret")
    expect(rule.get_by_text(re.compile(r"people today see the value: .*Owner"))).to_be_visible()
    expect(ada.locator(".mask")).to_have_count(0)
    preview.get_by_role("button", name="Olivia Owner").click()
    page.get_by_role("dialog").get_by_role("radio", name=re.compile("Ana Analyst")).click()
    expect(table.get_by_role("row").filter(has_text="Max").locator(".mask")).to_contain_text("4444")
    assert grave_findings(page) == []

    rule.get_by_role("radio", name="Range").click()
    rule.get_by_label("Ranges").fill("< 10, 20-30")
    expect(rule.locator(".err")).to_be_visible()
    rule.get_by_role("radio", name="Partial").click()
    expect(rule.locator(".err")).to_have_count(0)
    rule.get_by_label("Status").select_option("Active")
    rule.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("It holds at once")).to_be_visible()
    listed = page.get_by_role("list", name="Masking rules").get_by_role(
        "link", name=re.compile("Card numbers")
    )
    expect(listed).to_contain_text("Active")

    analyst = complaints.watch(page_of("analyst"))
    analyst.goto(f"/runs/{run['id']}")
    analyst.locator('.react-flow__node[data-id="pay"]').click()
    side = analyst.get_by_role("complementary", name="Node")
    expect(side.locator(".mask").filter(has_text="1111")).to_be_visible()

    rule.get_by_role("button", name="Delete this rule").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(listed).to_have_count(0)
