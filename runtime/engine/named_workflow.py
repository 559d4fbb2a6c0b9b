"""The other workflow that a step runs, as its configuration names it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class NamedWorkflow:
    """`output` says what to return of it; `field` is where in the configuration it is named.

    With `gives` the step runs it aside (`runtime.engine.aside`): once for each of its batches, and nothing
    but the values of these names can feed it; those of `may_give` it gets where it declares them.
    """

    workflow: str
    version: int | Literal["latest"] = "latest"
    output: str = ""
    field: str = "config"
    gives: frozenset[str] | None = None
    may_give: frozenset[str] = frozenset()

    @property
    def is_aside(self) -> bool:
        return self.gives is not None
