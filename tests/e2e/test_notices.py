"""A person is told when a run failed, and sees what was sent and what could not be."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api, code
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints
from tests.e2e.peer import Peer, echoing_peer

NOBODY = "http://127.0.0.1:9/nobody"


def test_be_told_of_a_run_that_failed(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    complaints.expect(r"422 .*/notices/")
    workflow = api.new_workflow("Nightly load", [code("load", "result = 1 / 0")])
    with echoing_peer() as peer:
        page.goto(f"/workflows/{workflow}")
        set_up(page, peer)
        page.get_by_role("button", name="Run", exact=True).click()
        expect(canvas.step(page, "load").get_by_text("Failed")).to_be_visible()

        page.get_by_role("link", name="Notices", exact=True).click()
        sent, stuck = row(page, f"{peer.url}/hook"), row(page, NOBODY)
        expect(sent).to_contain_text("Sent")
        expect(sent).to_contain_text(re.compile(r"Failed: Nightly load, run \d+"))
        told = json.loads(peer.posted.get(timeout=15))
        expect(sent.get_by_role("link")).to_have_text(f"Run {told['run']['number']}")
        expect(stuck).to_contain_text("On its way")
        expect(stuck).to_contain_text("127.0.0.1 cannot be reached")
        expect(stuck.get_by_role("button", name="Send again")).to_have_count(0)
        assert grave_findings(page) == []

        sent.get_by_role("button", name="Send again").click()
        assert json.loads(peer.posted.get(timeout=15)) == told
        expect(sent).to_contain_text("Sent")

    page.get_by_role("button", name="State").click()
    page.get_by_role("menuitem", name="On its way").click()
    expect(row(page, NOBODY)).to_be_visible()
    expect(sent).to_have_count(0)


def set_up(page: Page, peer: Peer) -> None:
    canvas.inspector(page).get_by_role("button", name="Set up notices").click()
    dialog = page.get_by_role("dialog")
    for number, address in ((1, f"{peer.url}/hook"), (2, "nowhere")):
        dialog.get_by_role("button", name="Add a notice").click()
        notice = dialog.get_by_role("group", name=f"Notice {number}")
        notice.get_by_label("By").select_option("Webhook")
        notice.get_by_label("Address").fill(address)
    dialog.get_by_role("button", name="Save").click()
    second = dialog.get_by_role("group", name="Notice 2")
    expect(second.get_by_label("Address")).to_have_attribute("aria-invalid", "true")
    assert grave_findings(page) == []
    second.get_by_label("Address").fill(NOBODY)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(canvas.inspector(page).get_by_text("2 notices about its runs.")).to_be_visible()


def row(page: Page, address: str) -> Locator:
    return page.get_by_role("table", name="Notices sent").get_by_role("row").filter(has_text=address)
