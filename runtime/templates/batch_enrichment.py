"""Many records, in batches, each with what is known from elsewhere."""

from __future__ import annotations

from pydantic import Field

from runtime.templates.samples import ORDERS
from runtime.templates.steps import Steps, literal
from runtime.templates.template import A_DATASET, Template, TemplateConfig

_CODE = """\
# Each batch comes as `records`; there is one entry of `result` for each of them.
prices_with_vat = {rates}

def enriched(record):
    gross = round(record["quantity"] * record["unit_price"] * (1 + prices_with_vat[record["region"]]), 2)
    if gross <= 0:
        raise ValueError(f"{{record['order_id']}} comes to {{gross}}")
    return {{**record, "gross": gross, "size": "large" if gross >= 500 else "small"}}

result = [enriched(record) for record in records]
"""


class BatchEnrichment(TemplateConfig):
    """`batch_size`, how many `batches_at_a_time`, and at most how many a second; `rates` by region."""

    dataset: str = Field(ORDERS.name, min_length=1, json_schema_extra=A_DATASET)
    batch_size: int = Field(50, ge=1, le=100_000)
    batches_at_a_time: int = Field(4, title="Batches at a time", ge=1, le=256)
    rate_limit_per_second: float | None = Field(None, gt=0)
    rates: dict[str, float] = Field({"north": 0.25, "south": 0.21, "east": 0.23, "west": 0.20})
    enriched: str = Field("orders-enriched", min_length=1, json_schema_extra=A_DATASET)
    dead_letters: str = Field("orders-dead-letters", min_length=1, json_schema_extra=A_DATASET)


def _place(steps: Steps, config: BatchEnrichment) -> None:
    batches = steps.add(
        "BatchProcessorNode",
        "enrich",
        {
            "operation": "process_data_batches",
            "data_source": config.dataset,
            "batch_size": config.batch_size,
            "processing_strategy": "adaptive_parallel",
            "max_concurrent_batches": config.batches_at_a_time,
            "error_handling": "dead_letter",
            "dead_letter_dataset": config.dead_letters,
            "output_dataset": config.enriched,
            "enable_performance_monitoring": True,
            "collect": False,
            "processing": {"kind": "code", "code": _CODE.format(rates=literal(config.rates))},
            **(
                {"rate_limit_per_second": config.rate_limit_per_second}
                if config.rate_limit_per_second is not None
                else {}
            ),
        },
        label="Enrich in batches",
    )
    code = """\
told = f"{batches['ok']} of {batches['total_records']} records in {batches['batch_count']} batches"
print(told)
result = {"told": told, "failed": batches["failed"], "seconds": batches["total_duration"]}
"""
    told = steps.code("tell", code, label="Say how it went", after={"batches": batches})
    case = {"name": "some", "when": "failed > 0"}
    wrong = steps.add("SwitchNode", "wrong", {"cases": [case]}, label="Did any fail?", after={"input": told})
    code = """\
print(f"{told['failed']} records wait in the dead letters")
result = told["failed"]
"""
    steps.code("look", code, label="Dead letters to look at", after={"told": wrong._replace(output="some")})


BATCH_ENRICHMENT = Template(
    key="batch_enrichment",
    title="Batch enrichment",
    summary="Works on large data in batches, several at a time, and sets aside the records that fail.",
    description=(
        "Orders are read in batches of 50 and get their gross price. As many batches run at a time as the"
        " other side copes with; a record that breaks its batch is found and kept as a dead letter, the "
        "others go on. Every record is accounted for, also when a worker dies."
    ),
    category="data",
    config=BatchEnrichment,
    place=_place,
    datasets=(ORDERS,),
    next_steps=(
        "Choose your own dataset in “Enrich in batches”, and write what is done with a batch.",
        "Set a rate limit there when a service is called for each batch.",
    ),
)
