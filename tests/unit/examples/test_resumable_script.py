from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.guide.running import PROJECT, run, start

SCRIPT = PROJECT / "examples" / "resumable_script.py"


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "work" / "datasets").mkdir(parents=True)
    shutil.copy(PROJECT / "examples" / "data" / "seattle-temps.csv", tmp_path / "work" / "datasets")
    return tmp_path / "work"


def test_a_killed_script_goes_on_and_works_no_month_out_twice(workspace: Path, tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    with start("--workspace", workspace, SCRIPT, journal) as script:
        assert script.stderr is not None
        first = [next(script.stderr) for _ in range(4)]
        script.kill()

    second = run("--workspace", workspace, SCRIPT, journal)

    assert second.returncode == 0, second.stderr
    assert [line.split()[3] for line in first] == ["01", "02", "03", "04"]
    # The fourth month told that it was done, and may have been killed before its result was kept.
    again = [line.split()[3] for line in second.stderr.splitlines()]
    assert again[0] in {"04", "05"}
    assert again == [f"{month:02}" for month in range(int(again[0]), 13)]
    assert second.stdout.splitlines()[0] == "01: 38.6 to 46.2 °F"
    assert (workspace / "datasets" / "seattle-extremes.csv").read_text("utf-8").count("\n") == 13


def test_a_script_that_had_succeeded_shows_its_results_again(workspace: Path, tmp_path: Path) -> None:
    first = run("--workspace", workspace, SCRIPT, tmp_path / "journal")
    (workspace / "datasets" / "seattle-temps.csv").unlink()

    second = run("--workspace", workspace, SCRIPT, tmp_path / "journal")

    assert (second.stdout, second.stderr) == (first.stdout, "")
