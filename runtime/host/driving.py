"""One claimed run from its history to its end: load, judge, drive, give back."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

import psycopg
from structlog.contextvars import bind_contextvars

from runtime.credentials.redactor import Redactor
from runtime.engine.config import RuntimeConfig
from runtime.engine.control import Control
from runtime.engine.driver import drive_run
from runtime.engine.errors import WorkflowError
from runtime.engine.events import Event, EventType, utc_now
from runtime.engine.journal import Fenced
from runtime.engine.plan import Plan
from runtime.engine.state import OPEN_NODE, RUN_FAILED, RunState, fold
from runtime.engine.threads import WorkerThreads
from runtime.engine.upcasting import UnknownEvent
from runtime.host import claims
from runtime.host.access_desk import HostAccessDesk
from runtime.host.claims import Claim, Word
from runtime.host.database import HostDatabase
from runtime.host.fault_points import reach
from runtime.host.journal import ProgressSink, RunJournal, Writer
from runtime.host.leaving import Leaving
from runtime.host.ledger import Ledger
from runtime.host.loading import load_at_hand, load_run
from runtime.host.permits import Permits
from runtime.host.poison import MAX_DEATHS, WHOLE_RUN, judge
from runtime.host.trials import Trial
from runtime.host.watching import OnEvent, Watch, nobody
from runtime.host.writer import RecordingFailed
from runtime.services_protocol import AccessDesk, NodeServices

log = logging.getLogger(__name__)


class Services(Protocol):
    def for_run(
        self,
        *,
        run_id: UUID,
        tenant_id: UUID,
        principal_id: UUID | None,
        config: RuntimeConfig,
        redactor: Redactor,
        access: AccessDesk,
    ) -> NodeServices: ...
    async def recall_secrets(self, run_id: UUID, redactor: Redactor) -> None: ...
    async def withdraw(self, run_id: UUID) -> None: ...
    async def end_run(self, run_id: UUID) -> None: ...
    async def close(self) -> None: ...


class Drive:
    """One claim on its way. `cancel` ends the run, `release` leaves it to another host at once."""

    def __init__(
        self,
        claim: Claim,
        *,
        database: HostDatabase,
        writer: Writer,
        services: Services,
        threads: WorkerThreads,
        on_progress: ProgressSink,
        turn: asyncio.Lock,
        permits: Permits,
        watch: Watch = nobody,
    ) -> None:
        """`turn` is the host's: of its runs that are suspected, one goes on at a time."""
        self.claim = claim
        self.cancel = asyncio.Event()
        self.release = asyncio.Event()
        self._database = database
        self._writer = writer
        self._services = services
        self._threads = threads
        self._on_progress = on_progress
        self._watch = watch
        self._redactor = Redactor()
        self._journal: RunJournal | None = None
        self._refusal: WorkflowError | None = None
        self._control = Control()
        self._signalled_at: datetime | None = None
        self._turn = turn
        self._permits = permits
        self._trial: Trial | None = None
        self._stopping = asyncio.Event()
        self._leaving = Leaving(lambda: services.withdraw(claim.run_id))
        if claim.is_cancelled:
            self.cancel.set()
        if claim.is_pausing:
            self._control.pause()
        if claim.is_cancelled or claim.is_pausing:
            self._stopping.set()

    async def hear(self, word: Word) -> None:
        """Passes on what somebody wants. A signal is passed on once; its mark stays on the row.

        The mark is taken by the next claim alone: so a run that parks meanwhile is claimed once more, and no
        signal gets lost between the last look and the parking.
        """
        if word.is_cancelled:
            self.cancel.set()
        if word.is_pausing:
            self._control.pause()
        if word.is_cancelled or word.is_pausing:
            self._stopping.set()
        if word.signalled_at is not None and word.signalled_at != self._signalled_at:
            self._control.nudge(await self._database.run(claims.decisions_on, word.run_id))
            self._signalled_at = word.signalled_at

    def leave(self) -> None:
        """Stops between two steps: what is under way may end, and the rest is another host's."""
        self._control.leave()
        self._stopping.set()

    @property
    def has_ended(self) -> bool:
        """Whether the run is over, as far as this claim knows."""
        return self._journal is not None and self._journal.state.run_status.is_final

    def refuse(self, error: WorkflowError) -> None:
        """The writer records nothing more of this claim: stop without another event."""
        self._refusal = error
        if self._journal is not None:
            self._journal.lose(error)
        self.release.set()
        self._stopping.set()

    async def run(self) -> None:
        """Drives until the run ends, waits or leaves. Raises nothing: this is where runs' faults end."""
        claim = self.claim
        bind_contextvars(run_id=str(claim.run_id))
        try:
            await self._drive()
            if isinstance(self._refusal, RecordingFailed):
                raise self._refusal
        except Fenced:
            log.info("run %s (claim %d) went to another host", claim.run_id, claim.fence)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            log.warning("run %s is claimed again later: %s", claim.run_id, error)
        except UnknownEvent as error:
            log.error("run %s is paused: %s", claim.run_id, error)
            await self._hold(error)
        except Exception as error:
            log.exception("run %s (claim %d) could not be driven", claim.run_id, claim.fence)
            await self._fail_after(error)
        finally:
            if self._trial is not None:
                self._trial.end()
        await self._leaving.close()

    async def _drive(self) -> None:
        loaded = load_at_hand(self.claim)
        if loaded is None:
            loaded = await self._database.run(load_run, self.claim)
        state = fold(loaded.history)
        if state.started_at is not None:
            await self._services.recall_secrets(self.claim.run_id, self._redactor)
        journal = self._open_journal(state, loaded.ledger)
        plan = loaded.plan
        if plan is not None:
            journal.follow(plan.config, self._told(plan, state))
        if self.claim.is_orphan:
            if await self._is_poison(state, loaded.history):
                return
            self._leaving.note()
        if plan is None:
            await _end_as_failed(journal, {} if loaded.refusal is None else loaded.refusal.to_dict())
            return
        if self.claim.has_decisions:
            self._control.nudge(await self._database.run(claims.decisions_on, self.claim.run_id))
        permit = await self._permits.open(self.claim, plan)
        try:
            outcome = await drive_run(
                plan,
                run_id=str(self.claim.run_id),
                history=loaded.history,
                journal=journal,
                services=self._services.for_run(
                    run_id=self.claim.run_id,
                    tenant_id=self.claim.tenant_id,
                    principal_id=self.claim.requested_by_id,
                    config=plan.config,
                    redactor=self._redactor,
                    access=HostAccessDesk(permit),
                ),
                parameters=self.claim.parameters,
                config=plan.config,
                prior=loaded.prior,
                cancel=self.cancel,
                release=self.release,
                threads=self._threads,
                control=self._control,
                guard=permit,
            )
            reach("park.after" if outcome.status == "waiting" else "drive.after")
            if outcome.status == "released":
                await journal.flush()
        finally:
            self._permits.close(permit)
            await self._services.end_run(self.claim.run_id)

    def _open_journal(self, state: RunState, ledger: Ledger) -> RunJournal:
        self._journal = RunJournal(
            self.claim.key,
            state=state,
            last_pos=self.claim.last_pos,
            writer=self._writer,
            on_progress=self._on_progress,
            redactor=self._redactor,
            ledger=ledger,
            on_left=self._leaving.note,
        )
        return self._journal

    def _told(self, plan: Plan, state: RunState) -> OnEvent:
        watch = self._watch(self.claim, plan, state)
        if not self.claim.is_orphan:
            return watch

        def both(event: Event) -> None:
            watch(event)
            if self._trial is not None:
                self._trial.saw(event)

        return both

    async def _is_poison(self, state: RunState, history: Sequence[Event]) -> bool:
        """Whether this run has killed too many hosts; then it has failed. Otherwise the death is noted."""
        chunks = await self._database.run(claims.ended_chunks, self.claim.run_id)
        judgement = judge(state, history, self.claim.deaths, chunks)
        if judgement.culprit is None and judgement.suspected:
            self._trial = Trial(self._turn, judgement.suspected)
            if not await self._trial.wait(self._stopping):
                return False  # nothing of it will start here
        await self._database.run(claims.keep_deaths, self.claim.key, judgement.deaths)
        if judgement.culprit is None:
            return False
        assert self._journal is not None  # noqa: S101
        await _end_as_failed(self._journal, _poison_error(judgement.culprit), judgement.culprit)
        return True

    async def _hold(self, error: UnknownEvent) -> None:
        """A newer release began this run, and goes on with it once somebody resumes it there."""
        try:
            await self._database.run(claims.hold_claim, self.claim.key, error.code)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            log.warning("run %s is claimed again later", self.claim.run_id)

    async def _fail_after(self, error: Exception) -> None:
        """Ends the run as failed; when not even that can be recorded, leaves it to the next claim."""
        if self._journal is None or isinstance(error, RecordingFailed):
            await self._fail_in_new_claim(error)
            return
        try:
            await _end_as_failed(self._journal, _fault(error))
        except Exception:
            log.exception("the failure of run %s is not recorded", self.claim.run_id)

    async def _fail_in_new_claim(self, error: Exception) -> None:
        """The writer refuses this claim, or its history cannot be read: one small statement ends the run."""
        try:
            await self._database.run(claims.fail_claim, self.claim.key, _fault(error))
        except Exception:
            log.exception("the failure of run %s is not recorded", self.claim.run_id)


