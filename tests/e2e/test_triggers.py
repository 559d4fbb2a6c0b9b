"""A person lets a workflow start by itself: at set times, and when an address is called."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api, code, node
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints

SECRET = "a-secret-that-both-sides-know"


@pytest.fixture(scope="module", autouse=True)
def each_minute(api: Api) -> Iterator[str]:
    """The id of a trigger that fires each minute; its time comes while the other tests go on."""
    workflow = api.new_workflow("Watch the clock", [code("look", "result = 1")])
    api.call("POST", f"workflows/{workflow}/versions/", {})
    config = {"cron": "* * * * *", "zone": "Asia/Kathmandu"}
    setup = {"workflow": workflow, "kind": "schedule", "name": "Tick", "config": config, "enabled": True}
    trigger = str(api.call("POST", "triggers/", setup)["id"])
    yield trigger
    api.call("DELETE", f"triggers/{trigger}/")


def test_a_schedule_is_set_up_and_run_by_hand(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    complaints.expect(r"422 .*/triggers/preview/")
    workflow = api.new_workflow("Morning report", [code("report", "result = 1")])
    api.call("POST", f"workflows/{workflow}/versions/", {"note": "first"})
    page.goto(f"/workflows/{workflow}")

    begin_trigger(page, "Schedule", "Each minute")
    see_when_clocks_change(page)
    see_what_is_wrong_with_a_time(page)
    panel(page).get_by_label("Cron expression").fill("* * * * *")
    expect(panel(page).get_by_text("Every minute")).to_be_visible()
    panel(page).get_by_role("button", name="Add trigger").click()

    expect(panel(page).get_by_role("switch", name="On")).to_be_checked()
    expect(card(page, "Each minute")).to_contain_text("On")
    panel(page).get_by_role("button", name="Run now").click()
    expect(canvas.step(page, "report").get_by_text("done")).to_be_visible(timeout=30_000)
    panel(page).get_by_role("tab", name="History").click()
    expect(panel(page).get_by_text("by hand")).to_be_visible()
    assert grave_findings(page) == []
    see_it_in_the_list(page)
    switch_it_off(page)


def see_when_clocks_change(page: Page) -> None:
    panel(page).get_by_label("Repeats").select_option("As a cron expression")
    panel(page).get_by_label("Time zone").fill("Europe/Lisbon")
    panel(page).get_by_label("Cron expression").fill("30 1 25-31 3 *")
    times = panel(page).get_by_role("region", name="Next times")
    expect(times.get_by_role("listitem")).to_have_count(10)
    expect(times.get_by_text("The clocks go forward").first).to_be_visible()


def see_what_is_wrong_with_a_time(page: Page) -> None:
    times = panel(page).get_by_role("region", name="Next times")
    for cron, words in (("0 0 9 * * *", "It has six fields"), ("0 9 31 2 *", "never")):
        panel(page).get_by_label("Cron expression").fill(cron)
        expect(times.get_by_role("status")).to_contain_text(words)
    panel(page).get_by_label("Cron expression").fill("0 9 * * *")
    expect(times.get_by_role("listitem")).to_have_count(10)


def see_it_in_the_list(page: Page) -> None:
    page.get_by_role("link", name="Triggers", exact=True).click()
    page.get_by_role("link", name="Each minute").click()
    page.get_by_role("complementary", name="Trigger").get_by_role("tab", name="History").click()
    assert grave_findings(page) == []


def switch_it_off(page: Page) -> None:
    page.get_by_role("complementary", name="Trigger").get_by_role("switch", name="On").click()

    expect(page.get_by_role("table", name="Triggers").get_by_text("Off")).to_be_visible()


def test_a_webhook_is_tried_live_and_called_with_a_signature(
    owner: Page, api: Api, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    workflow = api.new_workflow("Take orders", [node("read", "DatasetReadNode", {"dataset": "sf-temps"})])
    api.call("POST", f"workflows/{workflow}/versions/", {"note": "first"})
    page.goto(f"/workflows/{workflow}")

    begin_trigger(page, "Webhook", "Shop")
    ask_for_signatures(page)
    panel(page).get_by_role("switch", name="Once for each delivery").click()
    panel(page).get_by_role("button", name="Add trigger").click()
    expect(card(page, "Shop")).to_be_visible()

    panel(page).get_by_role("button", name="Show the address").click()
    panel(page).get_by_role("button", name="Listen for a call").click()
    expect(panel(page).get_by_text("Listening", exact=True)).to_be_visible()
    assert deliver(address(page, "Test address"), "try-1")[0] == 202
    expect(panel(page).get_by_text(re.compile("POST arrived at"))).to_be_visible()
    expect(canvas.step(page, "read").get_by_text("8,759 items")).to_be_visible()

    url = address(page, "Address")
    accepted, again = deliver(url, "order-1"), deliver(url, "order-1")
    refused = deliver(url, "order-2", secret="guessed")
    assert accepted[0] == 202
    assert again == accepted
    assert refused[0] == 401
    panel(page).get_by_role("tab", name="Calls").click()
    calls = panel(page).get_by_role("listitem")
    expect(calls).to_have_count(2)
    expect(calls.first).to_contain_text("Refused")
    expect(calls.last).to_contain_text("came 2 times")
    assert grave_findings(page) == []
    calls.last.get_by_role("link", name=f"Run {accepted[1]['run']['number']}").click()
    expect(page.get_by_text("Succeeded").first).to_be_visible()


def ask_for_signatures(page: Page) -> None:
    panel(page).get_by_role("switch", name="Only signed calls").click()
    panel(page).get_by_role("button", name="New credential").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Shop secret")
    dialog.get_by_label("Secret").fill(SECRET)
    dialog.get_by_role("button", name="Create").click()
    expect(panel(page).get_by_label("Secret *")).to_have_value("Shop secret")


def deliver(url: str, delivery: str, *, secret: str = SECRET) -> tuple[int, Any]:
    """(status, JSON) of a signed call."""
    body = json.dumps({"order": 7}).encode()
    at = str(int(time.time()))
    proof = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": delivery,
        "X-Lockgate-Signature": f"t={at},v1={proof}",
    }
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def test_take_over_a_trigger_that_runs_as_somebody_else(
    page_of: Callable[..., Page], api: Api, complaints: Complaints
) -> None:
    page = complaints.watch(page_of("editor"))
    workflow = api.new_workflow("Handed over", [code("one", "result = 1")])
    api.call("POST", f"workflows/{workflow}/versions/", {})
    config = {"cron": "0 9 * * *", "zone": "UTC"}
    setup = {"workflow": workflow, "kind": "schedule", "name": "Left behind", "config": config}
    trigger = api.call("POST", "triggers/", {**setup, "enabled": True})
    page.goto(f"/triggers?trigger={trigger['id']}")
    detail = page.get_by_role("complementary", name="Trigger")
    expect(detail.get_by_text("Its runs have the rights of Olivia Owner.")).to_be_visible()
    expect(detail.get_by_label("Name")).not_to_be_editable()

    detail.get_by_role("button", name="Run as me").click()
    dialog = page.get_by_role("dialog", name="Take over “Left behind”")
    expect(dialog).to_contain_text("no longer with those of Olivia Owner")
    assert grave_findings(page) == []
    dialog.get_by_role("button", name="Run as me").click()

    expect(detail.get_by_text(re.compile("Runs as you"))).to_be_visible()
    detail.get_by_label("Name").fill("Mine now")
    detail.get_by_role("switch", name="On").click()  # what is being edited stays
    detail.get_by_role("switch", name="Off").click()
    expect(detail.get_by_role("switch", name="On")).to_be_checked()
    detail.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Mine now")).to_be_visible()
    detail.get_by_role("button", name="Run now").click()
    detail.get_by_role("tab", name="History").click()
    detail.get_by_role("link", name=re.compile("^Run ")).click()
    expect(page.get_by_text("Edda Editor").first).to_be_visible()


def test_a_schedule_fires_when_its_time_has_come(
    owner: Page, each_minute: str, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    page.goto(f"/triggers?trigger={each_minute}")
    trigger = page.get_by_role("complementary", name="Trigger")
    trigger.get_by_role("tab", name="History").click()

    fired = trigger.get_by_role("listitem").filter(has_text=re.compile("for "))
    expect(fired.first).to_be_visible(timeout=70_000)
    fired.first.get_by_role("link", name=re.compile("^Run ")).click()

    expect(page.locator("header").first.get_by_text("Succeeded", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Tick")).to_be_visible()


def panel(page: Page) -> Locator:
    return canvas.inspector(page)


def card(page: Page, name: str) -> Locator:
    """The trigger as it is drawn on the canvas."""
    return page.locator("#canvas").get_by_role("button", name=re.compile(f"^{name}"))


def address(page: Page, label: str) -> str:
    return panel(page).get_by_role("textbox", name=label, exact=True).input_value()


def begin_trigger(page: Page, kind: str, name: str) -> None:
    panel(page).get_by_role("button", name="Add a trigger").click()
    page.get_by_role("menuitem", name=kind).click()
    panel(page).get_by_role("textbox", name="Name").fill(name)
