"""Every screen for everybody: in both themes, by keyboard alone, in two tabs, and with few rights."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api, code
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints
from tests.e2e.conftest import sign_in
from tests.product import Product

SAVED = re.compile(r"Draft saved")
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])


@pytest.fixture(scope="module")
def heat_watch(api: Api) -> dict[str, str]:
    """The example "Heat watch" and its newest run, by id."""
    (workflow,) = api.call("GET", "workflows/?search=Heat")["results"]
    return {"workflow": workflow["id"], "run": workflow["last_runs"][0]["id"]}


@THEMES
def test_see_the_screens_before_signing_in(
    browser: Browser, product: Product, complaints: Complaints, theme: str
) -> None:
    context = browser.new_context(base_url=product.url)
    context.add_cookies([{"name": "theme", "value": theme, "url": product.url}])
    page = complaints.watch(context.new_page())

    for path, heading in (("/sign-in/", "Sign in"), ("/password/reset/", re.compile("password", re.I))):
        page.goto(path)
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert grave_findings(page) == [], path
    page.goto("/")
    assert page.url.startswith(f"{product.url}/sign-in/")
    context.close()


@THEMES
def test_see_every_screen(
    page_of: Callable[..., Page],
    product: Product,
    complaints: Complaints,
    heat_watch: dict[str, str],
    theme: str,
) -> None:
    page = complaints.watch(page_of("owner"))
    page.context.add_cookies([{"name": "theme", "value": theme, "url": product.url}])

    for path, show in (
        ("/workflows?search=Heat", show_workflows),
        (f"/workflows/{heat_watch['workflow']}", show_a_step),
        ("/runs", show_runs),
        (f"/runs/{heat_watch['run']}", show_a_node),
        ("/templates", show_templates),
        ("/datasets", show_a_dataset),
        ("/requests", show_requests),
        ("/lineage", show_lineage),
        ("/compliance", show_a_control),
        ("/compliance/reports", show_reports),
        ("/audit", show_an_entry),
        ("/policies", show_policies),
        ("/masking", show_a_mask),
        ("/people", show_a_person),
        ("/people/roles", show_roles),
        ("/people/attributes", show_levels),
        ("/identity", show_identity),
        ("/account", show_the_account),
    ):
        page.goto(path)
        show(page)
        assert page.locator("html").get_attribute("data-theme") == theme
        assert grave_findings(page) == [], path


def show_workflows(page: Page) -> None:
    expect(page.get_by_role("link", name="Heat watch")).to_be_visible()


def show_a_step(page: Page) -> None:
    page.locator(".react-flow__node").filter(has_text="Python code").first.click()
    expect(canvas.inspector(page).locator(".cm-content")).to_be_visible()


def show_runs(page: Page) -> None:
    expect(page.get_by_role("table", name="Runs").get_by_role("row")).not_to_have_count(1)


def show_a_node(page: Page) -> None:
    page.locator(".react-flow__node").filter(has_text="Read dataset").click()
    expect(page.get_by_role("complementary", name="Node")).to_contain_text("temp")


def show_templates(page: Page) -> None:
    expect(page.get_by_role("article", name="Nightly report")).to_be_visible()


def show_a_dataset(page: Page) -> None:
    page.get_by_role("link", name="sf-temps").click()
    expect(page.get_by_label("Rows of sf-temps")).to_be_visible()


def show_requests(page: Page) -> None:
    expect(page.get_by_role("radiogroup", name="Which requests")).to_be_visible()


def show_lineage(page: Page) -> None:
    page.get_by_role("table", name="Datasets").get_by_role("link", name="seattle-by-month").click()
    expect(page.get_by_role("article", name="Months in order")).to_be_visible()


def show_a_control(page: Page) -> None:
    page.get_by_role("link", name="People see no more of data than they need", exact=True).click()
    expect(page.get_by_role("complementary", name="Control").get_by_text("How it was found")).to_be_visible()


def show_reports(page: Page) -> None:
    expect(page.get_by_role("button", name="Schedule", exact=True)).to_be_visible()


def show_an_entry(page: Page) -> None:
    page.get_by_role("table", name="Entries").get_by_role("link").first.click()
    expect(page.get_by_role("complementary", name="Entry").get_by_text("Facts")).to_be_visible()


def show_policies(page: Page) -> None:
    page.get_by_role("link", name="Data of runs needs clearance").click()
    expect(page.get_by_role("group", name=re.compile("user.clearance"))).to_be_visible()


def show_a_mask(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Incomes are shown as ranges")).click()
    expect(page.get_by_role("region", name="Rule", exact=True).get_by_label("Ranges")).to_be_visible()


def show_a_person(page: Page) -> None:
    page.get_by_role("table", name="People").get_by_role("link", name="Ana Analyst").click()
    expect(page.get_by_role("complementary", name="Person").get_by_label("Clearance")).to_be_visible()


def show_roles(page: Page) -> None:
    expect(page.get_by_role("grid", name="Permissions of roles")).to_be_visible()


def show_levels(page: Page) -> None:
    expect(page.get_by_label(re.compile("Name of level"))).to_have_count(5)


def show_identity(page: Page) -> None:
    expect(page.get_by_role("heading", name="Identity providers")).to_be_visible()


def show_the_account(page: Page) -> None:
    expect(page.get_by_role("heading", name="API tokens")).to_be_visible()


def test_make_and_run_a_workflow_by_keyboard_alone(owner: Page, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    keys = page.keyboard
    page.goto("/workflows")
    tab_to(page, "New workflow")
    keys.press("Enter")
    expect(page.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    keys.type("By keyboard")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="By keyboard", level=1)).to_be_visible()

    keys.press("/")
    expect(page.get_by_label("Find a node type")).to_be_focused()
    keys.type("python")
    keys.press("Enter")
    expect(canvas.step(page, "python_code")).to_be_visible()
    keys.press("Escape")  # clears the search
    keys.press("Escape")  # to the canvas
    expect(page.locator("#canvas")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_label("Name of this step")).to_be_focused()
    keys.type("Count to three")
    tab_to(page, "Code")
    keys.press("Control+a")
    keys.type("result = [1, 2, 3]")
    expect(page.get_by_text(SAVED)).to_be_visible()
    keys.press("Control+Enter")

    expect(canvas.step(page, "python_code").get_by_text("3 items")).to_be_visible()


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until the control of this name has the focus."""
    seen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.append(
            page.evaluate(
                "(document.activeElement.ariaLabel || document.activeElement.textContent || '').trim()"
            )
        )
        if seen[-1] == name:
            return
    raise AssertionError(f"Tab never reaches “{name}”: {seen}")


