"""The few ways in which counts become a verdict. Sentences name counts in braces."""

from __future__ import annotations

from collections.abc import Callable

from runtime.reports.terms import Counts, Finding, Framework, Verdict

Judge = Callable[[Counts, Framework], Finding]


def none_of(
    total: str, bad: str, *, passed: str, failed: str, empty: str, if_empty: Verdict = "not_applicable"
) -> Judge:
    """Fails when any of `total` is `bad`; where there is nothing to look at it is never a pass."""

    def judge(counts: Counts, _: Framework) -> Finding:
        if not counts[total]:
            return Finding(if_empty, empty.format(**counts))
        if counts[bad]:
            return Finding("fail", failed.format(**counts))
        return Finding("pass", passed.format(**counts))

    return judge


def at_least_one(what: str, *, passed: str, empty: str, if_empty: Verdict = "insufficient_evidence") -> Judge:
    """Passes when there is any."""

    def judge(counts: Counts, _: Framework) -> Finding:
        if counts[what]:
            return Finding("pass", passed.format(**counts))
        return Finding(if_empty, empty.format(**counts))

    return judge


def is_set(what: str, *, passed: str, failed: str) -> Judge:
    """Of a setting, which is there also in an empty workspace."""

    def judge(counts: Counts, _: Framework) -> Finding:
        return Finding("pass", passed) if counts[what] else Finding("fail", failed)

    return judge


def by_a_person(question: str) -> Judge:
    """What no table can tell: a person confirms it, and it stays theirs to say."""

    def judge(counts: Counts, _: Framework) -> Finding:
        if counts["confirmations"]:
            return Finding("manual", f"{question} A person confirmed it.")
        return Finding("manual", f"{question} Nobody has confirmed it within a year.")

    return judge
