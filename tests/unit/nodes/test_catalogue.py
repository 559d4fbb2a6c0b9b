from __future__ import annotations

import json
from typing import Any

import pytest

from runtime.nodes import BUILT_IN, registry

TYPES = [
    "PythonCodeNode",
    "HTTPRequestNode",
    "LLMAgentNode",
    "SwitchNode",
    "MergeNode",
    "LoopNode",
    "MapNode",
    "SubWorkflowNode",
    "WaitNode",
    "ApprovalNode",
    "AccessCheckNode",
    "ValueNode",
    "TransformNode",
    "MaskNode",
    "DatasetReadNode",
    "DatasetWriteNode",
    "BatchProcessorNode",
    "SQLQueryNode",
    "EmailNode",
    "WebhookCallNode",
    "DataLineageNode",
    "RotatingCredentialNode",
]
ALLOWED_KEYS = {
    "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength",
    "maxLength",
    "pattern", "format", "items", "minItems", "maxItems", "properties", "required", "additionalProperties",
    "minProperties", "oneOf", "anyOf", "discriminator", "title", "description", "default",
    "x-widget", "x-order", "x-advanced", "x-visible-if", "x-credential-use",
}  # fmt: skip


def test_every_node_type_is_registered_in_the_order_of_the_library() -> None:
    assert [node_class.type for node_class in BUILT_IN] == TYPES
    assert list(registry().types())[: len(TYPES)] == TYPES


@pytest.mark.parametrize("node_type", TYPES)
def test_description_is_json_and_complete(node_type: str) -> None:
    described = registry().describe(node_type)

    json.dumps(described)
    assert described["label"]
    assert described["description"].endswith(".")
    assert "result" in {port["name"] for port in described["outputs"]}


@pytest.mark.parametrize("node_type", TYPES)
def test_schema_uses_only_what_the_form_draws(node_type: str) -> None:
    def visit(schema: dict[str, Any], place: str) -> None:
        assert set(schema) <= ALLOWED_KEYS, place
        for name, inner in schema.get("properties", {}).items():
            assert inner.get("title"), f"{place}.{name} has no title"
            visit(inner, f"{place}.{name}")
        for choice in schema.get("oneOf", []):
            visit(choice, f"{place}|{choice['title']}")
        for key in ("items", "additionalProperties"):
            if isinstance(schema.get(key), dict):
                visit(schema[key], f"{place}.{key}")

    visit(registry().describe(node_type)["parameters_schema"], node_type)


def test_properties_carry_their_order() -> None:
    properties = registry().describe("HTTPRequestNode")["parameters_schema"]["properties"]

    assert [item["x-order"] for item in properties.values()] == list(range(len(properties)))
