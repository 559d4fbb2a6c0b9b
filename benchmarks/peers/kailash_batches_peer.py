"""The batch node of the PyPI package `kailash`, in an environment of its own. Prints one JSON object.

The same 100,000 records and the same code as ours, in memory: it has no datasets and keeps nothing. What it
cannot do is told with what it raises or gives instead.
"""

from __future__ import annotations

import json
import logging
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from kailash.nodes.enterprise.batch_processor import (  # type: ignore[import-not-found]
    BatchProcessorNode,
)

COUNT, SIZE = 100_000, 1_000
CODE = "result = [{'id': r['id'], 'total': r['a'] + r['b']} for r in batch]"
# Its rate limit counts records, and it sleeps between batches; 0 is the only way to have none.
PLAIN = {"batch_size": SIZE, "rate_limit_per_second": 0, "adaptive_batch_size": False}


def trials() -> dict[str, Callable[[list[dict[str, int]]], Any]]:
    def by(**config: Any) -> Callable[[list[dict[str, int]]], Any]:
        return lambda items: BatchProcessorNode(name="batch").execute(
            operation="process_data", data_items=items, **PLAIN, **config
        )

    return {
        "trivial": by(),
        "code": by(processing_code=CODE),
        "code, 4 at a time": by(processing_code=CODE, parallel_workers=4),
        "poison": by(processing_code="result = [1 // (r['id'] - 17) for r in batch]", max_retries=1),
        "operation of the guide": lambda items: BatchProcessorNode(
            name="batch",
            operation="process_data_batches",
            data_source="customer_transactions",
            processing_strategy="adaptive_parallel",
        ).execute(),
    }


def main() -> None:
    items = [{"id": number, "a": number % 97, "b": 7} for number in range(COUNT)]
    found = {name: outcome(call, items) for name, call in trials().items()}
    print(json.dumps({"version": version("kailash"), "trials": found}))


def outcome(call: Callable[[list[dict[str, int]]], Any], items: list[dict[str, int]]) -> dict[str, Any]:
    started = time.perf_counter()
    try:
        given = call(items)
    except Exception as error:
        return {"raises": f"{type(error).__name__}: {error}"}
    took = time.perf_counter() - started
    results = given.get("results") or []
    ids = [row["id"] for row in results if isinstance(row, dict)]
    return {
        "seconds": took,
        "records": len(results),
        "in_order": ids == list(range(COUNT)),
        "failed": given.get("failed_items"),
        "success": given.get("success"),
    }


if __name__ == "__main__":
    main()
