"""A Python node in a warm leased child against the same code in-process, at 1 KB and 1 MB of input.

All sides do the whole job of a node: fresh inputs, run, check the result, a plain value back. `exec` compiles
the source each time; `inline`, the harder comparison, compiles once, as a warm child does. Rounds alternate
and the ratios are taken of the medians, so a busy machine hurts all alike.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.figure import Figure
from runtime.sandbox import Sandbox
from runtime.sandbox.inline import run_inline
from runtime.sandbox.jail.execution import PRESETS
from runtime.sandbox.jail.values import to_json
from runtime.services_protocol import CodeRequest

CODE = """
kept = [row for row in rows if row["amount"] > 10]
totals = {}
for row in kept:
    totals[row["region"]] = totals.get(row["region"], 0) + row["amount"]
average = sum(totals.values()) / max(len(kept), 1)
result = {"rows": kept, "totals": totals, "average": round(average, 2), "day": date(2024, 5, 17)}
"""
SIZES = {"1 KB": (20, 600), "1 MB": (18_000, 8)}
TARGET_RATIO = 2.0


def figures() -> Iterator[Figure]:
    sandbox = Sandbox()
    try:
        for name, (count, rounds) in SIZES.items():
            ours, plain, inline = asyncio.run(measure(sandbox, count, rounds))
            limit = TARGET_RATIO if name == "1 KB" else None
            note = f"exec {plain * 1e6:,.0f} µs, inline {inline * 1e6:,.0f} µs"
            yield Figure(f"Python node in the sandbox, {name}", ours * 1e6, "µs", note=note)
            yield Figure(f"sandbox against exec, {name}", ours / plain, "times", limit)
            yield Figure(f"sandbox against inline, {name}", ours / inline, "times")
    finally:
        sandbox.close()


async def measure(sandbox: Sandbox, count: int, rounds: int) -> tuple[float, float, float]:
    """Median seconds of (sandbox, exec, inline)."""
    request = CodeRequest(lease="bench", node_id="bench", code=CODE, inputs={"rows": rows_of(count)})
    expected = run_inline(request, ignore)
    samples: tuple[list[float], list[float], list[float]] = ([], [], [])
    for _ in range(rounds):
        started = time.perf_counter()
        value = await sandbox.run_code(request, ignore)
        samples[0].append(time.perf_counter() - started)
        assert value == expected
        started = time.perf_counter()
        plain_exec(request)
        samples[1].append(time.perf_counter() - started)
        started = time.perf_counter()
        run_inline(request, ignore)
        samples[2].append(time.perf_counter() - started)
    return statistics.median(samples[0]), statistics.median(samples[1]), statistics.median(samples[2])


def plain_exec(request: CodeRequest) -> Any:
    """What an executor without a sandbox does with the source."""
    scope = {**PRESETS, **json.loads(json.dumps(request.inputs))}
    exec(request.code, scope)  # noqa: S102
    return json.loads(to_json(scope["result"], max_bytes=64 << 20))


def rows_of(count: int) -> list[dict[str, Any]]:
    return [{"id": n, "region": f"region {n % 7}", "amount": n % 97 + 0.5} for n in range(count)]


def ignore(level: str, text: str) -> None:
    """Lines are sent in both cases and thrown away here."""
