"""The host of runs: one thread and one loop per process, with slots for runs.

It looks for work when it is rung, when a slot gets free, when a timer is due, and every three seconds
anyway. The look is always the same condition over the tables, so a lost message costs time only.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg

from runtime.engine.errors import WorkflowError
from runtime.engine.events import Event
from runtime.engine.plan import Plan
from runtime.engine.state import RunState
from runtime.engine.threads import WorkerThreads
from runtime.host import claims
from runtime.host.admission import MOST_AT_ONCE, admit_runs
from runtime.host.batches.chunk_host import ChunkHost
from runtime.host.claims import Claim
from runtime.host.counters import HostCounters
from runtime.host.database import HostDatabase
from runtime.host.driving import Drive, Services
from runtime.host.lease import HostFacts, HostLease
from runtime.host.permits import Permits
from runtime.host.rows import Committed, RunKey
from runtime.host.watching import OnEvent, Trace
from runtime.host.writer import GroupCommitWriter
from runtime.live.doorbell import Doorbells, Layer

log = logging.getLogger(__name__)

SWEEP_S = 3.0
WORDS_CHECK_S = 1.0
# For nodes that block, of all runs together; each run has its own limit besides.
BLOCKING_THREADS = 32


OpenChunks = Callable[[UUID, Any, Permits], ChunkHost]
"""Called on the host's loop with its id, its services and its permits."""


