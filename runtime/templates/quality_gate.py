"""Nothing goes on that is not good enough."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from runtime.templates.samples import CUSTOMERS
from runtime.templates.steps import End, Steps, literal
from runtime.templates.template import A_DATASET, Template, TemplateConfig


class QualityGate(TemplateConfig):
    """`ranges` and `patterns` are by column; `max_bad_percent` is where the gate closes."""

    dataset: str = Field(CUSTOMERS.name, min_length=1, json_schema_extra=A_DATASET)
    required: tuple[str, ...] = ("customer_id", "name", "email", "region")
    unique: str | None = "customer_id"
    ranges: Mapping[str, tuple[float, float]] = {"balance": (0, 1_000_000)}
    patterns: Mapping[str, str] = {"email": r"[^@\s]+@[^@\s]+\.[^@\s]+"}
    max_bad_percent: float = Field(10.0, ge=0, le=100)
    passed: str = Field("customers-checked", min_length=1, json_schema_extra=A_DATASET)
    quarantine: str = Field("customers-quarantine", min_length=1, json_schema_extra=A_DATASET)


def _place(steps: Steps, config: QualityGate) -> None:
    records = steps.read("read", config.dataset, label="What came in")
    checked = steps.code("check", _check_code(config), label="Check", after={"records": records})
    steps.write("quarantine", config.quarantine, checked.at("failed"), label="Quarantine", format="jsonl")
    case = {"name": "open", "when": f"bad_percent <= {config.max_bad_percent:g}"}
    gate = steps.add("SwitchNode", "gate", {"cases": [case]}, label="Good enough?", after={"input": checked})
    steps.write("passed", config.passed, End(gate.step, "open.passed"), label="Let through", format="parquet")
    code = """\
raise ValueError(f"The gate stays closed: {checked['bad_percent']} % of {checked['records']} records are bad")
result = None
"""
    steps.code("closed", code, label="Stop", after={"checked": End(gate.step, "default")})


def _check_code(config: QualityGate) -> str:
    return f"""\
required = {literal(config.required)}
unique = {literal(config.unique)}
ranges = {literal(dict(config.ranges))}
patterns = {literal(dict(config.patterns))}

def faults(record, seen):
    for name in required:
        if record.get(name) in (None, ""):
            yield f"{{name}} is missing"
    for name, (low, high) in ranges.items():
        if record.get(name) is not None and not low <= record[name] <= high:
            yield f"{{name}} is {{record[name]}}, outside {{low:g}} to {{high:g}}"
    for name, pattern in patterns.items():
        if record.get(name) and not re.fullmatch(pattern, record[name]):
            yield f"{{name}} is not well formed"
    if unique is not None and record.get(unique) in seen:
        yield f"{{unique}} is there twice"

passed, failed, seen = [], [], set()
for place, record in enumerate(records, start=1):
    found = list(faults(record, seen))
    seen.add(record.get(unique))
    if found:
        failed.append({{"record": place, "faults": found, **record}})
    else:
        passed.append(record)
bad_percent = round(100 * len(failed) / max(1, len(records)), 2)
print(f"{{len(passed)}} good, {{len(failed)}} bad ({{bad_percent}} %)")
result = {{"records": len(records), "bad_percent": bad_percent, "passed": passed, "failed": failed}}
"""


QUALITY_GATE = Template(
    key="data_quality_gate",
    title="Data-quality gate",
    summary="Checks each record, sets bad ones aside with the reason, and stops when too many are bad.",
    description=(
        "Customers are checked for missing values, ranges, patterns and ids that occur twice. Bad records"
        " go to a quarantine dataset with what is wrong with them; good ones go on, unless more than a "
        "tenth is bad: then the run fails and says so."
    ),
    category="governance",
    config=QualityGate,
    place=_place,
    datasets=(CUSTOMERS,),
    next_steps=(
        "Choose your own dataset in “What came in”.",
        "Write your rules in the first lines of “Check”.",
        "Set in “Good enough?” how many bad records are too many.",
    ),
)
