"""The rows of a batch step: what was submitted is there, what is old changes nothing, and nothing is lost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from runtime.batch.protocols import Failure, Sample, Totals
from runtime.engine.journal import Fenced
from runtime.host.batches import claiming, step_rows
from runtime.host.batches.claiming import Key, claim_chunks
from runtime.host.batches.gate import take
from runtime.host.batches.texts import from_bytes, to_bytes
from runtime.host.connection import open_connection
from runtime.host.database import Connection
from runtime.models import BatchChunk, BatchSample, BatchStep, Host, Run
from runtime.services.batches import clear_ended
from tests.services.runtime.batching import chunk, end, opened, result, submit
from tests.services.runtime.conftest import RunMaker, expire_lease

BAD = Failure(1, {"n": 1}, "bad", "not good")


@pytest.fixture
def connection(transactional_db: None) -> Iterator[Connection]:
    made = open_connection("test")
    yield made
    made.close()


@pytest.fixture
def run(make_run: RunMaker) -> Run:
    return make_run(("batch", "TestEcho", {"value": 1}))


@pytest.fixture
def host_id(transactional_db: None) -> UUID:
    return make_lease()


def make_lease() -> UUID:
    now = timezone.now()
    facts = {"name": "test", "slots": 1, "started_at": now, "beat_at": now}
    return Host.objects.create(id=uuid4(), lease_until=now + timedelta(minutes=5), **facts).pk


def claimed(connection: Connection, host_id: UUID, most: int = 10) -> list[claiming.Claimed]:
    return claim_chunks(connection, host_id, most, polite_s=0.0)


# --- what is stored ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        [{"a": 1, "b": None, "c": [1.5, "ä", True]}],
        [2**70, -(2**65)],
        ["\ud800", "\x00", "null"],
        [1e300, -0.0, 5e-324],
        [],
    ],
)
def test_what_is_stored_comes_out_as_it_went_in(value: Any) -> None:
    assert from_bytes(to_bytes(value)) == value


def test_what_is_no_number_stays_so_and_does_not_turn_into_nothing() -> None:
    nan, infinity, nothing = from_bytes(to_bytes([math.nan, math.inf, None]))

    assert math.isnan(nan) and infinity == math.inf and nothing is None


def test_dates_become_text_and_sets_are_refused() -> None:
    assert from_bytes(to_bytes([date(2026, 11, 23)])) == ["2026-11-23"]
    with pytest.raises(TypeError):
        to_bytes([{1, 2}])


# --- opening ----------------------------------------------------------------------------------------------


def test_a_first_opening_finds_nothing(connection: Connection, run: Run) -> None:
    state = opened(connection, run).state

    assert (state.next_index, state.next_position, state.open, state.cursor) == (0, 0, 0, None)
    assert (state.totals, state.errors, state.is_exhausted) == (Totals(), (), False)


def test_a_later_opening_knows_what_was_submitted_and_what_came_of_it(
    connection: Connection, run: Run, host_id: UUID
) -> None:
    first = opened(connection, run)
    submit(connection, first, 0, 1, 2)
    step_rows.keep_stamp(connection, first.batch_id, first.epoch, {"rows": 9})
    for item in claimed(connection, host_id, 2):
        end(connection, item.key, result(item.index, ok=1, failures=[BAD] if item.index == 1 else []))
    step_rows.keep_sample(connection, first.batch_id, first.epoch, 1, sample(size=7, limit=2.5))

    found = opened(connection, run)

    state = found.state
    assert (state.next_index, state.next_position, state.cursor, state.open) == (3, 6, 6, 1)
    assert state.totals == Totals(chunks=2, ok=2, failed=1)
    assert [failure.position for failure in state.errors] == [1]
    assert (state.stamp, state.size, state.limit, found.open) == ({"rows": 9}, 7, 2.5, frozenset({2}))


def test_what_an_earlier_opening_submits_is_refused(connection: Connection, run: Run) -> None:
    first = opened(connection, run)
    submit(connection, first, 0)

    opened(connection, run)

    with pytest.raises(Fenced):
        submit(connection, first, 1)
    assert BatchChunk.objects.count() == 1


def test_submitting_again_after_a_lost_connection_changes_nothing(connection: Connection, run: Run) -> None:
    step = opened(connection, run)

    submit(connection, step, 0)
    submit(connection, step, 0)

    assert BatchChunk.objects.count() == 1


def test_another_attempt_does_again_what_failed_and_nothing_else(
    connection: Connection, run: Run, host_id: UUID
) -> None:
    step = opened(connection, run)
    submit(connection, step, 0, 1, 2)
    good, bad = claimed(connection, host_id, 2)
    end(connection, good.key, result(0, outputs=["a", "b"]))
    end(connection, bad.key, result(1, ok=1, failures=[BAD]))
    step_rows.stop_step(connection, step.batch_id, step.epoch)

    state = opened(connection, run, attempt=2).state

    assert state.totals == Totals(chunks=1, ok=2)
    assert (state.open, state.errors, state.is_stopped, state.error) == (2, (), False, None)
    assert sorted(item.index for item in claimed(connection, host_id)) == [1, 2]


def test_a_recovery_leaves_what_failed_and_goes_on_stopping(
    connection: Connection, run: Run, host_id: UUID
) -> None:
    step = opened(connection, run)
    submit(connection, step, 0, 1)
    [bad] = claimed(connection, host_id, 1)
    end(connection, bad.key, result(0, ok=1, failures=[BAD]))
    step_rows.stop_step(connection, step.batch_id, step.epoch)

    state = opened(connection, run).state

    assert state.totals == Totals(chunks=2, ok=1, failed=1, skipped=2)
    assert state.is_stopped and state.open == 0


# --- working ----------------------------------------------------------------------------------------------


def test_a_chunk_is_one_hosts(connection: Connection, run: Run, host_id: UUID) -> None:
    step = opened(connection, run)
    submit(connection, step, 0, 1, 2)

    first, second = claimed(connection, host_id, 2), claimed(connection, make_lease())

    assert [item.index for item in first] == [0, 1]
    assert [item.index for item in second] == [2]
    assert second[0].chunk().records == chunk(2).records


def test_what_came_just_now_is_left_to_others_by_those_who_have_enough(
    connection: Connection, run: Run, host_id: UUID
) -> None:
    submit(connection, opened(connection, run), 0)

    assert claim_chunks(connection, host_id, 1, polite_s=60.0) == []


def test_a_dead_hosts_chunk_goes_to_another_and_what_the_dead_one_ends_is_refused(
    connection: Connection, run: Run, host_id: UUID
) -> None:
    submit(connection, opened(connection, run), 0)
    [dead] = claimed(connection, host_id)
    expire_lease(host_id)

    [alive] = claimed(connection, make_lease())

    assert (alive.deaths, alive.claim) == (1, dead.claim + 1)
    assert not end(connection, dead.key, result(0, outputs=["old"]))
    assert end(connection, alive.key, result(0, outputs=["new", "new"]))
    assert step_rows.data_page(connection, alive.batch_id, "outputs", -1) == [(0, ["new", "new"])]


def test_nobody_begins_chunks_of_a_step_that_nobody_coordinates(
    connection: Connection, run: Run, host_id: UUID
) -> None:
    step = opened(connection, run)
    submit(connection, step, 0)
    step_rows.leave_step(connection, step.batch_id, step.epoch)

    assert claimed(connection, host_id) == []
    opened(connection, run)
    assert len(claimed(connection, host_id)) == 1


@pytest.mark.parametrize("fact", ["cancel_requested_at", "finished_at"])
def test_nobody_begins_chunks_of_a_run_that_ends(
    connection: Connection, run: Run, host_id: UUID, fact: str
) -> None:
    step = opened(connection, run)
    submit(connection, step, 0, 1)
    [mine] = claimed(connection, host_id, 1)
    Run.objects.filter(pk=run.pk).update(**{fact: timezone.now()})

    assert claimed(connection, host_id) == []
    assert claiming.unwanted(connection, [mine.batch_id]) == {step.batch_id}


def test_what_is_given_back_is_begun_again(connection: Connection, run: Run, host_id: UUID) -> None:
    submit(connection, opened(connection, run), 0)
    [mine] = claimed(connection, host_id)

    claiming.give_back(connection, mine.key)

    [again] = claimed(connection, host_id)
    assert (again.claim, again.deaths) == (2, 0)


def test_what_a_host_says_it_works_on_and_does_not_is_given_up(
    connection: Connection, run: Run, host_id: UUID
) -> None:
    submit(connection, opened(connection, run), 0, 1)
    held, lost = claimed(connection, host_id)
    BatchChunk.objects.update(started_at=timezone.now() - timedelta(minutes=1))

    assert claiming.give_up_unheld(connection, host_id, [held.key]) == 1
    assert [item.index for item in claimed(connection, make_lease())] == [lost.index]


def test_stopping_skips_what_nobody_has_begun(connection: Connection, run: Run, host_id: UUID) -> None:
    step = opened(connection, run)
    submit(connection, step, 0, 1, 2)
    [mine] = claimed(connection, host_id, 1)

    step_rows.stop_step(connection, step.batch_id, step.epoch)

    ended = step_rows.ended_chunks(connection, step.batch_id, [0, 1, 2])
    assert [(item.index, item.skipped) for item in ended] == [(1, 2), (2, 2)]
    assert end(connection, mine.key, result(0))


def test_outputs_and_failures_are_read_in_order_whoever_ended_first(
    connection: Connection, run: Run, host_id: UUID
) -> None:
    step = opened(connection, run)
    submit(connection, step, *range(20))
    for item in reversed(claimed(connection, host_id, 20)):
        failed = [Failure(2 * item.index, {"n": 1}, "bad", "not good")]
        end(connection, item.key, result(item.index, ok=1, outputs=[item.index], failures=failed))

    first = step_rows.data_page(connection, step.batch_id, "outputs", -1)
    second = step_rows.data_page(connection, step.batch_id, "outputs", first[-1][0])
    failures = step_rows.data_page(connection, step.batch_id, "failures", 15)

    assert [data for _, data in (*first, *second)] == [[index] for index in range(20)]
    assert [data[0][0] for _, data in failures] == [32, 34, 36, 38]


# --- the gate ---------------------------------------------------------------------------------------------


def test_calls_of_one_step_are_one_interval_apart_over_all_connections(
    connection: Connection, run: Run
) -> None:
    step, other = opened(connection, run), open_connection("test")

    waits = [take(who, step.batch_id, 1.0) for who in (connection, other, connection, other)]
    other.close()

    assert waits[0] == 0.0
    assert [round(wait) for wait in waits[1:]] == [1, 2, 3]


def test_a_gate_that_nobody_used_for_a_while_saves_nothing_up(connection: Connection, run: Run) -> None:
    step = opened(connection, run)
    take(connection, step.batch_id, 0.0001)
    connection.execute("UPDATE batch_gate SET due = 0")

    assert take(connection, step.batch_id, 1.0) == 0.0
    assert take(connection, step.batch_id, 1.0) > 0.9


# --- what stays -------------------------------------------------------------------------------------------


def sample(**facts: Any) -> Sample:
    given: dict[str, Any] = {"rate": 1.0, "size": 1, "limit": 1.0, "in_flight": 1, "p95_ms": None, "done": 1}
    return Sample(at=timezone.now(), failed=0, **{**given, **facts})


def test_ended_steps_keep_their_sums_and_curves_and_lose_their_chunks(
    connection: Connection, run: Run, host_id: UUID
) -> None:
    step = opened(connection, run)
    submit(connection, step, 0, 1)
    take(connection, step.batch_id, 1.0)
    step_rows.keep_sample(connection, step.batch_id, step.epoch, 1, sample())
    end(connection, claimed(connection, host_id, 1)[0].key, result(0))
    assert clear_ended() == 0  # the step may go on yet
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now(), status="cancelled")

    assert clear_ended() == 1
    assert clear_ended() == 0

    row = BatchStep.objects.get()
    totals = row.totals or {}
    assert (totals["ok"], totals["chunks"], row.is_cleared) == (2, 1, True)
    assert (BatchChunk.objects.count(), BatchSample.objects.count()) == (0, 1)


def test_a_key_names_one_claim_of_one_chunk() -> None:
    batch_id = uuid4()

    assert Key(batch_id, 1, 1) != Key(batch_id, 1, 2)
