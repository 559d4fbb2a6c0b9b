"""The seams between the loop that reads and counts, what works on a chunk, and where chunks are kept."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from runtime.batch.spec import BatchSpec
from runtime.engine.node import Level, NodeContext

KEPT_ERRORS = 100  # how many failures a result names; all of them are counted


@dataclass(frozen=True, slots=True)
class Chunk:
    """A batch of the source. `index` is dense from 0, `first` the place of its first record from 0.

    `cursor` (JSON) is where the source goes on after it; `is_last` that nothing follows.
    """

    index: int
    first: int
    records: list[dict[str, Any]]
    cursor: Any | None = None
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """A record that was given up. `position` is its place in the source, from 0."""

    position: int
    record: dict[str, Any]
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ChunkDone:
    """How a chunk ended, without its data; `ok + failed + skipped` are all of its records.

    `duration_s` is the whole time with retries, `call_s` that of the longest single call. `attempts` counts
    calls that were made, `retries` those that repeated a failed one, `pressure` those that the other side
    could not cope with (429, 503, timeouts). `failures` are the first `KEPT_ERRORS`, with empty records.
    `error` (as of `NodeError.to_dict`) is what no other chunk would survive either: the step ends with it.
    """

    index: int
    ok: int
    failed: int
    skipped: int
    duration_s: float
    call_s: float
    attempts: int
    retries: int = 0
    pressure: int = 0
    failures: tuple[Failure, ...] = ()
    error: Mapping[str, Any] | None = None

    @property
    def records(self) -> int:
        return self.ok + self.failed + self.skipped


@dataclass(frozen=True, slots=True)
class ChunkResult:
    """What came of a chunk: how it ended, its outputs in order, and every record that failed."""

    done: ChunkDone
    outputs: list[Any] = field(default_factory=list)
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over chunks. `records` are all that were read."""

    chunks: int = 0
    ok: int = 0
    failed: int = 0
    skipped: int = 0
    retries: int = 0

    @property
    def records(self) -> int:
        return self.ok + self.failed + self.skipped

    def plus(self, done: ChunkDone) -> Totals:
        return Totals(
            self.chunks + 1,
            self.ok + done.ok,
            self.failed + done.failed,
            self.skipped + done.skipped,
            self.retries + done.retries,
        )


@dataclass(frozen=True, slots=True)
class BatchState:
    """What an earlier attempt of the step left; the defaults are a fresh one.

    `totals` and `errors` (the first `KEPT_ERRORS`, by position) are of the chunks that have ended, `open`
    counts those that were submitted and have not: `next_done` tells of them. `cursor` and `is_exhausted`
    (was its last chunk the source's?) are of the newest chunk. `stamp` is what `note_source` was told.
    `size` and `limit` are the newest sample's. `elapsed_s` is the time since the step first opened.
    `error` and `is_stopped` are of a step that had begun to stop.
    """

    next_index: int = 0
    next_position: int = 0
    cursor: Any | None = None
    is_exhausted: bool = False
    open: int = 0
    totals: Totals = Totals()
    errors: tuple[Failure, ...] = ()
    stamp: Any | None = None
    size: int | None = None
    limit: float | None = None
    elapsed_s: float = 0.0
    error: Mapping[str, Any] | None = None
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """How the step fares at a moment: what the curves on the run page are drawn of.

    `rate` is records a second since the last sample, `size` records a batch, `limit` how many batches may
    be under way, `p95_ms` that of the calls since the last sample (None: none ended).
    """

    at: datetime
    rate: float
    size: int
    limit: float
    in_flight: int
    p95_ms: float | None
    done: int
    failed: int


class RateGate(Protocol):
    async def acquire(self) -> None:
        """Returns when the next call may be made. Exact over all who share it."""
        ...


class WorkContext(Protocol):
    """What working on a chunk may use besides the run's services. A `NodeContext` has the first three."""

    @property
    def timeout_s(self) -> float | None:
        """Seconds that the step may still take."""
        ...

    def log(self, level: Level, text: str) -> None: ...

    def use(self, *, cpu_s: float | None = None, peak_mb: float | None = None) -> None: ...


class ChunkWork(Protocol):
    """What is done to a chunk, wherever: calls, retries, and the search for the records that fail.

    Made by `runtime.batch.work.work_of(spec, services, context, gate)`. Never raises for what a chunk does.
    """

    async def __call__(self, chunk: Chunk) -> ChunkResult: ...


class BatchLedger(Protocol):
    """Where the chunks of one step are kept, in scripts in memory, on the server in rows."""

    @property
    def state(self) -> BatchState:
        """What was there when it was opened."""
        ...

    async def note_source(self, stamp: Any) -> None:
        """Keeps what the source was like (JSON), before the first chunk."""
        ...

    async def submit(self, chunk: Chunk) -> None:
        """Keeps the chunk, and has it worked on somewhere. Returns without waiting for that."""
        ...

    async def next_done(self, timeout_s: float) -> Sequence[ChunkDone]:
        """Chunks that ended since it was last asked, each once, in any order; empty when none did in time."""
        ...

    async def stop(self) -> None:
        """Chunks that nobody has begun end as skipped (`next_done` tells); those under way end as they do."""
        ...

    def outputs(self) -> AsyncIterator[list[Any]]:
        """The outputs of the chunks in order of index, of each that has ended. Only with `keeps_outputs`."""
        ...

    def failures(self) -> AsyncIterator[Sequence[Failure]]:
        """Every failure, with its record, in order of position."""
        ...

    async def sample(self, sample: Sample) -> None:
        """Keeps a point of the curves. About one a second."""
        ...

    async def close(self, totals: Totals) -> None:
        """The step has done its work: its data need not be kept for going on."""
        ...

    async def leave(self) -> None:
        """This attempt has ended, well or not: lets go of what this process holds. After `close` too."""
        ...


class BatchDesk(Protocol):
    """`services.batches`: opens the ledger of a step; again for the same step gives what is there."""

    async def open(self, spec: BatchSpec, context: NodeContext) -> BatchLedger: ...

    def gate(self, spec: BatchSpec) -> RateGate:
        """The gate that all who work for this step share. Never waits where the step has no rate."""
        ...
