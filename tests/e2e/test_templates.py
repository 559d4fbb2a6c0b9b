"""The gallery: every template is looked at, begun with, run, and its run looked at."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from runtime.templates import TEMPLATES, Template
from tests.e2e import canvas
from tests.e2e.api import Api
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints

WAITS = "approval_chain"
LAST = {item.key: item.document()["nodes"][-1]["id"] for item in TEMPLATES}


def test_every_template_is_opened_and_runs_at_once(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    page.goto("/workflows")
    page.get_by_role("button", name="From template").click()
    gallery = page.get_by_role("article")
    expect(gallery).to_have_count(len(TEMPLATES))
    assert grave_findings(page) == []

    for item in TEMPLATES:
        begin(page, item)
        look_at_the_steps(page, item)
        run(page, api, item)
        page.goto("/templates")


def begin(page: Page, item: Template) -> None:
    card = page.get_by_role("article", name=item.title)
    expect(card.get_by_role("img").first).to_have_accessible_name(f"Steps: {', '.join(labels(item))}")
    card.get_by_role("button", name=f"Use template {item.title}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text(item.next_steps[0])).to_be_visible()
    dialog.get_by_role("button", name="Create workflow").click()
    expect(page.get_by_role("heading", name=item.title, level=1)).to_be_visible()


def labels(item: Template) -> list[str]:
    return [node["label"] for node in item.document()["nodes"]]


def look_at_the_steps(page: Page, item: Template) -> None:
    for node in item.document()["nodes"][:3]:
        expect(canvas.step(page, node["id"])).to_contain_text(node["label"][:12])
    expect(page.get_by_text("Draft saved").or_(page.get_by_text("No problems")).first).to_be_visible()


def run(page: Page, api: Api, item: Template) -> None:
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("link", name="on the canvas").click()
    page.wait_for_url("**/runs/*")
    run_id = page.url.rsplit("/", 1)[1].partition("?")[0]
    if item.key == WAITS:
        approve(page, run_id)
    api.wait_for_end(run_id)
    assert api.call("GET", f"runs/{run_id}/")["status"] == "succeeded", item.key
    expect(page.get_by_text("Succeeded").first).to_be_visible()


def approve(page: Page, run_id: str) -> None:
    for title in ("Are these expenses in order?", "May this much be paid?"):
        page.goto("/approvals")
        page.get_by_role("link", name=title).first.click()
        page.get_by_role("complementary", name="Approval").get_by_role("button", name="Approve").click()
        expect(page.get_by_text("Approved", exact=True).first).to_be_visible()
    page.goto(f"/runs/{run_id}")


def test_a_template_is_set_up_with_data_of_ones_own(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    page.goto("/templates")
    page.get_by_role("button", name="Use template Data processing pipeline").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Set it up").click()
    for _ in range(2):  # the dataset is left
        dialog.get_by_role("button", name="Remove Data source 1").click()
    dialog.get_by_label("Dataset", exact=True).first.fill("sf-temps")
    for stage in (3, 1):
        dialog.get_by_role("button", name=f"Remove Processing stage {stage}").click()
    dialog.get_by_role("button", name="Remove Output destination 2").click()
    dialog.get_by_label("Warehouse", exact=True).fill("temps-clean")
    assert grave_findings(page) == []

    dialog.get_by_role("button", name="Create workflow").click()
    expect(page.get_by_role("heading", name="Data processing pipeline", level=1)).to_be_visible()

    draft = api.draft(page.url.rsplit("/", 1)[1].partition("?")[0])
    assert [node["id"] for node in draft["graph"]["nodes"]] == ["files", "transform", "warehouse"]
    files, _, warehouse = draft["graph"]["nodes"]
    assert files["config"] == {"dataset": "sf-temps"}
    assert warehouse["config"]["dataset"] == "temps-clean"


def test_who_may_not_make_workflows_has_no_button(page_of: Callable[..., Page]) -> None:
    page = page_of("viewer")
    page.goto("/templates")

    expect(page.get_by_role("article").first).to_be_visible()
    expect(page.get_by_role("button", name="Use template")).to_have_count(0)
