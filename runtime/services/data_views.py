"""Counts who was shown which data: noted beside the answer, written by a thread every few seconds.

Nobody waits for it. What a process that is killed had not written yet, at most the last `EVERY_S` seconds,
is lost; so is what comes while more than `MOST_WAITING` notes wait, which is logged.
"""

from __future__ import annotations

import atexit
import json
import logging
import queue
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.utils import timezone

from accounts.access import Resource, Subject
from accounts.authorization import Subject as Person
from accounts.subjects import access_facts
from runtime.engine.errors import GraphError
from runtime.masking.resources import without_numbers
from runtime.masking.shown import MaskedField
from runtime.masking.watched import MAX_FIELDS, Part, Seen, fields_of_dataset, fields_of_run, shape_of
from runtime.models import Dataset, Run
from runtime.models.ids import time_ordered_id
from runtime.models.views import ViewedKind
from runtime.queries.plans import plan_of_run

log = logging.getLogger(__name__)

EVERY_S = 3.0
MOST_WAITING = 5_000
EXIT_WAIT_S = 3.0
KEPT_DAYS = 400
writes_by_itself = True
Key = tuple[UUID, str, UUID, str, UUID | None, date]
"""Tenant, kind, place, step, reader, day."""

_UPSERT = f"""
INSERT INTO data_view AS old
    (id, tenant_id, kind, place, node, reader_id, day, count, exported, fields, first_at, last_at)
SELECT %s, t.id, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s FROM accounts_tenant t WHERE t.id = %s
ON CONFLICT (tenant_id, kind, place, node, reader_id, day) DO UPDATE SET
    count = old.count + EXCLUDED.count,
    exported = old.exported + EXCLUDED.exported,
    first_at = least(old.first_at, EXCLUDED.first_at),
    last_at = greatest(old.last_at, EXCLUDED.last_at),
    fields = (
        SELECT coalesce(jsonb_object_agg(key, times), '{{}}'::jsonb) FROM (
            SELECT key, jsonb_build_array(sum((value->>0)::bigint), sum((value->>1)::bigint)) AS times
            FROM (
                SELECT * FROM jsonb_each(old.fields) UNION ALL SELECT * FROM jsonb_each(EXCLUDED.fields)
            ) seen
            GROUP BY key ORDER BY key LIMIT {MAX_FIELDS}
        ) merged
    )
"""  # noqa: S608  (a number of ours)


@dataclass(frozen=True, slots=True)
class _Note:
    """One answer. `run` or `dataset` is what its data is of; `subject` is None where no rule can matter."""

    tenant_id: UUID
    place: UUID
    reader: UUID | None
    at: datetime
    subject: Subject | None
    run: Run | None = None
    dataset: Resource | None = None
    node: str = ""
    parts: tuple[Part, ...] = ()
    exported: int = 0


@dataclass(slots=True)
class _Count:
    first_at: datetime
    last_at: datetime
    count: int = 0
    exported: int = 0
    fields: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, note: _Note, fields: Seen) -> None:
        self.count += 1
        self.exported += note.exported
        self.first_at, self.last_at = min(self.first_at, note.at), max(self.last_at, note.at)
        for name, (plain, masked) in fields.items():
            if name in self.fields or len(self.fields) < MAX_FIELDS:
                before = self.fields.get(name, (0, 0))
                self.fields[name] = (before[0] + plain, before[1] + masked)


@dataclass(frozen=True, slots=True)
class ShownPart:
    """Something of a run that was in an answer: its values by name, and what of them was masked."""

    name: str
    values: Any
    masked: tuple[MaskedField, ...] = ()


def saw_run(
    reader: Person | UUID | None,
    run: Run,
    node: str = "",
    shown: Iterable[ShownPart] = (),
    *,
    exported: int = 0,
) -> None:
    """Notes that somebody was given data of the run: of a step, or with no step what it was started with.

    `reader` is whoever asked, also where they look as somebody else; None is somebody outside, and an
    id somebody for whom nothing is judged. `exported` are the records that left as a file, or to a caller
    of a webhook.
    """
    subject = _judged(reader)
    parts = () if subject is None else _parts(shown)
    note = _Note(
        tenant_id=run.tenant_id,
        place=run.workflow_id,
        reader=reader.pk if isinstance(reader, Person) else reader,
        at=timezone.now(),
        subject=subject,
        run=run,
        node=node,
        parts=parts,
        exported=exported,
    )
    _book().note(note)


