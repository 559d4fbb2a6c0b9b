"""`docs/guide.md`: every block of it runs, and it shows the guide's blocks to the letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from docs.guide_sections import SECTIONS
from docs.write_guide import PAGE, page
from tests.guide.follow import IN_ORDER
from tests.guide.markdown import python_blocks
from tests.guide.running import PROJECT, run
from tests.guide.workspace import make_workspace

BLOCKS = Path(__file__).parent / "blocks"


def code_of(text: str) -> list[str]:
    return [block.text for block in python_blocks(text)]


def test_the_page_holds_the_blocks_that_the_sections_name() -> None:
    assert code_of(PAGE.read_text("utf-8")) == code_of(page())


def test_every_block_of_the_guide_is_on_the_page() -> None:
    assert {section.block for section in SECTIONS} == {file.stem for file in BLOCKS.glob("*.txt")}


def test_every_block_of_the_page_runs(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "workspace", records=3_000)

    ended: Any = run("--workspace", workspace, IN_ORDER, PAGE, cwd=PROJECT)

    assert ended.returncode == 0, ended.stdout
    if "FAILED" in ended.stdout:
        pytest.fail(ended.stdout)
