"""The whole path of a new user, with mouse and keyboard, on a product started as a user starts it."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e import canvas
from tests.e2e.complaints import Complaints
from tests.product import Product

BROKEN = "warm = [row for row in rows if row['temp'] > 60\nresult = warm"
MENDED = "warm = [row for row in rows if row['temp'] > 60]\nprint(f'{len(warm)} warm hours')\nresult = warm"
SAVED = re.compile(r"Draft saved")


def test_draw_mend_publish_run_watch_read_and_cancel(
    page: Page, product: Product, complaints: Complaints
) -> None:
    complaints.watch(page)
    sign_in_by_keyboard(page, *product.sign_in())
    canvas.new_workflow(page, "Warm hours")

    draw_three_steps(page)
    see_a_problem_and_mend_it(page)
    publish(page)
    run_with_a_parameter(page)
    watch_it_finish_and_read_the_output(page)
    cancel_another_run(page)


def sign_in_by_keyboard(page: Page, email: str, password: str) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_label("Work e-mail").press_sequentially(email)
    page.keyboard.press("Tab")
    page.get_by_label("Password", exact=True).press_sequentially(password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Workflows")).to_be_visible()


def draw_three_steps(page: Page) -> None:
    add_a_parameter(page, "target", "warm-hours")
    canvas.drag_from_library(page, "Read dataset", x=90, y=200)
    canvas.inspector(page).get_by_label("Dataset").fill("sf-temps")
    canvas.drag_from_library(page, "Python code", x=330, y=200)
    canvas.type_code(page, "result = rows")
    canvas.drag_from_library(page, "Write dataset", x=570, y=200)
    canvas.inspector(page).get_by_label("Dataset").fill("${target}")
    expect(canvas.port(page, "python_code", "rows", side="target")).to_be_attached()

    canvas.connect(
        page,
        canvas.port(page, "read_dataset", "result", side="source"),
        canvas.port(page, "python_code", "rows", side="target"),
    )
    canvas.connect(
        page,
        canvas.port(page, "python_code", "result", side="source"),
        canvas.port(page, "write_dataset", "records", side="target"),
    )

    expect(page.locator(".react-flow__edge")).to_have_count(2)
    expect(page.get_by_text(SAVED)).to_be_visible()


def add_a_parameter(page: Page, name: str, default: str) -> None:
    canvas.inspector(page).get_by_role("button", name="Add a parameter").click()
    canvas.inspector(page).get_by_label("Name").first.fill(name)
    canvas.inspector(page).get_by_label("Default").first.fill(default)


def see_a_problem_and_mend_it(page: Page) -> None:
    canvas.step(page, "python_code").click()
    canvas.type_code(page, BROKEN)

    expect(canvas.inspector(page).get_by_text(re.compile("[Ll]ine 1|never closed")).first).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_be_disabled()

    canvas.type_code(page, MENDED)

    expect(page.get_by_role("button", name="Publish")).to_be_enabled()


def publish(page: Page) -> None:
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill("The first one")
    dialog.get_by_role("button", name="Publish").click()

    expect(page.get_by_text("v1 published")).to_be_visible()


def run_with_a_parameter(page: Page) -> None:
    page.get_by_role("button", name="Run", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("target").fill("warm-hours-in-sf")
    dialog.get_by_role("button", name="Run").click()


def watch_it_finish_and_read_the_output(page: Page) -> None:
    expect(page.get_by_text(re.compile(r"Run \d+ on the canvas"))).to_be_visible()
    expect(canvas.step(page, "read_dataset").get_by_text("8,759 items")).to_be_visible()
    expect(canvas.step(page, "write_dataset").get_by_text("done")).to_be_visible()

    canvas.step(page, "python_code").click()
    canvas.inspector(page).get_by_role("tab", name="Output").click()
    expect(canvas.inspector(page).get_by_role("table")).to_contain_text("temp")

    page.get_by_role("link", name="Datasets").click()
    expect(page.get_by_role("link", name="warm-hours-in-sf")).to_be_visible()


def cancel_another_run(page: Page) -> None:
    page.get_by_role("link", name="Workflows", exact=True).click()
    page.get_by_role("link", name="Watch a year go by").click()
    page.get_by_role("button", name="Run", exact=True).click()
    # Until the new run has begun, the link still leads to the one before.
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_be_visible()
    page.get_by_role("link", name=re.compile(r"Run \d+ on the canvas")).click()
    expect(page.get_by_text("Running").first).to_be_visible()

    page.get_by_role("button", name="Cancel run").click()

    expect(page.get_by_text("Cancelled").first).to_be_visible()