def saw_dataset(
    reader: Person, dataset: Dataset, rows: Any, masked: tuple[MaskedField, ...], *, exported: int = 0
) -> None:
    """Notes that somebody was given rows of the dataset, or its file."""
    subject = _judged(reader)
    parts = () if subject is None else (Part("rows", shape_of(rows), masked),)
    note = _Note(
        tenant_id=dataset.tenant_id,
        place=dataset.pk,
        reader=reader.pk,
        at=timezone.now(),
        subject=subject,
        dataset=dataset.as_resource(),
        parts=parts,
        exported=exported,
    )
    _book().note(note)


def write_views() -> int:
    """Writes what was noted so far; how many rows. For the thread, and for tests."""
    return _book().write()


def forget_old_views() -> int:
    """Deletes what is older than `KEPT_DAYS` days. How many rows went."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM data_view WHERE day < current_date - %s", [KEPT_DAYS])
        return int(cursor.rowcount)


def records_in(values: Any) -> int:
    """How many records leave with the values: the items of the longest list by port, or one."""
    if isinstance(values, list):
        return len(values)
    found = values.values() if isinstance(values, dict) else ()
    return max((len(value) for value in found if isinstance(value, list)), default=1)


def _judged(reader: Person | UUID | None) -> Subject | None:
    """Whose view it is, where a rule can matter."""
    facts = access_facts(reader) if isinstance(reader, Person) else None
    return facts.subject if facts is not None and len(facts.masks) else None


def _parts(shown: Iterable[ShownPart]) -> tuple[Part, ...]:
    return tuple(Part(each.name, shape_of(each.values), each.masked) for each in shown)


class _Book:
    """Notes that wait, and the thread that writes them down."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[_Note] = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._is_over = threading.Event()
        self._thread: threading.Thread | None = None
        self.lost = 0

    def note(self, note: _Note) -> None:
        """Neither waits nor fails."""
        try:
            self._waiting.put_nowait(note)
        except queue.Full:
            self.lost += 1
        if self._thread is None and writes_by_itself:
            self._begin()

    def write(self) -> int:
        with self._writing:
            counts: dict[Key, _Count] = {}
            for note in self._take():
                key = _key(note)
                found = counts.setdefault(key, _Count(note.at, note.at))
                found.add(note, _fields(note))
            # In one order, so that two processes never wait for each other.
            rows = [_row(key, counts[key]) for key in sorted(counts, key=repr)]
            for row in rows:
                with connection.cursor() as cursor:
                    cursor.execute(_UPSERT, row)
            return len(rows)

    def _take(self) -> list[_Note]:
        found: list[_Note] = []
        while len(found) < MOST_WAITING:
            try:
                found.append(self._waiting.get_nowait())
            except queue.Empty:
                break
        return found

    def _begin(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="data-views", daemon=True)
                self._thread.start()
                atexit.register(self._finish)

    def _work(self) -> None:
        while not self._is_over.wait(EVERY_S):
            self._write_or_say()
        self._write_or_say()

    def _write_or_say(self) -> None:
        if self.lost:
            log.warning("%d views of data were not counted: too many at once", self.lost)
            self.lost = 0
        if self._waiting.empty():
            return
        try:
            self.write()
        except Exception:
            log.exception("views of data were not counted")
        finally:
            connection.close()

    def _finish(self) -> None:
        self._is_over.set()
        if self._thread is not None:
            self._thread.join(EXIT_WAIT_S)


def _key(note: _Note) -> Key:
    day = note.at.date()
    if note.run is None:
        return note.tenant_id, str(ViewedKind.DATASET), note.place, "", note.reader, day
    node = _static(note.run, note.node)
    return note.tenant_id, str(ViewedKind.WORKFLOW), note.place, node, note.reader, day


def _static(run: Run, path: str) -> str:
    if "/" not in path:
        return path
    try:
        return without_numbers(plan_of_run(run), path) or path
    except (GraphError, ObjectDoesNotExist):
        return path


def _fields(note: _Note) -> Seen:
    if note.subject is None or not note.parts:
        return {}
    try:
        if note.run is not None:
            return fields_of_run(note.subject, note.run, note.node, note.parts)
        assert note.dataset is not None  # noqa: S101  (a note is about one of both)
        return fields_of_dataset(note.subject, note.dataset, note.parts)
    except ObjectDoesNotExist:  # deleted since
        return {}


def _row(key: Key, found: _Count) -> list[Any]:
    tenant_id, kind, place, node, reader, day = key
    fields = json.dumps(found.fields)
    counts = [found.count, found.exported, fields, found.first_at, found.last_at]
    return [time_ordered_id(), kind, place, node, reader, day, *counts, tenant_id]


@cache
def _book() -> _Book:
    return _Book()
