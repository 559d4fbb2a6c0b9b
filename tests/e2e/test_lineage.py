"""A person follows a column from a dataset back to what it was made from, by mouse and by keys."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.api import Api
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints

DATASET = "seattle-by-month"


@pytest.fixture(scope="module")
def written(api: Api) -> str:
    """The dataset that an example of the demo has written, once its lineage is known."""
    give_up = time.monotonic() + 90
    while True:
        found = api.call("GET", f"lineage/datasets/?search={DATASET}")["results"]
        if found:
            return str(found[0]["id"])
        assert time.monotonic() < give_up, f"no lineage of {DATASET}"
        time.sleep(0.2)


def test_a_column_is_followed_back_to_its_source(owner: Page, written: str, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    page.goto("/lineage")
    page.get_by_role("table", name="Datasets").get_by_role("link", name=DATASET).click()

    column(page, DATASET, "season").click()
    pane = page.get_by_role("complementary", name="Chosen")
    expect(pane.get_by_role("heading", name="season")).to_be_visible()
    expect(pane.get_by_text("exact", exact=False).first).to_be_visible()
    expect(column(page, "Months in order", "season")).to_have_class(re.compile("is-hot"))
    expect(column(page, "Months in order", "hours")).to_have_class(re.compile("is-cold"))
    assert grave_findings(page) == []

    page.keyboard.press("ArrowLeft")
    expect(column(page, "Months in order", "season")).to_be_focused()
    page.keyboard.press("Enter")
    expect(pane.get_by_text("Column of Months in order")).to_be_visible()
    pane.get_by_role("button", name="Draw the graph around it").click()
    expect(page.get_by_role("combobox", name="Dataset or column")).to_have_value("Months in order.season")


def test_a_graph_is_drawn_as_of_a_run_and_in_one_direction(
    owner: Page, written: str, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    page.goto(f"/lineage?dataset={written}")
    expect(card(page, "Months in order")).to_be_visible()

    page.get_by_role("slider", name="As of which run").press("Home")
    expect(page.get_by_text(re.compile(r"^As of run \d+$"))).to_be_visible()
    assert "run=" in page.url
    page.get_by_role("radio", name="Downstream").click()
    expect(card(page, "Months in order")).to_have_count(0)
    expect(card(page, DATASET)).to_be_visible()


def test_a_dataset_is_found_by_the_name_of_its_column(
    owner: Page, written: str, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    page.goto(f"/lineage?dataset={written}")
    field = page.get_by_role("combobox", name="Dataset or column")

    field.fill(f"{DATASET}.sea")
    page.get_by_role("option", name=f"{DATASET}.season").click()

    expect(field).to_have_value(f"{DATASET}.season")
    expect(page.get_by_role("complementary", name="Chosen").get_by_text("How it is made")).to_be_visible()


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


def column(page: Page, name: str, of: str) -> Locator:
    return card(page, name).get_by_role("button", name=re.compile(rf"^{of}\b"))
