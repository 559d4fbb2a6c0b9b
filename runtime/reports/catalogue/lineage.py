"""Whether it is known what is done to data, and why."""

from __future__ import annotations

from runtime.reports.judges import none_of
from runtime.reports.terms import Control, Counts, Finding, Fix, Framework


def _recorded(counts: Counts, framework: Framework) -> Finding:
    records = counts.get(framework, 0)
    if not records:
        words = f"No record of lineage in the period names {framework}."
        return Finding("insufficient_evidence", words)
    return Finding("pass", f"{records} records of lineage name {framework}.")


CONTROLS: tuple[Control, ...] = (
    Control(
        key="processing_recorded",
        title="Processing of data is recorded",
        family="lineage",
        clauses={"GDPR": "Art. 30", "SOX": "Section 302", "HIPAA": "164.528"},
        computed="Counts records of lineage of the period that name the framework.",
        advice="Add a DataLineageNode that names the framework to workflows that change such data.",
        over="period",
        fix=Fix("/lineage", "Look at lineage"),
        judge=_recorded,
        by_workflow=True,
    ),
    Control(
        key="purpose_stated",
        title="Each workflow says what it is for",
        family="lineage",
        clauses={"GDPR": "Art. 30(1)(b)", "ISO27001": "A.5.34", "SOC2": "P3.1"},
        computed="Counts published workflows, and those without a description.",
        advice="Write into the workflow's description what its data is used for.",
        fix=Fix("/workflows", "Say what it is for"),
        judge=none_of(
            "workflows",
            "without",
            passed="Each of {workflows} published workflows says what it is for.",
            failed="{without} of {workflows} published workflows do not say what they are for.",
            empty="No workflow is published.",
        ),
        by_workflow=True,
    ),
)
