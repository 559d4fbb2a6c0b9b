"""What the settings of every kind of place have in common."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from runtime.rotation.rotators import Strategy

LONGEST_S = 3_660 * 86_400.0


class Place(BaseModel):
    """Base of the kinds. `kind` tells them apart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def proves_itself(self) -> bool:
        """Whether its rotator's `test` opens something; else only a test request does."""
        return False

    def overlap_complaint(self, strategy: Strategy) -> str | None:
        """Why the former value does not go on working while the new one is tested; None: it does."""
        return None

    def strategy_complaint(self, strategy: Strategy) -> str | None:
        """Why it cannot be rotated so; by default there is no second principal."""
        return None if strategy == "single" else "it has one principal alone, so that nothing can alternate"
