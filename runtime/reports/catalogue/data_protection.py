"""Whether people see no more of data than they need, and data is not kept for longer than needed."""

from __future__ import annotations

from runtime.reports.judges import at_least_one, none_of
from runtime.reports.terms import Control, Counts, Finding, Fix, Framework


def _limited(counts: Counts, _: Framework) -> Finding:
    days, endless, workflows = counts["days"], counts["endless"], counts["workflows"]
    if endless:
        return Finding("fail", f"{endless} of {workflows} workflows keep the data of their runs without end.")
    if days <= 0:
        return Finding("fail", "Data of runs is kept without end.")
    return Finding(
        "pass", f"Data of runs is deleted after {days} days, or as {workflows} workflows say for themselves."
    )


CONTROLS: tuple[Control, ...] = (
    Control(
        key="fields_masked",
        title="People see no more of data than they need",
        family="data_protection",
        clauses={
            "GDPR": "Art. 25(2)",
            "HIPAA": "164.502(b)",
            "SOC2": "C1.1",
            "ISO27001": "A.8.11",
        },
        computed="Counts the masking rules in force.",
        advice="Add masking rules for personal fields; suggestions are on the page of masks.",
        fix=Fix("/masking", "Mask fields"),
        judge=at_least_one(
            "masks",
            passed="{masks} masking rules are in force.",
            empty="No field is masked for anybody.",
            if_empty="fail",
        ),
    ),
    Control(
        key="data_classified",
        title="It is said how confidential data is",
        family="data_protection",
        clauses={"GDPR": "Art. 32(2)", "SOC2": "C1.1", "ISO27001": "A.5.12"},
        computed="Counts workflows and datasets, and those without a classification.",
        advice="Choose a level for each under its sharing.",
        fix=Fix("/datasets", "Classify datasets"),
        judge=none_of(
            "things",
            "unclassified",
            passed="Each of {things} workflows and datasets is classified.",
            failed="{unclassified} of {things} workflows and datasets are not classified.",
            empty="There are no workflows and no datasets.",
        ),
        by_workflow=True,
    ),
    Control(
        key="reveals_bounded",
        title="Who sees masked values says why, and not for long",
        family="data_protection",
        clauses={
            "GDPR": "Art. 5(1)(c)",
            "HIPAA": "164.528",
            "SOC2": "C1.1",
            "ISO27001": "A.8.12",
        },
        computed="Counts reveals of the period, and those for more than a day, or with a reason of fewer than"
        " ten characters.",
        advice="Ask those people what it was for; take the permission to reveal from who needs it no more.",
        over="period",
        fix=Fix("/audit?action=data.reveal", "Look at reveals"),
        judge=none_of(
            "reveals",
            "loose",
            passed="Each of {reveals} reveals has a reason, and ended within a day.",
            failed="{loose} of {reveals} reveals have hardly a reason, or lasted for more than a day.",
            empty="Nobody revealed masked values in the period.",
        ),
        by_workflow=True,
    ),
    Control(
        key="storage_limited",
        title="It is ruled for how long data is kept",
        family="data_protection",
        clauses={"GDPR": "Art. 5(1)(e)", "SOC2": "C1.2", "ISO27001": "A.8.10", "HIPAA": "164.310(d)(2)"},
        computed="Looks at RUN_RETENTION_DAYS of the installation, counts workflows that keep runs for good.",
        advice="Set RUN_RETENTION_DAYS, and under each workflow's settings how long its runs are kept.",
        fix=Fix("/workflows", "Look at workflows"),
        judge=_limited,
        by_workflow=True,
    ),
    Control(
        key="storage_honoured",
        title="What is past its time is deleted",
        family="data_protection",
        clauses={"GDPR": "Art. 17(1)(a)", "SOC2": "C1.2", "ISO27001": "A.8.10"},
        computed="Counts ended runs, and those kept for two days longer than their workflow or the"
        " installation says.",
        advice="See that a worker runs: it deletes each hour what is past its time.",
        fix=Fix("/runs", "Look at runs"),
        judge=none_of(
            "runs",
            "overdue",
            passed="None of {runs} ended runs is kept for longer than it should.",
            failed="{overdue} of {runs} ended runs are kept for longer than they should.",
            empty="No run has ended.",
        ),
        by_workflow=True,
    ),
    Control(
        key="messages_encrypted",
        title="What leaves by webhook is encrypted",
        family="data_protection",
        clauses={"GDPR": "Art. 32(1)(a)", "HIPAA": "164.312(e)(1)", "SOC2": "CC6.7", "ISO27001": "A.8.24"},
        computed="Counts webhooks that workflows tell of their runs, and those whose address is not https.",
        advice="Give them addresses that begin with https.",
        fix=Fix("/notices", "Look at notices"),
        judge=none_of(
            "webhooks",
            "plain",
            passed="Each of {webhooks} webhooks is called by https.",
            failed="{plain} of {webhooks} webhooks are called without encryption.",
            empty="No workflow calls a webhook.",
        ),
        by_workflow=True,
    ),
)
