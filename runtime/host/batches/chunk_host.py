"""Works on chunks in this process: its own steps' at once, anybody's when there is room.

It looks for chunks when it is rung, when a place gets free, and from time to time anyway. The look is always
the same condition over the rows, so a lost message costs time only.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

import psycopg

from runtime.batch.protocols import KEPT_ERRORS, Chunk, ChunkDone, ChunkResult, Failure
from runtime.engine.errors import WorkflowError
from runtime.host.batches import claiming
from runtime.host.batches.claiming import Claimed, Key
from runtime.host.batches.patience import PatientDatabase
from runtime.host.batches.workplace import RunServices, Workplaces
from runtime.host.database import Connection
from runtime.host.permits import Permits

log = logging.getLogger(__name__)

P = ParamSpec("P")
# Between two looks: while this process has to do with batches, and for a while after; and while it has not.
BUSY_LOOK_S, IDLE_LOOK_S, WARM_S = 0.25, 3.0, 5.0
WATCH_S = 1.0
# A process that has its hands full leaves what came just now to others for so long.
POLITE_S = 0.03
# A chunk that so many hosts died with is given up: before its run is, where it is the coordinator's host that
# died with it (`runtime.host.poison`). Kills from outside may hit the same one by chance.
MAX_DEATHS = 4


class ChunkHost:
    """Lives on the loop of its `RunHost`, under the same lease. `ring` may be called from any thread."""

    def __init__(
        self,
        host_id: UUID,
        *,
        slots: int,
        services: RunServices,
        permits: Permits,
        ring: Callable[[str], None] = lambda chunk: None,
    ) -> None:
        """`ring` asks some worker to look for a chunk."""
        self.id = host_id
        self.database = PatientDatabase()
        self._slots = slots
        self._enough = min(slots, os.cpu_count() or 1)
        self._places = Workplaces(services, permits, self.database)
        self._ring_any = ring
        self._loop = asyncio.get_running_loop()
        self._bell = asyncio.Event()
        self._is_claiming = True
        self._worked_at = -WARM_S
        self._jobs: dict[Key, asyncio.Task[None] | None] = {}
        self._followers: dict[UUID, set[asyncio.Event]] = {}
        self._later: set[asyncio.Task[None]] = set()

    # -- for coordinators in this process --------------------------------------------------------------------

    def take_place(self, batch_id: UUID, index: int) -> Key | None:
        """A place for a chunk that is being submitted; None where others shall work on it."""
        if not self._is_claiming or self._is_busy():
            return None
        key = Key(batch_id, index, 1)
        self._jobs[key] = None
        return key

    def drop_place(self, key: Key) -> None:
        """The chunk was not submitted."""
        self._jobs.pop(key, None)

    def begin(self, key: Key, chunk: Chunk) -> None:
        """Works on a chunk whose place was taken."""
        self._jobs[key] = self._loop.create_task(self._work(key, lambda: chunk), name=f"chunk {key.index}")

    def ring_any(self, batch_id: UUID, index: int) -> None:
        """There is a chunk for whoever has room."""
        self._bell.set()
        self._ring_any(f"{batch_id}/{index}")

    def follow(self, batch_id: UUID) -> asyncio.Event:
        """Set whenever this process ends a chunk of the step."""
        event = asyncio.Event()
        self._followers.setdefault(batch_id, set()).add(event)
        return event

    def unfollow(self, batch_id: UUID, event: asyncio.Event) -> None:
        events = self._followers.get(batch_id, set())
        events.discard(event)
        if not events:
            self._followers.pop(batch_id, None)

    def later(
        self, function: Callable[Concatenate[Connection, P], Any], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Does it soon; nobody waits for it."""
        task = self._loop.create_task(self._try(function, *args, **kwargs))
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _try(
        self, function: Callable[Concatenate[Connection, P], Any], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        try:
            await self.database.run(function, *args, **kwargs)
        except psycopg.Error as error:
            log.warning("%s of a batch was not done: %s", getattr(function, "__name__", function), error)
            self._worked_at = self._loop.time()  # the rows are looked at until they can be

    # -- looking ---------------------------------------------------------------------------------------------

    def ring(self) -> None:
        """Look for chunks now."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._bell.set)

    def stop_claiming(self) -> None:
        """Ends what it works on, takes nothing new."""
        self._is_claiming = False

    async def run(self) -> None:
        """Looks and works until it is cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch())
            while True:
                self._bell.clear()
                pause_s = await self._look()
                try:
                    await asyncio.wait_for(self._bell.wait(), pause_s)
                except TimeoutError:
                    continue

    async def _look(self) -> float:
        """Claims what it has room for; seconds until the next look."""
        try:
            await self._claim()
            if self._has_room() and self._is_busy() and await self.database.once(claiming.are_pending):
                return POLITE_S
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            log.warning("no look for chunks: %s", error)
            return IDLE_LOOK_S
        is_at_work = self._jobs or self._followers or self._loop.time() < self._worked_at + WARM_S
        return BUSY_LOOK_S if is_at_work else IDLE_LOOK_S

    async def _claim(self) -> None:
        while self._has_room():
            most, polite_s = (1, POLITE_S) if self._is_busy() else (self._enough - len(self._jobs), 0.0)
            found = await self.database.once(claiming.claim_chunks, self.id, most, polite_s=polite_s)
            for claimed in found:
                self._begin_claimed(claimed)
            if len(found) < most:
                return

    def _is_busy(self) -> bool:
        """Whether others shall have what came just now."""
        return len(self._jobs) >= self._enough

    def _has_room(self) -> bool:
        return self._is_claiming and len(self._jobs) < self._slots

    def _begin_claimed(self, claimed: Claimed) -> None:
        if claimed.deaths >= MAX_DEATHS:
            work = self._give_up(claimed)
        else:
            work = self._work(claimed.key, claimed.chunk)
        self._jobs[claimed.key] = self._loop.create_task(work, name=f"chunk {claimed.index}")

    async def _watch(self) -> None:
        """Stops what nobody wants any more, and gives up what it does not work on."""
        while True:
            await asyncio.sleep(WATCH_S)
            await self._places.tidy()
            if not self._jobs and self._loop.time() > self._worked_at + 2 * WARM_S:
                continue
            try:
                await self._stop_unwanted()
                await self.database.once(claiming.give_up_unheld, self.id, list(self._jobs))
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("no look at the steps of chunks: %s", error)
                self._worked_at = self._loop.time()

    async def _stop_unwanted(self) -> None:
        known = {key.batch_id for key in self._jobs}
        if not known:
            return
        over = await self.database.once(claiming.unwanted, list(known))
        for key, task in list(self._jobs.items()):
            if key.batch_id in over and task is not None:
                task.cancel()

    # -- one chunk -------------------------------------------------------------------------------------------

    async def _work(self, key: Key, chunk: Callable[[], Chunk]) -> None:
        """Raises nothing: this is where faults of chunks end."""
        is_ended = False
        try:
            place, result, told = await self._places.work(key.batch_id, chunk())
            await self._end(key, result, told, keeps_outputs=place.spec.keeps_outputs)
            is_ended = True
        except asyncio.CancelledError:
            log.info("chunk %d of step %s is left", key.index, key.batch_id)
        except LookupError as error:
            log.info("chunk %d is not worked on: %s", key.index, error)
        except Exception as error:
            log.exception("chunk %d of step %s could not be worked on", key.index, key.batch_id)
            is_ended = await self._end_in_error(key, chunk, error)
        finally:
            self._leave(key, is_ended=is_ended)

    async def _end(self, key: Key, result: ChunkResult, told: Any, *, keeps_outputs: bool) -> None:
        await self.database.run(
            claiming.end_chunk, self.id, key, result, told=told, keeps_outputs=keeps_outputs
        )

    async def _end_in_error(self, key: Key, chunk: Callable[[], Chunk], error: Exception) -> bool:
        """The step ends with what kept the chunk from being worked on."""
        try:
            await self._end(key, _unworked(chunk(), _fault(error)), None, keeps_outputs=False)
        except Exception:
            log.exception("the end of chunk %d is not recorded", key.index)
            return False
        return True

    async def _give_up(self, claimed: Claimed) -> None:
        """Every host that worked on it died."""
        message = f"The worker process died {claimed.deaths} times in a row while it worked on this batch."
        is_ended = await self._end_in_death(claimed, message)
        self._leave(claimed.key, is_ended=is_ended)

    async def _end_in_death(self, claimed: Claimed, message: str) -> bool:
        try:
            await self._end(claimed.key, _died(claimed.chunk(), message), None, keeps_outputs=True)
        except Exception:
            log.exception("the end of chunk %d is not recorded", claimed.index)
            return False
        return True

    def _leave(self, key: Key, *, is_ended: bool) -> None:
        if not is_ended:
            self.later(claiming.give_back, key)
        self._jobs.pop(key, None)
        self._worked_at = self._loop.time()
        for event in self._followers.get(key.batch_id, ()):
            event.set()
        self._bell.set()

    # -- the end ---------------------------------------------------------------------------------------------

    async def drain(self, grace_s: float) -> None:
        """Ends what it works on, for so long, leaves the rest to others, and closes."""
        self._is_claiming = False
        tasks = [task for task in self._jobs.values() if task is not None]
        if tasks:
            await asyncio.wait(tasks, timeout=max(0.0, grace_s))
        late = [task for task in self._jobs.values() if task is not None]
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=5)
        self.later(claiming.give_back_all, self.id)
        await asyncio.wait(set(self._later), timeout=5)
        await self._places.tidy(all_of_them=True)
        await self._loop.run_in_executor(None, self.database.close)


def _unworked(chunk: Chunk, error: dict[str, Any]) -> ChunkResult:
    return ChunkResult(
        ChunkDone(
            chunk.index, ok=0, failed=0, skipped=len(chunk.records), duration_s=0.0, call_s=0.0, attempts=0,
            error=error,
        )
    )  # fmt: skip


def _died(chunk: Chunk, message: str) -> ChunkResult:
    failures = tuple(
        Failure(place, record, "worker_died", message)
        for place, record in enumerate(chunk.records, start=chunk.first)
    )
    bare = tuple(Failure(item.position, {}, item.code, item.message) for item in failures[:KEPT_ERRORS])
    done = ChunkDone(
        chunk.index, ok=0, failed=len(failures), skipped=0, duration_s=0.0, call_s=0.0, attempts=0,
        failures=bare,
    )  # fmt: skip
    return ChunkResult(done, [], failures)


def _fault(error: Exception) -> dict[str, Any]:
    if isinstance(error, WorkflowError):
        return error.to_dict()
    return {
        "code": "internal_error",
        "message": f"A batch could not be worked on: {type(error).__name__}. The worker's log has more.",
        "retryable": False,
    }
