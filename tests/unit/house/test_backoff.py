from __future__ import annotations

from designer.supervisor.process import LONGEST_PAUSE_S, Backoff


class FakeClock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def die_at_once(backoff: Backoff, clock: FakeClock) -> float:
    """Starts, dies, and says how long it then had to wait."""
    backoff.started()
    began = clock.now
    while not backoff.may_start():
        clock.now += 0.125
    return clock.now - began


def test_the_pause_doubles_while_a_process_keeps_dying() -> None:
    clock = FakeClock()
    backoff = Backoff(clock)

    pauses = [die_at_once(backoff, clock) for _ in range(8)]

    assert pauses[:4] == [0.5, 1.0, 2.0, 4.0]
    assert pauses[-1] == LONGEST_PAUSE_S


def test_a_process_that_ran_for_long_starts_again_quickly() -> None:
    clock = FakeClock()
    backoff = Backoff(clock)
    for _ in range(5):
        die_at_once(backoff, clock)

    backoff.started()
    clock.now += 3600
    began = clock.now
    while not backoff.may_start():
        clock.now += 0.125

    assert clock.now - began == 0.5
