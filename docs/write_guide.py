"""Writes `docs/guide.md`: every block of the guide with what it really prints.

Run it after a change of what the blocks do: `python docs/write_guide.py`. The blocks are those of
`tests/guide/blocks`, run unchanged and in order in a workspace that has what they name.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT))

from docs.guide_sections import SECTIONS, Section
from runtime.templates import TEMPLATES
from tests.guide.follow import follow
from tests.guide.workspace import make_workspace

PAGE = PROJECT / "docs" / "guide.md"
BLOCKS = PROJECT / "tests" / "guide" / "blocks"
INTRODUCTION = """\
# The guide, run

Each block of the guide as it stands there, then what it prints. Where a block only builds something, a
second block of ours runs it. All of it is one script in one namespace: `make guide` runs this page, `make
guide GUIDE=FILE` another. The outputs were written by `docs/write_guide.py`; ids and times differ from
run to run.

They run in a workspace that `tests/guide/workspace.py` makes: `datasets/` with real data of 105,108
records, and a `policies.json` that opens `enterprise_data` to people with the clearance `confidential`.
"""
TEMPLATES_HEAD = """
## Templates

Each is a method of `BusinessWorkflowTemplates` and a card under **Templates** in the browser, from one
source. It adds its steps to a workflow and returns their ids; every setting has a default with which it
runs on made-up data, which `BusinessWorkflowTemplates.write_demo_data(DIR)` puts into a workspace. Over
HTTP `GET templates/` lists them and `POST templates/KEY/use/ {"name": ..., "config": {...}}` begins a
workflow with one.

| method | what it does | settings |
|---|---|---|
"""


def page(outputs: list[str] | None = None) -> str:
    """The whole page, with the outputs of its blocks in order where they are known."""
    left = iter(outputs or [])
    return INTRODUCTION + "".join(_section(section, left) for section in SECTIONS) + _templates()


def _section(section: Section, outputs: Any) -> str:
    code = (BLOCKS / f"{section.block}.txt").read_text(encoding="utf-8")
    parts = [f"\n## {section.title}\n\n{section.text}\n", _block(code, next(outputs, ""))]
    if section.then:
        parts.append(_block(section.then, next(outputs, "")))
    return "".join(parts)


def _block(code: str, output: str) -> str:
    shown = f"\n```python\n{code}```\n"
    return shown + (f"\n```text\n{output.rstrip()}\n```\n" if output.strip() else "")


def _templates() -> str:
    rows = [
        f"| `{item.key}` | {item.summary} | {', '.join(f'`{name}`' for name in item.config.model_fields)} |\n"
        for item in TEMPLATES
    ]
    return TEMPLATES_HEAD + "".join(rows)


def run(text: str) -> list[dict[str, Any]]:
    """What each block of the page gave."""
    with tempfile.TemporaryDirectory(prefix="lockgate-guide-") as folder:
        place = Path(folder)
        guide, told = place / "guide.md", place / "told.json"
        guide.write_text(text, encoding="utf-8")
        workspace = make_workspace(place / "workspace")
        follow(guide, workspace, str(told))
        results: list[dict[str, Any]] = json.loads(told.read_text(encoding="utf-8"))
        return [{**item, "output": item["output"].replace(str(workspace), "DIR")} for item in results]


def main() -> int:
    results = run(page())
    failed = [result for result in results if result["error"]]
    if failed:
        return 1  # told by the run; a page with an error in it is not written
    PAGE.write_text(page([result["output"] for result in results]), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
