"""How the OpenAPI document is made of the bodies: pydantic's schemas, problem answers, the token scheme."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from drf_spectacular.drainage import set_override
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue

from runtime.api.body import Problem
from runtime.api.graph_bodies import COMPONENT, GRAPH, GRAPH_INPUT, GraphDocument

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


class BodyExtension(OpenApiSerializerExtension):  # type: ignore[no-untyped-call]
    """Requests are described as they may be sent, answers as they are given: every field present."""

    target_class = "pydantic.BaseModel"
    match_subclasses = True
    priority = 1

    def get_name(self, auto_schema: AutoSchema, direction: Literal["request", "response"]) -> str | None:
        # A part of one body may be the whole of another; pydantic makes the same schema of both.
        set_override(self.target, "suppress_collision_warning", True)
        return str(self.target.__name__)

    def map_serializer(
        self, auto_schema: AutoSchema, direction: Literal["request", "response"]
    ) -> dict[str, Any]:
        mode: JsonSchemaMode = "validation" if direction == "request" else "serialization"
        schema = component_schema(self.target, mode)
        for name, part in schema.pop("$defs", {}).items():
            _register(auto_schema, name, part)
        return schema


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer`."""

    target_class = "accounts.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session cookie; what writes also needs `X-CSRFToken`."""

    target_class = "accounts.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def component_schema(model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Any]:
    """The model's JSON Schema, its parts under `$defs`, references to the document's components."""
    return model.model_json_schema(ref_template=REFERENCE, mode=mode, schema_generator=PlainSchema)


def _register(auto_schema: AutoSchema, name: str, schema: dict[str, Any]) -> None:
    component = ResolvedComponent(  # type: ignore[no-untyped-call]
        name=name, type=ResolvedComponent.SCHEMA, object=name, schema=schema
    )
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
            for parameter in operation.get("parameters", ()):
                parameter["schema"] = _without_null(parameter["schema"])
    _refer(result)
    return result


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, it is never null."""
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    return choices[0] if len(choices) == 1 else schema


def _refer(part: Any) -> None:
    """Puts references where bodies named a component."""
    for child in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        _refer(child)
    if isinstance(part, dict) and isinstance(part.get(COMPONENT), str):
        part["$ref"] = REFERENCE.format(model=part.pop(COMPONENT))


def _add_graph(schemas: dict[str, Any], name: str, mode: JsonSchemaMode, *, suffix: str) -> None:
    reference = f"{REFERENCE}{suffix}"
    schema = GraphDocument.model_json_schema(ref_template=reference, mode=mode, schema_generator=PlainSchema)
    for part_name, part in {**schema.pop("$defs"), name.removesuffix(suffix): schema}.items():
        # A draft keeps keys that are not known, and its problems name them; a client is told not to send any.
        if mode == "serialization":
            part.pop("additionalProperties")
        else:
            part["additionalProperties"] = False
        schemas[f"{part_name}{suffix}"] = part
