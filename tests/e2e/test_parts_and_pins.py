"""A person builds a map by mouse, looks into an item, runs a part of it and pins what a step gave."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e import canvas
from tests.e2e.complaints import Complaints


def test_build_a_map_look_inside_run_a_part_and_pin(owner: Page, complaints: Complaints) -> None:
    page = complaints.watch(owner)
    page.goto("/workflows")
    canvas.new_workflow(page, "Squares")

    draw_a_map_with_a_step_inside(page)
    run_and_look_into_iteration(page, "2")
    run_only_the_map(page)
    pin_what_the_numbers_are(page)
    complaints.expect(r"422 .*/versions/")
    see_publish_refused(page)


def draw_a_map_with_a_step_inside(page: Page) -> None:
    canvas.drag_from_library(page, "Python code", x=90, y=120)
    canvas.type_code(page, "result = [3, 4, 5]")
    canvas.drag_from_library(page, "Map", x=460, y=160)
    canvas.drag_from_library(page, "Python code", x=470, y=190)
    canvas.type_code(page, "result = item * item")
    expect(canvas.port(page, "python_code_2", "item", side="target")).to_be_attached()

    canvas.connect(
        page,
        canvas.port(page, "python_code", "result", side="source"),
        canvas.port(page, "map", "items", side="target"),
    )
    canvas.connect(
        page,
        canvas.port(page, "map", "~item", side="source"),
        canvas.port(page, "python_code_2", "item", side="target"),
    )
    canvas.connect(
        page,
        canvas.port(page, "python_code_2", "result", side="source"),
        canvas.port(page, "map", "~value", side="target"),
    )
    expect(page.locator(".react-flow__edge")).to_have_count(3)


def run_and_look_into_iteration(page: Page, number: str) -> None:
    page.get_by_role("button", name="Run", exact=True).click()
    frame = canvas.step(page, "map")
    expect(frame.locator(".frame-state")).to_contain_text("Succeeded")

    shown = frame.get_by_label(re.compile("^Iteration, 1 to 3"))
    shown.fill(number)
    shown.press("Enter")
    canvas.step(page, "python_code_2").click()
    canvas.inspector(page).get_by_role("tab", name="Output").click()

    expect(canvas.inspector(page).get_by_role("tabpanel")).to_contain_text("16")


def run_only_the_map(page: Page) -> None:
    choose(page, "map", "Run only this step")

    expect(page.get_by_text(re.compile(r"Run \d+ on the canvas"))).to_be_visible()
    expect(canvas.step(page, "map").locator(".frame-state")).to_contain_text("Succeeded")
    expect(canvas.step(page, "python_code").get_by_text(re.compile("from (run|earlier)"))).to_be_visible()


def pin_what_the_numbers_are(page: Page) -> None:
    choose(page, "python_code", "Run to here")
    expect(canvas.step(page, "python_code").get_by_text("3 items")).to_be_visible()
    canvas.step(page, "python_code").click()
    page.locator("#canvas").focus()
    page.keyboard.press("p")

    expect(page.get_by_text(re.compile("gives what it gave in run"))).to_be_visible()


def see_publish_refused(page: Page) -> None:
    page.get_by_role("button", name="Publish").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Publish").click()

    expect(dialog.get_by_role("alert")).to_contain_text(re.compile("pin", re.IGNORECASE))


def choose(page: Page, node_id: str, item: str) -> None:
    """An entry of the menu at a step."""
    canvas.step(page, node_id).locator("b").first.click(button="right")
    page.get_by_role("menuitem", name=item).click()
