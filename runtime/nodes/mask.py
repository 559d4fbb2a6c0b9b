"""MaskNode: hides fields of its input from whom the run runs for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from runtime.access_checks import compiled_rules, desk_of
from runtime.engine.errors import NodeError
from runtime.engine.node import CheckContext, Node, NodeContext, Port
from runtime.engine.problems import Problem
from runtime.nodes.forms import FormParameters, look


class MaskNode(Node):
    """`result` is a copy of `data` with the fields masked whose rule holds; `data` itself stays as it is.

    The rules are judged by the attributes of whom the run runs for: on the server the run's principal, in a
    script its `user_context`. An attribute that is missing masks.
    """

    type = "MaskNode"
    label = "Mask"
    category = "data"
    icon = "mask"
    description = "Hides fields, whole or in part, by the attributes of whom the run runs for."
    inputs = (Port("data", label="Data", required=True),)
    outputs = (Port("result", label="Masked"),)
    verbatim = frozenset({"masking_rules"})

    class Parameters(FormParameters):
        masking_rules: dict[str, Any] = Field(
            title="Rules",
            description=(
                'Field to rule, such as {"ssn": {"mask_type": "partial", "visible_chars": 4, "condition":'
                ' {"attribute_path": "user.attributes.clearance", "operator": "security_level_below",'
                ' "value": "secret"}}}. Without a condition a field is always masked.'
            ),
            min_length=1,
            json_schema_extra=look(widget="json"),
        )

    parameters: Parameters

    @classmethod
    def check(cls, config: Mapping[str, Any], context: CheckContext) -> list[Problem]:
        rules = config.get("masking_rules")
        if not isinstance(rules, Mapping):
            return []
        try:
            compiled_rules(rules, None, None)
        except NodeError as error:
            return [Problem(error.code, error.message, field="config.masking_rules")]
        return []

    async def run(self, context: NodeContext) -> Mapping[str, Any]:
        value = context.inputs.get("data")
        return {"result": desk_of(context).mask(self.parameters.masking_rules, value)}
