"""Which run of its journal a script's run is: a new one, one to go on with, or one that ended."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runtime.engine.errors import ParameterError
from runtime.engine.events import Event, EventType, utc_now
from runtime.engine.history import read_history
from runtime.engine.journal import Journal
from runtime.engine.plan import Plan
from runtime.engine.prior import NO_PRIOR, Prior
from runtime.engine.state import IllegalTransition
from runtime.persist.errors import JournalError, OutcomeUnknown
from runtime.persist.file import JournalFile, Section
from runtime.persist.lines import Header, Request
from runtime.persist.recording import FileJournal, text_of
from runtime.persist.requests import Requests
from runtime.persist.resuming import as_if_never_stopped, prior_of, settle, undecided
from runtime.persist.shared import acquire, release

LOGGER = logging.getLogger("runtime.persist")


@dataclass(frozen=True, slots=True)
class Claim:
    """A run to drive. `history` is what of it happened before; `prior` what an earlier run had worked out.

    `end` says that the run is no longer under way.
    """

    run_id: str
    history: Sequence[Event] = ()
    prior: Mapping[str, Prior] = field(default_factory=lambda: NO_PRIOR)
    _file: JournalFile | None = None
    _section: Section | None = None

    @property
    def is_persistent(self) -> bool:
        """Whether what is cut short now is taken up by the script's next run."""
        return self._file is not None

    def journal(self, inner: Journal) -> Journal:
        """The journal to drive with: it passes everything on to `inner`, whose `redact` takes secrets out."""
        if self._file is None or self._section is None:
            return inner
        return FileJournal(self._file, self._section, inner, getattr(inner, "redact", _as_it_is))

    def end(self) -> None:
        if self._file is not None:
            with self._file.lock:
                self._file.active.discard(self.run_id)


class Persistence:
    """A runtime's journal, or none. The file is opened by the first claim and kept until `close`."""

    def __init__(self, path: str | os.PathLike[str] | None) -> None:
        self._path = None if path is None else Path(path)
        self._file: JournalFile | None = None
        self._owner = os.getpid()
        self._requests = Requests()
        self._lock = threading.Lock()

    def claim(
        self,
        plan: Plan,
        parameters: Mapping[str, Any],
        *,
        new_id: Callable[[], str],
        run_id: str | None = None,
        mode: str = "full",
        node: str | None = None,
        results: Mapping[str, Any] | None = None,
    ) -> Claim:
        """The n-th claim of the same request continues the n-th run of it in the journal.

        An unfinished run goes on, a succeeded one gives its results again, any other is begun again with
        what had succeeded in it. With `run_id` it is that run instead, or a new one of that name. `new_id`
        makes the ids of others.
        Raises `JournalError`, `ParameterError`, and `OutcomeUnknown` when a person has to decide first.
        """
        if self._path is None:
            return Claim(run_id or new_id())
        with self._lock:
            request = self._requests.request(plan, parameters, mode=mode, node=node, results=results)
            file = self._opened(self._path)
        with file.lock:
            if run_id is not None:
                return self._claim_named(file, plan, request, run_id, new_id)
            file.asked[request] += 1
            occurrence = file.asked[request]
            found = file.latest(request, occurrence)
            if found is None:
                _tell_why_new(file, request)
                return _begin(file, Header(_free_id(file, new_id), request, occurrence))
            return _continue(file, plan, found, new_id)

    def close(self) -> None:
        """Lets go of the file. A later claim opens it again and counts from the beginning."""
        with self._lock:
            file, self._file = self._file, None
        if file is not None and self._owner == os.getpid():
            release(file)

    def _opened(self, path: Path) -> JournalFile:
        if self._file is None or self._owner != os.getpid():
            self._owner = os.getpid()
            self._file = acquire(path)
        return self._file

    def _claim_named(
        self, file: JournalFile, plan: Plan, request: Request, run_id: str, new_id: Callable[[], str]
    ) -> Claim:
        found = file.sections.get(run_id)
        if found is None:
            return _begin(file, Header(run_id, request, 0))
        if found.header.request != request:
            raise ParameterError(
                f"the journal {file.path} has a run {run_id} of another workflow or other parameters",
                field="run_id",
            )
        if run_id in file.active:
            raise ParameterError(f"the run {run_id} is under way", field="run_id")
        if found.end not in (None, EventType.RUN_SUCCEEDED):
            raise ParameterError(
                f"the run {run_id} ended as {str(found.end).removeprefix('run.')}: name another one, or none",
                field="run_id",
            )
        return _continue(file, plan, found, new_id)


