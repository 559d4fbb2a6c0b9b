"""What no table can tell, and a person has to confirm once a year."""

from __future__ import annotations

from runtime.reports.judges import by_a_person
from runtime.reports.terms import Control

_COMPUTED = "Nothing here tells. Shows who confirmed it last, within a year."


CONTROLS: tuple[Control, ...] = (
    Control(
        key="breach_contact",
        title="It is known who is told of a breach",
        family="people",
        clauses={"GDPR": "Art. 33", "HIPAA": "164.404", "SOC2": "CC7.4", "ISO27001": "A.5.24"},
        computed=_COMPUTED,
        advice="Write down who tells whom within 72 hours, reach them once, and confirm it here.",
        fix=None,
        judge=by_a_person("Is somebody named who tells of a breach in time, and can they be reached?"),
    ),
    Control(
        key="processors_bound",
        title="Who processes data for you is bound by contract",
        family="people",
        clauses={"GDPR": "Art. 28", "HIPAA": "164.308(b)", "SOC2": "CC9.2", "ISO27001": "A.5.20"},
        computed=_COMPUTED,
        advice="Look through the services that workflows call, and confirm that each is under a contract.",
        fix=None,
        judge=by_a_person("Is there a contract with each service that workflows send data to?"),
    ),
    Control(
        key="restore_tried",
        title="Data comes back from its backup",
        family="people",
        clauses={
            "GDPR": "Art. 32(1)(c)",
            "HIPAA": "164.308(a)(7)(ii)(D)",
            "SOC2": "A1.3",
            "ISO27001": "A.8.13",
            "SOX": "Section 404",
        },
        computed=_COMPUTED,
        advice="Restore the database and the master key of credentials elsewhere, and confirm it here.",
        fix=None,
        judge=by_a_person("Was the database restored from a backup, together with its master key?"),
    ),
)
