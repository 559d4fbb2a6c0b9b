"""A Python node in a warm leased child against the same code in-process: `python -m benchmarks.sandbox`.

Both sides do the whole job of a node: fresh inputs, compile, run, check the result, a plain value back.
Rounds alternate between the two and the ratio is taken of the medians, so a busy machine hurts both.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from typing import Any

from runtime.sandbox import Sandbox
from runtime.sandbox.inline import run_inline
from runtime.services_protocol import CodeRequest

CODE = """
kept = [row for row in rows if row["amount"] > 10]
totals = {}
for row in kept:
    totals[row["region"]] = totals.get(row["region"], 0) + row["amount"]
average = sum(totals.values()) / max(len(kept), 1)
result = {"rows": kept, "totals": totals, "average": round(average, 2), "day": date(2024, 5, 17)}
"""
SIZES = {"1 KB": (20, 400), "1 MB": (18_000, 8)}


def rows(count: int) -> list[dict[str, Any]]:
    return [{"id": n, "region": f"region {n % 7}", "amount": n % 97 + 0.5} for n in range(count)]


def ignore(level: str, text: str) -> None:
    """Lines are sent in both cases and thrown away here."""


async def measure(sandbox: Sandbox, count: int, rounds: int) -> tuple[float, float]:
    """Median seconds of (sandboxed, in-process)."""
    request = CodeRequest(lease="bench", node_id="bench", code=CODE, inputs={"rows": rows(count)})
    expected = run_inline(request, ignore)
    sandboxed: list[float] = []
    inline: list[float] = []
    for _ in range(rounds):
        started = time.perf_counter()
        value = await sandbox.run_code(request, ignore)
        sandboxed.append(time.perf_counter() - started)
        assert value == expected
        started = time.perf_counter()
        run_inline(request, ignore)
        inline.append(time.perf_counter() - started)
    return statistics.median(sandboxed), statistics.median(inline)


async def main() -> None:
    sandbox = Sandbox()
    try:
        print(f"{'input':>8} {'sandbox':>12} {'in-process':>12} {'ratio':>7}")
        for name, (count, rounds) in SIZES.items():
            size = len(json.dumps(rows(count)))
            sandboxed, inline = await measure(sandbox, count, rounds)
            print(
                f"{name:>8} {sandboxed * 1e6:>9.0f} µs {inline * 1e6:>9.0f} µs {sandboxed / inline:>6.2f}x"
                f"   ({size / 1024:.0f} KiB)"
            )
    finally:
        sandbox.close()


if __name__ == "__main__":
    asyncio.run(main())