def test_change_one_draft_in_two_tabs(owner: Page, api: Api) -> None:
    workflow = api.new_workflow("Two tabs", [code("work", "result = 0")])
    other = owner.context.new_page()
    for page in (owner, other):
        page.goto(f"/workflows/{workflow}")
        canvas.step(page, "work").click()
    canvas.type_code(owner, "result = 'from the first tab'")
    expect(owner.get_by_text(SAVED)).to_be_visible()
    expect(owner.get_by_role("button", name="Undo: change code (Ctrl Z)")).to_be_enabled()
    wait_for_code(owner, api, workflow, "result = 'from the first tab'")

    canvas.type_code(other, "result = 'from the second tab'")

    dialog = other.get_by_role("dialog", name="This draft changed elsewhere")
    expect(dialog).to_contain_text("Olivia Owner saved it")
    assert code_of(api, workflow) == "result = 'from the first tab'"
    dialog.get_by_role("button", name="Take the other").click()
    canvas.step(other, "work").click()
    expect(canvas.inspector(other).locator(".cm-content")).to_contain_text("from the first tab")
    other.locator("#canvas").focus()
    other.keyboard.press("Control+z")
    canvas.step(other, "work").click()
    expect(canvas.inspector(other).locator(".cm-content")).to_contain_text("from the second tab")
    wait_for_code(other, api, workflow, "result = 'from the second tab'")

    canvas.type_code(owner, "result = 'the last word'")
    owner.get_by_role("dialog").get_by_role("button", name="Keep mine").click()
    wait_for_code(owner, api, workflow, "result = 'the last word'")


def code_of(api: Api, workflow: str) -> str:
    return str(api.draft(workflow)["graph"]["nodes"][0]["config"]["code"])


def wait_for_code(page: Page, api: Api, workflow: str, text: str) -> None:
    for _ in range(40):
        if code_of(api, workflow) == text:
            return
        page.wait_for_timeout(100)
    assert code_of(api, workflow) == text


def test_keep_the_theme_and_sign_out(product: Product, browser: Browser) -> None:
    context = browser.new_context(base_url=product.url, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    sign_in(page, *product.sign_in())

    page.get_by_role("button", name="Dark theme").click()

    html = page.locator("html")
    expect(html).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()
    expect(html).to_have_attribute("data-theme", "dark")

    page.get_by_role("button", name=re.compile("sign out")).click()
    page.get_by_role("menuitem", name="Sign out").click()

    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto("/workflows")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    context.close()


def test_look_as_a_viewer(
    page_of: Callable[..., Page], complaints: Complaints, heat_watch: dict[str, str]
) -> None:
    page = complaints.watch(page_of("viewer"))
    page.goto("/workflows?search=Heat")

    expect(page.get_by_role("link", name="Heat watch")).to_be_visible()
    expect(page.get_by_role("button", name="New workflow")).to_have_count(0)
    expect(page.get_by_role("button", name="Run Heat watch")).to_have_count(0)

    page.goto(f"/workflows/{heat_watch['workflow']}")
    page.locator(".react-flow__node").filter(has_text="Python code").first.click()

    expect(page.get_by_text("Read only")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)
    expect(page.get_by_role("button", name="Run", exact=True)).to_be_disabled()
    expect(canvas.inspector(page).get_by_label("Name of this step")).not_to_be_editable()
    editor = canvas.inspector(page).locator(".cm-content")
    before = editor.text_content()
    editor.click()
    page.keyboard.type("print('not mine')")
    expect(editor).to_have_text(before or "")


def test_run_as_an_operator(page_of: Callable[..., Page], api: Api) -> None:
    workflow = api.new_workflow("For the night shift", [code("work", "result = [1, 2]")])
    page = page_of("operator")
    page.goto(f"/workflows/{workflow}")
    canvas.step(page, "work").click()
    editor = canvas.inspector(page).locator(".cm-content")
    editor.click()
    page.keyboard.type("result = 'mine'")
    expect(editor).to_have_text("result = [1, 2]")

    page.get_by_role("button", name="Run", exact=True).click()

    expect(canvas.step(page, "work").get_by_text("2 items")).to_be_visible()
