"""What steps left open is withdrawn by one call at a time, and nothing that is noted gets lost."""

from __future__ import annotations

import asyncio

from runtime.host.leaving import Leaving


def test_what_is_noted_during_a_call_needs_one_more() -> None:
    calls = []

    async def main() -> None:
        async def withdraw() -> None:
            calls.append("begin")
            if len(calls) == 1:
                leaving.note()
                leaving.note()
            await asyncio.sleep(0)
            calls.append("end")

        leaving = Leaving(withdraw)
        leaving.note()
        await leaving.close()

    asyncio.run(main())

    assert calls == ["begin", "end", "begin", "end"]


def test_a_call_that_fails_harms_neither_the_run_nor_the_next_call() -> None:
    calls = []

    async def main() -> None:
        async def withdraw() -> None:
            calls.append(len(calls))
            if len(calls) == 1:
                raise OSError("the database is away")

        leaving = Leaving(withdraw)
        leaving.note()
        await leaving.close()
        leaving.note()
        await leaving.close()

    asyncio.run(main())

    assert calls == [0, 1]


def test_a_run_that_leaves_nothing_asks_nobody() -> None:
    async def withdraw() -> None:
        raise AssertionError

    asyncio.run(Leaving(withdraw).close())
