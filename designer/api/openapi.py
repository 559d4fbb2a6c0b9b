"""How the OpenAPI document is made of the bodies: pydantic's schemas, problem answers, the token scheme."""

from __future__ import annotations

from typing import Any, Literal

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue

from runtime.api.body import Problem
from runtime.api.graph_bodies import GRAPH, GRAPH_INPUT, GraphDocument

REFERENCE = "#/components/schemas/{model}"


class PlainSchema(GenerateJsonSchema):
    """Without pydantic's titles, which only repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def generate(self, schema: Any, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        return _without_titles(super().generate(schema, mode))


def _without_titles(schema: JsonSchemaValue) -> JsonSchemaValue:
    schema.pop("title", None)
    for part in schema.get("$defs", {}).values():
        part.pop("title", None)
    return schema


class BodyExtension(OpenApiSerializerExtension):
    """Requests are described as they may be sent, answers as they are given: every field present."""

    target_class = "pydantic.BaseModel"
    match_subclasses = True
    priority = 1

    def get_name(self, auto_schema: AutoSchema, direction: Literal["request", "response"]) -> str | None:
        return str(self.target.__name__)

    def map_serializer(self, auto_schema: AutoSchema, direction: Literal["request", "response"]) -> dict[str, Any]:
        mode: JsonSchemaMode = "validation" if direction == "request" else "serialization"
        schema = component_schema(self.target, mode)
        for name, part in schema.pop("$defs", {}).items():
            _register(auto_schema, name, part)
        return schema


def component_schema(model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Any]:
    """The model's JSON Schema, its parts under `$defs`, references to the document's components."""
    return model.model_json_schema(ref_template=REFERENCE, mode=mode, schema_generator=PlainSchema)


def _register(auto_schema: AutoSchema, name: str, schema: dict[str, Any]) -> None:
    component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, object=name, schema=schema)
    auto_schema.registry.register_on_missing(component)


def finish_document(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Adds what no single view declares: the graph document, and the error answer of every operation."""
    schemas = result["components"].setdefault("schemas", {})
    schemas["Problem"] = component_schema(Problem, "serialization")
    _add_graph(schemas, GRAPH, "serialization", suffix="")
    _add_graph(schemas, GRAPH_INPUT, "validation", suffix="Input")
    answer = {
        "description": "What went wrong, and where",
        "content": {"application/problem+json": {"schema": {"$ref": REFERENCE.format(model="Problem")}}},
    }
    for path in result["paths"].values():
        for operation in path.values():
            operation["responses"].setdefault("default", answer)
    return result


def _add_graph(schemas: dict[str, Any], name: str, mode: JsonSchemaMode, *, suffix: str) -> None:
    reference = f"{REFERENCE}{suffix}"
    schema = GraphDocument.model_json_schema(ref_template=reference, mode=mode, schema_generator=PlainSchema)
    for part_name, part in schema.pop("$defs").items():
        schemas[f"{part_name}{suffix}"] = part
    schemas[name] = schema
