"""Blocks of the guide, to the letter."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.guide.running import run

BLOCKS = Path(__file__).parent / "blocks"


@pytest.mark.parametrize("block", ["retry_policies", "runtime_parameters"])
def test_a_block_of_the_guide_runs_unchanged(tmp_path: Path, block: str) -> None:
    script = tmp_path / f"{block}.py"
    shutil.copy(BLOCKS / f"{block}.txt", script)

    ended = run(script)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
