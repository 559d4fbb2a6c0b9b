"""Whether what was done is recorded, and can be believed."""

from __future__ import annotations

from runtime.reports.judges import at_least_one, none_of
from runtime.reports.terms import Control, Counts, Finding, Fix, Framework


def _sealed(counts: Counts, _: Framework) -> Finding:
    due, unsealed = counts["due"], counts.get("unsealed")
    if unsealed is None:
        return Finding("insufficient_evidence", "The audit kept here is not sealed: nothing proves it.")
    if not due:
        return Finding("insufficient_evidence", "No entry of the period is older than an hour.")
    if unsealed:
        return Finding("fail", f"{unsealed} of {due} entries that are older than an hour are not sealed.")
    return Finding("pass", f"Each of {due} entries that are older than an hour is sealed.")


def _verified(counts: Counts, _: Framework) -> Finding:
    if counts["bad"]:
        return Finding("fail", f"{counts['bad']} of {counts['verifications']} checks found what was changed.")
    if counts["verifications"]:
        return Finding("pass", f"It was read anew {counts['verifications']} times, and was as written.")
    if counts["entries"]:
        return Finding("fail", f"Nobody verified the audit in the period, with {counts['entries']} entries.")
    return Finding("insufficient_evidence", "There was nothing to verify in the period.")


def _looked_at(counts: Counts, _: Framework) -> Finding:
    if counts["late"]:
        return Finding("fail", f"{counts['late']} of {counts['alerts']} alerts wait for longer than a week.")
    if counts["alerts"]:
        return Finding("pass", f"No alert of {counts['alerts']} waits for longer than a week.")
    if counts["days"] < 7:
        return Finding("insufficient_evidence", "Of fewer than seven days nothing unusual can be told.")
    return Finding("pass", f"Nothing unusual was found on {counts['days']} days.")


CONTROLS: tuple[Control, ...] = (
    Control(
        key="audit_kept",
        title="What people do is recorded",
        family="audit",
        clauses={
            "GDPR": "Art. 5(2)",
            "SOX": "Section 404",
            "HIPAA": "164.312(b)",
            "SOC2": "CC7.2",
            "ISO27001": "A.8.15",
        },
        computed="Counts the entries of the audit in the period.",
        advice="Have work done here, or choose a period in which there was some.",
        over="period",
        fix=Fix("/audit", "Open the audit"),
        judge=at_least_one(
            "entries",
            passed="The audit has {entries} entries of the period.",
            empty="The audit has no entry of the period.",
        ),
    ),
    Control(
        key="audit_sealed",
        title="Records cannot be changed unnoticed",
        family="audit",
        clauses={
            "SOX": "Section 802",
            "HIPAA": "164.312(c)(1)",
            "SOC2": "CC7.3",
            "ISO27001": "A.5.33",
            "GDPR": "Art. 5(1)(f)",
        },
        computed="Counts entries of the period that are older than an hour, and those that no seal covers.",
        advice="Keep a worker running: it seals the audit each second. Scripts keep an audit that nothing"
        " proves.",
        over="period",
        fix=Fix("/audit", "Look at the seals"),
        judge=_sealed,
    ),
    Control(
        key="audit_chained",
        title="No seal of the audit is missing",
        family="audit",
        clauses={"SOX": "Section 802", "HIPAA": "164.312(c)(1)", "ISO27001": "A.5.33"},
        computed="Compares the hash that each seal names with that of the seal before, and their numbers."
        " That entries are as they were sealed is proved by verifying.",
        advice="Somebody has changed the database: verify the audit, and keep the export of it.",
        fix=Fix("/audit", "Verify the audit"),
        judge=none_of(
            "seals",
            "broken",
            passed="Each of {seals} seals follows the one before.",
            failed="{broken} of {seals} seals do not follow the one before.",
            empty="There is no seal yet.",
            if_empty="insufficient_evidence",
        ),
    ),
    Control(
        key="audit_verified",
        title="The audit is verified",
        family="audit",
        clauses={"SOX": "Section 404", "HIPAA": "164.308(a)(8)", "SOC2": "CC4.1", "ISO27001": "A.5.35"},
        computed="Counts verifications of the period, and those of them that found something.",
        advice="Verify the audit on its page, or by audit verify with a checkpoint kept elsewhere.",
        over="period",
        fix=Fix("/audit", "Verify the audit"),
        judge=_verified,
    ),
    Control(
        key="audit_exported",
        title="A copy of the audit is kept elsewhere",
        family="audit",
        clauses={"SOX": "Section 802", "HIPAA": "164.316(b)(2)", "ISO27001": "A.5.33"},
        computed="Counts exports of the audit in the period. Where the copy is kept nobody here knows.",
        advice="Export the audit, and keep its checkpoint where the database's owner cannot reach it.",
        over="period",
        fix=Fix("/audit", "Export the audit"),
        judge=at_least_one(
            "exports",
            passed="The audit was exported {exports} times.",
            empty="The audit was not exported in the period.",
        ),
    ),
    Control(
        key="alerts_looked_at",
        title="What is unusual is looked at",
        family="audit",
        clauses={
            "GDPR": "Art. 32(1)(d)",
            "HIPAA": "164.308(a)(1)(ii)(D)",
            "SOC2": "CC7.3",
            "ISO27001": "A.8.16",
        },
        computed="Counts alerts of the period, and those that nobody has acknowledged within a week.",
        advice="Open each alert, find out what it was, and acknowledge it with a word about it.",
        over="period",
        fix=Fix("/compliance/alerts", "Look at the alerts"),
        judge=_looked_at,
    ),
)
