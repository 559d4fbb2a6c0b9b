"""What people get wrong, and what the product says to it: the right place, clear words, nothing lost."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e import canvas
from tests.e2e.api import Api, code, node
from tests.e2e.complaints import Complaints
from tests.product import Product

TEN_MB = 10 * 1024 * 1024
SAVED = re.compile(r"Draft saved")


def test_upload_a_broken_csv_and_one_over_the_cap(owner: Page, product: Product, tmp_path: Path) -> None:
    broken = tmp_path / "ages.csv"
    broken.write_text("name,age\nAda,36\nAlan,41,London\n", encoding="utf-8")
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    owner.goto("/datasets")

    owner.get_by_label("Files to upload").set_input_files(broken)

    refusal = owner.get_by_role("listitem").filter(has_text="ages.csv was not kept")
    expect(refusal).to_contain_text("Line 3")
    expect(refusal).to_contain_text("3 fields, but the header names 2 columns")

    owner.get_by_label("Files to upload").set_input_files(huge)

    refusal = owner.get_by_role("listitem").filter(has_text="huge.csv was not kept")
    expect(refusal).to_contain_text("200 MiB")
    expect(refusal).to_contain_text("64 MiB at most")
    expect(owner.get_by_role("table", name="Datasets")).not_to_contain_text("ages")
    assert product.is_ready()


def test_draw_and_import_a_circle(owner: Page, api: Api) -> None:
    steps = [code("first", "result = before", at=(80, 120)), code("second", "result = value", at=(360, 220))]
    there = "first.result > second.value"
    drawn = api.new_workflow("Nearly round", steps, [there])
    owner.goto(f"/workflows/{drawn}")
    expect(canvas.port(owner, "first", "before", side="target")).to_be_attached()

    canvas.start_wire(
        owner,
        canvas.port(owner, "second", "result", side="source"),
        canvas.port(owner, "first", "before", side="target"),
    )
    expect(owner.get_by_text("This would close a circle")).to_be_visible()
    owner.mouse.up()

    expect(owner.locator(".react-flow__edge")).to_have_count(1)

    imported = api.new_workflow("Round and round", steps, [there, "second.result > first.before"])
    owner.goto(f"/workflows/{imported}")

    expect(canvas.problems(owner)).to_contain_text("run in a circle: first → second → first")
    expect(owner.locator(".react-flow__node .pinb.bad")).not_to_have_count(0)
    expect(owner.get_by_role("button", name="Publish")).to_be_disabled()
    canvas.remove_wire(owner, 1)
    expect(owner.get_by_role("button", name="Publish")).to_be_enabled()


def test_import_a_workflow_of_unknown_and_mistyped_parts_and_mend_it(owner: Page, api: Api) -> None:
    document = """{
      "name": "From elsewhere",
      "graph": {"schema": 1, "connections": [], "nodes": [
        {"id": "send", "type": "CarrierPigeonNode", "config": {"birds": 3}, "position": [80, 120]},
        {"id": "work", "type": "PythonCodeNode", "position": [320, 120],
         "config": {"code": "result = 1", "timeout_s": "soon"}}]}
    }"""
    owner.goto("/workflows")
    owner.get_by_role("button", name="Import").click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_label("Or paste the document").fill(document[:60])
    expect(dialog).to_contain_text("it ends too early")
    dialog.get_by_label("Or paste the document").fill(document)
    dialog.get_by_role("button", name="Import").click()

    expect(owner.get_by_role("heading", name="From elsewhere", level=1)).to_be_visible()
    drawer = canvas.problems(owner)
    expect(drawer.get_by_role("button", name="CarrierPigeonNode")).to_be_visible()
    expect(canvas.step(owner, "send").locator(".pinb.bad")).to_be_visible()

    drawer.get_by_role("button", name="timeout_s").click()

    field = canvas.inspector(owner).get_by_label("Time limit (seconds)")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("soon")

    field.fill("5")
    canvas.step(owner, "send").click()
    owner.keyboard.press("Delete")

    expect(drawer).to_contain_text("No problems")
    expect(owner.get_by_role("button", name="Publish")).to_be_enabled()
    expect(owner.get_by_text(SAVED)).to_be_visible()
    saved = api.draft(owner.url.rsplit("/", 1)[1])["graph"]["nodes"]
    assert [(step["id"], step["config"]["timeout_s"]) for step in saved] == [("work", 5)]


def test_write_python_that_does_not_parse(owner: Page, api: Api) -> None:
    workflow = api.new_workflow("Unfinished", [code("work", "result = 1")])
    owner.goto(f"/workflows/{workflow}")
    canvas.step(owner, "work").click()

    canvas.type_code(owner, "total = 1\nfor n in range(3)\n    total += n\nresult = total")

    error = canvas.inspector(owner).get_by_role("status").filter(has_text="Line 2")
    expect(error).to_contain_text("expected ':'", ignore_case=True)
    expect(canvas.inspector(owner).locator(".cm-lintRange-error")).to_be_visible()
    canvas.select_nothing(owner)
    canvas.open_problems(owner)
    canvas.problems(owner).get_by_role("button", name="line 2").click()
    expect(canvas.inspector(owner).locator(".cm-content")).to_be_focused()
    expect(canvas.inspector(owner).locator(".cm-activeLine")).to_contain_text("for n in range")


def test_run_code_that_never_ends_eats_memory_and_gives_no_json(owner: Page, api: Api) -> None:
    quick = {"options": {"timeout": 2}}
    steps = [
        code("endless", "result = 0\nwhile True:\n    result += 1", at=(80, 60), **quick),
        code(
            "greedy",
            "piles = []\nwhile True:\n    piles.append(bytearray(1 << 26))\nresult = 1",
            at=(80, 180),
        ),
        code("odd", "result = {'rows': [{'tags': {'a', 'b'}}]}", at=(80, 300)),
    ]
    for step, words in zip(
        steps,
        ("2 s", "more memory than it may use", "result.rows[0].tags is a set"),
        strict=True,
    ):
        workflow = api.new_workflow(f"Gone wrong: {step['id']}", [step])
        owner.goto(f"/workflows/{workflow}")
        owner.get_by_role("button", name="Run", exact=True).click()
        owner.get_by_role("link", name=re.compile(r"Run \d+ on the canvas")).click()

        expect(owner.locator(".topbar").get_by_text("Failed", exact=True)).to_be_visible()
        expect(canvas.step(owner, step["id"]).get_by_text("Failed")).to_be_visible()
        canvas.step(owner, step["id"]).click()
        expect(owner.get_by_role("complementary", name="Node")).to_contain_text(words)

    alive = api.run(api.new_workflow("Still alive", [code("one", "result = 1")]))
    owner.goto(f"/runs/{alive['id']}")
    expect(owner.locator(".topbar").get_by_text("Succeeded")).to_be_visible()


def test_paste_ten_megabytes(owner: Page, api: Api) -> None:
    workflow = api.new_workflow("Too much", [code("work", "result = 'kept'")])
    owner.goto(f"/workflows/{workflow}")
    canvas.step(owner, "work").click()
    editor = canvas.inspector(owner).locator(".cm-content")
    expect(editor).to_contain_text("result = 'kept'")

    editor.click()
    paste(editor, "# filler filler\n" * (TEN_MB // 16))

    expect(owner.get_by_role("alert")).to_contain_text("Not saved: The body is larger than 10 MiB")
    assert api.draft(workflow)["graph"]["nodes"][0]["config"]["code"] == "result = 'kept'"
    editor.press("Control+z")
    expect(editor).to_contain_text("result = 'kept'")
    expect(owner.get_by_text(SAVED)).to_be_visible()

    canvas.select_nothing(owner)
    paste(owner.locator("#canvas"), "x" * (TEN_MB + 1))

    expect(owner.get_by_text("The clipboard holds more than 10 MB")).to_be_visible()
    expect(owner.locator(".react-flow__node")).to_have_count(1)
    canvas.step(owner, "work").click()
    canvas.type_code(owner, "result = 'after'")
    expect(owner.get_by_text(SAVED)).to_be_visible()
    assert api.draft(workflow)["graph"]["nodes"][0]["config"]["code"] == "result = 'after'"


def test_lose_the_server_while_watching_and_editing(
    page_of: Callable[..., Page], api: Api, product: Product, complaints: Complaints
) -> None:
    steps = [
        node("rest", "WaitNode", {"seconds": 4}, at=(80, 120)),
        code("work", "result = 'after the break'", at=(320, 120)),
    ]
    workflow = api.new_workflow("A long breath", steps, ["rest.result > work.rest"])
    run = api.run(workflow)
    watching = page_of("owner")
    watching.goto(f"/runs/{run['id']}")
    expect(canvas.step(watching, "rest").get_by_text(re.compile("Running|Waiting"))).to_be_visible()
    watching.evaluate("window.wasHereBefore = true")
    editing = watching.context.new_page()
    editing.goto(f"/workflows/{workflow}")
    canvas.step(editing, "work").click()
    expect(canvas.inspector(editing).locator(".cm-content")).to_be_visible()

    watching.context.set_offline(True)
    kill_web(product)

    expect(watching.get_by_text(re.compile(r"Reconnecting, last event \d+"))).to_be_visible()
    canvas.type_code(editing, "result = 'typed in the dark'")
    expect(editing.get_by_text(re.compile(r"Offline. \d changes? kept here"))).to_be_visible()

    watching.context.set_offline(False)

    expect(editing.get_by_text(SAVED)).to_be_visible()
    expect(watching.locator(".topbar").get_by_text("Succeeded")).to_be_visible()
    expect(watching.get_by_text("Reconnecting")).to_have_count(0)
    assert watching.evaluate("window.wasHereBefore") is True
    work = next(step for step in api.draft(workflow)["graph"]["nodes"] if step["id"] == "work")
    assert work["config"]["code"] == "result = 'typed in the dark'"


def paste(target: Locator, text: str) -> None:
    """The browser's own paste event, with this text on the clipboard."""
    target.evaluate(
        """(element, text) => {
            const clipboardData = new DataTransfer()
            clipboardData.setData("text/plain", text)
            element.focus()
            const options = {clipboardData, bubbles: true, cancelable: true}
            element.dispatchEvent(new ClipboardEvent("paste", options))
        }""",
        text,
    )


def kill_web(product: Product) -> None:
    for pid, command in product.children().items():
        if "designer.web" in command:
            os.kill(pid, signal.SIGKILL)
