"""SwitchNode: sends its input down the outputs whose condition holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from runtime.engine.errors import ExpressionError, NodeError
from runtime.engine.node import CheckContext, Node, NodeContext, Port, PortType
from runtime.engine.problems import Problem
from runtime.nodes.conditions import compiled, expression_problems
from runtime.nodes.forms import FormParameters, look
from runtime.nodes.records import Record, RecordScope, column_set, read_records

DEFAULT = "default"
_RESERVED = frozenset({DEFAULT, "result"})


class Case(BaseModel):
    """One named output and the condition that opens it."""

    model_config = ConfigDict(frozen=True, extra="forbid", title="Case")

    name: str = Field(
        title="Output",
        description="Name of the output: letters, digits and underscores.",
        pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,63}$",
    )
    when: str = Field(
        title="When",
        description="Expression over the input's fields, for example: score >= 0.7 and region == 'eu'",
        min_length=1,
        json_schema_extra=look(widget="expression"),
    )


class SwitchNode(Node):
    """Evaluates its cases in order. Outputs that are not taken are dead: what they feed is skipped.

    `result` is `{"taken": [output, ...]}`, with `counts` by output when it sorts records.
    """

    type = "SwitchNode"
    label = "Switch"
    category = "flow"
    icon = "branch"
    description = "Takes the output whose condition holds, for the whole value or record by record."
    inputs = (Port("input", label="Input", required=True),)
    outputs = (Port(DEFAULT), Port("result", PortType.OBJECT))
    verbatim = frozenset({"when"})
    dynamic_outputs = {"from": "cases", "name": "name", "extra": [DEFAULT]}

    class Parameters(FormParameters):
        cases: tuple[Case, ...] = Field(
            title="Cases",
            description="Tried from top to bottom. What fits none leaves by the output 'default'.",
            min_length=1,
            max_length=50,
        )
        apply_to: Literal["value", "records"] = Field(
            "value",
            title="Decide for",
            description="The whole input at once, or each record on its own.",
        )
        match: Literal["first", "all"] = Field(
            "first",
            title="Take",
            description="The first case that fits, or every one that fits.",
            json_schema_extra=look(advanced=True),
        )

        @field_validator("cases")
        @classmethod
        def _names_differ(cls, cases: tuple[Case, ...]) -> tuple[Case, ...]:
            seen = set(_RESERVED)
            for case in cases:
                if case.name in seen:
                    reason = "is reserved" if case.name in _RESERVED else "is used twice"
                    raise ValueError(f"the output name '{case.name}' {reason}")
                seen.add(case.name)
            return cases

    parameters: Parameters

    @classmethod
    def output_ports(cls, config: Mapping[str, Any]) -> tuple[Port, ...]:
        names = [case.get("name") for case in _cases(config) if isinstance(case, Mapping)]
        return (*(Port(name) for name in names if isinstance(name, str)), *cls.outputs)

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        return [
            problem
            for place, case in enumerate(_cases(config))
            if isinstance(case, Mapping)
            for problem in expression_problems(case.get("when"), f"config.cases.{place}.when")
        ]

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        value = context.inputs.get("input")
        if self.parameters.apply_to == "records":
            return self._sort_records(read_records(value, "input"))
        names = self._fitting(_scope_of(value), where="")
        return {**dict.fromkeys(names, value), "result": {"taken": names}}

    def _sort_records(self, records: list[Record]) -> Mapping[str, Any]:
        sorted_records: dict[str, list[Record]] = {}
        scope = RecordScope(column_set(records))
        for place, record in enumerate(records):
            scope.row = record
            for name in self._fitting(scope, where=f", record {place + 1}"):
                sorted_records.setdefault(name, []).append(record)
        order = [case.name for case in self.parameters.cases] + [DEFAULT]
        taken = [name for name in order if name in sorted_records]
        counts = {name: len(sorted_records[name]) for name in taken}
        return {**sorted_records, "result": {"taken": taken, "counts": counts}}

    def _fitting(self, scope: Mapping[str, Any], *, where: str) -> list[str]:
        names: list[str] = []
        for case in self.parameters.cases:
            try:
                fits = bool(compiled(case.when)(scope))
            except ExpressionError as error:
                raise NodeError(
                    f"Case '{case.name}'{where}: {error.message}", code="expression_failed", case=case.name
                ) from error
            if fits:
                names.append(case.name)
                if self.parameters.match == "first":
                    break
        return names or [DEFAULT]


def _cases(config: Mapping[str, Any]) -> Sequence[Any]:
    """The cases of a raw configuration; none where a template stands for all of them."""
    cases = config.get("cases")
    return cases if isinstance(cases, list | tuple) else ()


def _scope_of(value: Any) -> Mapping[str, Any]:
    return {**value, "input": value} if isinstance(value, Mapping) else {"input": value}
