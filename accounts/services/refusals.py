"""Why a change of what people may do cannot be made as asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: at which place of the request, and what to do about it."""

    field: str
    message: str
    code: str = "invalid"


class Refused(ValueError):
    """The request can be read, and cannot be used. `faults` name every place."""

    code = "invalid_request"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            "; ".join(f"{each.field}: {each.message}" if each.field else each.message for each in self.faults)
        )

    @classmethod
    def at(cls, field: str, message: str, code: str = "invalid") -> Refused:
        return cls([Fault(field, message, code)])


class Conflict(Exception):
    """What is stored does not allow it. `code` is stable."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class LockOut(Conflict):
    """Nobody who is active could manage policies afterwards."""

    def __init__(self) -> None:
        super().__init__(
            "lock_out",
            "After this nobody could change policies any more. "
            "Leave at least one active person who may (policy.manage).",
        )
