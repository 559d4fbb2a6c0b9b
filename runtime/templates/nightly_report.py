"""Yesterday in figures, each night."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from runtime.templates.samples import ORDERS
from runtime.templates.steps import End, Steps, literal
from runtime.templates.template import A_DATASET, Template, TemplateConfig


class NightlyReport(TemplateConfig):
    """`amount` is an expression over a record; records that do not fit `where` are left out. With
    `recipients` the text is also sent.
    """

    dataset: str = Field(ORDERS.name, min_length=1, json_schema_extra=A_DATASET)
    where: str | None = "coalesce(quantity, 0) > 0 and coalesce(unit_price, 0) > 0"
    amount: str = Field("round(quantity * unit_price, 2)", min_length=1)
    group_by: str = Field("region", min_length=1)
    second_group_by: str = Field("product", min_length=1)
    alert_below: float | None = 1000
    report: str = Field("nightly-report", min_length=1, json_schema_extra=A_DATASET)
    text: str = Field("nightly-report-text", min_length=1, json_schema_extra=A_DATASET)
    recipients: tuple[str, ...] = Field((), max_length=50)
    subject: str = Field("Nightly report", min_length=1)


def _place(steps: Steps, config: NightlyReport) -> None:
    records = steps.read("read", config.dataset, label="Orders")
    operations: list[dict[str, Any]] = []
    if config.where is not None:
        operations.append({"op": "filter", "where": config.where})
    operations.append({"op": "compute", "column": "amount", "expression": config.amount})
    counted = steps.add(
        "TransformNode",
        "amounts",
        {"operations": operations},
        label="Amounts",
        after={"input": records},
    )
    groups = _grouped(steps, "groups", config.group_by, counted)
    others = _grouped(steps, "others", config.second_group_by, counted)
    steps.write("report", config.report, groups, label="Store the figures")
    code = f"""\
by, and_by = {literal(config.group_by)}, {literal(config.second_group_by)}
alert_below = {literal(config.alert_below)}

total = round(sum(row["amount"] for row in groups), 2)
low = [row[by] for row in groups if alert_below is not None and row["amount"] < alert_below]
count = sum(row["records"] for row in groups)
lines = [f"# {{total:,.2f}} in {{count}} records", "", f"| {{by}} | records | amount |", "|---|---|---|"]
lines += [f"| {{row[by]}} | {{row['records']}} | {{row['amount']:,.2f}} |" for row in groups]
lines += ["", f"Most by {{and_by}}: {{others[0][and_by]}}, {{others[0]['amount']:,.2f}}"] if others else []
lines += [f"**Low:** {{', '.join(low)}}"] if low else []
text = "\\n".join(lines)
print(text)
rows = [{{"at": datetime.now().isoformat(), "text": text}}]
result = {{"total": total, "low": low, "text": text, "rows": rows}}
"""
    told = steps.code("tell", code, label="Put it in words", after={"groups": groups, "others": others})
    steps.write("keep_text", config.text, told.at("rows"), label="Keep the text", format="jsonl")
    if config.recipients:
        mail = {"to": list(config.recipients), "subject": config.subject}
        steps.add("EmailNode", "mail", mail, label="Send it", after={"text": told.at("text")})


def _grouped(steps: Steps, name: str, column: str, records: End) -> End:
    figures = [
        {"function": "count", "name": "records"},
        {"function": "sum", "column": "amount", "name": "amount"},
    ]
    operations = [
        {"op": "group", "by": [column], "aggregates": figures},
        {"op": "sort", "by": [{"column": "amount", "direction": "descending"}]},
    ]
    return steps.add(
        "TransformNode", name, {"operations": operations}, label=f"By {column}", after={"input": records}
    )


NIGHTLY_REPORT = Template(
    key="nightly_report",
    title="Nightly report",
    summary="Adds up a dataset by two columns, stores the figures, and says in words what stands out.",
    description=(
        "Orders are cleaned, added up by region and by product at the same time, and stored. A text with "
        "a table names the best product and the regions below a limit."
    ),
    category="data",
    config=NightlyReport,
    place=_place,
    datasets=(ORDERS,),
    next_steps=(
        "Choose your own dataset in “Orders”, and its columns in “Amounts” and the two groups.",
        "Add an e-mail step behind “Put it in words” to send the text.",
        "Publish it, then add a schedule with the times at which it should run.",
    ),
)
