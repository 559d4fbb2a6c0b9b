"""The group-commit writer: one thread, one connection, one fsync for all that arrived during the last.

Order within a run is the order of `put`. A run that lost its fence, or whose rows the database
refuses, fails alone: its futures and whatever it puts later. A lost connection fails nobody: the same
batch is committed again on a new one.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import psycopg

from runtime.engine.errors import WorkflowError
from runtime.engine.events import utc_now
from runtime.engine.journal import Fenced
from runtime.host.connection import open_connection
from runtime.host.rows import Committed, Entry, RunKey
from runtime.host.statements import commit_entries

log = logging.getLogger(__name__)
_CONNECTION_LOST = (psycopg.OperationalError, psycopg.InterfaceError)


class RecordingFailed(WorkflowError):
    """The database refused a row of this run; nothing after it was recorded."""

    code = "recording_failed"


class RecordingEnded(Fenced):
    """The process stops and cannot reach the database: the run is left to another host."""

    code = "recording_ended"


class GroupCommitWriter:
    """Commits entries in groups. Tells `loop`: `on_committed` once a commit, `on_refused` once a run."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        on_committed: Callable[[Mapping[RunKey, Committed]], None],
        on_refused: Callable[[RunKey, WorkflowError], None],
        on_waited: Callable[[float], None] = lambda seconds: None,
        connect: Callable[[str], psycopg.Connection[tuple[Any, ...]]] = open_connection,
        max_entries: int = 2000,
        max_bytes: int = 16 << 20,
    ) -> None:
        self._loop = loop
        self._on_committed = on_committed
        self._on_refused = on_refused
        self._on_waited = on_waited
        self._connect = connect
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._queue: queue.SimpleQueue[Entry | None] = queue.SimpleQueue()
        self._connection: psycopg.Connection[tuple[Any, ...]] | None = None
        self._refused: dict[RunKey, WorkflowError] = {}
        self._give_up_at: float | None = None
        self._thread = threading.Thread(target=self._work, name="run-writer", daemon=True)
        self.commits = 0

    def start(self) -> None:
        self._thread.start()

    def put(self, entry: Entry) -> None:
        """Takes the next step of a run. Never blocks."""
        self._queue.put(entry)

    def stop(self, timeout_s: float) -> bool:
        """Commits what is queued, for at most so long, then ends the thread; whether it ended."""
        self._give_up_at = time.monotonic() + timeout_s
        self._queue.put(None)
        self._thread.join(timeout_s + 1)
        return not self._thread.is_alive()

    def forget(self, key: RunKey) -> None:
        """The claim is over: nothing more will be put for it."""
        self._refused.pop(key, None)

    def _work(self) -> None:
        going_on = True
        while going_on:
            batch, going_on = self._take()
            if batch:
                self._commit(batch)
        if self._connection is not None:
            self._connection.close()

    def _take(self) -> tuple[list[Entry], bool]:
        """Waits for an entry, then takes all that is there; False when the end was among them."""
        batch: list[Entry] = []
        weight = 0
        entry = self._queue.get()
        while entry is not None:
            batch.append(entry)
            weight += entry.weight
            if len(batch) >= self._max_entries or weight >= self._max_bytes:
                return batch, True
            try:
                entry = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: Sequence[Entry]) -> None:
        entries = [entry for entry in batch if entry.key not in self._refused]
        self._refuse_again([entry for entry in batch if entry.key in self._refused])
        try:
            accepted = self._store(entries) if entries else set()
        except _CONNECTION_LOST as error:
            self._refuse(entries, RecordingEnded(f"The database could not be reached: {error}"))
            return
        except Exception as error:
            # The database's refusal, or the driver's of a value it cannot write. This thread serves
            # all runs: nothing that one of them brings may end it.
            self._commit_one_by_one(entries, error)
            return
        self.commits += 1
        lost = [entry for entry in entries if entry.key not in accepted]
        if lost:
            self._refuse(lost, Fenced("Another host drives this run now."))
        kept = [entry for entry in entries if entry.key in accepted] if lost else entries
        if kept:
            self._tell(self._settle_committed, kept)

    def _commit_one_by_one(self, entries: Sequence[Entry], error: Exception) -> None:
        """The database refused a row: find the run that it belongs to, so that only that one fails."""
        by_run: dict[RunKey, list[Entry]] = {}
        for entry in entries:
            by_run.setdefault(entry.key, []).append(entry)
        if len(by_run) == 1:
            log.error("rows of run %s refused: %s", entries[0].key.run_id, error)
            self._refuse(entries, RecordingFailed(f"The database refused to record this run: {error}"))
            return
        for own in by_run.values():
            self._commit(own)

    def _store(self, entries: Sequence[Entry]) -> set[RunKey]:
        """Commits, over as many connections as it takes."""
        again, pause_s = False, 0.05
        while True:
            try:
                if self._connection is None:
                    self._connection = self._connect("run writer")
                return commit_entries(self._connection, entries, again=again)
            except _CONNECTION_LOST as error:
                again = True
                self._drop_connection()
                if self._give_up_at is not None and time.monotonic() > self._give_up_at:
                    raise
                log.warning("commit is tried again in %g s: %s", pause_s, error)
                time.sleep(pause_s)
                pause_s = min(pause_s * 2, 2.0)

    def _drop_connection(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _refuse(self, entries: Sequence[Entry], error: WorkflowError) -> None:
        keys = {entry.key for entry in entries}
        self._refused.update(dict.fromkeys(keys, error))
        self._tell(self._settle_refused, entries, error)
        for key in keys:
            self._tell(self._on_refused, key, error)

    def _refuse_again(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            self._tell(self._settle_refused, [entry], self._refused[entry.key])

    def _tell(self, callback: Callable[..., None], *arguments: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback, *arguments)

    def _settle_committed(self, entries: Sequence[Entry]) -> None:
        reached: dict[RunKey, Committed] = {}
        for entry in entries:
            pos = entry.log.pos if entry.log else 0
            before = reached.get(entry.key)
            is_end = entry.facts.finished_at is not None
            reached[entry.key] = Committed(
                entry.facts.last_seq, max(pos, before.pos if before else 0), is_end
            )
            if entry.future is not None and not entry.future.done():
                entry.future.set_result(None)
        self._on_committed(reached)
        oldest = next((entry.event.at for entry in entries if entry.event is not None), None)
        if oldest is not None:
            self._on_waited((utc_now() - oldest).total_seconds())

    @staticmethod
    def _settle_refused(entries: Iterable[Entry], error: WorkflowError) -> None:
        for entry in entries:
            if entry.future is not None and not entry.future.done():
                entry.future.set_exception(error)
