"""Surroundings of batch steps for tests: time that passes when told, works that answer as told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from typing import Any

from runtime.batch.local_desk import LocalLedger
from runtime.batch.processing import Part, Process, Processed
from runtime.batch.rate import OpenGate
from runtime.batch.runner import BatchRun, Pace, Report
from runtime.batch.sources import Page, Source, SourceFacts
from runtime.batch.spec import BatchSpec
from runtime.batch.work import Work
from runtime.engine.errors import NodeError
from tests.unit.nodes.surroundings import Context, Services

Record = dict[str, Any]


@dataclass
class Time:
    """A clock whose sleeps take no time."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def numbers(count: int, first: int = 0) -> list[Record]:
    return [{"n": number} for number in range(first, first + count)]


def spec(**changes: Any) -> BatchSpec:
    given: dict[str, Any] = {
        "run_id": "run-1",
        "node_id": "batch",
        "key": "run-1/batch",
        "seed": 7,
        "strategy": "parallel",
        "max_concurrent": 4,
    }
    return BatchSpec(**{**given, **changes})


def pace(size: int, **changes: Any) -> Pace:
    given: dict[str, Any] = {"least": 1, "most": 10_000, "adapts": False, "target_s": 1.0}
    return Pace(size=size, **{**given, **changes})


class PagedSource:
    """A source of pages that may break, wait between pages, or change between attempts."""

    def __init__(
        self,
        pages: list[list[Record]],
        *,
        breaks_after: int | None = None,
        before_page: Callable[[int], Any] | None = None,
    ) -> None:
        self._pages = pages
        self._breaks_after = breaks_after
        self._before_page = before_page
        self.read = 0

    async def facts(self) -> SourceFacts:
        return SourceFacts(sum(len(page) for page in self._pages), ("n",), {"pages": len(self._pages)})

    async def pages(self, start: Any | None) -> AsyncGenerator[Page, None]:
        for number in range(start or 0, len(self._pages)):
            if number == self._breaks_after:
                raise NodeError(f"page {number} is broken", code="http_status", status=500)
            if self._before_page is not None:
                await self._before_page(number)
            self.read += len(self._pages[number])
            yield Page(number, self._pages[number])


async def echo(part: Part) -> Processed:
    return Processed(list(part.records))


def poisoned(*bad: int, calls: list[int] | None = None) -> Process:
    """Fails each call that holds one of these numbers; `calls` gets the size of every call."""

    async def process(part: Part) -> Processed:
        if calls is not None:
            calls.append(len(part.records))
        found = [record["n"] for record in part.records if record["n"] in bad]
        if found:
            raise NodeError(f"{found[0]} is poison", code="code_error")
        return Processed([record["n"] for record in part.records])

    return process


def work(process: Process, time: Time | None = None, context: Any = None, **changes: Any) -> Work:
    return Work(
        spec(**changes),
        process,
        context or Context({}),
        OpenGate(),
        (time or Time()).sleep,
    )


@dataclass
class Ran:
    report: Report
    outputs: list[Any]
    ledger: LocalLedger
    context: Context


async def ran(
    source: Source,
    process: Process = echo,
    *,
    size: int = 10,
    context: Context | None = None,
    pacing: dict[str, Any] | None = None,
    **changes: Any,
) -> Ran:
    """A step from its source to its end."""
    context = context or Context({}, Services())
    given = spec(**changes)
    ledger = LocalLedger(given, work(process, context=context, **changes), Services())
    try:
        run = BatchRun(given, pace(size, **(pacing or {})), source, await source.facts(), ledger, context)
        report = await run.run()
        outputs = [item async for part in ledger.outputs() for item in part]
        return Ran(report, outputs, ledger, context)
    finally:
        await ledger.leave()
