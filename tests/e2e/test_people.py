"""People come, are given roles and attributes, and go; roles and levels are changed by mouse and by keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.api import Api, code
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints
from tests.e2e.conftest import sign_in

PASSWORD = "purple tram 88"
SLOW = "import time\ntime.sleep(40)\nresult = 1"


def test_somebody_is_invited_joins_is_given_more_and_goes(
    owner: Page, new_context: Callable[..., BrowserContext], api: Api, complaints: Complaints
) -> None:
    page, newcomer = complaints.watch(owner), new_context().new_page()
    join(newcomer, invite(page, "nora@demo.local"))
    sign_in(newcomer, "nora@demo.local", PASSWORD)
    expect(newcomer.get_by_role("button", name="New workflow")).to_have_count(0)

    page.goto("/people?search=nora")
    page.get_by_role("table", name="People").get_by_role("link", name="Nora New").click()
    person = page.get_by_role("complementary", name="Person")
    person.get_by_role("tab", name="What they may do").click()
    expect(answer(person, "create workflows")).to_contain_text("Never")
    assert grave_findings(page) == []
    person.get_by_role("tab", name="Profile").click()
    person.get_by_role("button", name="Editor").click()
    person.get_by_label("Clearance").select_option("Secret")
    person.get_by_role("button", name="Save").click()
    expect(page.get_by_role("row").filter(has_text="nora@demo.local")).to_contain_text("Editor")
    person.get_by_role("tab", name="What they may do").click()
    expect(answer(person, "create workflows")).to_contain_text("Always")
    person.get_by_role("tab", name="Sessions").click()
    expect(person.get_by_role("listitem").filter(has_text="Chrome")).to_be_visible()

    run = api.run(api.new_workflow("Nora watches", [code("wait", SLOW)]))
    newcomer.goto(f"/runs/{run['id']}")
    expect(newcomer.get_by_role("article").filter(has_text="Running")).to_be_visible()
    person.get_by_role("tab", name="Profile").click()
    person.get_by_role("button", name="Deactivate").click()
    page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()

    expect(person.get_by_text("Deactivated", exact=True)).to_be_visible()
    expect(newcomer.get_by_text("Your account was deactivated").first).to_be_visible()
    newcomer.goto("/workflows")
    expect(newcomer.get_by_role("heading", name="Your account is not active")).to_be_visible()
    api.call("POST", f"runs/{run['id']}/cancel/")


def test_roles_and_levels_are_changed_by_mouse_and_by_keys(owner: Page, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    complaints.expect(r"422 .*/attributes/")
    page.goto("/people/roles")
    page.get_by_role("button", name="Role", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Night shift")
    dialog.get_by_role("button", name="Viewer").click()
    dialog.get_by_role("button", name="Create").click()
    pane = page.get_by_role("complementary", name="Role")
    expect(pane.get_by_role("heading", name="Night shift")).to_be_visible()
    expect(cell(page, "see runs and their states, inherited from viewer")).to_be_visible()

    cell(page, "cancel runs").click()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(page.get_by_text("2 changes, not saved yet")).to_be_visible()
    assert grave_findings(page) == []
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("2 changes, not saved yet")).to_have_count(0)
    page.reload()
    for action in ("cancel runs", "pause and resume runs"):
        expect(cell(page, action)).to_have_attribute("aria-pressed", "true")
    pane.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(cell(page, "cancel runs")).to_have_count(0)

    page.get_by_role("link", name="Attributes and levels").click()
    name = page.get_by_label(re.compile("Name of level"))
    expect(name).to_have_count(5)
    name.nth(1).press("Alt+ArrowUp")
    expect(name.nth(0)).to_have_value("Internal")
    expect(name.nth(0)).to_be_focused()
    rows = page.get_by_role("listitem").filter(has=page.get_by_label(re.compile("Name of level")))
    rows.nth(1).locator("[draggable]").drag_to(rows.nth(0))
    expect(name.nth(0)).to_have_value("Public")
    page.get_by_role("button", name="Attribute", exact=True).click()
    dialog.get_by_label("Name").fill("Floor")
    dialog.get_by_label("Type").select_option("Number")
    dialog.get_by_label("Values").fill("1\ntop")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_text("Line 2: It is not of the attribute's type.")).to_be_visible()
    assert grave_findings(page) == []
    dialog.get_by_label("Values").fill("1\n2")
    dialog.get_by_role("button", name="Create").click()
    row = page.get_by_role("row").filter(has_text="user.floor")
    expect(row).to_contain_text("1, 2")
    row.get_by_role("button", name="Change Floor").click()
    dialog.get_by_role("button", name="Delete").click()
    expect(row).to_have_count(0)


def invite(page: Page, email: str) -> str:
    """The path of the link that a new viewer is asked to join by."""
    page.goto("/people")
    page.get_by_role("button", name="Invite").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("E-mail address").fill(email)
    dialog.get_by_role("button", name="Viewer").click()
    dialog.get_by_role("button", name="Invite").click()
    expect(dialog.get_by_text("No e-mail went out")).to_be_visible()
    assert grave_findings(page) == []
    link = dialog.get_by_label("Link", exact=True).input_value()
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("table", name="Open invitations")).to_contain_text(email)
    return urlsplit(link).path


def join(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_label("Your name").fill("Nora New")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    assert grave_findings(page) == []
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("heading", name="Welcome to Demo")).to_be_visible()


def answer(person: Locator, action: str) -> Locator:
    return person.get_by_role("listitem").filter(has=person.page.get_by_text(action, exact=True))


def cell(page: Page, action: str) -> Locator:
    return page.get_by_role("grid").get_by_role("button", name=f"Night shift: {action}", exact=True)
