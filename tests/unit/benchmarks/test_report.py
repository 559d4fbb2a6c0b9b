from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.figure import Figure
from benchmarks.peers import environments
from benchmarks.report import Section, results, shortfalls

MET = Figure("a fast thing", 10, "ms", 20, why="never shown")
MISSED = Figure("a slow thing", 30.04, "ms", 20, why="It waits for the disk")
MISSED_RATE = Figure("a rate", 2500, "nodes/s", 3000, at_least=True)
PLAIN = Figure("for comparison", 5, "ms", note="no target")


def section(*figures: Figure, is_complete: bool = True) -> Section:
    return Section("engine", is_complete=is_complete, took_s=3.0, figures=figures, remarks=("No peer",))


def test_what_falls_short_is_listed_with_its_cause() -> None:
    assert shortfalls([section(MET, MISSED, PLAIN, MISSED_RATE)]).splitlines() == [
        "- **a slow thing**: 30 ms against <= 20. It waits for the disk.",
        "- **a rate**: 2,500 nodes/s against >= 3,000.",
    ]


def test_a_benchmark_that_broke_off_is_a_shortfall_too() -> None:
    assert "did not come to its end" in shortfalls([section(MET, is_complete=False)])


def test_nothing_short_is_said_so() -> None:
    assert shortfalls([section(MET, PLAIN)]) == "Nothing: every target was met."


def test_the_document_begins_with_what_falls_short_and_keeps_remarks() -> None:
    text = results([section(MET, MISSED)])

    assert text.index("## What falls short") < text.index("a slow thing") < text.index("## In memory")
    assert "| a fast thing | 10 ms" in text
    assert "No peer." in text
    assert "never shown" not in text


def test_a_peer_that_cannot_be_installed_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environments, "FOLDER", tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere" / "python"))

    with pytest.raises(environments.PeerUnavailable, match="kailash: .*uv"):
        environments.measured("kailash")
