"""All controls, and what evidence comes to by them. None says "compliant"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from runtime.reports.catalogue import (
    access,
    audit,
    credentials,
    data_protection,
    identity,
    lineage,
    operations,
    people,
)
from runtime.reports.evidence import Evidence, Fact
from runtime.reports.terms import FRAMEWORKS, VERDICTS, Control, Finding, Framework, Verdict, worst

__all__ = ["BY_KEY", "CONTROLS", "FRAMEWORKS", "Control", "Framework", "find", "judged", "report"]

CONTROLS: tuple[Control, ...] = (
    *data_protection.CONTROLS,
    *access.CONTROLS,
    *identity.CONTROLS,
    *credentials.CONTROLS,
    *lineage.CONTROLS,
    *audit.CONTROLS,
    *operations.CONTROLS,
    *people.CONTROLS,
)
BY_KEY: Mapping[str, Control] = {control.key: control for control in CONTROLS}
_NOT_KEPT = Finding("insufficient_evidence", "This is not kept here.")


def find(control: Control, evidence: Evidence, framework: Framework) -> Finding:
    """What the evidence comes to. What is not kept is never a pass."""
    fact = evidence.facts.get(control.key)
    if fact is None:
        return _NOT_KEPT
    found = control.judge(fact.counts, framework)
    return Finding(found.verdict, f"{found.words} {fact.note}") if fact.note else found


def judged(evidence: Evidence, frameworks: Sequence[str] = ()) -> dict[str, Any]:
    """Each control of the frameworks once: `{period, seal, frameworks: {name: counts}, controls}`."""
    asked = _asked(frameworks)
    rows = [_row(control, evidence, asked) for control in CONTROLS if set(asked) & set(control.clauses)]
    seal = evidence.seal
    return {
        "period": _period(evidence),
        "seal": None
        if seal is None
        else {
            "number": seal.number,
            "at": seal.at.isoformat(),
            "hash": seal.hash,
            "entries": seal.entries,
        },
        "frameworks": {
            name: _summary([row["verdicts"][name] for row in rows if name in row["verdicts"]])
            for name in asked
        },
        "controls": rows,
    }


def report(
    evidence: Evidence, frameworks: Sequence[str], *, detailed: bool, recommendations: bool
) -> dict[str, Any]:
    """What a step gives: verdicts counted by framework; with `detailed` each control for each framework."""
    found = judged(evidence, frameworks)
    told: dict[str, Any] = {name: found[name] for name in ("period", "seal", "frameworks")}
    if detailed:
        told["controls"] = [
            _of_framework(row, name, evidence)
            for name in found["frameworks"]
            for row in found["controls"]
            if name in row["verdicts"]
        ]
    if recommendations:
        told["recommendations"] = [_advice(row) for row in found["controls"] if _wanting(row)]
    return told


def _asked(frameworks: Sequence[str]) -> list[Framework]:
    return [name for name in FRAMEWORKS if name in frameworks] or list(FRAMEWORKS)


def _period(evidence: Evidence) -> dict[str, str]:
    return {"since": evidence.since.isoformat(), "until": evidence.until.isoformat()}


def _summary(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    counts: dict[str, Any] = {name: verdicts.count(name) for name in VERDICTS}
    return {"verdict": worst(set(verdicts)), **counts}


def _row(control: Control, evidence: Evidence, asked: Sequence[Framework]) -> dict[str, Any]:
    clauses = {name: control.clauses[name] for name in asked if name in control.clauses}
    findings = {name: find(control, evidence, name) for name in clauses}
    verdict = worst({each.verdict for each in findings.values()})
    fact = evidence.facts.get(control.key, Fact({}))
    return {
        "key": control.key,
        "title": control.title,
        "family": control.family,
        "clauses": clauses,
        "verdict": verdict,
        "verdicts": {name: each.verdict for name, each in findings.items()},
        "finding": " ".join(dict.fromkeys(each.words for each in findings.values())),
        "counts": dict(fact.counts),
        "samples": [{"type": each.type, "id": each.id} for each in fact.samples],
        "computed": control.computed,
        "advice": control.advice,
        "fix": None if control.fix is None else {"page": control.fix.page, "words": control.fix.words},
        "over": control.over,
        "by_workflow": control.by_workflow,
    }


def _of_framework(row: Mapping[str, Any], name: Framework, evidence: Evidence) -> dict[str, Any]:
    return {
        "framework": name,
        "clause": row["clauses"][name],
        "control": row["key"],
        "title": row["title"],
        "verdict": row["verdicts"][name],
        "finding": find(BY_KEY[row["key"]], evidence, name).words,
        "counts": row["counts"],
        "samples": row["samples"],
    }


def _wanting(row: Mapping[str, Any]) -> list[str]:
    return [name for name, verdict in row["verdicts"].items() if verdict in ("fail", "insufficient_evidence")]


def _advice(row: Mapping[str, Any]) -> dict[str, Any]:
    """Once for each control that is wanting, with the frameworks that want it."""
    return {"control": row["key"], "advice": row["advice"], "frameworks": _wanting(row)}
