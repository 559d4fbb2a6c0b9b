"""Messages sorted by a language model, and by rules where no model answers."""

from __future__ import annotations

from pydantic import Field

from runtime.templates.samples import TICKETS
from runtime.templates.steps import End, Steps, literal
from runtime.templates.template import A_DATASET, Template, TemplateConfig

_PROMPT = """\
Sort these messages to a support team. Answer with JSON: a list with one object for each message, in the same
order, with "ticket_id", "topic" (one of {topics}) and "urgent" (true or false).

{messages}"""


class LlmTriage(TemplateConfig):
    """`model` is asked, then each of `fallback_models`, then the words in `rules`: word -> topic."""

    dataset: str = Field(TICKETS.name, min_length=1, json_schema_extra=A_DATASET)
    model: str = Field("gpt-4", min_length=1)
    fallback_models: tuple[str, ...] = ("claude-3-sonnet",)
    topics: tuple[str, ...] = Field(("billing", "bug", "account", "delivery", "other"), min_length=1)
    rules: dict[str, str] = Field(
        {
            "charged": "billing",
            "invoice": "billing",
            "subscription": "billing",
            "app": "bug",
            "page": "bug",
            "sign in": "account",
            "account": "account",
            "parcel": "delivery",
            "ship": "delivery",
            "delivery": "delivery",
        }
    )
    urgent: tuple[str, ...] = ("nobody answers", "cannot", "broken", "another country")
    triaged: str = Field("tickets-triaged", min_length=1, json_schema_extra=A_DATASET)


def _place(steps: Steps, config: LlmTriage) -> None:
    tickets = steps.read("read", config.dataset, label="Messages")
    model = steps.add(
        "LLMAgentNode",
        "ask",
        {
            "model": config.model,
            "fallback_models": list(config.fallback_models),
            "prompt": _PROMPT,
            "response_format": "json",
            "temperature": 0,
            "variables": {"topics": list(config.topics)},
        },
        label="Ask a model",
        after={"messages": tickets},
    )
    case = {"name": "no_answer", "when": "error != null or data == null"}
    answered = steps.add(
        "SwitchNode", "answered", {"cases": [case]}, label="Did it answer?", after={"input": model}
    )
    only = {
        "options": {"join": "all"}
    }  # runs when its branch was taken, not when only the messages are there
    by_model = steps.code(
        "by_model", _by_model(config), label="Take its answer", after={"tickets": tickets}, **only
    )
    steps.wire(End(answered.step, "default"), by_model.step, "answer")
    by_rules = steps.code(
        "by_rules", _by_rules(config), label="Sort by words", after={"tickets": tickets}, **only
    )
    steps.wire(End(answered.step, "no_answer"), by_rules.step, "failed")
    sorted_by = steps.add("MergeNode", "sorted", {"mode": "first"}, label="Sorted")
    for end in (by_model, by_rules):
        steps.wire(end, sorted_by.step, "inputs")
    steps.write("store", config.triaged, sorted_by, label="Store", format="jsonl")


def _by_model(config: LlmTriage) -> str:
    return f"""\
# The answer is checked: what is not among the topics is "other", and a message without one is urgent.
topics = {literal(config.topics)}

listed = answer["data"] if isinstance(answer["data"], list) else []
told = {{item.get("ticket_id"): item for item in listed if isinstance(item, dict)}}
result = []
for ticket in tickets:
    found = told.get(ticket["ticket_id"], {{"topic": "other", "urgent": True}})
    topic = found.get("topic") if found.get("topic") in topics else "other"
    is_urgent = found.get("urgent") is not False
    result.append({{**ticket, "topic": topic, "urgent": is_urgent, "by": answer["model"]}})
print(f"{{len(told)}} of {{len(tickets)}} messages sorted by {{answer['model']}}")
"""


def _by_rules(config: LlmTriage) -> str:
    return f"""\
rules = {literal(config.rules)}
urgent = {literal(config.urgent)}

why = (failed["error"] or {{"message": "its answer was no JSON"}})["message"]
print(f"No model answered: {{why}}")
result = []
for ticket in tickets:
    text = ticket["text"].lower()
    topic = next((topic for word, topic in rules.items() if word in text), "other")
    is_urgent = any(words in text for words in urgent)
    result.append({{**ticket, "topic": topic, "urgent": is_urgent, "by": "rules"}})
"""


LLM_TRIAGE = Template(
    key="llm_triage",
    title="LLM triage with fallback",
    summary="A language model sorts messages; where none answers, words decide, and nothing is left lying.",
    description=(
        "Messages to a support team are sorted by topic and urgency. A second model is asked when the "
        "first is busy or down; when there is no answer at all, or no provider is set up, rules sort them"
        " by words. What the model answers is checked before it is believed."
    ),
    category="ai",
    config=LlmTriage,
    place=_place,
    datasets=(TICKETS,),
    next_steps=(
        "Choose your own dataset in “Messages”.",
        "Add a credential for your provider and choose the model in “Ask a model”.",
        "Write your own words in “Sort by words”, for when no model answers.",
    ),
)
