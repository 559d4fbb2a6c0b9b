"""`services.batches` of a run on the server."""

from __future__ import annotations

from uuid import UUID

from runtime.batch.protocols import BatchDesk, BatchLedger, RateGate
from runtime.batch.rate import OpenGate
from runtime.batch.spec import BatchSpec
from runtime.engine.errors import NodeError
from runtime.engine.node import NodeContext
from runtime.host.batches.chunk_host import ChunkHost
from runtime.host.batches.gate import HostGate
from runtime.host.batches.ledger import HostLedger
from runtime.host.batches.step_rows import open_step


class HostBatches:
    """`runtime.batch.protocols.BatchDesk` of one claim of a run."""

    def __init__(self, chunks: ChunkHost) -> None:
        self._chunks = chunks
        self._opened: dict[str, UUID] = {}

    async def open(self, spec: BatchSpec, context: NodeContext) -> BatchLedger:
        """Every earlier opening of the step submits nothing from now on."""
        opened = await self._chunks.database.run(
            open_step, spec, attempt=context.attempt, timeout_s=context.timeout_s
        )
        if opened is None:
            raise NodeError("the run of this step is gone", code="run_missing")
        self._opened[spec.key] = opened.batch_id
        return HostLedger(opened, context, self._chunks)

    def gate(self, spec: BatchSpec) -> RateGate:
        """Of a step that was opened here."""
        if spec.rate_per_s is None:
            return OpenGate()
        return HostGate(self._opened[spec.key], spec.rate_per_s, self._chunks.database)


def desk_of(chunks: ChunkHost | None) -> BatchDesk:
    """None: no host works on chunks here."""
    return _NoBatches() if chunks is None else HostBatches(chunks)


class _NoBatches:
    async def open(self, spec: BatchSpec, context: NodeContext) -> BatchLedger:
        raise NodeError("no worker here works on batches", code="batches_unavailable")

    def gate(self, spec: BatchSpec) -> RateGate:
        return OpenGate()
