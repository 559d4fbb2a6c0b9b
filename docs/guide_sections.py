"""What `docs/guide.md` is made of: each block of the guide, and what is said and run after it."""

from __future__ import annotations

from dataclasses import dataclass

RUN = "from kailash.runtime.local import LocalRuntime\n\n"


@dataclass(frozen=True, slots=True)
class Section:
    """`block` names a file of `tests/guide/blocks`; `then` is code of ours that shows what it gives."""

    block: str
    title: str
    text: str
    then: str = ""


SECTIONS = (
    Section(
        "access_abac",
        "Access by attributes",
        "A policy has to allow it; without one the answer is no, and says so. A manager that states no "
        "policies of its own goes by the workspace's `policies.json` ([access](access.md)).",
    ),
    Section(
        "access_rbac",
        "Access by roles",
        "The role decides. `analyst` may read and execute.",
        "print(can_execute, can_delete)\n",
    ),
    Section(
        "access_masking",
        "Masking by attributes",
        "A rule masks unless its condition is surely false; an attribute that is missing masks "
        "([masking](masking.md)).",
    ),
    Section(
        "retry_policies",
        "Retry policies",
        "Three retries are four attempts, with full jitter, and never past the run's deadline.",
        "print(dict(workflow.build().graph.nodes[0].options.retry))\n",
    ),
    Section(
        "fallback_patterns",
        "Fallback",
        "A model that does not answer is a value and no exception, so that the route to the other one is "
        "drawn. Here no provider is set up, and both say so ([models](nodes.md#llmagentnode)).",
        RUN
        + """\
asked = {"data": "sales fell by 4 %"}
results, run_id = LocalRuntime().execute(
    workflow.build(), parameters={"primary_llm": asked, "fallback_llm": asked}
)
print(results["primary_llm"]["result"]["error"]["code"])
print(results["check_primary"]["result"])
print(results["fallback_llm"]["result"]["error"]["code"])
""",
    ),
    Section(
        "business_templates",
        "Business templates",
        "The stages that the block builds by hand run as they are. `BusinessWorkflowTemplates` has the "
        "same as one call, and more of them; each runs at once on made-up data ([templates](#templates)).",
        RUN
        + """\
data = [{"id": 1, "value": 100}, {"id": 2, "value": 250}]
results, run_id = LocalRuntime().execute(workflow.build(), parameters={"validator": {"data": data}})
for row in results["transformer"]["result"]["transformed"]:
    print(row["id"], round(row["value"], 2))

pipeline = WorkflowBuilder()
print(BusinessWorkflowTemplates.data_processing_pipeline(pipeline, **template_config))
results, run_id = LocalRuntime().execute(pipeline.build())
for row in results["totals"]["result"]:
    print(row)
""",
    ),
    Section(
        "lineage",
        "Data lineage",
        "A record is kept for each time that the step runs, in a script under `DIR/state/`.",
        'kept = lineage_node.execute()["result"]\n'
        'print(kept["tracking_id"] is not None, kept["stored"], kept["transformation_type"])\n',
    ),
    Section(
        "compliance",
        "Compliance reports",
        "Each control is judged by what is stored; what a script does not keep is insufficient evidence and "
        "never a pass ([lineage](lineage.md)).",
        "reporter = DataLineageNode(\n"
        '    operation="generate_compliance_report",\n'
        '    compliance_frameworks=["GDPR", "SOX", "HIPAA"],\n'
        '    report_format="detailed",\n'
        "    include_recommendations=True,\n"
        ")\n"
        'found = reporter.execute()["result"]\n'
        'for name, row in found["frameworks"].items():\n'
        '    print(name, row["verdict"], row["pass"], row["fail"], '
        'row["insufficient_evidence"], row["manual"])\n'
        'for control in found["controls"]:\n'
        '    if control["verdict"] == "pass" or control["control"] == "processing_recorded":\n'
        '        print(control["clause"], control["verdict"], control["finding"])\n',
    ),
    Section(
        "batch_basic",
        "Batches",
        "105,108 records in batches of 1,000, ten at a time; every one is accounted for.",
        'done = batch_processor.execute()["result"]\n'
        'print(done["batch_count"], done["total_records"], done["ok"], done["failed"], done["skipped"])\n',
    ),
    Section(
        "batch_advanced",
        "Batches: sizes, limits, errors, streams",
        "Sizes that adapt, a rate limit, retries and monitoring; and a source that is read as a stream.",
    ),
    Section(
        "rotation_basic",
        "Credential rotation",
        "Failures are values, never exceptions: a credential that is not there, or has no source for a new "
        "value, says so ([credentials](credentials.md)).",
        'result = credential_rotator.execute()["result"]\n'
        'print(result["rotation_status"])\n'
        'print(result["reason"])\n',
    ),
    Section(
        "rotation_enterprise",
        "Credential rotation: policies, sources, notifications",
        "Proactive or by a schedule, from several sources in their order, with a way back, notifications and "
        "an audit entry ([credentials](credentials.md)).",
    ),
    Section(
        "comprehensive",
        "All of it together",
        "The access check decides whether the batches run. Denied, everything that depends on it is skipped, "
        "and the summary shows zeros.",
        'print(summary["lineage_tracked"], summary["credentials_rotated"])\n'
        'print(results["credential_rotation"]["result"]["rotation_status"])\n',
    ),
    Section(
        "runtime_parameters",
        "Runtime parameters",
        "All 29 of them are in [the table](runtime-parameters.md), each with a test that it changes "
        "something.",
    ),
)
