"""The run page of what has an inside: iterations, sub-workflows, runs of a part, and attempts to come."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.api import Api, code
from tests.e2e.complaints import Complaints


def test_look_into_the_iterations_of_a_map(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    page.goto(f"/runs/{newest_run(api, 'Applicants')['id']}")

    timeline_row(page, "Each applicant").click()
    page.get_by_role("tab", name="Iterations").click()
    rows = page.get_by_role("list", name="Iterations").get_by_role("button")
    expect(rows).to_have_count(6)
    expect(rows.nth(3)).to_contain_text("ZeroDivisionError")
    rows.nth(2).click()

    expect(box(page, "Check the papers")).to_contain_text("Failed")
    timeline_row(page, "Ask for papers").click()
    expect(side(page)).to_contain_text("papers missing")
    side(page).get_by_role("button", name="Iteration before").click()
    expect(box(page, "Check the papers")).to_contain_text("done")
    expect(side(page)).to_contain_text("Skipped")


def test_see_first_what_failed_inside_a_map(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    page.goto(f"/runs/{newest_run(api, 'Applicants')['id']}")

    timeline_row(page, "Score").click()

    expect(side(page).get_by_role("alert")).to_contain_text("ZeroDivisionError")
    expect(side(page).get_by_label("Iteration, 1 to 6")).to_have_value("4")


def test_open_a_sub_workflow_and_come_back(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    page.goto(f"/runs/{newest_run(api, 'Two cities')['id']}")

    timeline_row(page, "Seattle").click()
    side(page).get_by_role("button", name="Open").click()
    expect(page.get_by_text("Inside “Seattle”")).to_be_visible()
    timeline_row(page, "By month").click()
    expect(side(page)).to_contain_text("mean_f")
    page.get_by_role("button", name="Back to the run").click()

    expect(box(page, "Side by side")).to_be_visible()


def test_run_a_part_again_with_results_taken_over(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    run = newest_run(api, "Airports report")
    page.goto(f"/runs/{run['id']}")
    last = api.call("GET", f"runs/{run['id']}/")["graph"]["nodes"][-1]
    timeline_row(page, last["label"] or last["id"]).click()

    side(page).get_by_role("button", name="Run a part again").click()
    page.get_by_role("menuitem", name="Run only this node").click()

    expect(page.get_by_text(f"after run {run['number']}")).to_be_visible()
    expect(page.get_by_text(f"from run {run['number']}").first).to_be_visible()
    expect(page.locator("header").first.get_by_text("Succeeded")).to_be_visible()


def test_continue_a_run_from_what_failed(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    run = next(
        item
        for item in api.call("GET", "runs/?status=failed&limit=100")["results"]
        if item["workflow"]["name"] == "Airports by region" and item["mode"] == "full"
    )
    page.goto(f"/runs/{run['id']}")

    page.get_by_role("button", name="Continue from what failed").click()

    expect(page.get_by_text("What had failed")).to_be_visible()
    expect(box(page, "US airports")).to_contain_text(f"from run {run['number']}")
    expect(box(page, "Find the region")).to_contain_text("Failed")


def test_read_when_the_next_attempt_comes(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    retry = {"max_retries": 50, "backoff_strategy": "constant", "initial_delay": 20}
    step = code("shaky", "result = 1\nraise ValueError('not yet')", options={"retry": retry})
    workflow_id = api.new_workflow("Shaky", [step])
    run = api.run(workflow_id)
    page.goto(f"/runs/{run['id']}")

    timeline_row(page, "Shaky").click()

    expect(side(page)).to_contain_text(re.compile(r"Attempt \d+ (in|soon).*not yet"))
    page.get_by_role("button", name="Cancel run").click()
    expect(page.locator("header").first.get_by_text("Cancelled")).to_be_visible()


def newest_run(api: Api, name: str) -> dict[str, object]:
    """The newest whole run of the example of this name."""
    runs = api.call("GET", "runs/?limit=100")["results"]
    return next(run for run in runs if run["workflow"]["name"] == name and run["mode"] == "full")


def timeline_row(page: Page, title: str) -> Locator:
    rows = page.get_by_role("region", name="Timeline").get_by_role("listitem")
    return rows.filter(has_text=re.compile(f"^{re.escape(title)}")).get_by_role("button").first


def box(page: Page, title: str) -> Locator:
    return page.locator(".react-flow__node").filter(has_text=title).last


def side(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Node")
