"""What reaches a run from outside while it is driven: news, decisions, the wish to pause or to leave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

OUTCOME_UNKNOWN = "outcome_unknown"  # why a step waits that began, must not begin twice, and has no end
NO_DECISIONS: Mapping[str, Decision] = {}


@dataclass(frozen=True, slots=True)
class Decision:
    """How a person decided that a step of unknown outcome ended, in one attempt of it.

    `succeeded`: with `outputs`, by port. `failed`: with the code `decided_failed`. `retry`: once more.
    """

    attempt: int
    outcome: Literal["succeeded", "failed", "retry"]
    outputs: Mapping[str, Any] | None
    by: str
    comment: str


class Control:
    """Given to `drive_run`; to be called on its event loop only. What comes before the run begins is kept."""

    __slots__ = ("_listener", "decisions", "has_news", "is_leaving", "is_pausing")

    def __init__(self) -> None:
        self.is_pausing = False
        self.is_leaving = False
        self.has_news = False
        self.decisions: dict[str, Decision] = {}
        self._listener: Callable[[], None] | None = None

    def nudge(self, decisions: Mapping[str, Decision] = NO_DECISIONS) -> None:
        """Each step that waits for something outside asks whether it has happened.

        `decisions` are for steps of unknown outcome, by path; those that fit none are kept for later.
        `has_news` stays set when the run parked before it heard of this.
        """
        self.decisions.update(decisions)
        self.has_news = True
        self._tell()

    def pause(self) -> None:
        """Nothing new starts; when what is under way has ended, driving ends as `paused`."""
        self.is_pausing = True
        self._tell()

    def leave(self) -> None:
        """Nothing new starts; when what is under way has ended, driving ends as `released`, without event."""
        self.is_leaving = True
        self._tell()

    @property
    def is_held(self) -> bool:
        """Whether nothing new starts."""
        return self.is_pausing or self.is_leaving

    def listen(self, listener: Callable[[], None]) -> None:
        """Calls `listener` at once when there are news already, and whenever there are."""
        self._listener = listener
        if self.has_news or self.is_held:
            listener()

    def _tell(self) -> None:
        if self._listener is not None:
            self._listener()
