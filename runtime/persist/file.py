"""One journal file, open and locked: which runs it holds, and lines added to it."""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
import threading
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from runtime.engine.events import Event, EventType
from runtime.persist.errors import JournalError
from runtime.persist.lines import (
    ENDS,
    BadLine,
    Decision,
    Header,
    Recorded,
    Request,
    decision_line,
    event_line,
    header_line,
    is_torn_line,
    read_line,
)
from runtime.persist.syncing import Syncer


@dataclass(slots=True)
class Section:
    """What is known of a run without its lines; `places` are offset and length of each event's line."""

    header: Header
    places: array[int] = field(default_factory=lambda: array("Q"))
    seq: int = 0
    end: EventType | None = None
    decisions: dict[str, Decision] = field(default_factory=dict)


class JournalFile:
    """Safe from several threads. `sections` by run id, in the order of the file.

    `asked` counts the requests since the file was opened, `found` are those of runs that it held before;
    `active` are the runs under way.
    """

    def __init__(self, path: Path) -> None:
        """Makes the file if there is none, cuts a torn last line off. Raises `JournalError`."""
        self.path = path
        self.sections: dict[str, Section] = {}
        self.asked: Counter[Request] = Counter()
        self.active: set[str] = set()
        self.lock = threading.RLock()
        self._failure: str | None = None
        self._is_closed = False
        self._latest: dict[tuple[Request, int], str] = {}
        self._descriptor = _open(path)
        try:
            _lock(path, self._descriptor)
            self._size = self._read_all()
        except BaseException:
            os.close(self._descriptor)
            raise
        self.found = frozenset(section.header.request for section in self.sections.values())
        self._syncer = Syncer(self._descriptor)

    def latest(self, request: Request, occurrence: int) -> Section | None:
        """The newest run of the request in this place of the script."""
        run = self._latest.get((request, occurrence))
        return None if run is None else self.sections[run]

    def begin(self, header: Header, at: datetime) -> Section:
        """Writes the header of a new run."""
        with self.lock:
            self._write(header_line(header, at))
            return self._note_header(header)

    def append(self, section: Section, event: Event, payload: str | None) -> None:
        """Writes an event. When that fails no other line is added: none may stand behind a torn one."""
        line = event_line(section.header.run, event, payload)
        with self.lock:
            place = self._size
            self._write(line)
            _note_event(section, event, place, len(line))

    def decide(self, section: Section, decision: Decision) -> None:
        with self.lock:
            self._write(decision_line(decision))
            section.decisions[decision.node] = decision

    def synced(self) -> asyncio.Future[None]:
        """Resolves when all that was written until now is on the disk."""
        return self._syncer.synced()

    def events(self, section: Section) -> Iterator[Event]:
        """The run's events, read again."""
        places = section.places
        for index in range(0, len(places), 2):
            line = read_line(os.pread(self._descriptor, places[index + 1], places[index]))
            if isinstance(line, Recorded):
                yield line.event

    def close(self) -> None:
        with self.lock:
            if not self._is_closed:
                self._is_closed = True
                self._failure = self._failure or "it was closed"
                self._syncer.close()
                os.close(self._descriptor)

    def _write(self, line: bytes) -> None:
        if self._failure is not None:
            raise JournalError(f"the journal {self.path} cannot be written: {self._failure}")
        view = memoryview(line)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            self._failure = error.strerror or str(error)
            raise JournalError(
                f"the journal {self.path} cannot be written: {self._failure}. "
                "What it holds is kept: make room and run the script again"
            ) from error
        self._size += len(line)

    # --- reading ------------------------------------------------------------------------------------------

    def _read_all(self) -> int:
        """Notes every line; the size up to the last newline, to which the file is cut."""
        place = 0
        with os.fdopen(os.dup(self._descriptor), "rb", buffering=1 << 20) as lines:
            lines.seek(0)
            for number, line in enumerate(lines, 1):
                if not line.endswith(b"\n"):
                    self._cut(number, line, place)
                    break
                self._note(number, line, place)
                place += len(line)
        return place

    def _note(self, number: int, line: bytes, place: int) -> None:
        try:
            entry = read_line(line)
            if isinstance(entry, Header):
                if entry.run in self.sections:
                    raise BadLine(f"the run {entry.run} begins a second time")
                self._note_header(entry)
                return
            section = self.sections.get(entry.run)
            if section is None:
                raise BadLine(f"the run {entry.run} never began")
            if isinstance(entry, Decision):
                section.decisions[entry.node] = entry
            elif entry.event.seq != section.seq + 1:
                raise BadLine(f"event {entry.event.seq} of its run follows event {section.seq}")
            else:
                _note_event(section, entry.event, place, len(line))
        except BadLine as error:
            raise self._corrupt(number, str(error)) from None

    def _note_header(self, header: Header) -> Section:
        section = self.sections[header.run] = Section(header)
        self._latest[(header.request, header.occurrence)] = header.run
        return section

    def _cut(self, number: int, rest: bytes, place: int) -> None:
        if not is_torn_line(rest):
            raise self._corrupt(number, "it is not a line of a journal")
        os.ftruncate(self._descriptor, place)
        os.fdatasync(self._descriptor)

    def _corrupt(self, number: int, reason: str) -> JournalError:
        advice = (
            "this is not the journal of a script: name another file"
            if number == 1
            else "restore the journal from a copy, or delete it to begin anew"
        )
        return JournalError(f"{self.path}, line {number}: {reason}; {advice}", code="journal_corrupt")


def _note_event(section: Section, event: Event, place: int, length: int) -> None:
    section.places.append(place)
    section.places.append(length)
    section.seq = event.seq
    if event.node is None and event.type in ENDS:
        section.end = event.type


def _open(path: Path) -> int:
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
    try:
        try:
            descriptor = os.open(path, flags)
        except FileNotFoundError:
            descriptor = os.open(path, flags | os.O_CREAT, 0o600)
            _sync_folder(path.parent)
    except FileNotFoundError:
        raise JournalError(f"the journal {path} cannot be made: there is no folder {path.parent}") from None
    except OSError as error:
        raise JournalError(f"the journal {path} cannot be opened: {error.strerror}") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise JournalError(f"the journal {path} cannot be opened: it is not a file")
    return descriptor


def _sync_folder(folder: Path) -> None:
    """A new file's name is durable with its folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock(path: Path, descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise JournalError(
            f"the journal {path} is in use by another process: wait for it, "
            "or give this script a journal of its own",
            code="journal_in_use",
        ) from None
