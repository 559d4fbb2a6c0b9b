"""Controls that can be computed, each with the clauses that it is evidence for. None says "compliant"."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from runtime.reports.evidence import Evidence

Framework = Literal["GDPR", "SOX", "HIPAA", "SOC2", "ISO27001"]
Verdict = Literal["pass", "fail", "not_applicable", "insufficient_evidence"]
FRAMEWORKS: tuple[Framework, ...] = ("GDPR", "SOX", "HIPAA", "SOC2", "ISO27001")


@dataclass(frozen=True, slots=True)
class Finding:
    """`counts` are what the verdict was made from."""

    verdict: Verdict
    words: str
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Control:
    """`judge` sees the evidence and the framework that is asked about."""

    key: str
    title: str
    clauses: Mapping[Framework, str]
    advice: str
    judge: Callable[[Evidence, Framework], Finding]


def report(
    evidence: Evidence, frameworks: Sequence[Framework], *, detailed: bool, recommendations: bool
) -> dict[str, Any]:
    """Counts of verdicts by framework; with `detailed` each control with its evidence."""
    asked = list(frameworks or FRAMEWORKS)
    findings = {name: [(each, each.judge(evidence, name)) for each in _of(name)] for name in asked}
    found: dict[str, Any] = {
        "period": {"since": evidence.since.isoformat(), "until": evidence.until.isoformat()},
        "frameworks": {name: _summary([finding for _, finding in rows]) for name, rows in findings.items()},
    }
    if detailed:
        found["controls"] = [
            _told(control, name, finding, evidence)
            for name, rows in findings.items()
            for control, finding in rows
        ]
    if recommendations:
        found["recommendations"] = _advice(findings)
    return found


def _of(framework: Framework) -> list[Control]:
    return [control for control in CONTROLS if framework in control.clauses]


def _summary(findings: Sequence[Finding]) -> dict[str, Any]:
    verdicts = [finding.verdict for finding in findings]
    counts = {
        name: verdicts.count(name) for name in ("pass", "fail", "not_applicable", "insufficient_evidence")
    }
    worst: Verdict = (
        "fail" if counts["fail"] else "insufficient_evidence" if counts["insufficient_evidence"] else "pass"
    )
    return {"verdict": worst, **counts}


def _told(control: Control, framework: Framework, finding: Finding, evidence: Evidence) -> dict[str, Any]:
    return {
        "framework": framework,
        "clause": control.clauses[framework],
        "control": control.key,
        "title": control.title,
        "verdict": finding.verdict,
        "finding": finding.words,
        "counts": dict(finding.counts),
        "samples": list(evidence.samples.get(control.key, ())),
    }


def _advice(findings: Mapping[Framework, Sequence[tuple[Control, Finding]]]) -> list[dict[str, Any]]:
    """Once for each control that is wanting, with the frameworks that want it."""
    wanting: dict[str, dict[str, Any]] = {}
    for name, rows in findings.items():
        for control, finding in rows:
            if finding.verdict in ("fail", "insufficient_evidence"):
                row = wanting.setdefault(
                    control.key, {"control": control.key, "advice": control.advice, "frameworks": []}
                )
                row["frameworks"].append(name)
    return list(wanting.values())


def _unknown(what: str) -> Finding:
    return Finding("insufficient_evidence", f"{what} is not kept here.")


def _audit_is_kept(evidence: Evidence, _: Framework) -> Finding:
    entries = evidence.audit_entries
    if not entries:
        return Finding("insufficient_evidence", "The audit has no entry of the period.", {"entries": 0})
    return Finding("pass", f"The audit has {entries} entries of the period.", {"entries": entries})


def _audit_is_sealed(evidence: Evidence, _: Framework) -> Finding:
    entries, unsealed = evidence.audit_entries, evidence.audit_unsealed
    if unsealed is None:
        return Finding("insufficient_evidence", "The audit kept here is not sealed: nothing proves it.")
    if not entries:
        return Finding("insufficient_evidence", "There was nothing to seal in the period.", {"entries": 0})
    counts = {"entries": entries, "unsealed": unsealed}
    if unsealed:
        return Finding("fail", f"{unsealed} entries older than an hour are not sealed.", counts)
    return Finding("pass", "Every entry older than an hour is sealed.", counts)


def _processing_is_recorded(evidence: Evidence, framework: Framework) -> Finding:
    if evidence.lineage_records is None:
        return _unknown("Lineage")
    records = evidence.lineage_records.get(framework, 0)
    if not records:
        words = f"No record of lineage in the period names {framework}."
        return Finding("insufficient_evidence", words, {"records": 0})
    return Finding("pass", f"{records} records of lineage name {framework}.", {"records": records})


def _privileged_prove_themselves(evidence: Evidence, _: Framework) -> Finding:
    people, without = evidence.privileged_people, evidence.privileged_without_factor
    if people is None or without is None:
        return _unknown("Who signs in with what")
    counts = {"people": people, "without": without}
    if not people:
        return Finding("insufficient_evidence", "Nobody is an owner or an administrator.", counts)
    if without:
        return Finding(
            "fail", f"{without} of {people} owners and administrators have no second factor.", counts
        )
    return Finding("pass", f"All {people} owners and administrators have a second factor.", counts)


def _credentials_are_current(evidence: Evidence, _: Framework) -> Finding:
    total, expired = evidence.credentials, evidence.credentials_expired
    unknown = evidence.credentials_without_expiry
    if total is None or expired is None or unknown is None:
        return _unknown("When credentials expire")
    counts = {"credentials": total, "expired": expired, "without_expiry": unknown}
    if not total:
        return Finding("not_applicable", "There are no credentials.", counts)
    if expired:
        return Finding("fail", f"{expired} of {total} credentials have expired.", counts)
    if unknown:
        return Finding(
            "insufficient_evidence",
            f"Of {unknown} of {total} credentials nobody knows when they expire.",
            counts,
        )
    return Finding("pass", f"None of {total} credentials has expired.", counts)


def _fields_are_masked(evidence: Evidence, _: Framework) -> Finding:
    if evidence.masks is None:
        return _unknown("What is masked")
    if not evidence.masks:
        return Finding("fail", "No field is masked for anybody.", {"masks": 0})
    return Finding("pass", f"{evidence.masks} masking rules are in force.", {"masks": evidence.masks})


def _access_is_ruled(evidence: Evidence, _: Framework) -> Finding:
    rules = evidence.rules_of_access
    if rules is None:
        return _unknown("Who may what")
    if not rules:
        return Finding(
            "insufficient_evidence", "There are roles, and no policy beyond them.", {"policies": 0}
        )
    return Finding("pass", f"{rules} policies are in force beside the roles.", {"policies": rules})


def _runs_are_forgotten(evidence: Evidence, _: Framework) -> Finding:
    days = evidence.keeps_runs_days
    if days is None:
        return _unknown("For how long data of runs is kept")
    if days <= 0:
        return Finding("fail", "Data of runs is kept without end.", {"days": 0})
    return Finding("pass", f"Data of runs is deleted after {days} days.", {"days": days})


CONTROLS: tuple[Control, ...] = (
    Control(
        "audit_kept",
        "What people do is recorded",
        {
            "GDPR": "Art. 5(2)",
            "SOX": "Section 404",
            "HIPAA": "164.312(b)",
            "SOC2": "CC7.2",
            "ISO27001": "A.8.15",
        },
        "Have work done here, or choose a period in which there was some.",
        _audit_is_kept,
    ),
    Control(
        "audit_sealed",
        "Records cannot be changed unnoticed",
        {"SOX": "Section 802", "HIPAA": "164.312(c)(1)", "SOC2": "CC7.3", "ISO27001": "A.8.15"},
        "Keep a worker running: it seals the audit each second. Scripts keep an audit that nothing proves.",
        _audit_is_sealed,
    ),
    Control(
        "processing_recorded",
        "Processing of data is recorded",
        {"GDPR": "Art. 30", "SOX": "Section 302", "HIPAA": "164.312(b)"},
        "Add a DataLineageNode that names the framework to workflows that change such data.",
        _processing_is_recorded,
    ),
    Control(
        "privileged_factor",
        "Who may everything proves who they are",
        {"HIPAA": "164.312(d)", "SOC2": "CC6.1", "ISO27001": "A.8.5", "SOX": "Section 404"},
        "Have owners and administrators add a passkey or an authenticator app under their account.",
        _privileged_prove_themselves,
    ),
    Control(
        "credentials_current",
        "Credentials are renewed before they expire",
        {"SOC2": "CC6.1", "ISO27001": "A.5.17", "HIPAA": "164.308(a)(5)"},
        "Enter when each credential expires, and renew it by a RotatingCredentialNode.",
        _credentials_are_current,
    ),
    Control(
        "fields_masked",
        "People see no more of data than they need",
        {"GDPR": "Art. 25", "HIPAA": "164.502(b)", "ISO27001": "A.8.11"},
        "Add masking rules for personal fields; suggestions are on the page of masks.",
        _fields_are_masked,
    ),
    Control(
        "access_ruled",
        "Access follows rules",
        {"SOX": "Section 404", "SOC2": "CC6.3", "ISO27001": "A.5.15", "GDPR": "Art. 32"},
        "Write down in policies who may what, beyond what roles say.",
        _access_is_ruled,
    ),
    Control(
        "storage_limited",
        "Data is not kept for longer than needed",
        {"GDPR": "Art. 5(1)(e)", "ISO27001": "A.8.10"},
        "Set RUN_RETENTION_DAYS.",
        _runs_are_forgotten,
    ),
)
