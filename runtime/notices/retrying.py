"""When a message that could not be sent is tried again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import uniform

MAX_TRIES = 8
_FIRST_S = 10.0
_LONGEST_S = 3600.0


def pause_after(
    tries: int, *, at_least_s: float = 0.0, jitter: Callable[[float, float], float] = uniform
) -> timedelta | None:
    """How long to wait after so many tries: 10 s, then three times as long each, at most an hour, of which
    the second half is left to chance. None: give it up.

    `at_least_s` is what the receiver asked for; more than an hour is not granted.
    """
    if tries >= MAX_TRIES:
        return None
    longest = min(_FIRST_S * 3 ** (tries - 1), _LONGEST_S)
    return timedelta(seconds=max(jitter(longest / 2, longest), min(at_least_s, _LONGEST_S)))
