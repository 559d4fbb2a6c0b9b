"""`Sandbox`: calls of author code, each in a leased child of one zygote. Safe from any thread or loop."""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
import os
import threading
import time
from dataclasses import dataclass
from typing import Any, Final

from runtime.engine.errors import NodeError, NodeTimeout
from runtime.sandbox.analysis import CodeProblem, CodeReport
from runtime.sandbox.conversation import (
    Conversation,
    OnLine,
    encode_request,
    error_of_death,
    source_name,
)
from runtime.sandbox.exchange import DEATH_WAIT_S, exchange, exchange_blocking, wait_until_ended
from runtime.sandbox.leases import Key, LeaseBook, Slot
from runtime.sandbox.metering import OnUsage
from runtime.sandbox.process import ChildProcess, PackageUnloadable, ZygoteFailed, ZygoteProcess
from runtime.sandbox.settings import SandboxPolicy, SandboxReport, SandboxSettings
from runtime.services_protocol import CodeRequest

LOGGER = logging.getLogger("runtime.sandbox")
_CPU_RESERVE_S: Final = 30
_CHECK_LEASE: Final = "code-check"
_CHECK_TIMEOUT_S: Final = 10.0
_CHECK_MEMORY_MB: Final = 256
_MAX_START_FAILURES: Final = 3
_START_WINDOW_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class _Call:
    """What is asked of a child, and of which one."""

    key: Key
    max_workers: int
    tag: bytes
    body: dict[str, Any]
    max_request_bytes: int
    max_result_bytes: int
    on_usage: OnUsage | None = None


