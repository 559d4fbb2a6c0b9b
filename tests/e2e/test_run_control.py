"""People take part in runs: they pause and resume them, decide what nobody knows, and run them again."""

from __future__ import annotations

import json
import os
import re
import signal

from playwright.sync_api import Locator, Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api, code, connection, node
from tests.e2e.axe import grave_findings
from tests.e2e.complaints import Complaints
from tests.e2e.peer import echoing_peer
from tests.product import Product

SUCCEEDED = re.compile("^Succeeded$")


def test_pause_a_run_that_waits_and_let_it_go_on(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    workflow = api.new_workflow(
        "Cooling",
        [
            node("pause", "WaitNode", {"seconds": 6}, label="Cool down"),
            code("slow", "import time\ntime.sleep(1.5)\nresult = 1", at=(80, 240), label="Slow work"),
            code("last", "result = 2", at=(380, 80), label="Send"),
        ],
        ["pause.result > last.value"],
    )
    run = api.run(workflow)["id"]
    page.goto(f"/runs/{run}")
    expect(page.get_by_text(re.compile("“Cool down” goes on"))).to_be_visible()
    due = api.call("GET", f"runs/{run}/")["waiting"][0]["until"]

    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_text("Paused. Nothing starts until it is resumed.")).to_be_visible()
    expect(header(page).get_by_text("Paused", exact=True)).to_be_visible()
    assert grave_findings(page) == []
    # the wait ends, and what follows it stays where it is
    expect(box(page, "Cool down")).to_contain_text("paused")
    page.wait_for_function("(at) => Date.now() > Date.parse(at)", arg=due)
    expect(box(page, "Send")).to_contain_text("Pending")

    page.get_by_role("button", name="Resume").click()
    expect(header(page).get_by_text(SUCCEEDED)).to_be_visible()
    expect(box(page, "Send")).to_contain_text("done")


