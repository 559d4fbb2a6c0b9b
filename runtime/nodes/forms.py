"""Node parameters whose JSON Schema draws a form: flat, without references, in the order of the class.

Extra keys: `x-widget` (code, credential, expression, dataset, textarea, json, duration, workflow,
workflow-version), `x-order`, `x-advanced`, `x-visible-if` ({key: value}), `x-credential-use`
(what a credential has to be good for; http unless it says otherwise).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from pydantic.config import JsonDict

from runtime.engine.node import NodeParameters

Widget = Literal[
    "code",
    "credential",
    "expression",
    "dataset",
    "textarea",
    "json",
    "duration",
    "workflow",
    "workflow-version",
    "approvers",
]
CredentialUse = Literal["http", "signature", "mail", "sql"]
Schema = dict[str, Any]


def look(
    *,
    widget: Widget | None = None,
    advanced: bool = False,
    visible_if: JsonDict | None = None,
    credential_use: CredentialUse | None = None,
) -> Callable[[JsonDict], None]:
    """A field's appearance, for pydantic's `json_schema_extra`."""

    def add(schema: JsonDict) -> None:
        if widget is not None:
            schema["x-widget"] = widget
        if advanced:
            schema["x-advanced"] = True
        if visible_if is not None:
            schema["x-visible-if"] = dict(visible_if)
        if credential_use is not None:
            schema["x-credential-use"] = credential_use

    return add


class FormParameters(NodeParameters):
    """Base of the node types here: its schema is one self-contained tree."""

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> Schema:
        """The plain subset that the form draws: references resolved, `null` alternatives left out."""
        schema = super().model_json_schema(*args, **kwargs)
        definitions: Schema = schema.pop("$defs", {})
        plain: Schema = _plain(schema, definitions)
        return plain


def _plain(schema: Any, definitions: Schema) -> Any:
    if isinstance(schema, list):
        return [_plain(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    merged = _merged(schema, definitions)
    if isinstance(merged.get("discriminator"), dict):
        merged["discriminator"] = {"propertyName": merged["discriminator"]["propertyName"]}
    for key in ("items", "additionalProperties", "oneOf", "anyOf", "prefixItems"):
        if key in merged:
            merged[key] = _plain(merged[key], definitions)
    if "properties" in merged:
        merged["properties"] = {
            name: {**_plain(item, definitions), "x-order": place}
            for place, (name, item) in enumerate(merged["properties"].items())
        }
    return merged


def _merged(schema: Schema, definitions: Schema) -> Schema:
    """The schema with a reference replaced by what it names, and `X | null` by `X`."""
    own = {key: value for key, value in schema.items() if key not in ("$ref", "anyOf")}
    if "$ref" in schema:
        target = _merged(definitions[schema["$ref"].rsplit("/", 1)[-1]], definitions)
        return {**target, **own}
    choices = [item for item in schema.get("anyOf", []) if item.get("type") != "null"]
    if len(choices) == 1:
        if own.get("default", "") is None:
            del own["default"]
        return {**_merged(choices[0], definitions), **own}
    return {**own, "anyOf": choices} if choices else own
