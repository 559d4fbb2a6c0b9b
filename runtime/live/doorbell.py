"""Doorbells: `{run, seq, log, progress}` to the web processes that show a run. They carry no data of it.

One more, `{runs: [ids]}`, tells all web processes which runs have ended.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Collection, Mapping
from typing import Any, Protocol, runtime_checkable
from uuid import UUID

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from runtime.host.fault_points import reach

log = logging.getLogger(__name__)

QUIET_S = 0.02
# Somebody waits for each of these, who asks for nothing more: only what ends together is told together.
ENDS_QUIET_S = 0.005
# Rings may take this share of the loop: with hundreds of busy runs they come less often, not slower.
BUSY_SHARE = 0.2
# Group and topic of the bell that tells of ends.
ENDS = "run.ends"


class Layer(Protocol):
    async def group_send(self, group: str, message: dict[str, Any]) -> None: ...


@runtime_checkable
class KnowsListeners(Protocol):
    async def listened(self, groups: Collection[str]) -> set[str]: ...


def channel_layer() -> Layer:
    """The configured layer."""
    layer: Layer | None = get_channel_layer()
    if layer is None:
        raise RuntimeError("CHANNEL_LAYERS has no default")
    return layer


def group_of(run_id: UUID) -> str:
    """The channel group of a run's readers."""
    return f"run.{run_id}"


def ring_readers(run_id: UUID, *, seq: int) -> None:
    """Rings once, from synchronous code."""
    async_to_sync(channel_layer().group_send)(group_of(run_id), _message(run_id, seq=seq, pos=0, progress={}))


class Doorbells:
    """Rings for the runs of a host: the first at once, then at most one per run every 20 ms."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._pending: dict[UUID, dict[str, Any]] = {}
        self._ended: list[str] = []
        self._task: asyncio.Task[None] | None = None
        self._ends_task: asyncio.Task[None] | None = None

    def ring(self, run_id: UUID, *, seq: int = 0, pos: int = 0) -> None:
        """There are events up to `seq` and log lines up to `pos` (0: nothing new)."""
        message = self._waiting_message(run_id)
        message["seq"] = max(message["seq"], seq)
        message["log"] = max(message["log"], pos)

    def progress(self, run_id: UUID, node: str, done: int, total: int | None) -> None:
        """The latest progress of a node replaces an earlier one."""
        self._waiting_message(run_id)["progress"][node] = [done, total]

    def ended(self, run_id: UUID) -> None:
        """The run is over."""
        self._ended.append(str(run_id))
        if self._ends_task is None:
            self._ends_task = asyncio.get_running_loop().create_task(self._send_ends())

    async def close(self) -> None:
        """Sends what waits."""
        for task in (self._ends_task, self._task):
            if task is not None:
                await task

    def _waiting_message(self, run_id: UUID) -> dict[str, Any]:
        if run_id not in self._pending:
            self._pending[run_id] = _message(run_id, seq=0, pos=0, progress={})
        self._begin()
        return self._pending[run_id]

    def _begin(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._send_all())

    async def _send_all(self) -> None:
        try:
            while self._pending:
                pending, self._pending = self._pending, {}
                began = time.perf_counter()
                messages = {group_of(run_id): message for run_id, message in pending.items()}
                reach("doorbell.before")
                listened = await self._listened(messages)
                for group, message in messages.items():
                    if group in listened:
                        await self._layer.group_send(group, message)
                reach("doorbell.after")
                took = time.perf_counter() - began
                await asyncio.sleep(max(QUIET_S, took / BUSY_SHARE - took))
        except Exception as error:
            # The broker is away: readers poll the table, and the next ring tries again.
            log.warning("doorbell not rung: %s", error)
        finally:
            self._task = None

    async def _listened(self, groups: Collection[str]) -> Collection[str]:
        """Most runs have no readers."""
        return await self._layer.listened(groups) if isinstance(self._layer, KnowsListeners) else groups

    async def _send_ends(self) -> None:
        try:
            while self._ended:
                ended, self._ended = self._ended, []
                await self._layer.group_send(ENDS, {"type": "runs.ended", "run": ENDS, "runs": ended})
                await asyncio.sleep(ENDS_QUIET_S)
        except Exception as error:
            # The broker is away: who waits looks at the rows, and the next end tries again.
            log.warning("ends of runs not told: %s", error)
        finally:
            self._ends_task = None


def _message(run_id: UUID, *, seq: int, pos: int, progress: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "run.moved", "run": str(run_id), "seq": seq, "log": pos, "progress": dict(progress)}
