"""Whether changes are controlled, code is held in, and failures are told."""

from __future__ import annotations

from runtime.reports.judges import is_set, none_of
from runtime.reports.terms import Control, Fix

CONTROLS: tuple[Control, ...] = (
    Control(
        key="changes_noted",
        title="Each published change says what it is",
        family="operations",
        clauses={"SOX": "Section 404", "SOC2": "CC8.1", "ISO27001": "A.8.32"},
        computed="Counts versions published in the period, and those without a note.",
        advice="Write in a word what changed when you publish.",
        over="period",
        fix=Fix("/workflows", "Look at workflows"),
        judge=none_of(
            "versions",
            "without_note",
            passed="Each of {versions} published versions has a note.",
            failed="{without_note} of {versions} published versions have no note.",
            empty="Nothing was published in the period.",
        ),
        by_workflow=True,
    ),
    Control(
        key="failures_told",
        title="Somebody is told when work that runs by itself fails",
        family="operations",
        clauses={"SOC2": "CC7.4", "ISO27001": "A.5.24", "HIPAA": "164.308(a)(6)(ii)", "GDPR": "Art. 33(2)"},
        computed="Counts workflows with a trigger that is on, and those without a notice of failed runs.",
        advice="Say under the workflow's settings who is told when a run fails.",
        fix=Fix("/workflows", "Set notices"),
        judge=none_of(
            "workflows",
            "silent",
            passed="Each of {workflows} workflows with triggers tells of its failures.",
            failed="{silent} of {workflows} workflows with triggers tell nobody of their failures.",
            empty="No workflow has a trigger that is on.",
        ),
        by_workflow=True,
    ),
    Control(
        key="notices_arrive",
        title="What people are told arrives",
        family="operations",
        clauses={"SOC2": "CC7.4", "ISO27001": "A.5.24"},
        computed="Counts messages of the period, and those that were given up.",
        advice="Mend the address or the mail server, and send them again.",
        over="period",
        fix=Fix("/notices", "Look at notices"),
        judge=none_of(
            "messages",
            "given_up",
            passed="None of {messages} messages was given up.",
            failed="{given_up} of {messages} messages were given up.",
            empty="There was nothing to tell in the period.",
        ),
        by_workflow=True,
    ),
    Control(
        key="hooks_signed",
        title="Who calls webhooks proves who they are",
        family="operations",
        clauses={"SOC2": "CC6.6", "ISO27001": "A.8.26", "HIPAA": "164.312(d)"},
        computed="Counts webhooks that are on, and those that ask for no signature. Each has an address that"
        " cannot be guessed.",
        advice="Ask for a signature in the webhook's settings.",
        fix=Fix("/triggers", "Look at webhooks"),
        judge=none_of(
            "hooks",
            "unsigned",
            passed="Each of {hooks} webhooks asks for a signature.",
            failed="{unsigned} of {hooks} webhooks ask for no signature.",
            empty="No webhook is on.",
        ),
        by_workflow=True,
    ),
    Control(
        key="code_isolated",
        title="Code in workflows is held in by the kernel",
        family="operations",
        clauses={"GDPR": "Art. 32(1)(b)", "SOC2": "CC6.8", "ISO27001": "A.8.31"},
        computed="Looks at the installation's SANDBOX_POLICY.",
        advice="Have the operator leave SANDBOX_POLICY unset, on a kernel with Landlock and seccomp.",
        fix=None,
        judge=is_set(
            "isolated",
            passed="Code runs isolated by the kernel, or not at all.",
            failed="The operator lets code run without isolation: SANDBOX_POLICY is trusted-authors.",
        ),
    ),
    Control(
        key="upkeep_works",
        title="Work of upkeep comes about",
        family="operations",
        clauses={"SOC2": "A1.2", "ISO27001": "A.8.16"},
        computed="Counts the installation's jobs of upkeep, and those that failed three times in a row.",
        advice="Have the operator look into the log of the workers.",
        fix=None,
        judge=none_of(
            "jobs",
            "failing",
            passed="None of {jobs} jobs fails.",
            failed="{failing} of {jobs} jobs failed three times in a row.",
            empty="No worker has looked after anything yet.",
            if_empty="insufficient_evidence",
        ),
    ),
)
