"""Takes the pictures of `docs/images/` from a running product: `make pictures`.

Every screen at 1440x900, light and dark, on the demo workspace and real runs of its workflows.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect, sync_playwright

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from docs.pictures_of_templates import take_each_template, take_the_guides_example
from tests.e2e.peer import echoing_peer
from tests.product import Product

IMAGES = PROJECT / "docs" / "images"
THEMES = ("light", "dark")


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright, echoing_peer() as peer:
        product = Product(Path(folder) / "data", environment={"EGRESS_ALLOW": "127.0.0.1"})
        product.start()
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        try:
            for theme in THEMES:
                page = browser.new_page(base_url=product.url, viewport={"width": 1440, "height": 900})
                page.context.add_cookies([{"name": "theme", "value": theme, "url": product.url}])
                take_all(page, product, theme, f"{peer.url}/on-call")
                if theme == "light":
                    take_each_template(page, take, theme)
                    take_the_guides_example(page, take, Path(folder) / "example", theme)
        finally:
            browser.close()
            product.stop()


def take_all(page: Page, product: Product, theme: str, on_call: str) -> None:
    page.goto("/sign-in/")
    take(page, f"sign-in-{theme}")
    email, password = product.sign_in()
    page.get_by_label("Work e-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/workflows")
    wait_for_demo_runs(page)
    take(page, f"workflows-{theme}")
    take_editor(page, theme)
    take_runs(page, theme)
    take_a_map(page, theme)
    take_control(page, theme)
    take_data_and_account(page, theme)
    take_what_starts_and_asks(page, prepared(product, on_call), theme)
    take_policies(page, theme)
    take_masking(page, theme)
    take_people(page, theme)
    take_a_view_as_somebody(page, theme)
    take_lineage(page, theme)
    take_compliance(page, theme)
    take_what_was_done(page, theme)
    take_templates(page, theme)


def wait_for_demo_runs(page: Page) -> None:
    """The demo queues one run of each example; the pictures show them finished."""
    expect(page.get_by_role("row", name="Watch a year go by")).to_contain_text("Succeeded", timeout=90_000)


def take_editor(page: Page, theme: str) -> None:
    page.get_by_role("link", name="Seattle by month").click()
    expect(page.locator(".react-flow__node").first).to_be_visible()
    page.locator('.react-flow__node[data-id="clean"]').click()
    expect(page.locator(".cm-content")).to_be_visible()
    take(page, f"editor-{theme}")


def take_runs(page: Page, theme: str) -> None:
    page.goto("/workflows")
    page.get_by_role("link", name="Watch a year go by").click()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_visible()
    page.get_by_role("link", name="on the canvas").click()
    expect(page.get_by_text("12 items").first).to_be_visible(timeout=60_000)
    page.locator('.react-flow__node[data-id="compare"]').click()
    take(page, f"run-{theme}")
    page.goto("/runs?status=failed")
    page.get_by_role("table").get_by_role("link").first.click()
    expect(page.get_by_text("ValueError").first).to_be_visible()
    take(page, f"run-failed-{theme}")
    page.goto("/runs")
    take(page, f"runs-{theme}")


def take_a_map(page: Page, theme: str) -> None:
    """A map as a frame: in the editor with its settings, and in a run at one of its iterations."""
    page.goto("/workflows")
    page.get_by_role("link", name="Applicants").click()
    page.locator('.react-flow__node[data-id="each"]').click(position={"x": 60, "y": 12})
    expect(page.get_by_role("complementary", name="Inspector").get_by_text("Items at a time")).to_be_visible()
    take(page, f"editor-map-{theme}")
    page.goto("/runs")
    page.get_by_role("link", name="Applicants").first.click()
    rows = page.get_by_role("region", name="Timeline").get_by_role("listitem")
    rows.filter(has_text="Score").get_by_role("button").first.click()
    expect(page.get_by_role("complementary", name="Node").get_by_role("alert")).to_be_visible()
    take(page, f"run-map-{theme}")


def take_control(page: Page, theme: str) -> None:
    """What can be done with runs: again from what failed, and a workflow's storage and limits."""
    page.goto("/runs?status=failed")
    page.get_by_role("table").get_by_role("link").first.click()
    page.get_by_role("button", name="Re-run", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_be_visible()
    take(page, f"run-again-{theme}")
    page.goto("/workflows?search=Heat")
    page.get_by_role("button", name="More for Heat watch").click()
    page.get_by_role("menuitem", name="Storage and limits").click()
    expect(page.get_by_role("region", name="Storage")).to_be_visible()
    take(page, f"storage-{theme}")


def take_data_and_account(page: Page, theme: str) -> None:
    page.goto("/datasets")
    page.get_by_role("link", name="sf-temps").click()
    expect(page.get_by_role("columnheader", name="temp")).to_be_visible()
    take(page, f"datasets-{theme}")
    page.goto("/account")
    take(page, f"account-{theme}")


def prepared(product: Product, on_call: str) -> dict[str, str]:
    """The ids of a workflow with triggers, of a credential and of a trigger; made once."""
    token = product.token()

    def call(method: str, path: str, body: object = None) -> Any:
        return product.api(method, path, token=token, body=body)

    known = {item["name"]: item["id"] for item in call("GET", "workflows/")["results"]}
    if "Pay the bills" not in known:
        _prepare(call)
        _be_told(call, known["Airports by region"], on_call)
        _renew(call)
        known = {item["name"]: item["id"] for item in call("GET", "workflows/")["results"]}
    return {
        "workflow": known["Pay the bills"],
        "credential": call("GET", "credentials/?search=Bank")["results"][0]["id"],
        "rotated": call("GET", "credentials/?search=Partner")["results"][0]["id"],
        "trigger": call("GET", "triggers/?kind=schedule")["results"][0]["id"],
    }


def _be_told(call: Callable[..., Any], workflow: str, on_call: str) -> None:
    """One notice arrives, the other finds nobody."""
    addresses = (on_call, "http://127.0.0.1:9/nobody")
    notices = [{"on": "failed", "channel": "webhook", "address": address} for address in addresses]
    call("PUT", f"workflows/{workflow}/notices/", {"notices": notices})
    call("POST", f"workflows/{workflow}/runs/", {"parameters": {}})


def _renew(call: Callable[..., Any]) -> None:
    """A credential that steps name is renewed each Monday, and now."""
    secret = {"name": "Partner feed", "type": "secret", "description": "Opens the feed of rates"}
    made = call("POST", "credentials/", {**secret, "values": {"value": "only-for-pictures-0002"}})
    config = {"url": "https://partner.example/rates", "credential": {"name": "Partner feed"}}
    node = {"id": "rates", "type": "HTTPRequestNode", "config": config, "position": [80, 80]}
    graph = {"schema": 1, "nodes": [node], "connections": []}
    call("POST", "workflows/", {"name": "Rates of the day", "graph": graph})
    schedule = {"rotation_policy": "scheduled", "schedule_cron": "0 2 * * 1"}
    settings = {"rotator": {"kind": "generated", "valid_for_s": 864_000}, **schedule}
    call("PUT", f"credentials/{made['id']}/rotation/", {"settings": settings})
    call("POST", f"credentials/{made['id']}/rotation/")


def take_a_rotation(page: Page, credential: str, theme: str) -> None:
    """What was done, step by step, and what another one would do."""
    page.goto(f"/credentials?credential={credential}")
    card = page.get_by_role("region", name="Rotation")
    expect(card).to_contain_text("Version 1 is ended from", timeout=30_000)
    card.scroll_into_view_if_needed()
    take(page, f"credentials-rotation-{theme}")
    card.get_by_role("button", name="Rotate now").click()
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_be_visible()
    take(page, f"credentials-rotate-{theme}")


def _prepare(call: Callable[..., Any]) -> None:
    code = "result = [{'to': 'Acme', 'amount': 1200}, {'to': 'Initech', 'amount': 80}]"
    asked = {
        "title": "Pay these two bills",
        "message": "Both came this week. The first one is larger than usual.",
        "approvers": {"roles": ["owner", "editor"], "users": []},
        "allow_requester": True,
        "required": 2,
    }
    graph = {
        "schema": 1,
        "nodes": [
            {"id": "bills", "type": "PythonCodeNode", "config": {"code": code}, "position": [80, 80]},
            {"id": "ask", "type": "ApprovalNode", "config": asked, "position": [340, 80]},
        ],
        "connections": [{"source": "bills", "output": "result", "target": "ask", "input": "input"}],
    }
    workflow = call("POST", "workflows/", {"name": "Pay the bills", "graph": graph})["id"]
    call("POST", f"workflows/{workflow}/versions/", {"note": "first"})
    values = {"secret": "only-for-pictures-0001"}
    secret = {"name": "Bank calls", "type": "signing_secret", "description": "Signs its calls"}
    call("POST", "credentials/", {**secret, "values": values})
    signature = {"credential": "Bank calls", "scheme": "lockgate", "header": None, "tolerance_s": 300}
    for kind, name, config in (
        ("schedule", "Each weekday", {"cron": "0 9 * * 1-5", "zone": "Europe/Lisbon"}),
        ("webhook", "The bank calls", {"signature": signature, "dedupe": "Idempotency-Key"}),
    ):
        trigger = {"workflow": workflow, "kind": kind, "name": name, "enabled": True, "config": config}
        call("POST", "triggers/", trigger)
    call("POST", f"workflows/{workflow}/runs/", {"parameters": {}})


def take_what_starts_and_asks(page: Page, made: dict[str, str], theme: str) -> None:
    page.goto(f"/workflows/{made['workflow']}?trigger={made['trigger']}")
    expect(page.get_by_role("region", name="Next times").get_by_role("listitem").first).to_be_visible()
    take(page, f"editor-triggers-{theme}")
    page.goto(f"/triggers?trigger={made['trigger']}")
    expect(page.get_by_role("region", name="Next times").get_by_role("listitem").first).to_be_visible()
    take(page, f"triggers-{theme}")
    page.goto(f"/credentials?credential={made['credential']}")
    expect(page.get_by_role("region", name="Impact")).to_contain_text("The bank calls")
    take(page, f"credentials-{theme}")
    take_a_rotation(page, made["rotated"], theme)
    page.goto("/approvals")
    page.get_by_role("link", name="Pay these two bills").click()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    take(page, f"approvals-{theme}")
    page.goto("/notices")
    expect(page.get_by_text("cannot be reached").first).to_be_visible(timeout=30_000)
    take(page, f"notices-{theme}")


def take_policies(page: Page, theme: str) -> None:
    page.goto("/policies")
    page.get_by_role("link", name="Data of runs needs clearance").click()
    pane = page.get_by_role("region", name="Simulator")
    pane.get_by_role("button", name="choose a person").click()
    pane.get_by_role("combobox", name="Who").fill("Ana")
    page.get_by_role("option", name="Ana Analyst").click()
    pane.get_by_role("combobox", name="Does what").fill("run.data")
    pane.get_by_label("To what").select_option("Run")
    pane.get_by_role("combobox", name="Which run").fill("Applicants")
    page.get_by_role("option", name=re.compile("Applicants")).first.click()
    expect(pane.get_by_role("status", name="Answers").get_by_text("llowed").first).to_be_visible()
    page.locator("h1").first.click()  # nothing has the focus
    take(page, f"policy-{theme}")
    page.goto("/policies")
    expect(page.get_by_role("link", name="Data of runs needs clearance")).to_be_visible()
    take(page, f"policies-{theme}")


def take_masking(page: Page, theme: str) -> None:
    page.goto("/masking")
    page.get_by_role("link", name=re.compile("Incomes are shown as ranges")).click()
    preview = page.get_by_role("region", name="Preview")
    preview.get_by_label("Data").select_option(label=_newest_of(preview, "Applicants"))
    preview.get_by_role("button").first.click()
    page.get_by_role("dialog").get_by_role("radio", name=re.compile("Ana Analyst")).click()
    expect(preview.get_by_role("table", name="Values of the field").locator(".mask").first).to_be_visible()
    take(page, f"masking-{theme}")


def _newest_of(preview: Locator, workflow: str) -> str:
    """How the choice of data calls the newest run of a workflow."""
    option = preview.get_by_label("Data").locator("option").filter(has_text=workflow).first
    option.wait_for(state="attached")
    return option.inner_text()


def take_people(page: Page, theme: str) -> None:
    page.goto("/people")
    page.get_by_role("table", name="People").get_by_role("link", name="Ana Analyst").click()
    person = page.get_by_role("complementary", name="Person")
    person.get_by_role("tab", name="What they may do").click()
    expect(person.get_by_text("Never").first).to_be_visible()
    take(page, f"people-{theme}")
    page.goto("/people/roles")
    expect(page.get_by_role("grid", name="Permissions of roles")).to_be_visible()
    take(page, f"roles-{theme}")
    page.goto("/people/attributes")
    expect(page.get_by_label(re.compile("Name of level")).first).to_be_visible()
    take(page, f"attributes-{theme}")
    page.goto("/identity")
    expect(page.get_by_role("heading", name="Identity providers")).to_be_visible()
    take(page, f"identity-{theme}")


def take_a_view_as_somebody(page: Page, theme: str) -> None:
    """A run as the analyst sees it: values are masked for them, and the frame says whose view it is."""
    page.goto("/runs")
    page.get_by_role("link", name="Applicants").first.click()
    page.get_by_role("button", name="View as").click()
    page.get_by_role("dialog").get_by_role("radio", name=re.compile("Ana Analyst")).click()
    page.get_by_role("dialog").get_by_role("button", name="Look", exact=True).click()
    page.locator('.react-flow__node[data-id="applicants"]').click()
    expect(page.get_by_role("complementary", name="Node").locator(".mask").first).to_be_visible()
    take(page, f"view-as-{theme}")


def take_lineage(page: Page, theme: str) -> None:
    page.goto("/lineage")
    page.get_by_role("table", name="Datasets").get_by_role("link", name="seattle-by-month").click()
    card = page.get_by_role("article", name="Months in order")
    card.get_by_role("button", name=re.compile("^season")).click()
    pane = page.get_by_role("complementary", name="Chosen")
    expect(pane.get_by_text("How it is made")).to_be_visible()
    take(page, f"lineage-{theme}")


def take_compliance(page: Page, theme: str) -> None:
    page.goto("/compliance")
    expect(page.get_by_role("table", name="Controls")).to_be_visible()
    take(page, f"compliance-{theme}")
    page.get_by_role("link", name="Everybody proves who they are", exact=True).click()
    expect(page.get_by_role("complementary", name="Control")).to_be_visible()
    take(page, f"compliance-control-{theme}")


def take_what_was_done(page: Page, theme: str) -> None:
    page.goto("/audit")
    page.get_by_role("table", name="Entries").get_by_role("link").first.click()
    expect(page.get_by_role("complementary", name="Entry").get_by_text("Facts")).to_be_visible()
    take(page, f"audit-{theme}")


def take_templates(page: Page, theme: str) -> None:
    page.goto("/templates")
    expect(page.get_by_role("heading", name="Batch enrichment")).to_be_visible()
    take(page, f"templates-{theme}")
    page.get_by_role("button", name="Use template Batch enrichment").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Create workflow")).to_be_visible()
    take(page, f"templates-use-{theme}")


def take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(600)  # menus and panels have their 260 ms
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
