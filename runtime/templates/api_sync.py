"""A dataset kept like what a web service holds."""

from __future__ import annotations

from pydantic import Field

from runtime.templates.samples import SAMPLE_API, sampled_call
from runtime.templates.steps import Steps, literal
from runtime.templates.template import A_DATASET, Template, TemplateConfig


class ApiSync(TemplateConfig):
    """Without a `url` a sample answer stands in for the call."""

    url: str | None = Field(None, min_length=1)
    records: str = "items"
    key: str = Field("order_id", min_length=1)
    max_retries: int = Field(4, ge=0, le=20)
    dataset: str = Field("orders-synced", min_length=1, json_schema_extra=A_DATASET)
    failures: str = Field("orders-sync-failures", min_length=1, json_schema_extra=A_DATASET)


def _place(steps: Steps, config: ApiSync) -> None:
    answered = sampled_call(
        steps,
        "fetch",
        config.url,
        label="Ask the service",
        retries=config.max_retries,
        sample=SAMPLE_API,
        records=config.records,
    )
    before = steps.read(
        "before",
        config.dataset,
        label="What we have",
        options={"on_error": "return"},
        notes="The first time there is nothing yet, which counts as an empty list.",
    )
    code = f"""\
key = {literal(config.key)}

had = {{}} if isinstance(before, dict) else {{row[key]: row for row in before}}
has = {{row[key]: row for row in records}}
result = {{
    "records": list(has.values()),
    "new": [key for key in has if key not in had],
    "changed": [key for key in has if key in had and had[key] != has[key]],
    "gone": [key for key in had if key not in has],
}}
print(", ".join(f"{{len(result[what])}} {{what}}" for what in ("new", "changed", "gone")))
"""
    changes = steps.code(
        "compare",
        code,
        label="What has changed",
        after={
            "records": answered.at(f"body.{config.records}" if config.records else "body"),
            "before": before,
        },
    )
    steps.write("store", config.dataset, changes.at("records"), label="Store", format="jsonl")
    code = """\
error = problem["error"]
result = [{"code": error["code"], "message": error["message"], "attempts": problem["attempts"]}]
"""
    told = steps.code("failure", code, label="Say what failed", after={})
    steps.on_error(answered, told, "problem")
    steps.write("log_failure", config.failures, told, label="Keep the failure", format="jsonl", mode="append")


API_SYNC = Template(
    key="api_sync",
    title="API sync with retry",
    summary="Copies what a web service holds, tries again when it is busy, and keeps what failed.",
    description=(
        "A call that is tried again with growing pauses, also as long as the service asks for. What it "
        "answers is compared with the last copy (new, changed, gone) and stored. When all attempts fail, "
        "the reason is kept in a dataset, and what was copied before stays."
    ),
    category="integration",
    config=ApiSync,
    place=_place,
    next_steps=(
        "Enter the address of your service in “Ask the service”, choose a credential if it needs one, and"
        " take off the pin: it is a sample answer.",
        "Name the key of a record in the first line of “What has changed”.",
        "Publish it and add a schedule, such as every 15 minutes.",
    ),
)
