"""Personal data made fit to leave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from runtime.templates.samples import CUSTOMERS
from runtime.templates.steps import Steps, literal
from runtime.templates.template import A_DATASET, Template, TemplateConfig

_RULES: Mapping[str, Mapping[str, Any]] = {
    "name": {"mask_type": "redact"},
    "email": {"mask_type": "email"},
    "phone": {"mask_type": "partial", "visible_chars": 4},
    "ssn": {"mask_type": "partial", "visible_chars": 4},
    "birth_date": {"mask_type": "date_truncate", "unit": "year"},
    "balance": {"mask_type": "range", "ranges": ["< 1K", "1K-10K", "10K-100K", "> 100K"]},
}


Framework = Literal["GDPR", "SOX", "HIPAA", "SOC2", "ISO27001"]


class PiiMasking(TemplateConfig):
    """`masking_rules` as the mask step takes them; `never`: patterns that must not be found afterwards."""

    dataset: str = Field(CUSTOMERS.name, min_length=1, json_schema_extra=A_DATASET)
    masking_rules: Mapping[str, Any] = Field(_RULES, min_length=1)
    never: tuple[str, ...] = (
        r"\b\d{3}-\d{2}-\d{4}\b",
        r"\b[a-z]{2,}(\.[a-z0-9]+)+@",
        r"\b\d{4}-\d{2}-\d{2}\b",
    )
    masked: str = Field("customers-masked", min_length=1, json_schema_extra=A_DATASET)
    frameworks: tuple[Framework, ...] = ("GDPR",)


def _place(steps: Steps, config: PiiMasking) -> None:
    records = steps.read("read", config.dataset, label="Personal data")
    masked = steps.add(
        "MaskNode",
        "mask",
        {"masking_rules": {name: _plain(rule) for name, rule in config.masking_rules.items()}},
        label="Mask",
        after={"data": records},
    )
    code = f"""\
# The mask is not believed, it is looked at: nothing may go on in which one of these is found.
never = {literal(config.never)}

found = [
    f"record {{place}}, {{name}}"
    for place, record in enumerate(masked, start=1)
    for name, value in record.items()
    if isinstance(value, str) and any(re.search(pattern, value) for pattern in never)
]
if found:
    raise ValueError(f"personal data is left in {{len(found)}} values, first in {{found[0]}}")
print(f"{{len(masked)}} records, nothing personal is left")
result = masked
"""
    looked_at = steps.code("look", code, label="Look again", after={"masked": masked})
    stored = steps.write("store", config.masked, looked_at, label="Fit to share")
    steps.add(
        "DataLineageNode",
        "lineage",
        {
            "operation": "track_transformation",
            "source_info": {"table": config.dataset},
            "transformation_type": "anonymization",
            "target_info": {"table": config.masked},
            "compliance_frameworks": list(config.frameworks),
        },
        label="Record what was done",
        after={"input": stored},
    )


def _plain(rule: Any) -> Any:
    return dict(rule) if isinstance(rule, Mapping) else rule


PII_MASKING = Template(
    key="pii_masking_pipeline",
    title="PII masking pipeline",
    summary="Masks personal data, looks whether any is left, and records what was done.",
    description=(
        "Customers lose what identifies them: names are redacted, e-mail addresses and numbers shown in "
        "part, birth dates cut to the year, balances put into ranges. A second step looks for patterns of"
        " personal data and stops the run if one is left. A lineage record says where the data went."
    ),
    category="governance",
    config=PiiMasking,
    place=_place,
    datasets=(CUSTOMERS,),
    next_steps=(
        "Choose your own dataset in “Personal data”, and a rule for each of its fields in “Mask”.",
        "A rule may have a condition: then it depends on for whom the run runs.",
        "Add patterns that must never be found in “Look again”.",
    ),
)
