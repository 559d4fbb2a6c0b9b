"""The run socket: replay and live without gap or repeat, whatever happens in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from runtime import consumers
from runtime.host.host import RunHost
from runtime.live.doorbell import Doorbells
from runtime.models import Run
from runtime.queries.runs import state_of
from tests.services.runtime import nodes
from tests.services.runtime.conftest import wait_for_status
from tests.sockets.conftest import Reader, WebServer, has_ended, long_chain

Headers = dict[str, str]
RunMaker = Callable[..., Run]


def path_of(run: Run, after: int = 0) -> str:
    return f"/ws/runs/{run.id}/?after={after}"


def last_seq(run: Run) -> int:
    return Run.objects.values_list("last_seq", flat=True).get(pk=run.pk)


def dense(first: int, last: int) -> list[int]:
    return list(range(first, last + 1))


def test_a_reader_from_the_start_gets_every_event_once(
    web: WebServer, make_run: RunMaker, host: RunHost, bearer: Headers
) -> None:
    run = make_run(*long_chain(200))

    async def scenario() -> Reader:
        async with web.socket(path_of(run), additional_headers=bearer) as socket:
            reader = Reader(socket, [])
            host.ring()
            await reader.read_to_end()
            return reader

    reader = asyncio.run(scenario())

    assert reader.seqs == dense(1, last_seq(run)) == dense(1, 403)
    assert reader.events[0]["type"] == "run.queued"
    assert set(reader.events[0]) == {"seq", "at", "type", "node", "attempt", "data"}


def test_a_reader_of_a_finished_run_gets_the_rest_after_its_seq(
    web: WebServer, make_run: RunMaker, host: RunHost, bearer: Headers
) -> None:
    run = make_run(*long_chain(20))
    wait_for_status(run, "succeeded")

    async def scenario() -> Reader:
        async with web.socket(path_of(run, after=17), additional_headers=bearer) as socket:
            reader = Reader(socket, [])
            await reader.read_to_end()
            return reader

    assert asyncio.run(scenario()).seqs == dense(18, run.last_seq)


def test_a_reader_that_drops_and_resumes_misses_and_repeats_nothing(
    web: WebServer, make_run: RunMaker, host: RunHost, bearer: Headers
) -> None:
    run = make_run(*long_chain(300), ("gate", "TestGate", {}))

    async def scenario() -> list[int]:
        seqs: list[int] = []
        done = False
        while not done:
            async with web.socket(
                path_of(run, after=seqs[-1] if seqs else 0), additional_headers=bearer
            ) as one:
                reader = Reader(one, [])
                had = len(seqs)
                await reader.read_until(lambda found: len(found.events) >= 60 or has_ended(found))
                seqs += reader.seqs
                done = has_ended(reader)
            if len(seqs) > 500 and had <= 500:
                nodes.open_gate("gate")
        return seqs

    host.ring()
    nodes.open_gate("gate")
    assert asyncio.run(scenario()) == dense(1, last_seq(run))


def test_two_hundred_sockets_get_all_of_it(
    web: WebServer, make_run: RunMaker, host: RunHost, bearer: Headers
) -> None:
    run = make_run(("gate", "TestGate", {}), *long_chain(100))

    async def scenario() -> list[Reader]:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one_reader(number)) for number in range(200)]
            await asyncio.sleep(1.0)
            nodes.open_gate("gate")
        return [task.result() for task in tasks]

    async def one_reader(number: int) -> Reader:
        async with web.socket(path_of(run), additional_headers=bearer) as socket:
            reader = Reader(socket, [])
            await reader.read_to_end(60)
            return reader

    readers = asyncio.run(scenario())

    everything = dense(1, last_seq(run))
    assert all(reader.seqs == everything for reader in readers)


def test_an_idle_socket_stays_open_and_hears_what_comes(
    web: WebServer, make_run: RunMaker, host: RunHost, bearer: Headers
) -> None:
    """Redis clients give up after 5 s by default, which would end every quiet socket."""
    run = make_run(("gate", "TestGate", {}))

    async def scenario() -> Reader:
        async with web.socket(path_of(run), additional_headers=bearer) as socket:
            reader = Reader(socket, [])
            await reader.read_until(lambda found: len(found.events) >= 3)
            await asyncio.sleep(7)
            nodes.open_gate("gate")
            await reader.read_to_end(3)
            return reader

    assert asyncio.run(scenario()).seqs == dense(1, 5)


def test_a_quiet_socket_is_pinged(
    web: WebServer, make_run: RunMaker, bearer: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumers, "PING_S", 0.2)
    run = make_run(("a", "TestEcho", {}))

    async def scenario() -> Reader:
        async with web.socket(path_of(run), additional_headers=bearer) as socket:
            reader = Reader(socket, [])
            await reader.read_until(lambda found: found.frames.count({"ping": 1}) == 2)
            return reader

    assert asyncio.run(scenario()).seqs == [1]


def test_log_notices_and_progress_come_without_a_number(
    web: WebServer, make_run: RunMaker, host: RunHost, bearer: Headers
) -> None:
    run = make_run(("gate", "TestGate", {}), ("late", "TestGate", {"gate": "late"}))

    def complete(found: Reader) -> bool:
        is_late = any(event["node"] == "late" for event in progress_of(found))
        return {"log": {"upto": 2}} in found.frames and is_late

    async def scenario() -> Reader:
        async with web.socket(path_of(run), additional_headers=bearer) as socket:
            reader = Reader(socket, [])
            await reader.read_until(lambda found: len(found.events) >= 3)
            nodes.open_gate("gate")
            await reader.read_until(complete)
            return reader

    progress = progress_of(asyncio.run(scenario()))

    assert progress[-1]["data"] == {"done": 1, "total": 2}
    assert "seq" not in progress[-1]
    nodes.open_gate("late")


def test_a_reader_is_told_at_once_how_long_the_log_is(
    web: WebServer, make_run: RunMaker, host: RunHost, bearer: Headers
) -> None:
    run = make_run(("gate", "TestGate", {}))
    nodes.open_gate("gate")
    wait_for_status(run, "succeeded")

    async def scenario() -> None:
        async with web.socket(path_of(run), additional_headers=bearer) as socket:
            await Reader(socket, []).read_until(lambda found: {"log": {"upto": 1}} in found.frames, 3)

    asyncio.run(scenario())


def progress_of(reader: Reader) -> list[dict[str, Any]]:
    events = [event for frame in reader.frames for event in frame.get("events", [])]
    return [event for event in events if event["type"] == "node.progress"]


def test_a_lost_doorbell_costs_seconds_not_events(
    web: WebServer, make_run: RunMaker, host: RunHost, bearer: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Doorbells, "ring", lambda *_, **__: None)
    monkeypatch.setattr(Doorbells, "progress", lambda *_, **__: None)
    run = make_run(*long_chain(20))

    async def scenario() -> Reader:
        async with web.socket(path_of(run), additional_headers=bearer) as socket:
            reader = Reader(socket, [])
            await reader.read_to_end(6)
            return reader

    assert asyncio.run(scenario()).seqs == dense(1, 43)


@pytest.mark.parametrize("after", [0, 999_999])
def test_a_reader_too_far_away_gets_the_state_instead(
    web: WebServer,
    make_run: RunMaker,
    host: RunHost,
    bearer: Headers,
    monkeypatch: pytest.MonkeyPatch,
    after: int,
) -> None:
    monkeypatch.setattr(consumers, "MAX_REPLAY", 10)
    run = make_run(*long_chain(20), ("gate", "TestGate", {}))

    async def scenario() -> Reader:
        await sync_to_async(wait_until_at_gate)(run)
        async with web.socket(path_of(run, after), additional_headers=bearer) as socket:
            reader = Reader(socket, [])
            await reader.read_until(lambda found: bool(found.frames))
            nodes.open_gate("gate")
            await reader.read_to_end()
            return reader

    reader = asyncio.run(scenario())

    snapshot = reader.frames[0]["snapshot"]
    assert snapshot["nodes"]["gate"]["status"] == "running"
    assert snapshot["run"]["status"] == "running"
    assert reader.seqs == dense(snapshot["seq"] + 1, last_seq(run))
    assert state_of(run.id).run_status == "succeeded"


def wait_until_at_gate(run: Run) -> None:
    from tests.services.runtime.conftest import types_of, wait_for

    wait_for(lambda: "node.started gate" in types_of(run), "the gate")
