"""Steps that work in batches, for tests: specs, rows, and hosts that work on chunks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from runtime.batch.protocols import Chunk, ChunkDone, ChunkResult, Failure
from runtime.batch.spec import BatchSpec
from runtime.host import worker
from runtime.host.batches.claiming import Key, end_chunk
from runtime.host.batches.step_rows import Opened, open_step, submit_chunk
from runtime.host.database import Connection
from runtime.models import Run
from runtime.nodes.batch_processor import BatchProcessorNode
from runtime.services.registry import node_registry

STEP = "batch"


def spec_of(run: Run, **options: Any) -> BatchSpec:
    facts: dict[str, Any] = {"strategy": "parallel", "max_concurrent": 4, **options}
    return BatchSpec(run_id=str(run.pk), node_id=STEP, key=f"{run.pk}/{STEP}", seed=1, **facts)


def opened(connection: Connection, run: Run, *, attempt: int = 1, **options: Any) -> Opened:
    found = open_step(connection, spec_of(run, **options), attempt=attempt, timeout_s=None)
    assert found is not None
    return found


def chunk(index: int, size: int = 2, **facts: Any) -> Chunk:
    first = index * size
    return Chunk(index, first, [{"n": first + place} for place in range(size)], cursor=first + size, **facts)


def submit(connection: Connection, step: Opened, *indexes: int, owner: UUID | None = None) -> None:
    for index in indexes:
        submit_chunk(connection, step.batch_id, step.epoch, chunk(index), owner=owner)


def result(index: int, *, ok: int = 2, outputs: Sequence[Any] = (), failures: Sequence[Failure] = ()) -> Any:
    done = ChunkDone(
        index, ok=ok, failed=len(failures), skipped=0, duration_s=0.1, call_s=0.1, attempts=1,
        failures=tuple(Failure(item.position, {}, item.code, item.message) for item in failures),
    )  # fmt: skip
    return ChunkResult(done, list(outputs), tuple(failures))


def end(connection: Connection, key: Key, what: ChunkResult) -> bool:
    return end_chunk(connection, uuid4(), key, what, told=None, keeps_outputs=True)


def know_the_step() -> None:
    """Runs may have batch steps."""
    node_registry().add(BatchProcessorNode)


def batch_host(make_host: Any, **options: Any) -> Any:
    """A host as a worker has it."""
    from runtime.host.node_services import ProcessServices

    return make_host(services=ProcessServices, chunks=worker.open_chunks, **options)


def records(count: int) -> list[dict[str, Any]]:
    return [{"n": number} for number in range(count)]


def step(**config: Any) -> dict[str, Any]:
    return {"id": STEP, "type": "BatchProcessorNode", "config": config}


def fed(rows: list[dict[str, Any]], **config: Any) -> dict[str, Any]:
    """A document: a step that gives the rows to a batch step."""
    return {
        "schema": 1,
        "nodes": [{"id": "rows", "type": "TestEcho", "config": {"value": rows}}, step(**config)],
        "connections": [{"source": "rows", "output": "result", "target": STEP, "input": "items"}],
    }
