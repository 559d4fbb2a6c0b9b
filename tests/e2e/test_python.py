"""A workflow as Python, beside the canvas: imported, edited in both, mistyped, and taken back."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.e2e import canvas
from tests.e2e.complaints import Complaints

SCRIPT = """from kailash.workflow.builder import WorkflowBuilder

workflow = WorkflowBuilder()

# The numbers to double
workflow.add_node("PythonCodeNode", "numbers", {"code": "result = [1, 2, 3]"})
workflow.add_node("PythonCodeNode", "double", {"code": "result = [2 * each for each in values]"})
workflow.add_connection("numbers", "result", "double", "values")

print("This line cannot be drawn")
"""
LAST = 'workflow.add_connection("numbers", "result", "double", "values")'


def test_a_script_is_imported_edited_beside_the_canvas_and_exported(
    owner: Page, tmp_path: Path, complaints: Complaints
) -> None:
    page = complaints.watch(owner)
    import_script(page, "Doubling", SCRIPT)
    expect(canvas.step(page, "double")).to_be_visible()

    page.get_by_role("button", name="Python", exact=True).click()
    panel = page.get_by_role("region", name="Python")
    editor = panel.locator(".cm-content")
    expect(editor).to_contain_text("The numbers to double")

    type_at_end_of(page, editor, LAST, '\nworkflow.add_node("MergeNode", "both")')
    expect(canvas.step(page, "both")).to_be_visible()
    expect(panel).to_contain_text("stay as they are written")

    type_at_end_of(page, editor, '"both"', ", oops(")
    expect(panel).to_contain_text("The canvas keeps what it showed")
    expect(canvas.step(page, "both")).to_be_visible()
    panel.get_by_role("button", name="Back to the canvas").click()
    expect(editor).not_to_contain_text("oops")

    page.get_by_role("button", name="Undo: Edit as Python").click()
    expect(canvas.step(page, "both")).to_have_count(0)
    expect(editor).not_to_contain_text("MergeNode")

    with page.expect_download() as saved:
        panel.get_by_role("button", name="Save as a file").click()
    file = tmp_path / saved.value.suggested_filename
    saved.value.save_as(file)
    assert "This line cannot be drawn" in file.read_text("utf-8")
    assert run(file)["double"] == {"result": [2, 4, 6]}


def test_a_script_that_cannot_be_read_says_where(owner: Page) -> None:
    owner.goto("/workflows")
    owner.get_by_role("button", name="Import").click()
    dialog = owner.get_by_role("dialog")
    dialog.get_by_label("Or paste the document").fill("w = WorkflowBuilder()\nw.add_node(\n")
    dialog.get_by_role("button", name="Import").click()

    expect(dialog).to_contain_text("Line 2: this is not Python")


def import_script(page: Page, name: str, script: str) -> None:
    page.goto("/workflows")
    page.get_by_role("button", name="Import").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Or paste the document").fill(script)
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_role("button", name="Import").click()


def type_at_end_of(page: Page, editor: Locator, line: str, text: str) -> None:
    editor.get_by_text(line).first.click()
    page.keyboard.press("End")
    page.keyboard.insert_text(text)


def run(script: Path) -> dict[str, object]:
    """The results that the exported script prints when it runs."""
    done = subprocess.run(
        [sys.executable, "-m", "runtime", str(script)], capture_output=True, text=True, check=True
    )
    results: dict[str, object] = json.loads(done.stdout[done.stdout.index("{") :])
    return results
