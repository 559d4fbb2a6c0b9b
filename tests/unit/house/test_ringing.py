"""What is said to workers: of many rings that come together, few."""

from __future__ import annotations

from runtime.services.ringing import DRIVE, RUNS_A_RING, once_each


def test_rings_that_come_together_are_one_message() -> None:
    assert once_each([(DRIVE, "a"), (DRIVE, "b"), (DRIVE, "c")]) == [(DRIVE, "a")]


def test_a_large_burst_rings_for_several_workers() -> None:
    burst = [(DRIVE, str(number)) for number in range(3 * RUNS_A_RING)]

    assert len(once_each(burst)) == 3


def test_each_job_is_told_of_once() -> None:
    messages = [("maintain", "outbox"), (DRIVE, "a"), ("maintain", "follow_up"), ("maintain", "outbox")]

    assert once_each(messages) == [(DRIVE, "a"), ("maintain", "outbox"), ("maintain", "follow_up")]