class Sandbox:
    """Runs code in children of a zygote that is started at the first call and again whenever it dies."""

    def __init__(self, settings: SandboxSettings | None = None) -> None:
        self.settings = settings or SandboxSettings()
        self._numbers = itertools.count(1)
        self._starting = threading.Lock()
        self._owner_pid = os.getpid()
        self._zygote: ZygoteProcess | None = None
        self._closed = False
        self._starts: list[float] = []
        self._book = self._new_book()

    # -- running ---------------------------------------------------------------------------------

    async def run_code(self, request: CodeRequest, on_line: OnLine) -> Any:
        """The value of `result`. See `CodeRunner`; `on_line` is called on the caller's loop."""
        call = self._call_of(request)
        tries = _Tries(request.timeout_s)
        while True:
            try:
                return await self._call(call, tries.left_s(), on_line)
            except NodeError as error:
                tries.again_or_raise(error)

    def run_code_blocking(self, request: CodeRequest, on_line: OnLine) -> Any:
        """As `run_code`, for a plain thread; `on_line` is called on it."""
        call = self._call_of(request)
        tries = _Tries(request.timeout_s)
        while True:
            try:
                return self._call_blocking(call, tries.left_s(), on_line)
            except NodeError as error:
                tries.again_or_raise(error)

    def check_code(self, code: str) -> CodeReport:
        """Problems and free names of `code`, parsed inside the sandbox. Blocks for a few milliseconds."""

        call = _Call(
            key=(_CHECK_LEASE, _CHECK_MEMORY_MB),
            max_workers=self.settings.max_workers,
            tag=b"C",
            body={"code": code},
            max_request_bytes=self.settings.max_request_bytes,
            max_result_bytes=self.settings.max_result_bytes,
        )
        try:
            value = self._call_blocking(call, _CHECK_TIMEOUT_S, _ignore_line)
        except NodeError as error:
            if error.code == "sandbox_unavailable":
                raise
            return CodeReport([CodeProblem(1, 1, f"The code cannot be parsed: {error.message}")], [])
        return _report_of(value)

    async def end_lease(self, lease: str) -> None:
        """Ends the processes of a lease, also in the middle of a call."""
        self._book.end_lease(lease)

    def close(self) -> None:
        """Ends every process. Later calls are refused."""
        with self._starting:
            self._closed = True
            zygote, self._zygote = self._zygote, None
        if zygote is not None and self._owner_pid == os.getpid():
            zygote.stop()
            self._book.end_idle(0)

    def report(self) -> SandboxReport:
        """What is enforced on this machine. Starts the zygote if needed; never raises."""
        try:
            return self._running_zygote().report
        except ZygoteFailed as error:
            return SandboxReport(policy=self.settings.policy, failure=f"The sandbox did not start: {error}")

    # -- one call --------------------------------------------------------------------------------

    def _call_of(self, request: CodeRequest) -> _Call:
        settings = self.settings
        most = settings.max_result_bytes if request.max_output_bytes is None else request.max_output_bytes
        return _Call(
            key=(request.lease, request.memory_mb or settings.memory_mb),
            max_workers=request.max_workers or settings.max_workers,
            tag=b"X",
            body={
                "code": request.code,
                "inputs": dict(request.inputs),
                "name": source_name(request.node_id),
                "seed": request.seed,
                "max_bytes": most,
                "may": None if request.may is None else sorted(request.may),
                "ground": request.ground,
            },
            max_request_bytes=max(settings.max_request_bytes, most),
            max_result_bytes=most,
            on_usage=request.on_usage,
        )

    async def _call(self, call: _Call, timeout_s: float, on_line: OnLine) -> Any:
        conversation, data = self._open(call, on_line)
        slot = self._book.take_idle(call.key)
        if slot is None:
            if self._zygote is None or not self._zygote.alive:
                await asyncio.to_thread(self._available_zygote)
            self._available_zygote()
            slot = await self._wait_for_slot(call)
        child: ChildProcess | None = None
        try:
            child = self._child_of(slot, timeout_s)
            child.meter.begin()
            await exchange(child, data, conversation, timeout_s)
        except BaseException as error:
            self._book.discard(slot, child)
            if child is not None and isinstance(error, NodeTimeout):
                await asyncio.wait([asyncio.wrap_future(child.ended)], timeout=DEATH_WAIT_S)
                _tell_usage(call, child)
            raise
        if not conversation.is_done:
            await asyncio.wait([asyncio.wrap_future(child.ended)], timeout=DEATH_WAIT_S)
        _tell_usage(call, child, conversation.peak_mb)
        return self._finish(slot, child, conversation)

    def _call_blocking(self, call: _Call, timeout_s: float, on_line: OnLine) -> Any:
        conversation, data = self._open(call, on_line)
        self._available_zygote()
        slot = self._book.request(call.key, per_lease=call.max_workers).result()
        child: ChildProcess | None = None
        try:
            child = self._child_of(slot, timeout_s)
            child.meter.begin()
            exchange_blocking(child, data, conversation, timeout_s)
        except BaseException as error:
            self._book.discard(slot, child)
            if child is not None and isinstance(error, NodeTimeout):
                wait_until_ended(child.ended)
                _tell_usage(call, child)
            raise
        if not conversation.is_done:
            wait_until_ended(child.ended)
        _tell_usage(call, child, conversation.peak_mb)
        return self._finish(slot, child, conversation)

    def _open(self, call: _Call, on_line: OnLine) -> tuple[Conversation, bytes]:
        number = next(self._numbers) & 0xFFFFFFFF
        conversation = Conversation(
            number,
            on_line,
            max_result_bytes=call.max_result_bytes,
            max_output_chars=self.settings.max_output_chars,
        )
        body = {"call": number, **call.body}
        return conversation, encode_request(call.tag, body, max_bytes=call.max_request_bytes)

    async def _wait_for_slot(self, call: _Call) -> Slot[ChildProcess]:
        future = self._book.request(call.key, per_lease=call.max_workers)
        if future.done():
            return future.result()
        try:
            return await asyncio.wrap_future(future)
        except asyncio.CancelledError:
            if not future.cancel() and future.done() and not future.cancelled():
                self._book.discard(future.result(), future.result().child)
            raise

    def _child_of(self, slot: Slot[ChildProcess], timeout_s: float) -> ChildProcess:
        """The slot's child, ready for a call of `timeout_s`; a worn or dead one is replaced."""
        child = slot.child
        if child is not None and self._is_fit(child, timeout_s):
            return child
        replacement = self._spawn(slot, timeout_s)
        if child is not None:
            self._book.replace(slot, child, replacement)
        else:
            self._book.fill(slot, replacement)
        return replacement

    def _is_fit(self, child: ChildProcess, timeout_s: float) -> bool:
        if child.cpu_left_s < timeout_s or child.ended.done():
            return False
        try:
            # Whatever is there already was written by the author's code, after its last answer.
            child.socket.recv(1)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def _spawn(self, slot: Slot[ChildProcess], timeout_s: float) -> ChildProcess:
        cpu_s = 4 * math.ceil(timeout_s) + _CPU_RESERVE_S
        try:
            return self._available_zygote().spawn(memory_mb=slot.key[1], cpu_s=cpu_s)
        except OSError as error:
            raise error_of_death(None) from error

    def _finish(self, slot: Slot[ChildProcess], child: ChildProcess, conversation: Conversation) -> Any:
        if not conversation.is_done:
            ended_by_us = child.interrupted
            status = child.ended.result() if child.ended.done() else None
            self._book.discard(slot, child)
            if ended_by_us:
                raise NodeError("The run ended while the code ran.", code="cancelled")
            raise error_of_death(status)
        if conversation.is_clean and self._may_go_on(child, conversation.peak_mb):
            self._book.give_back(slot, child)
        else:
            self._book.discard(slot, child)
        return conversation.result()

    def _may_go_on(self, child: ChildProcess, peak_mb: int) -> bool:
        child.calls += 1
        if child.first_peak_mb is None:
            child.first_peak_mb = peak_mb
        grown_mb = peak_mb - child.first_peak_mb
        return child.calls < self.settings.max_calls and grown_mb <= self.settings.max_growth_mb

    # -- the zygote ------------------------------------------------------------------------------

    def _available_zygote(self) -> ZygoteProcess:
        """The zygote, if code may run in it. Raises `NodeError(code="sandbox_unavailable")`."""
        try:
            zygote = self._running_zygote()
        except ZygoteFailed as error:
            raise NodeError(
                f"Code cannot run: the sandbox did not start: {error}", code="sandbox_unavailable"
            ) from error
        report = zygote.report
        if not report.isolated and self.settings.policy is not SandboxPolicy.TRUSTED_AUTHORS:
            raise NodeError(f"Code is refused: {report.reason}.", code="sandbox_unavailable")
        return zygote

    def _running_zygote(self) -> ZygoteProcess:
        zygote = self._zygote
        if zygote is not None and zygote.alive and self._owner_pid == os.getpid():
            return zygote
        with self._starting:
            if self._closed:
                raise ZygoteFailed("it was closed")
            if self._owner_pid != os.getpid():
                # A forked copy of the host must not share its parent's children.
                self._owner_pid, self._zygote, self._book = os.getpid(), None, self._new_book()
            if self._zygote is None or not self._zygote.alive:
                self._zygote = self._start()
            return self._zygote

    def _start(self) -> ZygoteProcess:
        now = time.monotonic()
        self._starts = [moment for moment in self._starts if now - moment < _START_WINDOW_S]
        if len(self._starts) >= _MAX_START_FAILURES:
            raise ZygoteFailed("it could not be started several times in a row; trying again later")
        try:
            zygote = self._start_with_packages()
        except ZygoteFailed:
            self._starts.append(now)
            raise
        self._starts.clear()
        return zygote

    def _start_with_packages(self) -> ZygoteProcess:
        """A zygote with every package that can be loaded; the others are in its report."""
        without: dict[str, str] = {}
        while True:
            try:
                zygote = ZygoteProcess(self.settings, self._reclaim, without=without)
            except PackageUnloadable as error:
                if error.package in without:
                    raise
                without[error.package] = error.reason
                continue
            for package in zygote.report.packages:
                if package.problem is not None:
                    LOGGER.warning("the sandbox goes without '%s': %s", package.name, package.problem)
            return zygote

    def _reclaim(self) -> None:
        self._book.end_idle(self.settings.idle_s)

    def _new_book(self) -> LeaseBook[ChildProcess]:
        return LeaseBook(total=self.settings.max_processes)


