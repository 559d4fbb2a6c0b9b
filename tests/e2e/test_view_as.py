"""Looking as somebody else, a policy test kept from it, and a denial that becomes access for a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api, code, node
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints

PEOPLE = "result = [{'name': 'Ada', 'iban': 'DE89370400440532013000'}]"
RULE = {
    "key": "accounts-of-people",
    "label": "Account numbers",
    "field": "iban",
    "mask_type": "partial",
    "options": {"visible_chars": 4},
    "condition": {
        "attribute_path": "user.clearance",
        "operator": "security_level_below",
        "value": "secret",
    },
}
POLICY = {
    "key": "vault-for-cleared",
    "label": "The vault is for cleared people",
    "effect": "deny",
    "resource_type": "node",
    "resources": ["vault"],
    "actions": ["node.config", "node.outputs", "node.logs"],
    "condition": RULE["condition"],
}


@pytest.fixture
def policy(api: Api) -> Iterator[str]:
    """A policy and a mask in force for who is not cleared for what is secret; the policy's id."""
    rule = api.call("POST", "masks/", RULE)
    made = api.call("POST", "policies/", POLICY)
    in_force = {"status": "active", "revision": made["revision"]}
    api.call("POST", f"policies/{made['id']}/activate/", in_force)
    yield str(made["id"])
    api.call("DELETE", f"policies/{made['id']}/")
    api.call("DELETE", f"masks/{rule['id']}/")


def test_look_as_somebody_and_keep_it_as_a_policy_test(
    owner: Page, api: Api, complaints: Complaints, policy: str
) -> None:
    page = complaints.watch(owner)
    steps = [code("people", PEOPLE), code("vault", "result = {'token': 'T-4711'}", at=(80, 260))]
    workflow = api.new_workflow("Vault", steps)
    run = api.run(workflow)["id"]
    api.wait_for_end(run)

    page.goto(f"/workflows/{workflow}")
    look_as(page, "Ana Analyst")
    vault = canvas.step(page, "vault")
    denied = "May not see settings, outputs or logs: The policy “The vault is for cleared people” denies it."
    expect(vault.get_by_text(denied)).to_be_attached()
    expect(canvas.step(page, "people").get_by_text("May not")).to_have_count(0)
    for name in ("Run", "Publish"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()
    assert grave_findings(page) == []
    vault.click()
    expect(canvas.inspector(page)).to_contain_text("Ana Analyst can’t see these settings")

    page.get_by_role("button", name="Save as policy test").click()
    dialog = page.get_by_role("dialog")
    chosen = dialog.get_by_label("With the policy").locator("option:checked")
    expect(chosen).to_have_text("The vault is for cleared people")
    dialog.get_by_label("Asks to").select_option("See what it gave")
    expect(dialog.get_by_role("radio", name="Denied")).to_be_checked()
    expect(dialog.get_by_label("Name")).to_have_value("Ana Analyst may not see outputs of Vault")
    dialog.get_by_role("button", name="Save test").click()
    expect(page.get_by_text("The test is saved. It passes.")).to_be_visible()
    (case,) = api.call("GET", f"policies/{policy}/test-cases/")["results"]
    assert (case["action"], case["expected"], case["passed"]) == ("node.outputs", False, True)
    assert case["resource"]["parent"]["id"] == workflow

    page.goto(f"/runs/{run}")
    canvas.step(page, "people").click()
    expect(side(page)).to_contain_text("DE89370400440532013000")
    look_as(page, "Ana Analyst")
    canvas.step(page, "people").click()
    expect(side(page).locator(".mask").filter(has_text="3000").first).to_be_visible()
    expect(side(page)).to_contain_text("1 field masked for Ana Analyst.")
    expect(page.get_by_text("DE89370400440532013000")).to_have_count(0)
    canvas.step(page, "vault").click()
    expect(side(page)).to_contain_text("Ana Analyst can’t see this output")
    expect(page.get_by_role("button", name="Re-run")).to_be_disabled()
    expect(side(page).get_by_role("button", name="Ask for access")).to_have_count(0)
    assert grave_findings(page) == []

    page.get_by_role("button", name="Stop", exact=True).click()
    canvas.step(page, "vault").click()
    expect(side(page)).to_contain_text("T-4711")


def test_a_denial_becomes_access_that_ends_while_the_page_is_open(
    page_of: Callable[..., Page], api: Api, complaints: Complaints
) -> None:
    """Without a reload: the run waits, so that its socket tells of the grant; its end is known beforehand."""
    viewer = complaints.watch(page_of("viewer"))
    complaints.expect(r"403 .*/nodes/")
    complaints.expect(r"403 .*/logs/")
    question = {"title": "Go on", "approvers": {"roles": ["owner"]}}
    public: dict[str, Any] = {"access": {"classification": "public"}}
    pay = code("pay", "print('paid Initech')\nresult = [{'to': 'Initech'}]", **public)
    ask = node("ask", "ApprovalNode", question, at=(340, 80), **public)
    workflow = api.new_workflow("Payments", [pay, ask], ["pay.result > ask.input"])
    api.call("PATCH", f"workflows/{workflow}/access/", {"classification": "public"})
    run = api.run(workflow)["id"]

    viewer.goto(f"/runs/{run}")
    canvas.step(viewer, "pay").click()
    refusal = side(viewer).get_by_text("You need a role that may see inputs, outputs and logs of runs").first
    expect(refusal).to_be_visible()
    log = viewer.get_by_role("region", name="Log of the run")
    log.get_by_role("button", name="Ask for access").click()
    dialog = viewer.get_by_role("dialog")
    dialog.get_by_label("What you need it for").fill("To check the payments")
    dialog.get_by_role("button", name="Ask", exact=True).click()
    expect(viewer.get_by_text("Asked.")).to_be_visible()

    (asked,) = [one for one in api.call("GET", "access/requests/")["results"] if one["status"] == "open"]
    assert (asked["action"], asked["reason"]) == ("run.data", "To check the payments")
    ends = datetime.now(UTC) + timedelta(seconds=7)
    answer = {"outcome": "granted", "expires_at": ends.isoformat(), "answer": "For a moment"}
    api.call("POST", f"access/requests/{asked['id']}/decide/", answer)
    expect(side(viewer).locator("table")).to_contain_text("Initech")
    expect(log).to_contain_text("paid Initech")

    expect(refusal).to_be_visible()
    expect(viewer.get_by_text("Initech")).to_have_count(0)
    assert datetime.now(UTC) >= ends
    api.call("POST", f"runs/{run}/cancel/", {})


def look_as(page: Page, name: str) -> None:
    page.get_by_role("button", name="View as").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name=re.compile(name)).click()
    dialog.get_by_role("button", name="Look", exact=True).click()
    expect(page.get_by_role("region", name="You look as somebody else")).to_contain_text(name)


def side(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Node")
