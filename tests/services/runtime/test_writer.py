"""The group-commit writer: order, fences, refused rows and lost connections."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.utils import timezone

from runtime.engine.errors import WorkflowError
from runtime.engine.journal import Fenced
from runtime.host.connection import open_connection
from runtime.host.rows import Committed, Entry, EventRow, LogRow, RunFacts, RunKey
from runtime.host.writer import GroupCommitWriter, RecordingFailed
from runtime.models import Run, RunEvent, RunLog
from tests.services.runtime.conftest import RunMaker


class Bench:
    """A writer with what it told the loop."""

    def __init__(self, connect: Any = open_connection) -> None:
        self.loop = asyncio.new_event_loop()
        self.committed: list[Mapping[RunKey, Committed]] = []
        self.refused: list[tuple[RunKey, WorkflowError]] = []
        self.writer = GroupCommitWriter(
            self.loop,
            on_committed=self.committed.append,
            on_refused=lambda key, error: self.refused.append((key, error)),
            connect=connect,
        )

    def put(
        self, key: RunKey, seq: int, *, waiting: bool = True, node: str = "a"
    ) -> asyncio.Future[None] | None:
        future = self.loop.create_future() if waiting else None
        self.writer.put(Entry(key, facts(seq), event=event(seq, node), future=future))
        return future

    def outcome(self, future: asyncio.Future[None] | None) -> BaseException | None:
        assert future is not None

        async def settled() -> BaseException | None:
            await asyncio.wait([future], timeout=10)
            return future.exception()

        return self.loop.run_until_complete(settled())

    def close(self) -> None:
        assert self.writer.stop(5)
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()


@pytest.fixture
def key(make_run: RunMaker) -> RunKey:
    return RunKey(make_run(("a", "TestEcho", {})).id, 0)


def facts(seq: int, **changes: Any) -> RunFacts:
    given = {"status": "running", "counts": "{}", "last_seq": seq, "released": False, **changes}
    return RunFacts(**{"started_at": None, "finished_at": None, "wake_at": None, "error": None, **given})


def event(seq: int, node: str = "a") -> EventRow:
    return EventRow(seq, timezone.now(), "node.started", node, 1, "{}", None)


def sequence(run_id: UUID) -> list[int]:
    return list(RunEvent.objects.filter(run_id=run_id).order_by("seq").values_list("seq", flat=True))


def test_what_arrives_during_a_commit_is_the_next_one(bench: Bench, key: RunKey) -> None:
    for seq in range(2, 500):
        bench.put(key, seq, waiting=False)
    last = bench.put(key, 500)
    bench.writer.start()

    assert bench.outcome(last) is None

    assert bench.writer.commits == 1
    assert sequence(key.run_id) == list(range(1, 501))
    assert Run.objects.get(pk=key.run_id).last_seq == 500
    assert bench.committed[-1][key].seq == 500


def test_an_event_and_the_runs_row_are_written_together(bench: Bench, key: RunKey) -> None:
    bench.writer.start()
    done = bench.loop.create_future()
    state = facts(
        2, status="failed", error='{"code": "x"}', counts='{"failed": 1}', finished_at=timezone.now()
    )
    bench.writer.put(Entry(key, state, event=event(2), future=done))

    assert bench.outcome(done) is None

    run = Run.objects.get(pk=key.run_id)
    assert (run.status, run.last_seq, run.counts, run.error) == ("failed", 2, {"failed": 1}, {"code": "x"})


def test_a_fenced_run_fails_alone(bench: Bench, key: RunKey, make_run: RunMaker) -> None:
    lost = RunKey(make_run(("a", "TestEcho", {})).id, 0)
    Run.objects.filter(pk=lost.run_id).update(fence=1)
    kept_future, lost_future = bench.put(key, 2), bench.put(lost, 2)
    bench.writer.start()

    assert bench.outcome(kept_future) is None
    assert isinstance(bench.outcome(lost_future), Fenced)

    assert sequence(key.run_id) == [1, 2]
    assert sequence(lost.run_id) == [1]
    assert [refused for refused, _ in bench.refused] == [lost]
    assert isinstance(bench.outcome(bench.put(lost, 3)), Fenced)


def test_a_refused_row_fails_its_run_alone_and_for_good(
    bench: Bench, key: RunKey, make_run: RunMaker
) -> None:
    bad = RunKey(make_run(("a", "TestEcho", {})).id, 0)
    before = bench.put(key, 2)
    refused = bench.put(bad, 2, node="nul \x00")
    behind = bench.put(bad, 3)
    after = bench.put(key, 3)
    bench.writer.start()

    assert [bench.outcome(before), bench.outcome(after)] == [None, None]
    assert isinstance(bench.outcome(refused), RecordingFailed)
    assert isinstance(bench.outcome(behind), RecordingFailed)

    assert sequence(key.run_id) == [1, 2, 3]
    assert sequence(bad.run_id) == [1]


def test_a_value_that_the_driver_cannot_write_fails_its_run_alone(
    bench: Bench, key: RunKey, make_run: RunMaker
) -> None:
    """Half a surrogate pair has no UTF-8: the driver raises what is no database error."""
    odd = RunKey(make_run(("a", "TestEcho", {})).id, 0)
    done = bench.loop.create_future()
    bench.writer.put(Entry(odd, facts(2), event=event(2, "\ud800"), future=done))
    kept = bench.put(key, 2)
    bench.writer.start()

    assert isinstance(bench.outcome(done), RecordingFailed)
    assert bench.outcome(kept) is None
    assert bench.outcome(bench.put(key, 3)) is None


def test_a_lost_connection_loses_nothing_and_keeps_the_order(bench: Bench, key: RunKey) -> None:
    bench.writer.start()
    assert bench.outcome(bench.put(key, 2)) is None

    with open_connection("test") as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'lockgate run writer'"
        )
    futures = [bench.put(key, seq) for seq in range(3, 50)]

    assert [bench.outcome(future) for future in futures] == [None] * 47
    assert sequence(key.run_id) == list(range(1, 50))


class LosesTheAnswer:
    """A connection that breaks after the commit, before its answer arrives."""

    def __init__(self, inner: Any, failures: list[int]) -> None:
        self._inner = inner
        self._failures = failures

    def execute(self, *arguments: Any, **options: Any) -> Any:
        answer = self._inner.execute(*arguments, **options)
        if self._failures:
            self._failures.pop()
            raise psycopg.OperationalError("the connection broke")
        return answer

    def close(self) -> None:
        self._inner.close()


def test_a_commit_whose_answer_was_lost_is_not_written_twice(key: RunKey) -> None:
    failures = [1, 1]
    bench = Bench(connect=lambda name: LosesTheAnswer(open_connection(name), failures))
    bench.writer.start()
    line = LogRow(1, timezone.now(), "a", 1, "info", "once")
    bench.writer.put(Entry(key, facts(1), log=line))

    assert bench.outcome(bench.put(key, 2)) is None

    bench.close()
    assert failures == []
    assert sequence(key.run_id) == [1, 2]
    assert RunLog.objects.filter(run_id=key.run_id).count() == 1


def test_stop_commits_what_is_queued(key: RunKey) -> None:
    bench = Bench()
    bench.writer.start()
    for seq in range(2, 200):
        bench.put(key, seq, waiting=False)

    bench.close()

    assert len(sequence(key.run_id)) == 199
