"""How much waits for a person, as `me/` tells it. What there is to wait for is known above `accounts`."""

from __future__ import annotations

from collections.abc import Callable

from accounts.models import User

Counter = Callable[[User], int]
_counters: dict[str, Counter] = {}


def count_pending(name: str, counter: Counter) -> None:
    """`counter` tells from now on how many of these wait for a person. Called while the server starts."""
    _counters[name] = counter


def pending(name: str, user: User) -> int:
    """How many wait; none of what nobody counts."""
    counter = _counters.get(name)
    return 0 if counter is None else counter(user)
