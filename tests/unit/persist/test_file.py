from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runtime.engine.events import Event, EventType
from runtime.persist import JournalError
from runtime.persist import file as journal_file
from runtime.persist.file import JournalFile
from runtime.persist.lines import Header, Request

PROJECT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HEADER = Header("run-1", Request("w", "p"), 1)


def started(seq: int, node: str = "a") -> Event:
    return Event(seq, NOW, EventType.NODE_STARTED, node, 1, {"ready_at": "now"})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal with one run of three events."""
    place = tmp_path / "journal"
    file = JournalFile(place)
    section = file.begin(HEADER, NOW)
    file.append(section, Event(1, NOW, EventType.RUN_STARTED), None)
    file.append(section, started(2), None)
    file.append(
        section, Event(3, NOW, EventType.NODE_SUCCEEDED, "a", 1, {"items": 2}, "x"), '{"result":["é",1]}'
    )
    file.close()
    return place


def reopened(path: Path) -> list[Event]:
    file = JournalFile(path)
    try:
        return list(file.events(file.sections["run-1"]))
    finally:
        file.close()


def test_events_come_back_as_they_were_with_their_payload(path: Path) -> None:
    events = reopened(path)

    assert events[1] == started(2)
    assert events[2] == Event(3, NOW, EventType.NODE_SUCCEEDED, "a", 1, {"items": 2}, {"result": ["é", 1]})


def test_only_the_owner_may_read_the_file(path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("lost", [1, 2, 30, 90])
def test_a_torn_last_line_is_cut_off_and_the_next_one_stands_where_it_was(path: Path, lost: int) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:-lost])

    file = JournalFile(path)
    section = file.sections["run-1"]
    file.append(section, started(section.seq + 1, "b"), None)
    file.close()

    assert [event.seq for event in reopened(path)] == [1, 2, 3]
    assert reopened(path)[2].node == "b"


@pytest.mark.parametrize("tail", [b'{"jour', b'{"run":"run-1","seq":4', b"{", b"\0\0\0\0"])
def test_whatever_a_crash_can_leave_behind_the_last_newline_is_dropped(path: Path, tail: bytes) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole + tail)

    assert len(reopened(path)) == 3
    assert path.read_bytes() == whole


@pytest.mark.parametrize("content", [b"my notes", b"a,b\n1,2\n", b'{"a": 1}\n', b"\x7fELF\0\0\n", b"[]\n"])
def test_a_file_that_is_no_journal_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    place = tmp_path / "notes"
    place.write_bytes(content)

    with pytest.raises(JournalError, match="line 1: .*name another file"):
        JournalFile(place)

    assert place.read_bytes() == content


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda line: b"", "event 3 of its run follows event 1"),
        (lambda line: line[:20] + b"\n", "it is not JSON"),
        (lambda line: line.replace(b"node.started", b"node.begun"), "a field is missing or wrong"),
        (lambda line: line.replace(b'"run-1"', b'"run-2"'), "the run run-2 never began"),
        (lambda line: b"\0" * len(line), "it is not JSON"),
    ],
    ids=["gone", "half", "type", "run", "zeros"],
)
def test_damage_in_the_middle_is_told_with_its_line(path: Path, damage: object, complaint: str) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    assert callable(damage)
    lines[2] = damage(lines[2])
    path.write_bytes(b"".join(lines))

    with pytest.raises(JournalError, match=f"journal, line 3: {complaint}.*restore") as caught:
        JournalFile(path)

    assert caught.value.code == "journal_corrupt"


def test_a_journal_of_a_later_version_is_refused(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b'"journal":1', b'"journal":2'))

    with pytest.raises(JournalError, match="version 2; this program reads version 1"):
        JournalFile(path)


def test_two_processes_do_not_share_a_journal(path: Path) -> None:
    file = JournalFile(path)
    code = "import pathlib, sys, runtime.persist.file as f; f.JournalFile(pathlib.Path(sys.argv[1]))"

    ended = subprocess.run(
        [sys.executable, "-c", code, path], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    file.close()

    assert ended.returncode == 1
    assert "is in use by another process" in ended.stderr


@pytest.mark.parametrize(
    ("place", "complaint"),
    [
        (".", "Is a directory"),
        ("absent/journal", "there is no folder"),
        ("/dev/null", "it is not a file"),
        ("x" * 300, "File name too long"),
    ],
)
def test_a_place_that_cannot_hold_a_journal_is_told(tmp_path: Path, place: str, complaint: str) -> None:
    with pytest.raises(JournalError, match=complaint):
        JournalFile(tmp_path / place)


def test_after_a_failed_write_nothing_more_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = JournalFile(path)
    section = file.sections["run-1"]
    write = os.write

    def full_disk(descriptor: int, data: bytes) -> int:
        if len(data) > 10:
            return write(descriptor, data[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(journal_file.os, "write", full_disk)
        with pytest.raises(JournalError, match="No space left on device.*run the script again"):
            file.append(section, started(4, "b" * 20), None)
    with pytest.raises(JournalError, match="No space left"):
        file.append(section, started(4), None)
    file.close()

    assert len(reopened(path)) == 3


def test_odd_facts_of_an_error_do_not_break_a_line(path: Path) -> None:
    file = JournalFile(path)
    data = {"error": {"message": "half \ud800", "facts": {1, 2}, (1, 2): 3, "nan": float("nan")}}
    file.append(file.sections["run-1"], Event(4, NOW, EventType.NODE_FAILED, "b", 1, data), None)
    file.close()

    error = reopened(path)[3].data["error"]

    assert error["message"] == "half \ud800"
    assert error["facts"] == "{1, 2}"
