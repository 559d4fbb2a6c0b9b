"""What a call costs is measured from outside: the code cannot say it."""

from __future__ import annotations

import pytest

from runtime.engine.errors import NodeError, NodeTimeout
from runtime.sandbox import Sandbox
from runtime.services_protocol import CodeRequest

BUSY = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass\nresult = 1"
# Answers in place of the child's own code, and claims four billion MiB.
FORGED = (
    "import os, struct\nbody = struct.pack('!II', {call}, 0xFFFFFFFF) + b'1'\n"
    "os.write(0, struct.pack('!IB', len(body) + 1, ord('R')) + body)\nresult = 1"
)


class Meter:
    def __init__(self) -> None:
        self.told: list[tuple[float | None, float | None]] = []

    def __call__(self, cpu_s: float | None, peak_mb: float | None) -> None:
        self.told.append((cpu_s, peak_mb))


async def use(sandbox: Sandbox, lease: str, code: str) -> tuple[float, float]:
    meter = Meter()
    request = CodeRequest(lease, "node", code, {}, on_usage=meter)
    await sandbox.run_code(request, lambda level, text: None)
    ((cpu_s, peak_mb),) = meter.told
    assert cpu_s is not None
    assert peak_mb is not None
    return cpu_s, peak_mb


@pytest.mark.asyncio
async def test_each_call_tells_its_own_processor_time(sandbox: Sandbox) -> None:
    first, _ = await use(sandbox, "metered", BUSY.format(0.2))
    second, _ = await use(sandbox, "metered", "result = 1")

    assert 0.2 <= first < 0.5
    assert second < 0.1


@pytest.mark.asyncio
async def test_memory_that_a_call_held_is_in_its_peak(sandbox: Sandbox) -> None:
    _, before = await use(sandbox, "small", "result = 1")
    _, after = await use(sandbox, "large", "x = b'x' * (100 << 20)\nresult = len(x)")

    assert after - before > 90


@pytest.mark.asyncio
async def test_code_past_its_time_has_used_its_time(sandbox: Sandbox) -> None:
    meter = Meter()
    request = CodeRequest("late", "node", "while True: pass", {}, timeout_s=0.3, on_usage=meter)
    with pytest.raises(NodeTimeout):
        await sandbox.run_code(request, lambda level, text: None)

    ((cpu_s, peak_mb),) = meter.told
    assert cpu_s is not None
    assert 0.05 < cpu_s < 1
    assert peak_mb


@pytest.mark.asyncio
async def test_a_forged_answer_tells_no_absurd_usage(sandbox: Sandbox) -> None:
    meter = Meter()
    for call in range(1, 400, 40):
        request = CodeRequest(f"forger {call}", "node", FORGED.format(call=call), {}, on_usage=meter)
        try:
            await sandbox.run_code(request, lambda level, text: None)
        except NodeError:
            continue

    assert meter.told
    for cpu_s, peak_mb in meter.told:
        assert cpu_s is None or cpu_s < 1
        assert peak_mb is None or peak_mb < 1024