async def _end_as_failed(journal: RunJournal, error: dict[str, Any], culprit: str | None = None) -> None:
    """Ends every open node, the innermost first, and the run. The guilty node fails, others are cancelled."""
    state = journal.state
    for node, open_node in sorted(state.nodes.items(), key=lambda item: item[0].count("/"), reverse=True):
        if open_node.status in OPEN_NODE:
            kind = EventType.NODE_FAILED if node == culprit else EventType.NODE_CANCELLED
            data: dict[str, Any] = {"error": error} if node == culprit else {"reason": RUN_FAILED}
            journal.append(Event(state.seq + 1, utc_now(), kind, node, open_node.attempt, data), wait=False)
    facts = {**error, **_place_of(culprit or "")}
    end = Event(state.seq + 1, utc_now(), EventType.RUN_FAILED, data={"error": facts})
    durable = journal.append(end, wait=True)
    if durable is not None:
        await durable


def _place_of(path: str) -> dict[str, str | None]:
    """The node outside of all containers, and which one it was inside of it."""
    outside, _, inside = path.partition("/")
    return {"node": outside or None, "inner": path} if inside else {"node": path or None}


def _poison_error(culprit: str) -> dict[str, Any]:
    what = "before any node started" if culprit == WHOLE_RUN else "while this node ran"
    return {
        "code": "host_died",
        "message": f"The worker process died {MAX_DEATHS} times in a row {what}. It is not started again.",
        "retryable": False,
    }


def _fault(error: Exception) -> dict[str, Any]:
    if isinstance(error, WorkflowError):
        return error.to_dict()
    return {
        "code": "internal_error",
        "message": f"The run could not be driven: {type(error).__name__}. The worker's log has the details.",
        "retryable": False,
    }
