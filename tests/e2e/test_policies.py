"""Policies from a new rule to one that decides, and back: by mouse and by keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api, code
from tests.e2e.api import node as step
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints

SECRET = "You can’t see this output"


@pytest.fixture
def all_logged(api: Api) -> Iterator[None]:
    """What is allowed is logged too."""
    api.call("PATCH", "tenant/access/", {"decision_sample": 1})
    yield
    api.call("PATCH", "tenant/access/", {"decision_sample": 0})


@pytest.fixture
def no_policy_left(api: Api) -> Iterator[None]:
    yield
    for policy in api.call("GET", "policies/?search=stays-inside")["results"]:
        api.call("DELETE", f"policies/{policy['id']}/")


def test_write_try_activate_and_take_back_a_rule(
    page_of: Callable[..., Page], api: Api, complaints: Complaints, all_logged: None, no_policy_left: None
) -> None:
    owner, analyst = complaints.watch(page_of("owner")), complaints.watch(page_of("analyst"))
    complaints.expect(r"403 ")  # the analyst's page asks for what it may not see any more
    run = waiting_run(api)
    analyst.goto(f"/runs/{run}")
    canvas.step(analyst, "pay").click()
    expect(node(analyst)).to_contain_text("Initech")

    make_policy(owner)
    build_by_mouse_and_keys(owner)
    see_and_follow_lint(owner)
    ask_the_simulator(owner)
    compare_with_what_was_decided(owner)
    fail_a_test_and_correct_it(owner)
    assert grave_findings(owner) == []

    activate(owner)
    expect(node(analyst).get_by_text(SECRET)).to_be_visible(timeout=60_000)
    expect(node(analyst)).not_to_contain_text("Initech")

    departments = rule(owner).get_by_role("combobox", name="Values")
    departments.fill("research")
    departments.press("Enter")
    expect(owner.get_by_text("Draft of revision 3")).to_be_visible()
    expect(cases_on(owner).get_by_text("1 fails")).to_be_visible()
    cases_on(owner).get_by_role("button", name="More for the test").click()
    owner.get_by_role("menuitem", name="Delete").click()
    activate(owner)
    analyst.reload()
    canvas.step(analyst, "pay").click()
    expect(node(analyst)).to_contain_text("Initech")

    roll_back(owner, to=2)
    expect(node(analyst).get_by_text(SECRET)).to_be_visible(timeout=60_000)
    api.call("POST", f"runs/{run}/cancel/", {})


def make_policy(page: Page) -> None:
    page.goto("/policies")
    page.get_by_role("button", name="Policy", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Research stays inside")
    actions = dialog.get_by_role("combobox", name="Actions")
    actions.fill("run.data")
    actions.press("Enter")
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", name="Research stays inside")).to_be_visible()


def build_by_mouse_and_keys(page: Page) -> None:
    """Any of (classified, on a weekday), and a department: regrouped by mouse, then by arrow keys."""
    pane = rule(page)
    pane.get_by_role("button", name="Add a group").click()
    page.keyboard.type("resource.classification")
    classified = row(page, "resource.classification")
    classified.get_by_label("Value").select_option("Confidential")

    adder = pane.get_by_role("button", name="Add a condition", exact=True)
    adder.focus()
    page.keyboard.press("Enter")
    page.keyboard.type("user.dep")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    department = row(page, "user.department")
    department.get_by_label("Comparison").select_option("is none of")
    values = department.get_by_role("combobox", name="Values")
    values.fill("lending,")
    values.fill("management,")
    expect(department.get_by_text("management")).to_be_visible()

    group = pane.get_by_role("group", name="Any of")
    drag(handle(department), below=classified)
    expect(group.get_by_role("group", name=re.compile("user.department"))).to_be_visible()
    handle(department).press("ArrowLeft")
    expect(group.get_by_role("group", name=re.compile("user.department"))).to_have_count(0)
    expect(handle(department)).to_be_focused()
    handle(department).press("ArrowUp")
    expect(pane.locator("[data-parts]").first.locator("> li").first).to_contain_text("lending")
    page.keyboard.press("Control+z")
    expect(pane.locator("[data-parts]").first.locator("> li").last).to_contain_text("lending")
    expect(page.get_by_text("Draft of revision 2")).to_be_visible()


def see_and_follow_lint(page: Page) -> None:
    pane = rule(page)
    pane.get_by_role("button", name="Add a condition", exact=True).click()
    page.keyboard.type("user.department")
    page.keyboard.press("Escape")
    expect(pane.get_by_text("needs a value")).to_be_visible()
    odd = pane.get_by_role("group", name=re.compile("user.department is …"))
    odd.get_by_label("Comparison").select_option("is none of")
    odd = pane.get_by_role("group", name=re.compile("user.department is none of …"))
    odd.get_by_role("combobox", name="Values").fill("lending,")
    expect(pane.get_by_text("This changes nothing")).to_be_visible()
    pane.get_by_role("button", name="Remove it").click()
    expect(pane.get_by_text("This changes nothing")).to_have_count(0)


def ask_the_simulator(page: Page) -> None:
    pane = page.get_by_role("region", name="Simulator")
    pane.get_by_role("button", name="choose a person").click()
    who = pane.get_by_role("combobox", name="Who")
    who.fill("Ana")
    page.get_by_role("option", name="Ana Analyst").click()
    pane.get_by_role("combobox", name="Does what").fill("run.data")
    pane.get_by_label("To what").select_option("Run")
    which = pane.get_by_role("combobox", name="Which run")
    which.fill("Salaries")
    page.get_by_role("option", name=re.compile("Salaries inside")).first.click()
    answers = pane.get_by_role("status", name="Answers")
    expect(answers.get_by_text("Allowed")).to_be_visible()
    expect(answers.get_by_text("Denied")).to_be_visible()
    why = pane.get_by_role("region", name="Why")
    expect(why.get_by_text("is research")).to_be_visible()
    expect(why.get_by_text("is confidential").last).to_be_visible()


def compare_with_what_was_decided(page: Page) -> None:
    block = page.get_by_role("region", name="Impact")
    block.get_by_role("button", name="Compare").click()
    expect(block.get_by_text(re.compile(r"against [1-9]\d* logged decision"))).to_be_visible()
    block.get_by_role("button", name="Open list").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row").filter(has_text="Ana Analyst").first).to_contain_text("denied")
    dialog.get_by_role("button", name="Done").click()


def fail_a_test_and_correct_it(page: Page) -> None:
    """A test that expects what the rule does not do keeps it from being activated."""
    page.get_by_role("region", name="Simulator").get_by_role("button", name="Save as test").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Research reads salaries")
    dialog.get_by_label("It is allowed").check()
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(cases_on(page).get_by_text("expected allow, got")).to_be_visible()
    button = page.get_by_role("button", name="Activate")
    expect(button).to_be_disabled()
    expect(page.get_by_text("1 test fails")).to_be_visible()

    cases_on(page).get_by_role("button", name="More for the test").click()
    page.get_by_role("menuitem", name="Change").click()
    dialog.get_by_label("It is denied").check()
    dialog.get_by_role("button", name="Save").click()
    expect(cases_on(page).get_by_text("1 pass")).to_be_visible()
    expect(button).to_be_enabled()


def activate(page: Page) -> None:
    page.get_by_role("button", name="Activate").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Note").fill("Agreed with research")
    dialog.get_by_role("button", name="Activate").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Active", exact=True).first).to_be_visible()


def roll_back(page: Page, *, to: int) -> None:
    page.get_by_role("button", name="Revisions").click()
    pane = page.get_by_role("region", name="Revisions")
    expect(pane.get_by_label("Changes of revision 3")).to_contain_text("research")
    entry = pane.get_by_role("listitem").filter(has_text=f"Revision {to}")
    entry.get_by_role("button", name="Roll back").click()
    page.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    expect(pane.get_by_text("Revision 4")).to_be_visible()


def waiting_run(api: Api) -> str:
    """A run that goes on, so that the page that shows it hears of changes at once."""
    pay = code("pay", "result = [{'to': 'Initech', 'amount': 4711}]", access={"classification": "public"})
    ask = step("ask", "ApprovalNode", {"title": "Go on", "approvers": {"roles": ["owner"]}}, at=(340, 80))
    workflow = api.new_workflow("Salaries inside", [pay, ask], ["pay.result > ask.input"])
    api.call("PATCH", f"workflows/{workflow}/access/", {"classification": "confidential"})
    return str(api.run(workflow)["id"])


def rule(page: Page) -> Locator:
    return page.get_by_role("region", name="Rule")


def cases_on(page: Page) -> Locator:
    return page.get_by_role("region", name="Tests")


def row(page: Page, path: str) -> Locator:
    """The comparison of an attribute."""
    return rule(page).locator(".cond-row").filter(has=page.get_by_role("button", name=f"Move “{path}"))


def handle(part: Locator) -> Locator:
    return part.locator(".cond-grip")


def node(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Node")


def drag(grip: Locator, *, below: Locator) -> None:
    page = grip.page
    source, target = grip.bounding_box(), below.bounding_box()
    assert source and target
    page.mouse.move(source["x"] + 8, source["y"] + 12)
    page.mouse.down()
    page.mouse.move(target["x"] + 20, target["y"] + target["height"] - 4, steps=4)
    page.mouse.move(target["x"] + 10, target["y"] + target["height"] + 1)
    page.mouse.up()
