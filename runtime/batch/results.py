"""What a batch step gives: its numbers, its outputs in order, and the datasets that it writes at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from runtime.batch.protocols import BatchLedger, Failure
from runtime.batch.runner import Report
from runtime.batch.spooling import SpooledRows, to_json
from runtime.engine.errors import NodeError
from runtime.engine.node import NodeContext
from runtime.services_protocol import DatasetStore
from runtime.tabular.errors import TabularError

COLLECTED_BYTES = 16 << 20
PREVIEW = 100


def base_result(report: Report) -> dict[str, Any]:
    """The numbers, and what became of records that failed. Records are numbered from 1."""
    totals = report.totals
    return {
        "batch_count": totals.chunks,
        "total_records": totals.records,
        "total_duration": round(report.duration_s, 6),
        "ok": totals.ok,
        "failed": totals.failed,
        "skipped": totals.skipped,
        "errors": [
            {"record": failure.position + 1, "code": failure.code, "message": failure.message}
            for failure in report.errors
        ],
    }


async def collected(ledger: BatchLedger) -> dict[str, Any]:
    """`results`, or where they are more than `COLLECTED_BYTES` the first `PREVIEW` of them."""
    results: list[Any] = []
    size = 0
    async for outputs in ledger.outputs():
        results += outputs
        size += len(to_json(outputs))
        if size > COLLECTED_BYTES:
            return {"results": results[:PREVIEW], "results_truncated": True}
    return {"results": results, "results_truncated": False}


async def preview(ledger: BatchLedger) -> dict[str, Any]:
    """The first `PREVIEW` results."""
    results: list[Any] = []
    is_cut = False
    async for outputs in ledger.outputs():
        results += outputs
        is_cut = len(results) > PREVIEW
        if is_cut:
            break
    return {"results": results[:PREVIEW], "results_truncated": is_cut}


async def write_outputs(ledger: BatchLedger, store: DatasetStore, name: str, context: NodeContext) -> None:
    """All outputs, in order, in place of what the dataset holds."""
    rows = SpooledRows()
    try:
        async for outputs in ledger.outputs():
            rows.extend(outputs)
        await _write(store, name, rows, mode="replace", key=f"{context.idempotency_key}/outputs")
    finally:
        rows.close()


async def write_dead_letters(
    ledger: BatchLedger, store: DatasetStore, name: str, context: NodeContext
) -> int:
    """Every record that failed, after what the dataset holds already; how many they are."""
    rows = SpooledRows()
    try:
        async for failures in ledger.failures():
            rows.extend(_letter(failure, context) for failure in failures)
        if len(rows):
            await _write(store, name, rows, mode="append", key=f"{context.idempotency_key}/dead_letters")
        return len(rows)
    finally:
        rows.close()


async def require_writable(store: DatasetStore, name: str) -> None:
    """Raises `NodeError` before any work when records could not be added to this dataset at the end."""
    try:
        info = await store.info(name)
    except NodeError as error:
        if error.code == "dataset_missing":
            return
        raise
    if info.format != "jsonl":
        raise NodeError(
            f"The dataset '{name}' is stored as {info.format}; dead letters are JSON Lines. "
            "Name another dataset for them.",
            code="dataset_format_differs",
            dataset=name,
        )


async def _write(
    store: DatasetStore,
    name: str,
    rows: Sequence[dict[str, Any]],
    *,
    mode: Literal["replace", "append"],
    key: str,
) -> None:
    try:
        await store.write(name, rows, format="jsonl", mode=mode, idempotency_key=key)
    except TabularError as error:
        raise NodeError(
            f"The dataset '{name}' cannot be written: {error}", code="invalid_data", dataset=name
        ) from error


def _letter(failure: Failure, context: NodeContext) -> dict[str, Any]:
    return {
        "record": failure.record,
        "record_number": failure.position + 1,
        "code": failure.code,
        "message": failure.message,
        "run": context.run_id,
        "step": context.node_id,
    }
