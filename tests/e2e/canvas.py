"""What a person does on the canvas, in the words of the tests."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect


def new_workflow(page: Page, name: str) -> None:
    """From the list of workflows to the empty editor."""
    page.get_by_role("button", name="New workflow").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    expect(page.get_by_role("complementary", name="Node library")).to_be_visible()


def drag_from_library(page: Page, node_type: str, *, x: int, y: int) -> None:
    """Drags a node type onto the canvas; `x`, `y` are pixels inside the canvas."""
    library = page.get_by_role("complementary", name="Node library")
    source = library.get_by_role("button", name=node_type, exact=True)
    source.drag_to(page.locator(".react-flow__pane"), target_position={"x": x, "y": y})


def step(page: Page, node_id: str) -> Locator:
    return page.locator(f'.react-flow__node[data-id="{node_id}"]')


def port(page: Page, node_id: str, name: str, *, side: str) -> Locator:
    """`side`: source or target."""
    return step(page, node_id).locator(f'.react-flow__handle.{side}[data-handleid="{name}"]')


def start_wire(page: Page, source: Locator, target: Locator) -> None:
    """Draws a wire by the mouse and holds it over its target."""
    a, b = source.bounding_box(), target.bounding_box()
    assert a and b
    page.mouse.move(a["x"] + a["width"] / 2, a["y"] + a["height"] / 2)
    page.mouse.down()
    page.mouse.move(b["x"] - 40, b["y"] + 10, steps=6)
    page.mouse.move(b["x"] + b["width"] / 2, b["y"] + b["height"] / 2, steps=6)


def connect(page: Page, source: Locator, target: Locator) -> None:
    """Draws a wire by the mouse."""
    start_wire(page, source, target)
    page.mouse.up()


def remove_wire(page: Page, index: int) -> None:
    page.locator(".react-flow__edge").nth(index).locator(".react-flow__edge-interaction").click(force=True)
    page.keyboard.press("Delete")


def inspector(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Inspector")


def type_code(page: Page, code: str) -> None:
    """Replaces the code of the selected Python step, typed by the keyboard."""
    editor = inspector(page).locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(code)


def select_nothing(page: Page) -> None:
    page.locator("#canvas").focus()
    page.keyboard.press("Escape")


def problems(page: Page) -> Locator:
    """The drawer that lists what is wrong with the draft."""
    return page.get_by_role("region", name="Problems")


def open_problems(page: Page) -> None:
    if not problems(page).is_visible():
        page.get_by_role("button", name="Problems").click()
    expect(problems(page)).to_be_visible()
