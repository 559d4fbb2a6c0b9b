"""One person's run asks, another person answers from the inbox."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api, code, node
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints

BILLS = "result = [{'to': 'Acme', 'amount': 1200}, {'to': 'Initech', 'amount': 80}]"


def test_an_approval_is_asked_for_and_given_by_somebody_else(
    page_of: Callable[..., Page], api: Api, complaints: Complaints
) -> None:
    owner, editor = complaints.watch(page_of("owner")), complaints.watch(page_of("editor"))
    workflow = api.new_workflow(
        "Pay out",
        [code("bills", BILLS), node("ask", "ApprovalNode", {"title": "Pay these bills"}, at=(340, 80))],
        ["bills.result > ask.input"],
    )

    choose_approvers(owner, workflow)
    owner.get_by_role("button", name="Run", exact=True).click()
    expect(canvas.step(owner, "ask").get_by_text("Waiting")).to_be_visible()
    see_why_not_oneself(owner)

    answer(editor)

    expect(canvas.step(owner, "ask").get_by_text("2 items")).to_be_visible()
    canvas.step(owner, "ask").click()
    canvas.inspector(owner).get_by_role("tab", name="Output").click()
    expect(canvas.inspector(owner).get_by_text("Acme").first).to_be_visible()


def choose_approvers(page: Page, workflow: str) -> None:
    page.goto(f"/workflows/{workflow}")
    canvas.step(page, "ask").click()
    form = canvas.inspector(page)
    form.get_by_label("Message").fill("Both came this week.")
    form.get_by_label("Editor", exact=True).check()
    form.get_by_label("Owner", exact=True).check()
    form.get_by_label("Comment").select_option("Required")
    form.get_by_label("People").fill("not an address")
    expect(form.get_by_text("not is not an e-mail address.")).to_be_visible()
    form.get_by_label("People").fill("")


def see_why_not_oneself(page: Page) -> None:
    link = page.get_by_role("link", name="on the canvas")
    link.click()
    page.get_by_role("link", name="Open the approval").first.click()
    detail = page.get_by_role("complementary", name="Approval")
    expect(detail.get_by_text("You started this run")).to_be_visible()
    expect(detail.get_by_role("button", name="Approve")).to_have_count(0)
    detail.get_by_role("link", name="Pay out").click()
    expect(canvas.step(page, "ask").get_by_text("Waiting")).to_be_visible()


def answer(page: Page) -> None:
    page.goto("/workflows")
    inbox = page.get_by_role("navigation", name="Main").get_by_role("link", name="Approvals")
    expect(inbox).to_contain_text("1 waiting for you")
    inbox.click()
    page.get_by_role("link", name="Pay these bills").click()
    detail = page.get_by_role("complementary", name="Approval")
    expect(detail.get_by_text("Both came this week.")).to_be_visible()
    expect(detail.get_by_role("table")).to_contain_text("Initech")
    expect(detail.get_by_role("button", name="Approve")).to_be_disabled()
    assert grave_findings(page) == []

    detail.get_by_label("Comment").fill("Checked with both")
    detail.get_by_role("button", name="Approve").click()

    expect(detail.get_by_text("Approved", exact=True)).to_be_visible()
    expect(detail.get_by_role("list", name="Decisions")).to_contain_text("Checked with both")
    expect(inbox).not_to_contain_text("waiting for you")
