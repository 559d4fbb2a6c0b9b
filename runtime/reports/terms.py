"""What a control is, and what can be found of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Framework = Literal["GDPR", "SOX", "HIPAA", "SOC2", "ISO27001"]
Verdict = Literal["pass", "fail", "not_applicable", "insufficient_evidence", "manual"]
Family = Literal[
    "audit", "access", "identity", "data_protection", "credentials", "operations", "lineage", "people"
]
FRAMEWORKS: tuple[Framework, ...] = ("GDPR", "SOX", "HIPAA", "SOC2", "ISO27001")
VERDICTS: tuple[Verdict, ...] = ("pass", "fail", "not_applicable", "insufficient_evidence", "manual")
WORST_FIRST: tuple[Verdict, ...] = ("fail", "insufficient_evidence", "manual", "pass", "not_applicable")
Counts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """What the counts come to, in a word and in a sentence."""

    verdict: Verdict
    words: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Where in the product something can be done about it."""

    page: str
    words: str


@dataclass(frozen=True, slots=True)
class Control:
    """Something that the tables can tell of, with the clauses that it is evidence for.

    `judge` sees the control's own counts, never none: what is not kept is no matter of its. `by_workflow`: a
    report of one workflow counts that workflow alone. `over`: what is counted is as it is now, or happened in
    the period.
    """

    key: str
    title: str
    family: Family
    clauses: Mapping[Framework, str]
    computed: str
    advice: str
    fix: Fix | None
    judge: Callable[[Counts, Framework], Finding]
    by_workflow: bool = False
    over: Literal["now", "period"] = "now"


def worst(verdicts: set[Verdict]) -> Verdict:
    """The verdict on several together. Of nothing there is no evidence."""
    return next((each for each in WORST_FIRST if each in verdicts), "insufficient_evidence")