class RunHost:
    """`start`, `ring`, `stop_claiming`, `stop`: all from other threads than the host's own."""

    def __init__(
        self,
        *,
        slots: int,
        grace_s: float,
        services: Callable[[], Services],
        layer: Callable[[], Layer],
        lease: Callable[..., HostLease] = HostLease,
        on_failure: Callable[[], None] = lambda: None,
        on_ended: Callable[[], None] = lambda: None,
        ring_others: Callable[[], None] = lambda: None,
        per_tenant: int = 0,
        trace: Trace | None = None,
        sweep_s: float = SWEEP_S,
        chunks: OpenChunks | None = None,
    ) -> None:
        """`chunks` opens what works on the chunks of batches; without it this host works on none."""
        self.id = uuid4()
        self._slots = slots
        self._grace_s = grace_s
        self._open_services = services
        self._open_layer = layer
        self._counters = HostCounters()
        self._lease = lease(self.id, slots=slots)
        self._lease.facts = self._facts
        self._on_failure = on_failure
        self._on_ended = on_ended
        self._ring_others = ring_others
        self._per_tenant = per_tenant
        self._trace = trace
        self._open_chunks = chunks
        self._chunks: ChunkHost | None = None
        self._is_queue = False
        self._turn = asyncio.Lock()
        self._permits = Permits()
        self.looks = 0
        self._failure: Exception | None = None
        self._sweep_s = sweep_s
        self._swept_at = 0.0
        self._drives: dict[RunKey, tuple[Drive, asyncio.Task[None]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bell = asyncio.Event()
        self._is_claiming = True
        self._is_stopping = asyncio.Event()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._work, name="run-host", daemon=True)

    def start(self) -> None:
        """Returns once the host has its lease and looks for work. Raises what keeps it from that."""
        self._lease.start()
        self._thread.start()
        self._started.wait()
        if self._failure is not None:
            self._lease.stop()
            raise self._failure

    def ring(self) -> None:
        """Look for work now."""
        self._call(self._bell.set)

    def stop_claiming(self) -> None:
        """Finish what runs, take nothing new."""
        self._is_claiming = False
        if self._chunks is not None:
            self._chunks.stop_claiming()

    def ring_chunks(self) -> None:
        """Look for chunks of batches now."""
        if self._chunks is not None:
            self._chunks.ring()

    def stop(self) -> None:
        """Drains for the grace time, leaves what still runs to other hosts, and ends the lease."""
        self.stop_claiming()
        self._call(self._is_stopping.set)
        self._call(self._bell.set)
        self._thread.join()
        self._lease.stop()

    def _call(self, function: Callable[[], None]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function)

    def _work(self) -> None:
        try:
            asyncio.run(self._main())
        except Exception as error:
            # A worker whose host is gone must not look alive: its runs would wait for it.
            log.exception("host %s failed", self.id)
            self._failure = error
            self._on_failure()
        finally:
            self._started.set()

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._database = HostDatabase()
        self._services = self._open_services()
        self._threads = WorkerThreads(BLOCKING_THREADS)
        self._doorbells = Doorbells(self._open_layer())
        self._writer = GroupCommitWriter(
            self._loop,
            on_committed=self._committed,
            on_refused=self._refused,
            on_waited=self._counters.commit_waited,
        )
        self._writer.start()
        if self._open_chunks is not None:
            self._chunks = self._open_chunks(self.id, self._services, self._permits)
        self._started.set()
        log.info("host %s started with %d slots", self.id, self._slots)
        async with asyncio.TaskGroup() as group:
            watchers = [
                group.create_task(self._watch_words()),
                group.create_task(self._permits.keep_fresh()),
            ]
            if self._chunks is not None:
                watchers.append(group.create_task(self._chunks.run()))
            await self._look_until_stopped()
            ends_at = self._loop.time() + self._grace_s
            await self._drain()
            for watcher in watchers:
                watcher.cancel()
            if self._chunks is not None:
                await self._chunks.drain(ends_at - self._loop.time())
        await self._close()
        log.info("host %s stopped", self.id)

    def _watch(self, claim: Claim, plan: Plan, state: RunState) -> OnEvent:
        count = self._counters.watch(plan)
        if self._trace is None:
            return count
        trace = self._trace.watch(claim, plan, state)

        def both(event: Event) -> None:
            count(event)
            trace(event)

        return both

    def _facts(self) -> HostFacts:
        """From the thread of the lease."""
        services = getattr(self, "_services", None)
        sandbox = getattr(services, "sandbox_state", "")
        return HostFacts(len(self._drives), sandbox, json.dumps(self._counters.to_dict()))

    async def _look_until_stopped(self) -> None:
        while not self._is_stopping.is_set():
            self._bell.clear()
            pause_s = await self._look()
            self.looks += 1
            try:
                await asyncio.wait_for(self._bell.wait(), pause_s)
            except TimeoutError:
                continue

    async def _look(self) -> float:
        """Claims what is free and gives up what is not driven; seconds until the next look."""
        try:
            known = list(self._drives)
            await self._claim()
            await self._pass_on_words(known)
            outlook = await self._database.run(claims.look_ahead)
            self._is_queue = outlook.is_queue
            if outlook.is_queue and await self._admit():
                await self._claim()
            await self._give_up_undriven()
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            log.warning("no look for work: %s", error)
            return self._sweep_s
        if outlook.due_s is None or not self._has_room():
            return self._sweep_s
        return min(self._sweep_s, outlook.due_s + 0.01)

    async def _give_up_undriven(self) -> None:
        """Rows that name this host but that it does not drive: an earlier fault kept it from ending them."""
        now = asyncio.get_running_loop().time()
        if now < self._swept_at + self._sweep_s:
            return
        self._swept_at = now
        await self._database.run(claims.release_runs, self.id, keeping=self._driven())

    async def _claim(self) -> None:
        while self._has_room():
            wanted = self._slots - len(self._drives)
            found = await self._database.run(claims.claim_runs, self.id, wanted)
            for claim in found:
                self._drive(claim)
            if len(found) < wanted:
                return

    async def _admit(self) -> bool:
        """Gives places to queued runs that limits kept waiting; whether any run got one.

        Where there is no room for them here, another host shall look.
        """
        given = await self._database.run(admit_runs, per_tenant=self._per_tenant)
        if given and len(self._drives) + given > self._slots:
            self._ring_others()
        if given >= MOST_AT_ONCE:
            self._bell.set()
        return given > 0

    def _has_room(self) -> bool:
        return self._is_claiming and len(self._drives) < self._slots

    def _drive(self, claim: Claim) -> None:
        drive = Drive(
            claim,
            database=self._database,
            writer=self._writer,
            services=self._services,
            threads=self._threads,
            on_progress=partial(self._doorbells.progress, claim.run_id),
            turn=self._turn,
            permits=self._permits,
            watch=self._watch,
        )
        task = asyncio.get_running_loop().create_task(drive.run(), name=f"run {claim.run_id}")
        self._drives[claim.key] = (drive, task)
        task.add_done_callback(lambda _: self._ended(claim.key))

    def _ended(self, key: RunKey) -> None:
        shall_look = len(self._drives) >= self._slots
        drive, _ = self._drives.pop(key)
        self._writer.forget(key)
        if drive.has_ended:
            self._on_ended()
            shall_look = shall_look or self._is_queue  # a place is free: a run may be waiting for it
        if shall_look:
            self._bell.set()

    async def _watch_words(self) -> None:
        """People wait for it, so it is asked more often than the sweep."""
        while True:
            await asyncio.sleep(WORDS_CHECK_S)
            try:
                await self._pass_on_words(list(self._drives))
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                log.warning("no look for words for runs: %s", error)

    async def _pass_on_words(self, keys: Iterable[RunKey]) -> None:
        """To these of the drives. One that was claimed just now came with what there was to say."""
        driven = {key.run_id: self._drives[key][0] for key in keys if key in self._drives}
        if not driven:
            return
        for word in await self._database.run(claims.words_for, list(driven)):
            await driven[word.run_id].hear(word)

    async def _drain(self) -> None:
        """Runs stop between two steps and are left to other hosts; what is under way has the grace time."""
        if not self._drives:
            return
        log.info("draining %d runs for up to %g s", len(self._drives), self._grace_s)
        for drive, _ in self._drives.values():
            drive.leave()
        loop = asyncio.get_running_loop()
        end = loop.time() + self._grace_s
        while self._drives and loop.time() < end:
            tasks = [task for _, task in self._drives.values()]
            await asyncio.wait(tasks, timeout=end - loop.time(), return_when=asyncio.FIRST_COMPLETED)
            await self._hand_over(keeping=self._driven())
        late = [task for _, task in self._drives.values()]
        for drive, _ in self._drives.values():
            drive.release.set()
        if late:
            await asyncio.wait(late, timeout=5)

    async def _hand_over(self, *, keeping: list[UUID]) -> None:
        """Leaves all other runs to whoever looks next."""
        try:
            if await self._database.run(claims.release_runs, self.id, keeping=keeping):
                self._ring_others()
        except psycopg.Error as error:
            log.warning("runs not released, their lease runs out: %s", error)

    def _driven(self) -> list[UUID]:
        return [key.run_id for key in self._drives]

    async def _close(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._writer.stop, 5.0)
        await self._hand_over(keeping=[])
        await self._doorbells.close()
        await self._services.close()
        self._threads.close()
        self._database.close()
        if self._trace is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._trace.close)

    def _committed(self, reached: Mapping[RunKey, Committed]) -> None:
        for key, upto in reached.items():
            self._doorbells.ring(key.run_id, seq=upto.seq, pos=upto.pos)
            if upto.is_end:
                self._doorbells.ended(key.run_id)

    def _refused(self, key: RunKey, error: WorkflowError) -> None:
        found = self._drives.get(key)
        if found is not None:
            found[0].refuse(error)