def test_run_on_from_what_failed_with_other_inputs_on_the_latest_version(
    owner: Page, api: Api, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    workflow = published(api, "Sorted people")
    run = api.call("POST", f"workflows/{workflow}/runs/", {"parameters": {"column": "agee"}, "version": 1})
    publish(api, workflow, direction="descending")
    page.goto(f"/runs/{run['id']}")
    expect(header(page).get_by_text("Failed", exact=True)).to_be_visible()

    page.get_by_role("button", name="Re-run", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("What failed")).to_be_checked()
    expect(dialog.get_by_label("column")).to_have_value("agee")
    dialog.get_by_label("The latest: version 2").check()
    dialog.get_by_label("column").fill("age")
    expect(dialog.get_by_role("status")).to_contain_text(
        re.compile("1 node runs again: “Sort”.*Taken over from run.*“Read”", re.S)
    )
    assert grave_findings(page) == []
    dialog.get_by_role("button", name="Re-run").click()

    expect(header(page).get_by_text(SUCCEEDED)).to_be_visible()
    expect(page.get_by_text(f"after run {run['number']}")).to_be_visible()
    expect(box(page, "Read")).to_contain_text(f"from run {run['number']}")
    expect(page.get_by_text("v2", exact=True)).to_be_visible()
    timeline_row(page, "Sort").click()
    expect(side(page).get_by_role("row").nth(1)).to_contain_text("Ada")  # the oldest, as version 2 has it


def test_run_several_again_and_read_what_came_of_each(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    workflow = api.new_workflow("Many", [code("one", "result = 1")])
    runs = [api.run(workflow) for _ in range(3)]
    gone = api.new_workflow("Many no more", [code("one", "result = 1")])
    lost = api.run(gone)
    page.goto("/runs?search=Many")
    expect(page.get_by_role("table", name="Runs").get_by_text("Succeeded")).to_have_count(4)
    api.call("DELETE", f"workflows/{gone}/")

    # the first by its box, the rest by Shift; by keyboard one is left out and taken in again
    page.get_by_label(f"Select run {lost['number']}").check()
    page.get_by_label(f"Select run {runs[0]['number']}").click(modifiers=["Shift"])
    bar = page.get_by_role("toolbar", name="Selected runs")
    expect(bar).to_contain_text("4 runs selected")
    page.get_by_role("link", name=re.compile(f"^Run {runs[1]['number']},")).focus()
    page.keyboard.press("x")
    expect(bar).to_contain_text("3 runs selected")
    page.keyboard.press("x")

    bar.get_by_role("button", name="Re-run").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("4 succeeded")
    assert grave_findings(page) == []
    dialog.get_by_role("button", name="Re-run 4 runs").click()

    expect(page.get_by_role("heading", name="3 runs started, 1 not")).to_be_visible()
    problems = dialog.get_by_role("list", name="Problems")
    expect(problems).to_contain_text(re.compile(f"Run {lost['number']}, Many no more.*deleted", re.S))
    dialog.get_by_role("button", name="Close").click()
    expect(bar).to_have_count(0)


def test_find_a_run_by_what_it_was_given(owner: Page, api: Api, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    workflow = published(api, "Searched")
    for column in ("name", "shoe_size"):
        api.call("POST", f"workflows/{workflow}/runs/", {"parameters": {"column": column}, "version": 1})
    page.goto("/runs")

    page.get_by_label("Input value").fill("column:shoe_size")

    expect(page).to_have_url(re.compile("input=column"))
    rows = page.get_by_role("table", name="Runs").get_by_role("row")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("Searched")


def test_decide_what_became_of_a_request_whose_worker_died(
    owner: Page, api: Api, product: Product, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    with echoing_peer() as bank:
        bank.answers.clear()
        workflow = charging(api, bank.url)
        page.goto(f"/workflows/{workflow}")
        send_once(page)
        page.get_by_role("button", name="Run", exact=True).click()
        assert json.loads(bank.posted.get(timeout=15)) == {"amount": 12}
        kill_worker(product)

        page.get_by_role("link", name="on the canvas").click()
        expect(page.get_by_text("Nobody knows whether “Charge the card” took effect.")).to_be_visible(
            timeout=40_000
        )
        page.get_by_role("button", name="Decide").first.click()
        decide(page)

        expect(header(page).get_by_text(SUCCEEDED)).to_be_visible()
        timeline_row(page, "Thank").click()
        expect(side(page)).to_contain_text("thanks for order 42")
        timeline_row(page, "Charge the card").click()
        expect(side(page)).to_contain_text("owner@demo.local decided that it happened.")
        expect(side(page)).to_contain_text("It stands in the bank's list.")
        assert bank.posted.empty()


def charging(api: Api, bank: str) -> str:
    """A workflow that asks a bank for money, then says thanks."""
    config = {"method": "POST", "url": f"{bank}/charge", "body": {"amount": 12}}
    return api.new_workflow(
        "Charging",
        [
            node("charge", "HTTPRequestNode", config, label="Charge the card"),
            code("thank", "result = 'thanks for ' + value", at=(380, 80), label="Thank"),
        ],
        ["charge.result > thank.value"],
    )


def send_once(page: Page) -> None:
    canvas.step(page, "charge").click()
    form = canvas.inspector(page)
    form.get_by_role("button", name=re.compile("more settings")).click()
    form.get_by_role("switch", name="Send at most once").click()
    canvas.select_nothing(page)


def kill_worker(product: Product) -> None:
    for pid, command in product.children().items():
        if "celery" in command and "worker" in command:
            os.kill(pid, signal.SIGKILL)


def decide(page: Page) -> None:
    dialog = page.get_by_role("dialog", name="What became of “Charge the card”?")
    expect(dialog.get_by_label("It happened")).to_be_checked()
    dialog.get_by_label("Outputs").fill('{"result": 42')
    dialog.get_by_role("button", name="It happened").click()
    expect(dialog.get_by_text("Enter JSON")).to_be_visible()
    dialog.get_by_label("Outputs").fill('{"result": "order 42"}')
    dialog.get_by_label("Comment").fill("It stands in the bank's list.")
    assert grave_findings(page) == []
    dialog.get_by_role("button", name="It happened").click()


PEOPLE = "result = [{'name': 'Bo', 'age': 12}, {'name': 'Ada', 'age': 36}]"


def published(api: Api, name: str) -> str:
    """A workflow that reads people and sorts them by a column that each run names, published as version 1."""
    graph = {
        "schema": 1,
        "parameters": [{"name": "column", "schema": {"type": "string"}, "default": "age"}],
        "nodes": [code("read", PEOPLE), node("sort", "TransformNode", sorting("ascending"), at=(380, 80))],
        "connections": [connection("read.result > sort.input")],
    }
    workflow = str(api.call("POST", "workflows/", {"name": name, "graph": graph})["id"])
    api.call("POST", f"workflows/{workflow}/versions/", {})
    return workflow


def sorting(direction: str) -> dict[str, object]:
    return {"operations": [{"op": "sort", "by": [{"column": "${column}", "direction": direction}]}]}


def publish(api: Api, workflow: str, *, direction: str) -> None:
    """The next version, which sorts the other way."""
    draft = api.draft(workflow)
    step = next(step for step in draft["graph"]["nodes"] if step["id"] == "sort")
    step["config"] = sorting(direction)
    api.save(workflow, draft)
    api.call("POST", f"workflows/{workflow}/versions/", {})


def timeline_row(page: Page, title: str) -> Locator:
    rows = page.get_by_role("region", name="Timeline").get_by_role("listitem")
    return rows.filter(has_text=re.compile(f"^{re.escape(title)}")).get_by_role("button").first


def box(page: Page, title: str) -> Locator:
    return page.locator(".react-flow__node").filter(has_text=title).last


def header(page: Page) -> Locator:
    return page.locator("header").first


def side(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Node")
