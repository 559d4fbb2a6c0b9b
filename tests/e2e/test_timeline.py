"""The timeline of a run: what each node did when, attempt by attempt, while it happens and afterwards."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.e2e.api import Api, code, node
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints

FAILING = (
    "import time\ntime.sleep(0.4)\nprint('asking the bureau')\nresult = value\n"
    "raise ValueError('the bureau answered 429')"
)
TWICE = {"retry": {"max_retries": 1, "backoff_strategy": "constant", "initial_delay": 1}}


def test_read_the_timeline_of_a_run_with_retries_and_a_wait(
    owner: Page, api: Api, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    workflow = api.new_workflow(
        "Bureau",
        [
            code("begin", "result = 1"),
            code("report", FAILING, at=(300, 80), options=TWICE, label="Bureau report"),
            node("pause", "WaitNode", {"seconds": 5.5}, at=(300, 240), label="Cool down"),
            code("last", "result = 2", at=(560, 240), label="Send"),
        ],
        ["begin.result > report.value", "begin.result > pause.input", "pause.result > last.value"],
    )
    page.goto(f"/runs/{api.run(workflow)['id']}")

    # live: the bar of what waits grows where it stands
    wait = bars(page, "Cool down", "waits")
    expect(wait).to_be_visible()
    before = widths(wait)
    page.wait_for_function("([bar, width]) => bar.offsetWidth > width", arg=[wait.element_handle(), before])
    expect(header(page).get_by_text("Failed", exact=True)).to_be_visible()

    # afterwards: every stretch with its word, and what decided how long it took
    expect(bars(page, "Bureau report", "Attempt 1, failed try")).to_be_visible()
    expect(bars(page, "Bureau report", "Attempt 1, back-off")).to_be_visible()
    expect(bars(page, "Bureau report", "Attempt 2, failed try")).to_be_visible()
    expect(bars(page, "Cool down", "waited")).to_be_visible()
    for title in ("Begin", "Cool down", "Send"):
        expect(row(page, title).get_by_role("button").first).to_contain_text("on the critical path")
    expect(row(page, "Bureau report").get_by_role("button").first).not_to_contain_text("critical")

    # a bar leads to its attempt, and so do the keys
    bars(page, "Bureau report", "Attempt 1, failed try").click()
    expect(side(page)).to_contain_text("Attempt 1 failed. Line 5: ValueError: the bureau answered 429")
    page.get_by_role("tab", name=re.compile("Logs")).click()
    expect(side(page).get_by_text("asking the bureau")).to_have_count(1)
    row(page, "Bureau report").get_by_role("button").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("button", name="Attempt 2", exact=True)).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(side(page).get_by_role("heading", name="Cool down")).to_be_visible()
    assert grave_findings(page) == []


def test_look_closer_at_a_moment_of_a_run(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    runs = api.call("GET", "runs/?status=succeeded&limit=100")["results"]
    page.goto(f"/runs/{next(run for run in runs if run['workflow']['name'] == 'Heat watch')['id']}")
    bar = timeline(page).get_by_role("button", name=re.compile("Attempt 1, ran")).first
    expect(bar).to_be_visible()
    before = widths(bar)

    bar.hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    sizes = [bar.element_handle(), before]
    page.wait_for_function("([bar, width]) => bar.offsetWidth > 2 * width", arg=sizes)
    timeline(page).get_by_role("listitem").first.get_by_role("button").first.focus()
    page.keyboard.press("0")
    page.wait_for_function("([bar, width]) => bar.offsetWidth <= width + 1", arg=sizes)


def timeline(page: Page) -> Locator:
    return page.get_by_role("region", name="Timeline")


def row(page: Page, title: str) -> Locator:
    return timeline(page).get_by_role("listitem").filter(has_text=re.compile(f"^{re.escape(title)}"))


def bars(page: Page, title: str, words: str) -> Locator:
    """The stretch of a node that is told by these words."""
    return row(page, title).get_by_role("button", name=re.compile(f"{re.escape(title)}: .*{words}"))


def widths(bar: Locator) -> float:
    box = bar.bounding_box()
    assert box
    return box["width"]


def header(page: Page) -> Locator:
    return page.locator("header").first


def side(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Node")
