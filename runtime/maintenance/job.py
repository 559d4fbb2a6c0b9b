"""What a job is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """`function` does what is due now, in small transactions, and may be cut off and repeated at any point.

    It is called every `every_s` seconds, and soon after `wake(name)`. When it returns a moment, it is called
    then instead.
    """

    name: str
    every_s: float
    function: Callable[[], object]
