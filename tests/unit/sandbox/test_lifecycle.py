"""Children come and go, the zygote is restarted, and nothing outlives the host."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.engine.errors import NodeError, NodeTimeout
from runtime.sandbox import Sandbox, SandboxSettings
from runtime.services_protocol import CodeRequest

ROOT = Path(__file__).parents[3]


BUSY = "print('on')\nwhile True: pass"


async def started(own: Sandbox, lease: str) -> asyncio.Task[Any]:
    """A call that runs for ever, once its code has said so."""
    on = asyncio.Event()
    request = CodeRequest(lease, "node", BUSY, {})
    task = asyncio.create_task(own.run_code(request, lambda level, text: on.set()))
    await asyncio.wait_for(on.wait(), 20)
    return task


def ignore(level: str, text: str) -> None:
    return None


def descendants(pid: int) -> set[int]:
    """All processes below `pid`, by /proc."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            state, parent = stat.rsplit(")", 1)[1].split()[:2]
            if state != "Z":
                children.setdefault(int(parent), []).append(int(entry.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found.update(below)
        waiting.extend(below)
    return found


def wait_until_gone(pids: set[int], timeout_s: float = 5.0) -> set[int]:
    deadline = time.monotonic() + timeout_s
    while pids and time.monotonic() < deadline:
        pids = {pid for pid in pids if _is_running(pid)}
        time.sleep(0.02)
    return pids


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def own() -> Iterator[Sandbox]:
    made = Sandbox(SandboxSettings(max_workers=3, max_processes=6))
    yield made
    made.close()


def test_fifty_calls_at_once_all_answer(own: Sandbox) -> None:
    async def scenario() -> list[Any]:
        calls = [
            own.run_code(CodeRequest(f"run-{n % 7}", "node", "result = n * n", {"n": n}), ignore)
            for n in range(50)
        ]
        return await asyncio.gather(*calls)

    assert asyncio.run(scenario()) == [n * n for n in range(50)]
    assert own._book.count <= 6


def test_calls_from_many_threads_and_loops_share_one_sandbox(own: Sandbox) -> None:
    answers: list[int] = []

    def work(number: int) -> None:
        for step in range(5):
            request = CodeRequest("shared", "node", "result = n", {"n": number * 10 + step})
            if number % 2:
                answers.append(own.run_code_blocking(request, ignore))
            else:
                answers.append(asyncio.run(own.run_code(request, ignore)))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == sorted(number * 10 + step for number in range(8) for step in range(5))


def test_calls_of_one_lease_run_in_parallel_up_to_max_workers(own: Sandbox) -> None:
    async def scenario() -> float:
        await own.run_code(CodeRequest("warm", "node", "result = 1", {}), ignore)
        started = time.monotonic()
        code = "import time\ntime.sleep(0.3)\nresult = 1"
        await asyncio.gather(*(own.run_code(CodeRequest("one", "node", code, {}), ignore) for _ in range(6)))
        return time.monotonic() - started

    assert 0.6 <= asyncio.run(scenario()) < 0.95


def test_a_killed_zygote_is_replaced_and_running_calls_are_done_again(own: Sandbox) -> None:
    async def scenario() -> list[Any]:
        await own.run_code(CodeRequest("warm", "node", "result = 1", {}), ignore)
        assert own._zygote is not None
        code = "import time\ntime.sleep(0.4)\nresult = n"
        calls = [
            asyncio.create_task(own.run_code(CodeRequest(f"k{n}", "node", code, {"n": n}), ignore))
            for n in range(4)
        ]
        await asyncio.sleep(0.2)
        os.kill(own._zygote.pid, signal.SIGKILL)
        return await asyncio.gather(*calls)

    assert asyncio.run(scenario()) == [0, 1, 2, 3]


def test_a_zygote_killed_between_calls_is_replaced(own: Sandbox) -> None:
    request = CodeRequest("between", "node", "result = 5", {})
    assert own.run_code_blocking(request, ignore) == 5
    assert own._zygote is not None

    os.kill(own._zygote.pid, signal.SIGKILL)
    time.sleep(0.2)

    assert own.run_code_blocking(request, ignore) == 5
    assert asyncio.run(own.run_code(request, ignore)) == 5


def test_a_cancelled_call_ends_its_process(own: Sandbox) -> None:
    async def scenario() -> None:
        task = await started(own, "c")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(scenario())

    assert own._book.count == 0
    assert own.run_code_blocking(CodeRequest("c", "node", "result = 1", {}), ignore) == 1


def test_ending_a_lease_ends_calls_in_the_middle(own: Sandbox) -> None:
    async def scenario() -> Any:
        task = await started(own, "end")
        await own.end_lease("end")
        with pytest.raises(NodeError) as caught:
            await task
        return caught.value.code

    assert asyncio.run(scenario()) == "cancelled"
    assert own._book.count == 0


def test_a_timeout_frees_the_place_at_once(own: Sandbox) -> None:
    own.run_code_blocking(CodeRequest("warm", "node", "result = 1", {}), ignore)
    started = time.monotonic()

    with pytest.raises(NodeTimeout):
        own.run_code_blocking(CodeRequest("t", "node", "while True: pass", {}, timeout_s=0.3), ignore)

    assert time.monotonic() - started < 2.0
    assert own._book.count == 1


def test_idle_children_are_reclaimed() -> None:
    own = Sandbox(SandboxSettings(idle_s=0.2))
    try:
        own.run_code_blocking(CodeRequest("idle", "node", "result = 1", {}), ignore)
        assert own._book.count == 1
        deadline = time.monotonic() + 5
        while own._book.count and time.monotonic() < deadline:
            time.sleep(0.05)
        assert own._book.count == 0
    finally:
        own.close()


def test_a_child_that_grew_is_replaced() -> None:
    own = Sandbox(SandboxSettings(max_growth_mb=32))
    try:
        first = CodeRequest("grow", "node", "import json\njson.kept = True\nresult = 1", {})
        own.run_code_blocking(first, ignore)
        own.run_code_blocking(
            CodeRequest("grow", "node", "x = 'a' * (80 << 20)\nresult = len(x)", {}), ignore
        )
        kept = CodeRequest("grow", "node", "import json\nresult = hasattr(json, 'kept')", {})
        assert own.run_code_blocking(kept, ignore) is False
    finally:
        own.close()


def test_close_leaves_no_process() -> None:
    before = descendants(os.getpid())
    own = Sandbox()
    own.run_code_blocking(CodeRequest("x", "node", "result = 1", {}), ignore)
    started = descendants(os.getpid()) - before
    assert len(started) >= 2

    own.close()

    assert wait_until_gone(started) == set()
    with pytest.raises(NodeError) as caught:
        own.run_code_blocking(CodeRequest("x", "node", "result = 1", {}), ignore)
    assert caught.value.code == "sandbox_unavailable"


def test_nothing_outlives_a_host_that_is_killed() -> None:
    program = textwrap.dedent(
        """
        import os, threading, time
        from runtime.sandbox import Sandbox
        from runtime.services_protocol import CodeRequest
        sandbox = Sandbox()
        sandbox.run_code_blocking(CodeRequest("warm", "n", "result = 1", {}), print)
        for number in range(2):
            request = CodeRequest(f"busy{number}", "n", "print('on')\\nwhile True: pass", {})
            say = lambda *line: os.write(1, (" ".join(line) + "\\n").encode())
            threading.Thread(target=sandbox.run_code_blocking, args=(request, say)).start()
        time.sleep(60)
        """
    )
    host = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert host.stdout is not None
    try:
        said = [host.stdout.readline().strip() for _ in range(2)]
        below = descendants(host.pid)
    finally:
        host.kill()
        host.wait()
        host.stdout.close()

    assert said == ["info on", "info on"]
    assert len(below) >= 4
    assert wait_until_gone(below) == set()


def test_a_host_that_just_exits_leaves_nothing_and_says_nothing() -> None:
    program = (
        "from runtime.sandbox import Sandbox\nfrom runtime.services_protocol import CodeRequest\n"
        "s = Sandbox()\nprint(s.run_code_blocking(CodeRequest('x', 'n', 'result = 3', {}), print))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=20
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "3\n", "")
