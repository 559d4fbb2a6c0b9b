"""Questions to people, one after another, the later ones only where much is at stake."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from runtime.templates.samples import EXPENSES
from runtime.templates.steps import End, Steps, literal
from runtime.templates.template import A_DATASET, Template, TemplateConfig

Role = Literal["owner", "admin", "editor", "operator", "analyst"]


class Level(BaseModel):
    """A question to people with one of the roles, asked when the total is `above` an amount."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: str = Field(min_length=1, max_length=300)
    roles: tuple[Role, ...] = Field(min_length=1)
    above: float | None = None
    required: int = Field(1, ge=1)


class ApprovalChain(TemplateConfig):
    """`levels` are asked in their order; one rejection ends the chain."""

    dataset: str = Field(EXPENSES.name, min_length=1, json_schema_extra=A_DATASET)
    amount_field: str = Field("amount", min_length=1)
    levels: tuple[Level, ...] = Field(
        (
            Level(title="Are these expenses in order?", roles=("editor", "admin", "owner")),
            Level(title="May this much be paid?", roles=("owner",), above=5000),
        ),
        min_length=1,
        max_length=5,
    )
    allow_requester: bool = True
    approved: str = Field("expenses-approved", min_length=1, json_schema_extra=A_DATASET)
    refused: str = Field("expenses-refused", min_length=1, json_schema_extra=A_DATASET)


def _place(steps: Steps, config: ApprovalChain) -> None:
    records = steps.read("read", config.dataset, label="What is asked for")
    code = f"""\
amount = {literal(config.amount_field)}

amounts = [record[amount] for record in records if record.get(amount) is not None]
result = {{
    "count": len(records),
    "total": round(sum(amounts), 2),
    "largest": max(amounts, default=0),
    "records": records,
}}
print(f"{{result['count']}} items, {{result['total']}} in all")
"""
    cleared = steps.code("sum_up", code, label="Sum up", after={"records": records})
    refusals: list[End] = []
    for number, level in enumerate(config.levels, start=1):
        cleared = _level(steps, config, level, number, cleared, refusals)
    steps.write("approved", config.approved, cleared.at("records"), label="Approved")
    refused = refusals[0]
    if len(refusals) > 1:
        refused = steps.add("MergeNode", "refused_by", {"mode": "first"}, label="Refused by any")
        for refusal in refusals:
            steps.wire(refusal, refused.step, "inputs")
    steps.write("refused", config.refused, refused.at("records"), label="Refused")


def _level(
    steps: Steps, config: ApprovalChain, level: Level, number: int, before: End, refusals: list[End]
) -> End:
    """Where the chain goes on after a level."""
    asked_about = before
    if level.above is not None:
        case = {"name": "ask", "when": f"total > {level.above:g}"}
        over = steps.add(
            "SwitchNode",
            f"over_{number}",
            {"cases": [case]},
            label=f"More than {level.above:g}?",
            after={"input": before},
        )
        asked_about = End(over.step, "ask")
    question = {
        "title": level.title,
        "message": "The input has the sum and each item. Approve to go on, reject to end the chain.",
        "approvers": {"roles": list(level.roles), "users": []},
        "required": level.required,
        "allow_requester": config.allow_requester,
    }
    asked = steps.add(
        "ApprovalNode", f"ask_{number}", question, label=level.title, after={"input": asked_about}
    )
    refusals.append(End(asked.step, "rejected"))
    approved = End(asked.step, "approved")
    if level.above is None:
        return approved
    cleared = steps.add("MergeNode", f"cleared_{number}", {"mode": "first"}, label="Cleared")
    steps.wire(approved, cleared.step, "inputs")
    steps.wire(End(asked_about.step, "default"), cleared.step, "inputs")
    return cleared


APPROVAL_CHAIN = Template(
    key="approval_chain",
    title="Approval chain",
    summary="Asks one person after another, the second only about large sums, and keeps what was decided.",
    description=(
        "A list of expenses is summed up and put to people in the inbox “Approvals”. Above 5,000 a second"
        " person is asked. The run waits without holding a worker; approved and refused items become "
        "datasets."
    ),
    category="people",
    config=ApprovalChain,
    place=_place,
    datasets=(EXPENSES,),
    next_steps=(
        "Choose your own list in “What is asked for”.",
        "Name who may answer in each question; take “Whoever started the run may approve” off, which is "
        "on so that you can try it alone.",
        "Set from which sum on the second question is asked in “More than 5000?”.",
    ),
)