class _Tries:
    """Code whose zygote was lost is run once more in the time that is left: it has no effects outside."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._started = time.monotonic()
        self._may_try_again = True

    def left_s(self) -> float:
        if self._may_try_again:
            return self._timeout_s
        return max(0.1, self._timeout_s - (time.monotonic() - self._started))

    def again_or_raise(self, error: NodeError) -> None:
        if error.code != "sandbox_restarted" or not self._may_try_again:
            raise error
        self._may_try_again = False


def _tell_usage(call: _Call, child: ChildProcess, claimed_mb: int = 0) -> None:
    if call.on_usage is not None:
        usage = child.meter.end(claimed_mb)
        call.on_usage(usage.cpu_s, usage.peak_mb)


def _ignore_line(level: str, text: str) -> None:
    """Parsing prints nothing."""


def _report_of(value: Any) -> CodeReport:
    """The report that the child sent, field by field: it comes from the other side of the wall."""
    problems = value.get("problems") if isinstance(value, dict) else None
    names = value.get("free_names") if isinstance(value, dict) else None
    if not isinstance(problems, list) or not isinstance(names, list):
        return CodeReport([CodeProblem(1, 1, "The code cannot be parsed.")], [])
    return CodeReport([_problem_of(item) for item in problems], [str(name) for name in names])


def _problem_of(item: Any) -> CodeProblem:
    fields = item if isinstance(item, dict) else {}
    line, column, hint = fields.get("line"), fields.get("column"), fields.get("hint")
    return CodeProblem(
        line if isinstance(line, int) else 1,
        column if isinstance(column, int) else 1,
        str(fields.get("message", "")),
        "warning" if fields.get("severity") == "warning" else "error",
        hint if isinstance(hint, str) else None,
    )