def _begin(file: JournalFile, header: Header, prior: Mapping[str, Prior] = NO_PRIOR) -> Claim:
    section = file.begin(header, utc_now())
    file.active.add(header.run)
    return Claim(header.run, (), prior, file, section)


def _continue(file: JournalFile, plan: Plan, found: Section, new_id: Callable[[], str]) -> Claim:
    run = found.header.run
    try:
        events = list(file.events(found))
        read_history(plan, events)  # raises what the driver would, who could not say which file is at fault
        if found.end is EventType.RUN_SUCCEEDED:
            LOGGER.info("journal %s: run %s had succeeded; its results are given again", file.path, run)
            return Claim(run, tuple(events), NO_PRIOR, file, found)
        _refuse_undecided(file, plan, found, events)
        if found.end is None:
            return _resume(file, found, events)
        prior = prior_of(run, events, found.decisions)
    except (IllegalTransition, KeyError, TypeError, ValueError) as error:
        raise JournalError(
            f"the journal {file.path} contradicts itself in run {run}: {error!s:.200}. "
            "Restore it from a copy, or delete it to begin anew",
            code="journal_corrupt",
        ) from error
    LOGGER.info(
        "journal %s: run %s had ended as %s; what succeeded in it (%d nodes) is kept",
        *(file.path, run, str(found.end).removeprefix("run."), len(prior)),
    )
    request, occurrence = found.header.request, found.header.occurrence
    return _begin(file, Header(_free_id(file, new_id), request, occurrence, run), prior)


def _as_it_is(value: Any) -> Any:
    return value


def _free_id(file: JournalFile, new_id: Callable[[], str]) -> str:
    # With a seed the same ids come again in the same order.
    while (run_id := new_id()) in file.sections:
        continue
    return run_id


def _resume(file: JournalFile, section: Section, events: list[Event]) -> Claim:
    now = utc_now()
    if events:
        for event in settle(events, section.decisions, now):
            file.append(section, event, None if event.payload is None else text_of(event.payload))
            events.append(event)
    LOGGER.info("journal %s: run %s goes on after %d events", file.path, section.header.run, len(events))
    file.active.add(section.header.run)
    return Claim(section.header.run, tuple(as_if_never_stopped(events, now)), NO_PRIOR, file, section)


def _refuse_undecided(file: JournalFile, plan: Plan, section: Section, events: Sequence[Event]) -> None:
    open_steps = undecided(plan, events, section.decisions)
    if not open_steps:
        return
    run = section.header.run
    message = (
        "the script ended while this step ran, which may run at most once: nobody knows whether it took "
        "effect. Find out, then say so with `python -m runtime.persist {file} {run} {path} again` or "
        "`... {path} done OUTPUTS`, and run the script again"
    )
    errors = {
        path: {
            "code": "outcome_unknown",
            "message": message.format(file=file.path, run=run, path=path),
            "retryable": False,
            "attempt": attempt,
        }
        for path, attempt in open_steps.items()
    }
    results = {name: dict(known.outputs or {}) for name, known in prior_of(run, events, {}).items()}
    names = ", ".join(repr(path) for path in open_steps)
    raise OutcomeUnknown(
        f"whether {names} took effect is unknown", results=results, run_id=run, errors=errors
    )


def _tell_why_new(file: JournalFile, request: Request) -> None:
    if not file.found:
        return
    if request in file.found:
        reason = "it is asked for more often than before"
    elif any(other.workflow == request.workflow for other in file.found):
        reason = "no run of this workflow had these parameters"
    else:
        reason = "no run was of this workflow as it is now"
    LOGGER.info("journal %s: a new run, because %s", file.path, reason)
