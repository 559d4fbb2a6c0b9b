"""What is wrong with a graph, where, and what to do: the one form for API, editor and scripts."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

Severity = Literal["error", "warning"]
MAX_HINTED_NAME = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `node` is a node id (None: the graph itself); `field` is a path such as
    `config.url`, `options.retry.max_retries`, `inputs.data`, `outputs.result` or `parameters.region`.
    """

    code: str
    message: str
    node: str | None = None
    field: str | None = None
    severity: Severity = "error"
    line: int | None = None
    hint: str | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "message": self.message,
            "node": self.node,
            "field": self.field,
            "severity": self.severity,
            "line": self.line,
            "hint": self.hint,
        }

    def at_node(self, node_id: str) -> Problem:
        return replace(self, node=node_id)


def errors_of(problems: Iterable[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


def near_match(name: str, candidates: Iterable[str]) -> str | None:
    """A hint such as `Did you mean 'url'?`, or None when nothing comes close."""
    if len(name) > MAX_HINTED_NAME:
        return None
    known = list(candidates)
    folded = {candidate.casefold(): candidate for candidate in known}
    found = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f"Did you mean {folded[found[0]]!r}?" if found else None


def summary(problems: list[Problem]) -> str:
    """The first problems in one readable line."""
    shown = [
        f"{problem.node}: {problem.message}" if problem.node else problem.message for problem in problems[:3]
    ]
    more = len(problems) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more > 0 else "")
