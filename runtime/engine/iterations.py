"""What a state keeps of a container's iterations: counts, and the numbers of a few."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

MAX_NAMED = 20


@dataclass(slots=True)
class Iterations:
    """`total` is the number of items of a map, the bound of a loop. Of the first failed ones the numbers
    are kept, of the running ones all (as many as a map opens at once).
    """

    total: int | None = None
    succeeded: int = 0
    failed: int = 0
    running: dict[int, None] = field(default_factory=dict)
    failed_first: list[int] = field(default_factory=list)

    def begin(self, number: int) -> None:
        self.running[number] = None

    def succeed(self, number: int) -> None:
        self.running.pop(number, None)
        self.succeeded += 1

    def fail(self, number: int) -> None:
        self.running.pop(number, None)
        self.failed += 1
        if len(self.failed_first) < MAX_NAMED:
            self.failed_first.append(number)

    def cancel(self, number: int) -> None:
        self.running.pop(number, None)

    def to_dict(self) -> dict[str, Any]:
        return {
            "total": self.total,
            "done": self.succeeded,
            "failed": self.failed,
            "running": list(self.running)[:MAX_NAMED],
            "failed_first": list(self.failed_first),
        }
