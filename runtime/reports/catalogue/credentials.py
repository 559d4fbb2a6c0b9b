"""Whether secrets are sealed, renewed in time, and no more than needed."""

from __future__ import annotations

from runtime.reports.judges import none_of
from runtime.reports.terms import Control, Counts, Finding, Fix, Framework

_RENEW = Fix("/credentials", "Renew credentials")


def _current(counts: Counts, _: Framework) -> Finding:
    total, expired, unknown = counts["credentials"], counts["expired"], counts["without_expiry"]
    if not total:
        return Finding("not_applicable", "There are no credentials.")
    if expired:
        return Finding("fail", f"{expired} of {total} credentials have expired.")
    if unknown:
        return Finding(
            "insufficient_evidence", f"Of {unknown} of {total} credentials nobody knows when they expire."
        )
    return Finding("pass", f"None of {total} credentials has expired.")


CONTROLS: tuple[Control, ...] = (
    Control(
        key="credentials_current",
        title="Credentials are renewed before they expire",
        family="credentials",
        clauses={"SOC2": "CC6.1", "ISO27001": "A.5.17", "HIPAA": "164.308(a)(5)(ii)(D)"},
        computed="Counts credentials, those that have expired, and those of which nobody said when they do.",
        advice="Enter when each credential expires, and renew it by a RotatingCredentialNode.",
        fix=_RENEW,
        judge=_current,
    ),
    Control(
        key="credentials_renewed",
        title="No secret is older than a year",
        family="credentials",
        clauses={"SOC2": "CC6.1", "ISO27001": "A.5.17", "HIPAA": "164.308(a)(5)(ii)(D)"},
        computed="Counts credentials, and those whose value in force was stored more than 366 days ago.",
        advice="Renew them, by hand or by a policy of rotation.",
        fix=_RENEW,
        judge=none_of(
            "credentials",
            "old",
            passed="Each of {credentials} credentials was renewed within a year.",
            failed="{old} of {credentials} credentials have been the same for more than a year.",
            empty="There are no credentials.",
        ),
    ),
    Control(
        key="credentials_sealed",
        title="Stored secrets are encrypted with the key in force",
        family="credentials",
        clauses={
            "GDPR": "Art. 32(1)(a)",
            "HIPAA": "164.312(a)(2)(iv)",
            "SOC2": "CC6.1",
            "ISO27001": "A.8.24",
        },
        computed="Counts sealed values, and those sealed with another key than the one in force.",
        advice="Have the operator run the command credentials rewrap.",
        fix=None,
        judge=none_of(
            "values",
            "other_key",
            passed="Each of {values} stored values is sealed with the key in force.",
            failed="{other_key} of {values} stored values are sealed with an earlier key.",
            empty="There are no credentials.",
        ),
    ),
    Control(
        key="rotations_succeed",
        title="Rotations come about",
        family="credentials",
        clauses={"SOC2": "CC7.1", "ISO27001": "A.5.17"},
        computed="Counts credentials of which the period has an ended rotation, and those whose last one did"
        " not succeed.",
        advice="Read why on the page of credentials; until it is mended the value before stays in force.",
        over="period",
        fix=Fix("/credentials", "Read why"),
        judge=none_of(
            "rotated",
            "failed",
            passed="The last rotation of each of {rotated} credentials succeeded.",
            failed="The last rotation of {failed} of {rotated} credentials did not succeed.",
            empty="No credential was rotated in the period.",
        ),
    ),
    Control(
        key="credentials_needed",
        title="Credentials that nobody uses are removed",
        family="credentials",
        clauses={"SOC2": "CC6.3", "ISO27001": "A.5.18"},
        computed="Counts credentials, and those neither used nor changed for 180 days.",
        advice="Delete them here, and end them where they open something.",
        fix=Fix("/credentials", "Look at credentials"),
        judge=none_of(
            "credentials",
            "unused",
            passed="Each of {credentials} credentials was used or changed within 180 days.",
            failed="{unused} of {credentials} credentials have not been used for 180 days.",
            empty="There are no credentials.",
        ),
    ),
)
