"""What each person may see and do: masked values, refusals and requests, sharing, and the audit of it all."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api, code, node
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints

CUSTOMERS = "result = [{'name': 'Ada', 'ssn': '123-45-6789'}, {'name': 'Max', 'ssn': '987-65-4321'}]"
RULE = {
    "key": "national-identifiers",
    "label": "National identifiers",
    "field": "ssn",
    "mask_type": "partial",
    "options": {"visible_chars": 4},
}


@pytest.fixture
def masked_ssn(api: Api) -> Iterator[None]:
    """Social security numbers are masked for everybody."""
    rule = api.call("POST", "masks/", RULE)
    yield
    api.call("DELETE", f"masks/{rule['id']}/")


def test_see_masked_values_and_reveal_them_for_a_reason(
    page_of: Callable[..., Page], api: Api, complaints: Complaints, masked_ssn: None
) -> None:
    owner, analyst = complaints.watch(page_of("owner")), complaints.watch(page_of("analyst"))
    run = finished_run(api, api.new_workflow("Customers", [code("read", CUSTOMERS)]))
    for page in (owner, analyst):
        open_node(page, run, "read")
        expect(side(page).get_by_text("1 field masked for you.")).to_be_visible()
        expect(side(page).get_by_text("National identifiers: ssn")).to_be_visible()
        expect(chip(page, "***-**-6789")).to_be_visible()
        expect(side(page)).not_to_contain_text("123-45-6789")
    expect(side(analyst).get_by_role("button", name="Reveal")).to_have_count(0)
    assert grave_findings(owner) == []

    side(owner).get_by_role("button", name="Reveal").click()
    dialog = owner.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Reveal")).to_be_disabled()
    dialog.get_by_label("Reason").fill("A customer called")
    dialog.get_by_label("For how long").select_option("5 minutes")
    dialog.get_by_role("button", name="Reveal").click()

    expect(side(owner)).to_contain_text("123-45-6789")
    expect(side(owner).get_by_role("status")).to_contain_text("A customer called")
    analyst.reload()
    expect(chip(analyst, "***-**-6789")).to_be_visible()
    side(owner).get_by_role("button", name="Hide now").click()
    expect(chip(owner, "***-**-6789")).to_be_visible()
    expect(side(owner)).not_to_contain_text("123-45-6789")


def test_ask_for_what_is_refused_and_get_it(
    page_of: Callable[..., Page], api: Api, complaints: Complaints
) -> None:
    owner, viewer = complaints.watch(page_of("owner")), complaints.watch(page_of("viewer"))
    pay = code("pay", "result = [{'to': 'Initech', 'amount': 4711}]", access={"classification": "public"})
    workflow = api.new_workflow("Salaries", [pay])
    api.call("PATCH", f"workflows/{workflow}/access/", {"classification": "public"})
    run = finished_run(api, workflow)
    open_node(viewer, run, "pay")
    expect(side(viewer).get_by_text("You can’t see this output")).to_be_visible()
    expect(side(viewer)).not_to_contain_text("Initech")

    side(viewer).get_by_role("button", name="Ask for access").first.click()
    dialog = viewer.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Ask", exact=True)).to_be_disabled()
    dialog.get_by_label("What you need it for").fill("To check the totals")
    dialog.get_by_role("button", name="Ask", exact=True).click()
    expect(viewer.get_by_text("Asked.")).to_be_visible()

    owner.goto("/workflows")
    inbox = owner.get_by_role("navigation", name="Main").get_by_role("link", name="Requests")
    expect(inbox).to_contain_text("1 waiting for you")
    inbox.click()
    owner.get_by_role("table", name="Requests").get_by_role("link", name="Vera Viewer").click()
    request = owner.get_by_role("complementary", name="Request")
    expect(request).to_contain_text("To check the totals")
    expect(request).to_contain_text("Salaries")
    assert grave_findings(owner) == []
    request.get_by_label("Answer", exact=True).fill("For this week")
    request.get_by_role("button", name="Grant").click()
    expect(request.get_by_text("Granted", exact=True)).to_be_visible()
    expect(inbox).not_to_contain_text("waiting for you")

    viewer.reload()
    canvas.step(viewer, "pay").click()
    expect(side(viewer)).to_contain_text("Initech")
    viewer.get_by_role("navigation", name="Main").get_by_role("link", name="Requests").click()
    viewer.get_by_role("table", name="Requests").get_by_role("link", name="Vera Viewer").first.click()
    expect(viewer.get_by_role("complementary", name="Request")).to_contain_text("For this week")


def test_share_one_workflow_and_stop_it(
    page_of: Callable[..., Page], api: Api, complaints: Complaints
) -> None:
    owner, viewer = complaints.watch(page_of("owner")), complaints.watch(page_of("viewer"))
    complaints.expect(r"422 .*/grants/")
    workflow = api.new_workflow("Shared sums", [code("sum", "result = [1, 2, 3]")])
    run_button = viewer.get_by_role("button", name="Run", exact=True)
    viewer.goto(f"/workflows/{workflow}")
    expect(run_button).to_be_disabled()

    owner.goto(f"/workflows/{workflow}")
    access = canvas.inspector(owner)
    access.get_by_role("button", name="Share").click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_label("E-mail address").fill("nobody@demo.local")
    dialog.get_by_label("Run it").check()
    dialog.get_by_role("button", name="Share").click()
    expect(dialog.locator(".err")).to_be_visible()
    dialog.get_by_label("E-mail address").fill("viewer@demo.local")
    dialog.get_by_role("button", name="Share").click()
    shared = access.get_by_role("list", name="Shared with")
    expect(shared).to_contain_text("Vera Viewer")
    expect(shared).to_contain_text("Run it")
    assert grave_findings(owner) == []

    viewer.reload()
    expect(run_button).to_be_enabled()
    run_button.click()
    expect(canvas.step(viewer, "sum").get_by_text("3 items")).to_be_visible()

    shared.get_by_role("button", name="Stop sharing with Vera Viewer").click()
    owner.get_by_role("dialog").get_by_role("button", name="Stop sharing").click()
    expect(access.get_by_text("Not shared beyond")).to_be_visible()
    viewer.reload()
    expect(run_button).to_be_disabled()


def test_classify_a_workflow_and_a_step(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    workflow = api.new_workflow("Payroll", [code("pay", "result = 1")])
    page.goto(f"/workflows/{workflow}")
    panel = canvas.inspector(page)
    panel.get_by_label("Classification").select_option("Confidential")
    panel.get_by_label("Department").fill("finance")
    panel.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("is saved")).to_be_visible()

    canvas.step(page, "pay").click()
    panel.get_by_role("tab", name="Access").click()
    panel.get_by_label("Classification").select_option("Secret")
    panel.get_by_label("Tags").fill("pii, salaries")
    panel.get_by_label("Resource").fill("payroll.transfer")
    assert grave_findings(page) == []
    expect(page.get_by_text(re.compile("Draft saved"))).to_be_visible()
    lock = canvas.step(page, "pay").get_by_text("Access: secret, tagged pii, salaries")
    expect(lock).to_be_attached()

    page.reload()
    expect(panel.get_by_label("Classification")).to_have_value("confidential")
    expect(panel.get_by_label("Department")).to_have_value("finance")
    canvas.step(page, "pay").click()
    panel.get_by_role("tab", name="Access").click()
    expect(panel.get_by_label("Resource")).to_have_value("payroll.transfer")


def test_two_people_watch_a_run_and_one_loses_clearance(
    page_of: Callable[..., Page], api: Api, complaints: Complaints
) -> None:
    """Without a reload: the run waits, so that its socket is open."""
    rule = api.call(
        "POST",
        "masks/",
        {
            **RULE,
            "key": "cleared-only",
            "label": "Cleared people only",
            "condition": {
                "attribute_path": "user.attributes.clearance",
                "operator": "security_level_below",
                "value": "secret",
            },
        },
    )
    before = {role: clear(api, role, "secret") for role in ("analyst", "owner")}
    try:
        owner, analyst = complaints.watch(page_of("owner")), complaints.watch(page_of("analyst"))
        workflow = api.new_workflow(
            "Cleared",
            [
                code("read", CUSTOMERS),
                node(
                    "ask", "ApprovalNode", {"title": "Go on", "approvers": {"roles": ["owner"]}}, at=(340, 80)
                ),
            ],
            ["read.result > ask.input"],
        )
        run = api.run(workflow)["id"]
        for page in (owner, analyst):
            open_node(page, run, "read")
            expect(side(page)).to_contain_text("123-45-6789")

        clear(api, "analyst", "confidential")

        expect(chip(analyst, "***-**-6789")).to_be_visible(timeout=60_000)
        expect(side(analyst)).not_to_contain_text("123-45-6789")
        expect(side(owner)).to_contain_text("123-45-6789")
        api.call("POST", f"runs/{run}/cancel/", {})
    finally:
        api.call("DELETE", f"masks/{rule['id']}/")
        for role, level in before.items():
            clear(api, role, level)


def test_read_and_verify_the_audit(page_of: Callable[..., Page], api: Api, complaints: Complaints) -> None:
    owner, viewer = complaints.watch(page_of("owner")), complaints.watch(page_of("viewer"))
    complaints.expect(r"403 .*/audit/")
    workflow = api.new_workflow("Audited sums", [code("sum", "result = 1")])
    api.call("POST", f"workflows/{workflow}/versions/", {"note": "first"})

    owner.goto("/workflows")
    owner.get_by_role("navigation", name="Main").get_by_role("link", name="Audit").click()
    table = owner.get_by_role("table", name="Entries")
    owner.get_by_role("searchbox", name="Person, object, address").fill("Audited sums")
    published = table.get_by_role("row").filter(has_text="workflow.publish").first
    expect(published).to_contain_text("Olivia Owner")
    published.get_by_role("link").click()
    entry = owner.get_by_role("complementary", name="Entry")
    expect(entry).to_contain_text("Audited sums")
    expect(entry.get_by_text(re.compile(r"^seal [\d,]+$"))).to_be_visible()
    owner.get_by_role("button", name="Verify now").click()
    expect(owner.get_by_text("Chain intact.")).to_be_visible()
    assert grave_findings(owner) == []
    with owner.expect_download() as download:
        owner.get_by_role("link", name="Export").click()
    with zipfile.ZipFile(download.value.path()) as bundle:
        assert any(name.endswith("verify.py") for name in bundle.namelist())

    viewer.goto("/audit")
    expect(viewer.get_by_text("You can’t see the audit")).to_be_visible()
    expect(viewer.get_by_role("navigation", name="Main").get_by_role("link", name="Audit")).to_have_count(0)


def finished_run(api: Api, workflow: str) -> str:
    """The id of a new run of a workflow, once it has ended."""
    run: str = api.run(workflow)["id"]
    api.wait_for_end(run)
    return run


def open_node(page: Page, run: str, step: str) -> None:
    page.goto(f"/runs/{run}")
    canvas.step(page, step).click()


def side(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Node")


def chip(page: Page, text: str) -> Locator:
    return side(page).locator(".mask").filter(has_text=text)


def clear(api: Api, role: str, level: str) -> str:
    """Sets the clearance of one of the demo's people; returns the one before."""
    people = api.call("GET", "users/?limit=100")["results"]
    (person,) = (one for one in people if one["email"] == f"{role}@demo.local")
    attributes = {**person["attributes"], "clearance": level}
    api.call("PATCH", f"users/{person['id']}/", {"attributes": attributes})
    return str(person["attributes"].get("clearance", level))
